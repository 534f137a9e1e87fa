"""One run of the suite at a time: another waits, is told for whom, and takes over from the dead."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any, cast

import pytest

from verify import turn
from verify.connection import PinnedSsh
from verify.far import turn as far
from verify.finding import Unreachable
from verify.turn import Turn


class Host:
    """A host that carries the script out in a folder of the test."""

    def __init__(self, name: str, folder: Path, reachable: bool = True) -> None:
        self.entry = type("Entry", (), {"name": name})()
        self.path, self.reachable = folder / name, reachable

    def far(self, script: str, request: dict[str, Any], become: str) -> dict[str, Any]:
        assert (script, become) == ("turn", "root")
        if not self.reachable:
            raise Unreachable(self.entry.name, "no route")
        return far.main({**request, "path": str(self.path)})


@pytest.fixture(autouse=True)
def _briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "LOOK", 0.01)


@pytest.fixture
def hosts(tmp_path: Path) -> list[PinnedSsh]:
    return [cast(PinnedSsh, Host(name, tmp_path)) for name in ("ika", "tako")]


def test_one_after_the_other_and_the_second_is_told_for_whom_it_waits(hosts: list[PinnedSsh]) -> None:
    told: list[str] = []
    order: list[str] = []
    first, second = Turn(hosts, told.append), Turn(hosts, told.append)
    first.take()
    order.append("first")

    def wait() -> None:
        second.take()
        order.append("second")

    thread = threading.Thread(target=wait)
    thread.start()
    deadline = time.monotonic() + 30
    while not told and time.monotonic() < deadline:
        time.sleep(0.01)
    order.append("first ends")
    first.give_back()
    thread.join(30)
    second.give_back()
    assert order == ["first", "first ends", "second"]
    (line,) = told
    assert line.startswith("waiting: another run of the suite is under way on ika, by ")


def test_a_dead_run_is_taken_over_once_its_lease_has_ended(
    hosts: list[PinnedSsh], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [time.monotonic()]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    dead = {"token": "dead", "who": "mori@x", "since": "noon", "seconds": turn.LEASE, "act": "take"}
    assert hosts[0].far("turn", dead, become="root") == {"held": True}
    other = {**dead, "token": "other"}
    assert hosts[0].far("turn", other, become="root") == {"held": False, "who": "mori@x", "since": "noon"}
    clock[0] += turn.LEASE - 1
    assert not hosts[0].far("turn", other, become="root")["held"]
    clock[0] += 2
    assert hosts[0].far("turn", other, become="root") == {"held": True}
    assert not hosts[0].far("turn", dead, become="root")["held"]


def test_a_living_run_renews_its_lease(hosts: list[PinnedSsh], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "RENEWED", 0.01)
    mine = Turn(hosts, print)
    mine.take()
    path = cast(Host, hosts[1]).path
    before = path.read_text()
    deadline = time.monotonic() + 30
    while path.read_text() in (before, "") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert far.read(path.read_bytes())["until"] > far.read(before.encode())["until"]
    mine.give_back()


def test_a_host_that_cannot_be_asked_keeps_nobody_waiting(tmp_path: Path) -> None:
    away, here = Host("ika", tmp_path, reachable=False), Host("tako", tmp_path)
    mine = Turn([cast(PinnedSsh, away), cast(PinnedSsh, here)], print)
    mine.take()
    assert far.read(here.path.read_bytes())["until"]
    mine.give_back()
    assert here.path.read_bytes() == b""


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"until": "x"}', b"\xff"])
def test_a_lease_that_a_crash_cut_short_is_none(hosts: list[PinnedSsh], text: bytes) -> None:
    cast(Host, hosts[0]).path.write_bytes(text)
    mine = {"token": "mine", "who": "", "since": "", "seconds": 60, "act": "take"}
    assert hosts[0].far("turn", mine, become="root") == {"held": True}


def test_what_lies_behind_a_link_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "ika").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic links"):
        far.main({"token": "", "act": "give", "path": str(tmp_path / "ika")})
    assert (tmp_path / "secret").read_text() == "x"


def test_another_who_never_ends_is_named(hosts: list[PinnedSsh], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "PATIENCE", 0.05)
    first = Turn(hosts, print)
    first.take()
    with pytest.raises(pytest.exit.Exception, match="another run of the suite does not end on ika: by "):
        Turn(hosts, lambda _: None).take()
    first.give_back()
