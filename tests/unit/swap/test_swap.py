"""A swap as seen from the seat: machine is not name."""

from __future__ import annotations

import getpass
import socket
from dataclasses import replace
from typing import Any, cast

import pytest

from irekae.host import connections, pairing
from irekae.host.remote import Lost
from irekae.model.errors import Status, SwapError
from irekae.model.items import EXACT, Item, On
from irekae.site.machines import Machine
from irekae.swap.swap import Swap, login_user, names_of
from tests.unit import small_procedure as small
from tests.unit.farend import FarEnd

P, S = On.PRODUCTION, On.STANDBY


def begun(swap: Swap, exchanged: bool = False) -> None:
    """Both hosts remember the swap; exchanged: the machines have changed places, and both say so."""
    small.begun(swap)
    if exchanged:
        small.exchange(swap)
        for link in swap.links.values():
            link.facts["exchange"] = "confirmed"


def an_item(number: str) -> Item:
    return Item(number, "x", "", "", On.BOTH, lambda *_: None, "M", EXACT, False, False, False)


def test_before_the_exchange_each_machine_bears_its_first_name(swap: Swap) -> None:
    begun(swap)
    pairing.want_agreement(swap.inventory, swap.links)
    assert not swap.exchanged
    assert swap.today == "20260101"


def test_behind_the_exchange_the_new_places_are_required(swap: Swap) -> None:
    begun(swap, exchanged=True)
    pairing.want_agreement(swap.inventory, swap.links)
    assert swap.exchanged
    assert swap.origin("ika") == "tako"


def test_who_is_where_the_host_keys_say_and_never_a_host(swap: Swap, tako: FarEnd) -> None:
    begun(swap)
    tako.facts["run"]["name_before"], tako.facts["exchange"] = "ika", "confirmed"
    assert not swap.exchanged
    assert swap.origin("tako") == "tako"


@pytest.mark.parametrize(
    ("exchanged", "phase", "role", "found"),
    [
        (False, 5, P, "ika"),
        (False, 6, S, "tako"),
        (False, 7, P, "tako"),  # in a plan: the machine that will be production is still called tako
        (True, 7, P, "ika"),
        (True, 5, P, "tako"),  # the machine that was production then is called tako now
        (True, 6, S, "ika"),
    ],
)
def test_a_machine_is_found_under_the_name_that_it_bears_now(
    swap: Swap, exchanged: bool, phase: int, role: On, found: str
) -> None:
    begun(swap, exchanged)
    assert swap.entry_for(phase, role).name == found
    assert swap.name_in(phase, role) == ("ika" if role is P else "tako")


def test_a_host_that_is_not_connected_is_lost(swap: Swap) -> None:
    swap.drop("ika")
    with pytest.raises(Lost, match="the connection to ika was lost"):
        swap.host(an_item("5.1"), P)


def test_what_others_wrote_is_seen_by_everybody_who_holds_the_entries(swap: Swap, ika: FarEnd) -> None:
    host = swap.host(an_item("5.1"), P)
    ika.ask("append", entry={"event": "note", "item": "1.1"})
    swap.catch_up("ika")
    assert [entry["item"] for entry in host.record.entries] == ["1.1"]
    host.record.event("started")
    ika.asked.clear()
    swap.catch_up("ika")
    assert len(host.record.entries) == 2
    swap.refresh("ika")
    assert len(host.record.entries) == 2


def test_broken_lines_of_a_journal_are_told(swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str]) -> None:
    ika.put("/var/lib/irekae/journal.jsonl", '{"event": "note"}\ntorn\n')
    ika.recall()
    swap._keep(swap.inventory.production, cast(Any, ika))
    assert "irekae: ika: line 2 of /var/lib/irekae/journal.jsonl is no entry" in capsys.readouterr().err
    assert len(swap.entries["ika"]) == 1


