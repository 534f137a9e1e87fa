"""Items carried out before a person: folded where all went well, and nothing lost where it did not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import cast

import pytest

from irekae.host.host import Host
from irekae.model import printing
from irekae.model.errors import SwapError
from irekae.model.items import Item, On
from irekae.procedure import runner
from irekae.procedure.rollback import rollback_item
from irekae.swap.swap import Swap
from tests.unit.screen import Screen
from tests.unit.small_procedure import begun, declare


@pytest.fixture(autouse=True)
def _begun(swap: Swap, items: dict[str, Item]) -> Iterator[None]:
    begun(swap)
    yield
    printing.close()


@pytest.fixture
def before_a_person(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Screen]:
    """Give the test a terminal; pytest takes standard output for itself between a fixture and its test."""

    def begin() -> Screen:
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.setattr(printing, "_all_shown", [False])
        monkeypatch.setattr(sys, "stdout", Screen())
        return cast(Screen, sys.stdout)

    return begin


def writes(host: Host, _: Swap) -> None:
    host.put("/etc/made", b"x")


def breaks(host: Host, swap: Swap) -> None:
    writes(host, swap)
    host.warn("a person has to look at this")
    raise SwapError("it broke")


def test_what_went_well_is_one_line(before_a_person: Callable[[], Screen], swap: Swap) -> None:
    screen = before_a_person()
    runner.run_item(swap, declare("1.1", On.PRODUCTION, writes))
    (line,) = screen.lines
    assert "1.1  ika  Item 1.1 " in line
    assert line.endswith("done")
    assert " 1 detail " in line


def test_what_failed_shows_what_it_had_changed(before_a_person: Callable[[], Screen], swap: Swap) -> None:
    screen = before_a_person()
    with pytest.raises(SwapError):
        runner.run_item(swap, declare("1.1", On.PRODUCTION, breaks))
    warning, failed, change = screen.lines
    assert warning.endswith("a person has to look at this")
    assert failed.endswith("FAILED")
    assert "/etc/made" in change


def test_what_is_taken_back_is_one_line_too(before_a_person: Callable[[], Screen], swap: Swap) -> None:
    screen = before_a_person()
    runner.run_item(swap, declare("1.1", On.PRODUCTION, writes))
    rollback_item(swap, "1.1", [])
    _, undone = screen.lines
    assert undone.endswith("undone")
    assert " 1 detail " in undone


def test_an_undo_that_fails_shows_what_was_undone(before_a_person: Callable[[], Screen], swap: Swap) -> None:
    screen = before_a_person()

    def twice(host: Host, _: Swap) -> None:
        host.put("/etc/first", b"x")
        host.put("/etc/second", b"x")

    runner.run_item(swap, declare("1.1", On.PRODUCTION, twice))
    before = len(screen.lines)

    def busy(op: str, arguments: object) -> None:
        if op == "restore" and "first" in str(arguments):
            raise SwapError("the disk is broken")

    swap.links["ika"].fails = busy  # type: ignore[attr-defined]
    with pytest.raises(SwapError):
        rollback_item(swap, "1.1", [])
    outcome, *details = screen.lines[before:]
    assert outcome.endswith("not taken back")
    assert any("/etc/second" in line for line in details)
