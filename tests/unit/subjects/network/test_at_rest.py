"""A host at rest: before an exchange has begun the network manager alone brings its address up."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from irekae.subjects.network.watchdog import memory, moves
from tests.unit.subjects.network.exchanged import NEW
from tests.unit.subjects.network.test_watchdog import made


def resting(folder: Path, monkeypatch: pytest.MonkeyPatch, plan: dict[str, Any]) -> tuple[Any, list[str]]:
    """A watchdog whose interface has no address (no carrier), and what it does."""
    dog, done = made(plan), list[str]()
    dog.guard, dog.state = memory.load("guard.json"), memory.state()
    dog.is_home = lambda name: False
    dog.come_home = done.append
    monkeypatch.setattr(socket, "gethostname", lambda: "tako")
    monkeypatch.setattr(socket, "sethostname", done.append)
    return dog, done


def held(folder: Path) -> Path:
    (path,) = map(Path, memory.load("guard.json")["hold"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[Link]\n")
    return path


def test_before_an_exchange_a_boot_without_a_cable_is_left_to_the_network_manager(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dog, done = resting(folder, monkeypatch, {})
    hold = held(folder)
    dog.be_home()
    assert done == ["ika"]
    assert not hold.exists()


def test_a_file_of_the_other_side_in_place_is_put_right_with_its_address(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dog, done = resting(folder, monkeypatch, {})
    (folder / "network" / "interfaces").write_text(NEW["text"])
    dog.be_home()
    assert done == ["ika", "old"]


@pytest.mark.parametrize("state", ["armed", "reverted"])
def test_once_an_exchange_was_begun_the_watchdog_brings_the_address_home(
    folder: Path, plan: None, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    memory.keep("state", state)
    dog, done = resting(folder, monkeypatch, json.loads((folder / "plan.json").read_text()))
    dog.be_home()
    assert done == ["ika", "old"]


@pytest.mark.parametrize(("state", "stays"), [("", False), ("reverted", False), ("returning", True)])
def test_an_address_set_by_hand_is_let_go_of_at_rest_alone(
    folder: Path, plan: None, monkeypatch: pytest.MonkeyPatch, state: str, stays: bool
) -> None:
    memory.keep("state", state)
    hold = held(folder)
    monkeypatch.setattr(moves, "TRIES", 1)
    memory.keep("rebooted", "")
    dog = made()
    dog.guard = memory.load("guard.json")
    dog.wait_free = lambda *_: True
    dog.bring_up = lambda *_: False
    dog.put_down = lambda *_: True
    dog.run = lambda *_: 0
    dog.came_up = lambda *_: True
    dog.come_home("old")
    assert hold.exists() is stays
