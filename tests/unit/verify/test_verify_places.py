"""What a daemon needs at its next start: folders, databases' files and devices are as the boot left them."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from verify.far import places
from verify.far.changed import NEVER

Record = dict[str, Any]


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("lib/postgresql/17/main/base/5", "cache/bind", "log/apache2", "tmp"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "lib/postgresql/17/main").chmod(0o700)
    (tmp_path / "lib/postgresql/17/main/PG_VERSION").write_text("17\n")
    (tmp_path / "log/apache2/access.log").write_text("")
    monkeypatch.setattr(places, "TREES", {f"{tmp_path}/{name}": 4 for name in ("lib", "cache", "log")})
    monkeypatch.setattr(places, "SINGLE", (f"{tmp_path}/tmp", "/dev/null"))
    return tmp_path


def booted(var: Path, *by_itself: str) -> Record:
    running = [{"name": "postgres", "cwd": f"{var}/lib/postgresql/17/main"}, {"name": "cron", "cwd": "/"}]
    found, more = places.places(list(by_itself), running)
    assert not more
    return {"places": found, "data": places.data_folders(running)}


def told(record: Record, since: float = NEVER, *by_itself: str) -> list[str]:
    return [f"{Path(one['path']).name}: {one['found']}" for one in places.otherwise(record, list(by_itself), since)]


def test_a_folder_with_another_mode_is_told_wherever_a_daemon_keeps_its_data(var: Path) -> None:
    record = booted(var)
    assert told(record) == []
    (var / "lib/postgresql/17/main").chmod(0o755)
    (var / "tmp").chmod(0o700)
    me = f"owner {os.getuid()}:{os.getgid()}"
    assert told(record) == [f"main: folder, mode 0755, {me}", f"tmp: folder, mode 0700, {me}"]
    assert "/dev/null" in record["places"]


def test_a_database_s_file_that_its_server_cannot_open_again_is_told(var: Path) -> None:
    record = booted(var)
    (var / "lib/postgresql/17/main/PG_VERSION").chmod(0o000)
    assert [line.partition(",")[0] for line in told(record)] == ["PG_VERSION: file"]


def test_what_comes_goes_and_is_written_is_no_difference(var: Path) -> None:
    record = booted(var)
    (var / "log/apache2/access.log").rename(var / "log/apache2/access.log.1")
    (var / "log/apache2/access.log").write_text("a line\n")
    (var / "log/apache2/access.log").chmod(0o600)
    (var / "lib/postgresql/17/main/base/5").rmdir()
    (var / "lib/postgresql/17/main/base/6").mkdir()
    (var / "lib/postgresql/17/main/PG_VERSION").write_text("18\n")
    (var / "lib/new").mkdir()
    assert told(record) == []


def test_a_daemon_s_own_folder_that_is_gone_or_a_link_is_told(var: Path) -> None:
    record = booted(var)
    (var / "cache/bind").rmdir()
    (var / "lib/postgresql").rename(var / "elsewhere")
    (var / "lib/postgresql").symlink_to(var / "elsewhere")
    lines = told(record)
    assert "bind: not there" in lines
    assert any(line.startswith("postgresql: link, ") for line in lines)
    assert not any(line.startswith("5: ") for line in lines), "what lies behind the link is the same"


def test_what_a_later_boot_found_and_what_changes_by_itself_is_no_difference(var: Path) -> None:
    record = booted(var)
    (var / "cache/bind").chmod(0o700)
    assert told(record)
    assert told(record, (var / "cache/bind").stat().st_ctime + 1) == []
    assert told(record, NEVER, f"{var}/cache/*") == []
    assert told({}) == [], "an earlier release kept no places"


def test_users_own_and_containers_folders_are_not_kept(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PEOPLE", range(os.getuid(), os.getuid() + 1))
    assert [path for path in booted(var)["places"] if path.startswith(str(var))] == []
    assert places.OTHERS.fullmatch("/var/lib/docker/overlay2/x")
    assert not places.OTHERS.fullmatch("/var/lib/docker")


def test_too_many_are_cut_and_said(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST", 3)
    found, more = places.places([], [])
    assert more
    assert len(found) == 3


def test_a_socket_and_a_pipe_have_no_flags(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(str(tmp_path / "socket"))
        assert [(places.place_of(str(tmp_path / name)) or [])[::4] for name in ("pipe", "socket")] == [
            ["pipe", ""],
            ["socket", ""],
        ]
