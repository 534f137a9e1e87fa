"""A data directory and its copy change places: cut off at any step, it is whole or not there, and is ended well."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irekae.subjects.databases.far import data_folder, exchange
from irekae.subjects.databases.far.base import Failed
from irekae.subjects.databases.far.engine import Engine

STEPS = 12  # more than any of them takes


class Cut(BaseException):
    """The power went."""


class Rests(Engine):
    """A server that has left "x" in what is the copy."""

    def __init__(self) -> None:
        """Nothing is asked of it."""

    def rests(self, data: str) -> dict[str, Any]:
        return {"clean": True, "state": (Path(data) / "control").read_text()}


class Host:
    """The standby: its data directory, and the folder beside it."""

    def __init__(self, top: Path) -> None:
        self.data, self.place = top / "data", top / ".irekae-databases/data"
        self.data.mkdir(parents=True)
        (self.data / "control").write_text("own")

    def copy(self, text: str) -> None:
        exchange.prepare(str(self.place))
        (self.place / "incoming/control").write_text(text)

    def take(self, text: str) -> None:
        exchange.take(Rests(), str(self.place), str(self.data), [], text)

    def settle(self) -> None:
        exchange.settle(str(self.place), str(self.data))

    def back(self, aside: str = "") -> None:
        exchange.back(str(self.place), str(self.data), aside)

    @property
    def found(self) -> str:
        """What a server would find: "" for nothing."""
        return (self.data / "control").read_text() if self.data.exists() else ""


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None], int], bool]:
    """Do something until so many steps on the disk are done; whether it was cut off."""

    def until(act: Callable[[], None], steps: int) -> bool:
        left = [steps]

        def counted(real: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any, **words: Any) -> Any:
                if left[0] == 0:
                    raise Cut
                left[0] -= 1
                return real(*arguments, **words)

            return call

        with monkeypatch.context() as patched:
            for name in ("rename", "unlink", "rmdir", "fsync"):
                patched.setattr(os, name, counted(getattr(os, name)))
            patched.setattr(os, "sync", lambda: None)
            try:
                act()
            except Cut:
                return True
        return False

    return until


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(first=st.integers(0, STEPS), second=st.integers(0, STEPS), third=st.integers(0, STEPS))
def test_whenever_it_is_cut_off_a_server_finds_something_whole_and_the_own_comes_back(
    cut: Callable[[Callable[[], None], int], bool],
    tmp_path_factory: pytest.TempPathFactory,
    first: int,
    second: int,
    third: int,
) -> None:
    host = Host(tmp_path_factory.mktemp("host"))
    host.copy("one")
    cut(lambda: host.take("one"), first)
    assert host.found in ("own", "", "one")
    cut(host.settle, second)
    host.settle()
    assert host.found in ("own", "one")
    host.copy("two")
    cut(lambda: host.take("two"), third)
    assert host.found in ("own", "one", "", "two")
    host.settle()
    assert host.found
    cut(host.back, second)
    host.back()
    assert host.found == "own"
    assert not host.place.parent.exists()


def test_a_copy_that_replaces_a_copy_keeps_the_standby_s_own(tmp_path: Path) -> None:
    host = Host(tmp_path)
    for text in ("one", "two", "three"):
        host.copy(text)
        host.take(text)
        assert host.found == text
        assert (host.place / "own/control").read_text() == "own"
        assert [one.name for one in host.place.iterdir()] == ["own"]


def test_what_somebody_has_written_since_is_kept_aside(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.copy("one")
    host.take("one")
    (host.data / "control").write_text("edited")
    host.back(f"{host.place}.aside")
    assert host.found == "own"
    assert Path(f"{host.place}.aside/control").read_text() == "edited"
    host.back(f"{host.place}.other")
    assert host.found == "own"


def test_what_is_not_what_production_left_takes_no_place(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.copy("one")
    with pytest.raises(Failed, match="not what production's server has left"):
        host.take("another")
    assert host.found == "own"


def test_the_host_s_own_files_stay_and_no_link_is_followed(tmp_path: Path) -> None:
    host = Host(tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("root's alone")
    (host.data / "server.key").write_text("key")
    (host.data / "server.crt").symlink_to(secret)
    host.copy("one")
    (host.place / "incoming/server.key").write_text("an earlier attempt's")
    exchange.take(Rests(), str(host.place), str(host.data), ["/server.*"], "one")
    assert (host.data / "server.key").read_text() == "key"
    assert not (host.data / "server.crt").exists()


def test_nobody_leads_it_through_a_link_on_the_way(tmp_path: Path) -> None:
    host = Host(tmp_path)
    host.copy("one")
    (tmp_path / "way").symlink_to(tmp_path)
    with pytest.raises(NotADirectoryError):
        exchange.take(Rests(), str(host.place), str(tmp_path / "way/data"), [], "one")
    assert host.found == "own"


def test_a_place_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / ".irekae-databases").symlink_to(tmp_path / "there")
    host = Host(tmp_path)
    with pytest.raises(Failed, match="is not ours"):
        host.copy("one")


def test_the_copy_stands_where_root_alone_can_change_anything(tmp_path: Path) -> None:
    data = tmp_path / "17/main"
    data.mkdir(parents=True)
    os.chown(data.parent, 12345, 12345)
    assert data_folder.place_beside(str(data)).startswith(f"{tmp_path}/.irekae-databases/")
    os.chown(tmp_path, 12345, 12345)
    assert not data_folder.place_beside(str(data)).startswith(str(tmp_path))
    os.chown(tmp_path, 0, 0)