def test_a_plan_shares_connections_and_nothing_else(swap: Swap) -> None:
    view = swap.as_plan()
    assert view.links is swap.links
    view.entries["ika"].append({"event": "note"})
    assert swap.entries["ika"] == []
    assert view.planned
    assert not swap.planned


def test_a_boot_undoes_what_lasts_only_until_a_boot(swap: Swap) -> None:
    until = replace(an_item("1.3"), until_boot=True)
    host = swap.host(until, P)
    boot = swap.links["ika"].facts["boot_id"]
    host.record.event("done", boot=boot)
    assert swap.state(until, P).state.settled
    assert swap.remembered(until, P).state.settled
    swap.links["ika"].facts["boot_id"] = "another"
    assert not swap.state(until, P).state.settled
    assert not swap.remembered(until, P).state.settled
    assert swap.state(until, P).why == "the host has booted since"


def test_editors_get_both_hosts_and_the_day(swap: Swap) -> None:
    begun(swap)
    exchange = swap.exchange_on(swap.host(an_item("5.1"), P))
    assert (exchange.old.fqdn, exchange.new.fqdn) == tuple(entry.fqdn for entry in swap.inventory.pair)
    assert names_of(swap.inventory.production).address == "133.30.109.21"


def test_the_login_is_hosts_inis_or_ones_own(swap: Swap) -> None:
    assert login_user(swap.inventory.production) == getpass.getuser()
    assert login_user(replace(swap.inventory.production, user="mori")) == "mori"


# --- connecting ---


class Door:
    """Stands for `Link` where connections are opened."""

    def __init__(self, **found: Exception | FarEnd) -> None:
        self.found = found
        self.opened: list[str] = []

    def __call__(self, inventory: object, entry: Any, pins: object, state: str) -> FarEnd:
        self.opened.append(entry.name)
        found = self.found[entry.name]
        if isinstance(found, Exception):
            raise found
        return found


def unconnected(swap: Swap) -> Swap:
    return Swap(swap.inventory, swap.site, swap.pins)


def test_both_are_opened_once(swap: Swap, ika: FarEnd, tako: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(ika=ika, tako=tako)
    monkeypatch.setattr(connections, "Link", door)
    fresh = unconnected(swap)
    fresh.connect().connect()
    assert sorted(door.opened) == ["ika", "tako"]
    assert set(fresh.links) == {"ika", "tako"}


def test_all_that_cannot_be_reached_are_told_at_once(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = {name: SwapError(f"{name} cannot be reached", "refused", "is it up?") for name in ("ika", "tako")}
    monkeypatch.setattr(connections, "Link", Door(**errors))
    with pytest.raises(SwapError) as raised:
        unconnected(swap).connect()
    assert raised.value.what == "ika cannot be reached\ntako cannot be reached"


def test_a_stranger_stops_everything(swap: Swap, tako: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = SwapError("a stranger answers at ika", status=Status.REFUSED)
    monkeypatch.setattr(connections, "Link", Door(ika=stranger, tako=tako))
    with pytest.raises(SwapError, match="a stranger answers") as raised:
        unconnected(swap).connect()
    assert raised.value.status is Status.REFUSED
    assert tako.closed


def test_a_bug_while_connecting_is_not_taken_for_an_unreachable_host(
    swap: Swap, tako: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "Link", Door(ika=KeyError("x"), tako=tako))
    with pytest.raises(KeyError):
        unconnected(swap).connect()


def test_another_name_is_joined_only_where_somebody_answers(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object) -> socket.socket:
        raise TimeoutError

    monkeypatch.setattr(socket, "create_connection", nobody)
    dennou = swap.inventory.named("dennou")
    swap.join(dennou)
    assert "dennou" not in swap.links


def test_machines_of_the_pins_are_what_the_tests_think(swap: Swap) -> None:
    assert [machine.first_name for machine in swap.pins.machines] == ["ika", "tako"]
    assert isinstance(swap.links["ika"].machine, Machine)
