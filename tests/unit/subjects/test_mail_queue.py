"""Queued mail on its way from the old production to the new one, and back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from irekae.model.errors import SwapError
from irekae.model.items import Item, On, find_item, item
from irekae.site.site import needed
from irekae.subjects.mail import queue as mail_queue
from irekae.subjects.mail import system_of
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

QUEUE = "/var/qmail/queue"


@pytest.fixture(autouse=True)
def _items(items: dict[str, Item]) -> None:
    for number in ("1.6", "4.1", "7.2"):
        item(number, "", f"Item {number}", on=On.PAIR)(lambda swap: None)


def queue(far: FarEnd, *messages: str) -> None:
    """Preprocessed messages with one local recipient each."""
    for part in ("mess", "info", "local", "remote"):
        far.path(f"{QUEUE}/{part}/0").mkdir(parents=True)
    for part in ("todo", "intd", "pid"):
        far.path(f"{QUEUE}/{part}").mkdir(parents=True)
    far.put(f"{QUEUE}/lock/sendmutex", "")
    for text in messages:
        number = far.put(f"{QUEUE}/pid/new", text).stat().st_ino
        far.path(f"{QUEUE}/pid/new").rename(far.path(f"{QUEUE}/mess/0/{number}"))
        far.put(f"{QUEUE}/info/0/{number}", "Fsender@x\0")
        far.put(f"{QUEUE}/local/0/{number}", "Tasada@itpass\0")


def new(far: FarEnd) -> list[str]:
    """The messages in todo."""
    return sorted(far.path(f"{QUEUE}/mess/0/{entry.name}").read_text() for entry in far.path(f"{QUEUE}/todo").iterdir())


def held(swap: Swap) -> Swap:
    view = swap.for_pair(find_item("1.6"))
    mail_queue.hold(view.production, view)
    return swap.for_pair(find_item("4.1"))


def test_what_was_held_is_queued_on_the_other_machine_once(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    queue(ika, "one\n", "two\n")
    queue(tako)
    view = held(swap)
    for _ in range(2):
        mail_queue.carry(view)
        mail_queue.place(view.standby, view)
    assert new(tako) == ["one\n", "two\n"]
    assert new(ika) == []
    assert mail_queue.queued(view.production, swap.site)[0]["local"] == 0


def test_the_way_back_withdraws_them_there_and_queues_them_here(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    queue(ika, "one\n")
    queue(tako)
    view = held(swap)
    mail_queue.carry(view)
    mail_queue.place(view.standby, view)
    mail_queue.take_back(view.standby, swap, {"step": "carried"})
    name = tako.ask("mail_held", folder=mail_queue.carried_folder(swap.site))[0]["id"]
    path = f"{mail_queue.carried_folder(swap.site)}/{name}"
    mail_queue.take_back(view.standby, swap, {"step": "kept", "path": path})
    mail_queue.take_back(view.production, swap, {"step": "held"})
    assert (new(tako), new(ika)) == ([], ["one\n"])
    assert tako.ask("mail_held", folder=mail_queue.carried_folder(swap.site)) == [], "nor will a later swap queue it"


def test_mail_that_shall_be_left_is_held_and_not_carried(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    swap.site = replace(swap.site, mail=replace(needed(swap.site.mail), undelivered="leave"))
    queue(ika, "one\n")
    queue(tako)
    view = held(swap)
    mail_queue.carry(view)
    mail_queue.place(view.standby, view)
    assert new(tako) == []
    assert [one["placed"] for one in ika.ask("mail_held", folder=mail_queue.held_folder(swap.site))] == [None]


def test_a_plan_holds_nothing(swap: Swap, ika: FarEnd) -> None:
    queue(ika, "one\n")
    ika.put("/var/qmail/control/locals", "localhost\n")
    view = swap.as_plan().for_pair(find_item("1.6"))
    mail_queue.hold(view.production, view)
    mail_queue.settle(view.production, view)
    assert [message["local"] for message in mail_queue.queued(view.production, swap.site)] == [1]
    assert [change.what for change in view.plan] == ["hold 1 messages of the queue's local mail"]
    assert ika.ask("mail_held", folder=mail_queue.held_folder(swap.site)) == []


def test_showctl_must_know_what_locals_has(swap: Swap, ika: FarEnd) -> None:
    ika.put("/var/qmail/control/locals", "localhost\nitpass.x\n")
    ika.commands = lambda argv, stdin: (0, "Messages for localhost are delivered locally.\n")
    view = swap.for_pair(find_item("1.6"))
    with pytest.raises(SwapError, match="does not know itpass"):
        system_of(swap.site).want_known(view.production)
