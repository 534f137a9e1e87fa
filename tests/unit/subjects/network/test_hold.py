"""Who has the interface, where the network manager asks nobody: what lies below /run, and what its unit asks."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from irekae.subjects.network.watchdog import hold, memory, verbs
from tests.unit.subjects.network.exchanged import NEW


@pytest.fixture
def held(folder: Path, plan: None) -> Path:
    """The file that holds the interface."""
    return folder / "run/eth0.d/hold.conf"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What happened: names that were set, watchdogs that were started (False: without waiting for that)."""
    done: list[object] = []
    monkeypatch.setattr(verbs, "detach", lambda wait=True: done.append(wait))
    monkeypatch.setattr(socket, "gethostname", lambda: "ika")
    monkeypatch.setattr(socket, "sethostname", done.append)
    return done


@pytest.mark.parametrize("state", ["", "reverted", "armed"])
def test_at_rest_a_start_has_the_interface(held: Path, started: list[object], state: str) -> None:
    memory.keep("state", state)
    hold.hold(memory.load("guard.json"))
    assert verbs.boot() == 0
    assert not held.exists()
    assert not held.parent.exists()
    assert started == []


@pytest.mark.parametrize(
    ("state", "name"), [("changing", []), ("trial", []), ("prepared", ["tako"]), ("returning", [])]
)
def test_in_the_middle_it_is_held_and_the_watchdog_goes_on(
    held: Path, started: list[object], state: str, name: list[str]
) -> None:
    memory.keep("state", state)
    assert verbs.boot() == 0
    assert held.read_text() == "[Link]\n"
    assert held.stat().st_mode & 0o777 == 0o644
    assert started == [*name, False]


def test_so_it_is_while_the_file_in_place_is_not_this_host_s(held: Path, started: list[object], folder: Path) -> None:
    (folder / "network/interfaces").write_text(NEW["text"])
    assert verbs.boot() == 0
    assert held.exists()
    assert started == [False]


def test_the_name_of_the_settled_side_is_set(
    held: Path, started: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "tako")
    assert verbs.boot() == 0
    assert started == ["ika"]


def test_while_the_watchdog_has_it_brought_up_nothing_is_held(held: Path, started: list[object], folder: Path) -> None:
    memory.keep("state", "changing")
    (folder / "permit").write_text(NEW["address"])
    assert verbs.boot() == 0
    assert not held.exists()
    assert started == []


def test_without_a_guard_nothing_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "FOLDER", str(tmp_path / "nowhere"))
    assert verbs.boot() == 0


def test_whoever_is_not_root_can_read_it_though_the_watchdog_hides_what_it_writes(held: Path) -> None:
    before = os.umask(0o077)
    try:
        hold.hold(memory.load("guard.json"))
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)
    assert held.stat().st_mode & 0o777 == 0o644
    assert [path.stat().st_mode & 0o777 for path in (held.parent, held.parent.parent)] == [0o755, 0o755]


def test_what_cannot_be_written_stops_nothing(held: Path, folder: Path) -> None:
    (folder / "run").write_text("no folder")
    hold.hold(memory.load("guard.json"))
    hold.release(memory.load("guard.json"))
    assert "could not be written" in (folder / "watchdog.log").read_text()


def test_what_others_have_beside_it_stays(held: Path) -> None:
    guard = memory.load("guard.json")
    hold.hold(guard)
    (held.parent / "theirs.conf").write_text("[Link]\n")
    hold.release(guard)
    assert [path.name for path in held.parent.iterdir()] == ["theirs.conf"]


def test_a_manager_that_asks_by_itself_needs_none(folder: Path) -> None:
    guard = json.loads((folder / "guard.json").read_text()) | {"hold": {}}
    hold.hold(guard)
    assert not (folder / "run").exists()
