"""A lock that a dead process of this computer holds is taken over; no other is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from irekae.model.errors import SwapError
from irekae.model.items import Item, On
from irekae.swap import locking, seat
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, begun, declare


def ended() -> dict[str, str]:
    """A process of this computer that has ended."""
    said = subprocess.run(
        [sys.executable, "-c", "from irekae.swap.seat import this_process as p; print(p())"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return dict(pair.split("=", 1) for pair in said.strip("{}\n").replace("'", "").replace(": ", "=").split(", "))


def test_a_process_is_known_to_live_or_to_have_ended() -> None:
    mine = seat.this_process()
    assert not seat.is_dead(mine)
    assert seat.is_dead({**mine, "start": "1"}), "the number was given again"
    assert seat.is_dead(ended())


@pytest.mark.parametrize("wrong", [{}, {"pid": "1"}, {"boot": "x", "space": "y", "pid": "1", "start": "1"}])
def test_of_a_process_elsewhere_nothing_is_known(wrong: dict[str, str]) -> None:
    assert not seat.is_dead(wrong)
    assert not seat.is_dead({**seat.this_process(), "boot": "another", "start": "1"})
    assert not seat.is_dead({**seat.this_process(), "pid": "x"})


def other(far: FarEnd) -> FarEnd:
    """Another connection."""
    return FarEnd(far.entry, far.machine, far.root)


@contextmanager
def taken(swap: Swap, ika: FarEnd, by: dict[str, str], items: dict[str, Item]) -> Iterator[list[dict[str, object]]]:
    """1.1 is held by an agent of that process; what this seat asks to end."""
    begun(swap)
    declare("1.1", On.PRODUCTION, lambda host, swap: None)
    holder = other(ika)
    holder.ask("lock", name="1.1", who="mori@seat", seat=by)
    asked: list[dict[str, object]] = []

    def end(**arguments: object) -> list[int]:
        asked.append(arguments)
        holder.ask("append", entry={"event": "note", "item": "1.1", "what": "its last act"})
        holder.close()
        return []

    ika._end_agent = end  # type: ignore[attr-defined]
    yield asked
    holder.close()


def test_the_lock_of_a_command_that_has_ended_here_is_taken_over(
    swap: Swap, ika: FarEnd, items: dict[str, Item], capsys: pytest.CaptureFixture[str]
) -> None:
    with taken(swap, ika, ended(), items) as asked, locking.held(swap, P, [items["1.1"]]):
        assert [call["idle"] for call in asked] == [True], "what it was asked for last is always finished"
        assert "its last act" in [entry.get("what") for entry in swap.entries["ika"]], "and known to who goes on"
    assert "taken over" in capsys.readouterr().out


def test_the_lock_of_one_that_lives_is_not_and_the_hint_is_the_whole_command(
    swap: Swap, ika: FarEnd, items: dict[str, Item]
) -> None:
    with taken(swap, ika, seat.this_process(), items) as asked:
        with pytest.raises(SwapError, match=r"1\.1 is being worked on at ika") as raised:
            locking.take(swap, items["1.1"], [P], [swap.host(items["1.1"], P)])
        assert asked == []
    assert '`fab unlock 1.1 --host ika --why "their session is dead"`' in raised.value.hint


def test_what_a_dead_command_still_has_under_way_is_waited_for_and_told_once(
    swap: Swap, ika: FarEnd, items: dict[str, Item], capsys: pytest.CaptureFixture[str]
) -> None:
    with taken(swap, ika, ended(), items) as asked:
        end = ika._end_agent  # type: ignore[attr-defined]
        ika._end_agent = lambda **arguments: end(**arguments) if len(asked) == 2 else (asked.append({}) or [7])  # type: ignore[attr-defined, func-returns-value]
        with locking.held(swap, P, [items["1.1"]]):
            assert len(asked) == 3
    said = capsys.readouterr().out
    assert said.count("is still under way there") == 1
    assert "taken over" in said


def test_it_is_not_waited_for_without_end(
    swap: Swap, ika: FarEnd, items: dict[str, Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "UNDER_WAY", 0.0)
    with taken(swap, ika, ended(), items):
        ika._end_agent = lambda **arguments: [7]  # type: ignore[attr-defined]
        with pytest.raises(SwapError, match=r"1\.1 is being worked on at ika"):
            locking.take(swap, items["1.1"], [P], [swap.host(items["1.1"], P)])
