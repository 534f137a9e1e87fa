"""What programs of the old production submit while its qmail rests is carried too, or 6.1 does not begin."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from irekae.model.errors import Status, SwapError
from irekae.model.items import EXACT, Item, On
from irekae.site.site import needed
from irekae.subjects.mail import queue as mail_queue
from irekae.swap.swap import Swap
from tasks.phase_07_services import mail_production
from tests.unit.farend import FarEnd
from tests.unit.subjects.test_mail_queue import QUEUE, new, queue

ME = Item("6.1", "network", "", "", On.PAIR, lambda *_: None, "M", EXACT, False, False, False)


def submit(far: FarEnd, text: str, *recipients: str) -> None:
    """As qmail-queue leaves it for qmail-send."""
    number = far.put(f"{QUEUE}/pid/new", text).stat().st_ino
    far.path(f"{QUEUE}/pid/new").rename(far.path(f"{QUEUE}/mess/0/{number}"))
    far.put(f"{QUEUE}/intd/{number}", "u0\0p1\0Froot@ika\0" + "".join(f"T{one}\0" for one in recipients))
    far.path(f"{QUEUE}/todo/{number}").hardlink_to(far.path(f"{QUEUE}/intd/{number}"))


@pytest.fixture
def pair(swap: Swap, ika: FarEnd, tako: FarEnd) -> Swap:
    """Both queues are empty, and qmail rests."""
    for far in (ika, tako):
        queue(far)
        far.put("/var/qmail/control/locals", "localhost\nitpass.x\n")
        far.commands = lambda argv, stdin: (3 if argv[-1] == "status" else 0, "")
    return swap.for_pair(ME)


def test_late_mail_for_users_is_queued_on_the_new_production_once(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    submit(ika, "cron\n", "asada@itpass.x", "gaibu@outside.x")
    for _ in range(2):
        mail_queue.carry_late(pair)
        mail_queue.place(pair.standby, pair)
    assert (new(ika), new(tako)) == ([], ["cron\n"])
    [message] = mail_queue.queued(pair.production, pair.site)
    assert (message["local"], message["remote"]) == (0, 1), "what goes to other hosts goes from where it was submitted"


def test_the_way_back_puts_back_what_was_late_and_leaves_what_1_6_holds(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    submit(ika, "early\n", "asada@itpass.x")
    mail_queue.hold(pair.production, pair)
    submit(ika, "late\n", "ueno@itpass.x")
    mail_queue.carry_late(pair)
    late = next(one for one in reversed(pair.entries["ika"]) if one.get("undo", {}).get("step") == "held")
    mail_queue.take_back(pair.production, pair, late["undo"])
    assert new(ika) == ["late\n"]
    held = ika.ask("mail_held", folder=mail_queue.held_folder(pair.site))
    assert sorted(one["placed"] is None for one in held) == [False, True]


def test_qmail_that_was_started_meanwhile_keeps_the_exchange_from_beginning(pair: Swap, ika: FarEnd) -> None:
    ika.commands = lambda argv, stdin: (0, "1\n")
    with pytest.raises(SwapError, match="qmail runs on ika") as raised:
        mail_queue.want_at_rest(pair)
    assert raised.value.status is Status.REFUSED


def test_the_standbys_own_qmail_rests_too(pair: Swap, tako: FarEnd) -> None:
    tako.commands = lambda argv, stdin: (0, "1\n")
    with pytest.raises(SwapError, match=r"qmail runs on tako: .*#5\.4\.6"):
        mail_queue.want_at_rest(pair)


def test_nothing_late_changes_nothing(pair: Swap) -> None:
    mail_queue.carry_late(pair)
    assert pair.production.record.changes == 0


def test_an_undo_of_7_2_takes_the_files_back_before_it_starts_qmail_again(pair: Swap, ika: FarEnd) -> None:
    for name in ("rcpthosts", "defaulthost", "me"):
        ika.put(f"/var/qmail/control/{name}", "localhost\n")
    known = "\n".join([*needed(pair.site.mail).domains, pair.production.entry.fqdn])
    runs = [True]

    def commands(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        if argv[-1] in ("start", "stop"):
            runs[0] = argv[-1] == "start"
        return (3 if argv[-1] == "status" and not runs[0] else 0), known

    ika.commands = commands
    mail_production(pair.production, pair)
    kinds = [one["undo"]["kind"] for one in pair.entries["ika"] if one["event"] == "change"]
    assert kinds[0] == "service", "in reverse it comes last"
    assert "restore" in kinds[1:]
