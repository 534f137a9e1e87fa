"""The looks at the hosts: what is asked of them, what becomes of a host that is silent, what phase 6 is spared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from irekae.board import looking
from irekae.board.looking import Looking
from irekae.board.page import BETWEEN
from irekae.board.state import Board
from irekae.host.remote import Lost
from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS, Item, On
from irekae.proof.outage.live import Seen
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, S, begun, declare

# What changes nothing on a host (irekae/host/agent).
READING = {"facts", "journal", "holders", "read", "known"}


class Blind:
    """Nobody watches from outside."""

    def look(self, swap: Swap) -> Seen:
        return Seen(unmeasured="nobody watches")

    def close(self) -> None:
        pass


class Seat:
    """What `session` does for the board: a swap, as long as its hosts can be reached."""

    def __init__(self, swap: Swap) -> None:
        self.swap = swap
        self.connected = 0
        self.forgotten = 0
        self.error: Exception | None = None

    def connect(self) -> Swap:
        self.connected += 1
        if self.error:
            raise self.error
        return self.swap

    def forget(self) -> None:
        self.forgotten += 1


@pytest.fixture
def seat(items: dict[str, Item], swap: Swap, monkeypatch: pytest.MonkeyPatch) -> Seat:
    monkeypatch.setattr(looking, "Outside", Blind)
    monkeypatch.setattr(looking, "greets", lambda entry, seconds: False)
    begun(swap)
    declare("1.1", On.BOTH, lambda host, swap: None)
    declare("3.1", On.PAIR, lambda swap: None)
    declare("6.1", On.PAIR, lambda swap: None)
    return Seat(swap)


@pytest.fixture
def look(seat: Seat) -> Looking:
    return Looking(seat.swap.inventory, seat.connect, seat.forget)


def ends(swap: Swap) -> list[FarEnd]:
    return [cast(FarEnd, link) for link in swap.links.values()]


def outcomes(found: Board, number: str) -> dict[str, str]:
    return {row.host: row.outcome for row in found.rows if row.number == number}


def test_a_look_shows_what_both_hosts_remember(look: Looking, seat: Seat) -> None:
    seat.swap.host(ITEMS["1.1"], P).record.event("done")
    found = look.look()
    assert outcomes(found, "1.1") == {"ika": "done", "tako": "not done"}
    assert found.run == "x"
    assert [host.silent for host in found.hosts] == ["", ""]
    assert look.pause == looking.EVERY


def test_what_another_seat_does_meanwhile_is_seen_at_the_next_look(look: Looking, seat: Seat, tako: FarEnd) -> None:
    look.look()
    other = FarEnd(tako.entry, tako.machine, tako.root)
    other.ask("lock", name="1.1", who="yamada@seat2", seat={})
    [row] = [row for row in look.look().rows if (row.number, row.host) == ("1.1", "tako")]
    assert (row.outcome, row.who) == ("running", "yamada@seat2")
    other.ask("append", entry={"event": "done", "item": "1.1", "at": "2026-11-22T13:00:00+09:00", "who": "yamada"})
    other.close()
    begun(seat.swap)
    assert outcomes(look.look(), "1.1")["tako"] == "done"
    assert seat.connected == 3


def test_nothing_that_is_asked_changes_a_host(look: Looking, seat: Seat) -> None:
    seat.swap.host(ITEMS["3.1"], P).record.event("started")
    before = [(end.files(), end.recall()["journal"]) for end in ends(seat.swap)]
    for end in ends(seat.swap):
        end.asked.clear()
    for _ in range(3):
        look.look()
    assert {op for end in ends(seat.swap) for op in end.asked} <= READING
    assert [(end.files(), end.recall()["journal"]) for end in ends(seat.swap)] == before


def test_a_host_that_falls_silent_is_shown_as_it_was_and_the_other_goes_on(look: Looking, seat: Seat) -> None:
    seat.swap.host(ITEMS["1.1"], S).record.event("done")
    before = look.look()
    cast(FarEnd, seat.swap.links["tako"]).lose()
    seat.swap.host(ITEMS["1.1"], P).record.event("done")
    after = look.look()
    assert outcomes(after, "1.1") == {"ika": "done", "tako": "done"}
    assert {host for _, host in after.kept} == {"tako"}
    silent = after.hosts[1]
    assert silent.silent
    assert silent.heard == before.hosts[1].heard
    assert seat.connected == 1  # nobody is connected to who does not greet


def test_a_host_that_greets_again_is_connected_to(
    look: Looking, seat: Seat, tako: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    look.look()
    tako.lose()
    look.look()
    monkeypatch.setattr(looking, "greets", lambda entry, seconds: True)
    again = FarEnd(tako.entry, tako.machine, tako.root)
    seat.swap._keep(seat.swap.inventory.standby, cast(Any, again))
    begun(seat.swap)
    found = look.look()
    assert [host.silent for host in found.hosts] == ["", ""]
    assert not found.kept
    again.close()


def test_where_nobody_answers_the_board_goes_on_and_looks_more_seldom(look: Looking, seat: Seat) -> None:
    look.look()
    seat.error = SwapError("ika (198.51.100.21:22) cannot be reached\ntako (198.51.100.22:22) refuses the login")
    for end in ends(seat.swap):
        end.lose()
    found = look.look()
    assert [host.silent.partition(" (")[0] for host in found.hosts] == ["ika", "tako"]
    assert look.pause == looking.RETRY
    assert seat.forgotten == 1
    assert found.rows


@pytest.mark.parametrize("held", [True, False])
def test_while_phase_6_is_under_way_it_logs_out_after_each_look(
    look: Looking, seat: Seat, ika: FarEnd, held: bool
) -> None:
    look.look()
    assert seat.forgotten == 0
    if held:
        other = FarEnd(ika.entry, ika.machine, ika.root)
        other.ask("lock", name="6.1", who="hayashi@seat1", seat={})
    else:
        ika.put("/var/lib/irekae/exchange/state", "trial\n")
    assert look.look().exchanging
    assert look.pause == BETWEEN
    assert seat.forgotten == 1
    seat.error = Lost("ika", "it has left its address")
    assert look.look().exchanging  # nobody can be reached in the middle of it
    seat.error = None
    if held:
        other.close()
    else:
        ika.put("/var/lib/irekae/exchange/state", "confirmed\n")
        ika.facts["exchange"] = "confirmed"
    for end in ends(seat.swap):
        end.facts["holders"] = {}
    assert not look.look().exchanging
    assert look.pause == looking.EVERY


def test_hosts_that_contradict_the_pins_are_shown_as_such_with_the_way_out(look: Looking, seat: Seat) -> None:
    look.look()
    seat.error = SwapError("they cannot all be true", "ika: …\ntako: …", "`fab trust`", Status.REFUSED)
    found = look.look()
    assert found.refused == "they cannot all be true; ika: …; tako: …"
    assert found.remedy == "`fab trust`"
    assert look.pause == looking.RETRY


@pytest.mark.parametrize("status", [Status.WRONG_USE, Status.REFUSED])
def test_what_is_wrong_from_the_beginning_ends_the_command(look: Looking, seat: Seat, status: Status) -> None:
    seat.error = SwapError("no machine is pinned yet", status=status)
    with pytest.raises(SwapError, match="no machine is pinned yet"):
        look.look()


def test_a_bug_is_shown_and_does_not_end_the_board(look: Looking, seat: Seat) -> None:
    seat.error = KeyError("secret words of a file")
    found = look.look()
    assert "a bug in irekae: KeyError" in found.refused
    assert "secret words" not in found.refused


@pytest.fixture
def copying(seat: Seat, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    seat.swap.host(ITEMS["3.1"], P).record.event("started")
    monkeypatch.setattr(looking, "last_progress", lambda swap, tree: "32,757,300 99% 52.42MB/s 0:00:00")
    return lambda runs: monkeypatch.setattr(looking, "is_running", lambda swap, tree: runs)


@pytest.mark.parametrize("runs", [True, False])
def test_the_copy_is_shown_while_it_runs_whoever_began_it(
    look: Looking, copying: Callable[[bool], None], runs: bool
) -> None:
    copying(runs)
    found = look.look()
    assert found.copy == ("32,757,300 99% 52.42MB/s 0:00:00" if runs else "")
