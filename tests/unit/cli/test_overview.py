"""`fab` alone: how one begins, where the swap stands, what comes next."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from irekae.cli import overview as module
from irekae.cli import session
from irekae.cli.overview import overview
from irekae.model.items import ITEMS, Item, On
from irekae.site.inventory import Inventory
from irekae.site.machines import Machine, Pins, save_pins
from irekae.swap import heard
from irekae.swap.swap import Swap
from tests.unit.small_procedure import P, S, begun, declare

C = SimpleNamespace()


@pytest.fixture
def shown(
    items: dict[str, Item],
    swap: Swap,
    inventory: Inventory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:
    """Type `fab` at a seat that has pins, in a procedure of a few items."""
    for number, on in (("1.1", On.BOTH), ("2.1", S), ("3.1", On.PAIR), ("8.1", On.BOTH)):
        declare(number, on, lambda *_: None)
    save_pins(inventory, Pins([Machine(entry.name, ["ssh-ed25519 x"]) for entry in inventory.pair]))
    monkeypatch.setenv("IREKAE_INVENTORY", str(inventory.path))
    monkeypatch.setattr(session, "connected", lambda some=False: swap)

    def show() -> str:
        overview(C)
        return capsys.readouterr().out

    return show


def test_without_hosts_ini_it_says_how_one_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IREKAE_INVENTORY", str(tmp_path / "none.ini"))
    overview(C)
    said = capsys.readouterr().out
    assert f"there is no {tmp_path}/none.ini" in said
    assert "next: `fab trust`" in said


def test_without_pins_nobody_is_asked_anything(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IREKAE_INVENTORY", str(inventory.path))
    monkeypatch.setattr(session, "connected", lambda **_: pytest.fail("connected"))
    overview(C)
    assert "next: `fab trust`" in capsys.readouterr().out


def test_the_first_phase_with_anything_left_comes_next(swap: Swap, shown: Any) -> None:
    begun(swap)
    assert "next: `fab phase1`: Start" in shown()
    for role in (P, S):
        swap.host(ITEMS["1.1"], role).record.event("done")
    assert "next: `fab phase2`: " in shown()
    swap.host(ITEMS["2.1"], S).record.event("waived")
    assert "next: `fab phase3`: " in shown()


def test_only_the_phases_about_it_are_shown(swap: Swap, shown: Any) -> None:
    begun(swap)
    for number, roles in (("1.1", (P, S)), ("2.1", (S,))):
        for role in roles:
            swap.host(ITEMS[number], role).record.event("done")
    told = [line.split()[0] for line in shown().splitlines() if line[:2].strip().isdigit()]
    assert told == ["2", "3", "4"]


def test_what_broke_off_is_gone_on_with(swap: Swap, shown: Any) -> None:
    begun(swap)
    swap.host(ITEMS["1.1"], P).record.event("failed")
    said = shown()
    assert "X 1.1 ika failed" in said
    assert "`fab resume`" in said


def test_a_finished_swap_is_closed(swap: Swap, shown: Any) -> None:
    begun(swap)
    for number in ITEMS:
        for role in ITEMS[number].roles:
            swap.host(ITEMS[number], role).record.event("done")
    said = shown()
    assert "is finished" in said
    assert "`fab begin` closes it" in said


def test_with_a_silent_host_it_is_the_whole_status(swap: Swap, shown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(heard, "silent", lambda swap: ["tako: silent"])
    monkeypatch.setattr(module, "status", asked.append)
    assert shown() == ""
    assert asked == [C]
