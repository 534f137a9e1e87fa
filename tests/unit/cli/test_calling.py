"""The hosts are called while the command is still being read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from irekae.cli import calling
from irekae.host import connections, early
from irekae.model.errors import SwapError
from irekae.site.inventory import HostEntry, load_inventory
from irekae.site.machines import Pins, pins_path, save_pins
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def seat(tmp_path: Path, swap: Swap, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A seat whose machines are pinned; the names that are connected to."""
    for name in ("hosts.ini", "site.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    monkeypatch.setenv("IREKAE_INVENTORY", str(tmp_path / "hosts.ini"))
    monkeypatch.setenv("IREKAE_SITE", str(tmp_path / "site.toml"))
    save_pins(load_inventory(), swap.pins)
    opened: list[str] = []

    def link(inventory: object, entry: HostEntry, pins: object, state: str) -> str:
        opened.append(entry.name)
        return f"connection to {entry.name}"

    monkeypatch.setattr(early, "Link", link)
    monkeypatch.setattr(early, "_BEGUN", {})
    return opened


def begun(swap: Swap) -> list[object]:
    inventory, state = load_inventory(), swap.site.site.state
    found = [early.begun(entry, swap.pins, state) for entry in inventory.pair]
    return [future.result(10) if future else None for future in found]


@pytest.mark.parametrize("words", ["phase5", "-H tako phase5.names --plan", "status", "phase10 phase11 -v", "resume"])
def test_a_command_that_asks_the_hosts_finds_them_called(words: str, seat: list[str], swap: Swap) -> None:
    calling.call_hosts(words.split())
    assert begun(swap) == ["connection to ika", "connection to tako"]
    assert begun(swap) == [None, None], "each is given once"


@pytest.mark.parametrize(
    "words", ["", "--list", "-l phase5", "--help phase5", "-h status", "--pairs all phase5", "trust", "phase12", "-V"]
)
def test_nobody_is_called_for_anything_else(words: str, seat: list[str], swap: Swap) -> None:
    calling.call_hosts(words.split())
    assert begun(swap) == [None, None]
    assert seat == []


def test_nobody_is_called_before_a_machine_is_pinned_or_where_a_file_is_wrong(
    seat: list[str], swap: Swap, tmp_path: Path
) -> None:
    pins = pins_path(load_inventory())
    pins.rename(tmp_path / "pins")
    calling.call_hosts(["status"])
    (tmp_path / "pins").rename(pins)
    (tmp_path / "site.toml").write_text("[site")
    calling.call_hosts(["status"])
    assert seat == []


def test_what_was_begun_for_other_machines_is_not_taken(seat: list[str], swap: Swap) -> None:
    calling.call_hosts(["status"])
    assert early.begun(load_inventory().pair[0], Pins([]), swap.site.site.state) is None


def test_a_connection_that_was_begun_is_the_one_that_is_used(
    swap: Swap, ika: FarEnd, tako: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(early, "Link", lambda inventory, entry, *rest: {"ika": ika, "tako": tako}[entry.name])
    monkeypatch.setattr(connections, "Link", None)
    early.begin(swap.inventory, swap.pins, swap.site.site.state)
    fresh = Swap(swap.inventory, swap.site, swap.pins).connect()
    assert [id(fresh.links[name]) for name in ("ika", "tako")] == [id(ika), id(tako)]


def test_what_went_wrong_is_told_by_the_command(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(inventory: object, entry: HostEntry, *rest: object) -> FarEnd:
        raise SwapError(f"{entry.name} cannot be reached")

    monkeypatch.setattr(early, "Link", refused)
    early.begin(swap.inventory, swap.pins, swap.site.site.state)
    with pytest.raises(SwapError, match="ika cannot be reached\ntako cannot be reached"):
        Swap(swap.inventory, swap.site, swap.pins).connect()
