"""What will run a backup script again: a cron table or a timer that works, and room for what it brings."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from verify.far import schedules

LINE = "10 3 * * * $HOME/homes.sh > /dev/null"
TIMER = "Id=backup.timer\nActiveState=active\nSubState=waiting\nUnitFileState=enabled\nTriggers=backup.service\n"
ARMED = "NextElapseUSecRealtime=Sun 2026-11-29 03:10:00 UTC\nNextElapseUSecMonotonic=infinity\n"
Says = Callable[..., list[str]]


def says(table: str, timer: str = "", runs: str = "", enabled: str = "enabled") -> Says:
    def output(*words: str) -> list[str]:
        if words[0] == "crontab":
            return table.splitlines()
        if "is-enabled" in words:
            return [enabled]
        if "is-active" in words:
            return ["inactive"]
        if "--user" in words:
            return []
        return (timer if words[-1] == "*.timer" else f"Id=backup.service\nExecStart={runs}").splitlines()

    return output


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "homes.sh").write_text("to=$HOME/backup/\n")
    (tmp_path / "all.sh").write_text("# homes.sh was here\n./homes.sh; ./settings.sh\n")
    (tmp_path / "backup").mkdir()
    (tmp_path / "log").mkdir()
    monkeypatch.setattr(schedules, "cron_of", lambda pid: ["cron"] if pid == "1" else [])
    monkeypatch.setattr(os.path, "isdir", lambda path: Path(path).is_dir() or path == "/run/systemd/system")
    return tmp_path


def asked(home: Path, monkeypatch: pytest.MonkeyPatch, output: Says) -> tuple[list[str], list[str]]:
    monkeypatch.setattr(schedules, "output", output)
    request = {"home": str(home), "scripts": {"homes.sh": f"{home}/log/homes.log"}}
    told = schedules.main(request)["scripts"]["homes.sh"]
    return told["by"], told["idle"]


def test_a_line_of_the_users_own_table_runs_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(home, monkeypatch, says(LINE)) == (["his cron table"], [])
    assert asked(home, monkeypatch, says("10 3 * * * ~/all.sh")) == (["his cron table"], []), "a script that calls it"


@pytest.mark.parametrize("table", ["", f"# {LINE}", "10 3 * * * $HOME/other-homes.sh", "10 3 * * * $HOME/settings.sh"])
def test_without_a_line_of_its_own_nothing_runs_it(table: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(home, monkeypatch, says(table)) == ([], [])


def test_a_cron_that_does_not_run_or_that_no_boot_starts_runs_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(home, monkeypatch, says(LINE, enabled="disabled"))[1] == [
        "his cron table: cron is not started at boot"
    ]
    monkeypatch.setattr(schedules, "cron_of", lambda pid: [])
    assert asked(home, monkeypatch, says(LINE)) == ([], ["his cron table: cron does not run"])
    assert asked(home, monkeypatch, says(f"@reboot {LINE[11:]}"))[1] == ["his cron table: only at a boot"]


@pytest.mark.parametrize(
    ("timer", "by", "idle"),
    [
        (TIMER + ARMED, ["backup.timer"], []),
        (TIMER.replace("=active", "=inactive") + ARMED, [], ["backup.timer: is not armed"]),
        (TIMER, [], ["backup.timer: is not armed"]),
        (TIMER.replace("enabled", "disabled") + ARMED, [], ["backup.timer: is not started at boot"]),
        (TIMER.replace("enabled", "linked") + ARMED, [], ["backup.timer: is not started at boot"]),
        (TIMER.replace("enabled", "static") + ARMED, [], ["backup.timer: is not started at boot"]),
        (TIMER.replace("enabled", "static") + "WantedBy=timers.target\n" + ARMED, ["backup.timer"], []),
    ],
)
def test_a_timer_runs_it_while_it_is_armed_and_a_boot_starts_it(
    timer: str, by: list[str], idle: list[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = f"{{ path={home}/homes.sh ; argv[]={home}/homes.sh }}"
    assert asked(home, monkeypatch, says("", timer, runs)) == (by, idle)


@pytest.mark.parametrize(
    ("free", "whole", "inodes", "told"),
    [
        (100 << 30, 10 << 40, 1 << 20, []),
        (40 << 20, 40 << 20, 1 << 20, ["40 MiB left"]),
        (1 << 30, 1 << 40, 1 << 20, ["1024 MiB left"]),
        (1 << 30, 4 << 30, 1 << 20, []),
        (100 << 30, 200 << 30, 3, ["room for 3 more files"]),
    ],
)
def test_a_disk_is_full_where_a_backup_has_no_room(
    free: int, whole: int, inodes: int, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    size = SimpleNamespace(f_bavail=free, f_frsize=1, f_blocks=whole, f_flag=0, f_files=1 << 24, f_favail=inodes)
    monkeypatch.setattr(os, "statvfs", lambda _: size)
    assert [line.partition(" has ")[2] for line in schedules.full({"/home/keeper"})] == told


def test_the_folders_that_a_script_writes_to_are_looked_at(home: Path) -> None:
    found = schedules.folders(f"{home}/homes.sh", f"{home}/log/homes.log", str(home))
    assert found == {str(home), f"{home}/log", f"{home}/backup"}


def test_a_folder_of_locks_is_none_that_a_backup_fills(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "homes.sh").write_text(f"to=$HOME/backup/; flock {home}/lock\n")
    (home / "lock").mkdir()
    monkeypatch.setattr(schedules, "holds_data", lambda path: not path.endswith("/lock"))
    assert f"{home}/lock" not in schedules.folders(f"{home}/homes.sh", f"{home}/log/homes.log", str(home))


def test_a_program_that_a_job_names_says_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "tool").write_bytes(b"\x7fELF\0homes.sh\n")
    assert asked(home, monkeypatch, says(f"10 3 * * * {home}/tool")) == ([], [])


@pytest.mark.parametrize(("mebibytes", "is_for_data"), [(5, False), (63, False), (64, True), (1024, True)])
def test_a_small_disk_is_for_data_and_what_no_backup_fits_on_is_for_locks(
    mebibytes: int, is_for_data: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = SimpleNamespace(f_blocks=mebibytes << 8, f_frsize=4096)
    monkeypatch.setattr(os, "statvfs", lambda _: size)
    assert schedules.holds_data("/srv/backup") is is_for_data
