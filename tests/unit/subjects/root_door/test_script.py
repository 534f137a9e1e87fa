"""The script that closes root's way in by itself."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from irekae.host.entries import entry_in
from irekae.subjects.each_minute.texts import FOLDER, UNITS, table
from irekae.subjects.each_minute.timer import Timer
from irekae.subjects.root_door import HOOK, JOB, KEYS, OWN, SCRIPT
from irekae.subjects.root_door.config import OPEN, permit_root, without_door
from irekae.subjects.root_door.script import close_script, hook, unit
from tests.driver import Lab


class Door:
    """The script on a host that is a folder; sshd is a stand-in that judges a configuration by its first value."""

    def __init__(self, root: Path, deadline: str | None, restart: str = "touch {root}/restarted") -> None:
        self.root = root
        self.folder = root / "state" / "door"
        self.config = root / "sshd_config"
        self.keys = root / "ssh" / "authorized_keys"
        self.journal = root / "state" / "journal.jsonl"
        self.cron, self.hook = root / "irekae-cron", root / "irekae-hook"
        for path in (self.folder, self.keys.parent, root / "run", root / "bin"):
            path.mkdir(parents=True)
        self.config.write_bytes(permit_root(b"PermitRootLogin no\nUsePAM yes\n"))
        if deadline is not None:
            (self.folder / "deadline").write_text(deadline)
        self.journal.touch()
        self.cron.touch()
        self.hook.touch()
        (root / "bin" / "sshd").write_text(
            "#!/bin/sh\n[ -e broken ] && exit 1\n"
            "grep -i -m 1 '^PermitRootLogin' \"$3\" | tr -d '\"' | tr A-Z a-z || echo permitrootlogin yes\n"
        )
        (root / "bin" / "sshd").chmod(0o755)
        text = close_script(str(self.folder), str(self.config), restart.format(root=root)).decode()
        places = {"/etc/cron.d/irekae-door": self.cron, HOOK: self.hook, UNITS: root / "units", KEYS: self.keys}
        for place, own in places.items():
            text = text.replace(place, str(own))
        text = text.replace("/run/", f"{root}/run/").replace("in /run ", f"in {root}/run ")
        self.script = root / "close"
        self.script.write_text(text.replace(SCRIPT, str(self.script)).replace("PATH=/", f"PATH={root}/bin:/", 1))

    def start(self, verb: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(["sh", str(self.script), verb], cwd=self.root)

    def close(self, verb: str = "tick") -> int:
        return self.start(verb).wait(60)

    @property
    def is_open(self) -> bool:
        return OPEN in self.config.read_bytes()

    @property
    def entries(self) -> list[dict[str, object]]:
        return [entry for line in self.journal.read_bytes().split(b"\n") if (entry := entry_in(line)) is not None]


LEASE = 3600
BOOT = Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def uptime(more: int = 0) -> int:
    return int(float(Path("/proc/uptime").read_text().split()[0])) + more


def in_time() -> str:
    return f"{BOOT} {uptime(LEASE - 60)} {LEASE}\n"


@pytest.fixture
def ended() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def test_before_the_deadline_nothing_happens(tmp_path: Path, ended: list[subprocess.Popen[bytes]]) -> None:
    door = Door(tmp_path, in_time())
    ended.append(door.start("watch"))
    Lab.until("the watch looks", lambda: (tmp_path / "run/irekae-door.beat").exists())
    for verb in ("tick", "boot"):
        assert door.close(verb) == 0
    assert door.is_open
    assert not (tmp_path / "restarted").exists()
    assert door.entries == []


@pytest.mark.parametrize(
    "deadline",
    [
        None, "", "\n", "garbled", "{boot}\n", "{boot} soon 3600\n", "{boot} -5 3600", "{boot} 0x7fffffff 3600",
        "{boot} 99999999999999999999 3600", "{boot} 08 3600", "{boot} 4000000000 3600", "other {later} 3600",
        "{later}", "{boot} {later} 3600 more", "4000000000\n", "{boot} {over} 3600\n",
        "{boot} {later}", "{boot} {later} soon", "{boot} {later} 08", "{boot} {later} -1",
        "{boot} {later} 3", "{boot} 4000000000 4000000000",
    ],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["tick", "watch"])
def test_whatever_is_no_deadline_of_this_boot_within_the_lease_closes(
    tmp_path: Path, deadline: str | None, verb: str
) -> None:
    words = {"boot": BOOT, "later": uptime(60), "over": uptime(-1)}
    door = Door(tmp_path, deadline and deadline.format(**words))
    assert door.close(verb) == 0
    assert door.config.read_bytes() == b"PermitRootLogin no\nUsePAM yes\n"
    assert (tmp_path / "restarted").exists()


def test_a_deadline_that_is_no_file_keeps_nothing_waiting(tmp_path: Path) -> None:
    door = Door(tmp_path, None)
    os.mkfifo(door.folder / "deadline")
    assert door.close() == 0
    assert not door.is_open


def test_it_closes_although_all_that_we_remember_is_gone(tmp_path: Path) -> None:
    door = Door(tmp_path, in_time())
    shutil.rmtree(tmp_path / "state")
    assert door.close() == 0
    assert not door.is_open
    assert not (tmp_path / "state").exists()


def test_a_door_that_closes_says_so_and_takes_its_keepers_away(tmp_path: Path) -> None:
    door = Door(tmp_path, "")
    door.journal.write_text('{"event": "torn')
    door.keys.write_text("ssh-ed25519 OURS irekae-copy\nssh-ed25519 OTHER admin\n")
    assert door.close() == 0
    assert door.keys.read_text() == "ssh-ed25519 OTHER admin\n"
    told = [(entry["item"], entry["event"], entry["who"]) for entry in door.entries]
    assert told == [("2.1", "undone", "lease"), ("2.2", "undone", "lease")]
    assert not door.cron.exists()
    assert not door.hook.exists()
    assert door.close() == door.close("watch") == 0
    assert len(door.entries) == 2


def test_systemds_timer_and_the_boots_unit_go_with_it(tmp_path: Path) -> None:
    door = Door(tmp_path, "")
    door.cron.unlink()
    (tmp_path / "bin/systemctl").write_text(f"#!/bin/sh\necho $* >> {tmp_path}/said\n")
    (tmp_path / "bin/systemctl").chmod(0o755)
    (tmp_path / FOLDER.replace(UNITS, "units")).mkdir(parents=True)
    for path in [*Timer().paths(JOB), *(path for path in OWN if path.startswith(UNITS))]:
        (tmp_path / path.replace(UNITS, "units")).touch()
    assert door.close() == 0
    assert not list((tmp_path / "units").iterdir())
    assert "stop irekae-door-minute.timer\ndaemon-reload\n" in (tmp_path / "said").read_text()


def test_others_edits_of_sshd_config_and_its_owner_and_mode_stay(tmp_path: Path) -> None:
    door = Door(tmp_path, "")
    door.config.write_bytes(b"# by mori\n" + door.config.read_bytes() + b"MaxSessions 20\n")
    door.config.chmod(0o640)
    os.chown(door.config, 0, 4) if os.geteuid() == 0 else None
    assert door.close() == 0
    assert door.config.read_bytes() == b"# by mori\nPermitRootLogin no\nUsePAM yes\nMaxSessions 20\n"
    state = door.config.stat()
    assert state.st_mode & 0o777 == 0o640
    assert os.geteuid() != 0 or state.st_gid == 4


@pytest.mark.parametrize("rest", [b"UsePAM yes\n", b"PermitRootLogin yes\n", b""])
def test_root_is_refused_whatever_else_the_file_says(tmp_path: Path, rest: bytes) -> None:
    door = Door(tmp_path, "")
    door.config.write_bytes(permit_root(rest))
    assert door.close() == 0
    assert door.config.read_bytes() == b"PermitRootLogin no\n" + rest


def test_root_is_refused_though_sshd_cannot_read_its_file_any_more(tmp_path: Path) -> None:
    door = Door(tmp_path, "")
    (tmp_path / "broken").touch()
    assert door.close() == 1
    assert door.config.read_bytes().startswith(b"PermitRootLogin no\n")
    assert door.cron.exists(), "tried again by the next minute"


def test_at_boot_it_is_closed_before_sshd_starts_and_the_rest_follows(tmp_path: Path) -> None:
    door = Door(tmp_path, f"other-boot {uptime(600)}\n")
    assert door.close("boot") == 0
    assert not door.is_open
    assert not (tmp_path / "restarted").exists()
    assert door.close() == 0
    assert (tmp_path / "restarted").exists()
    assert not door.cron.exists()
    assert len(door.entries) == 2, "told once"


def test_a_watch_goes_on_with_a_longer_lease_that_began_meanwhile(
    tmp_path: Path, ended: list[subprocess.Popen[bytes]]
) -> None:
    door = Door(tmp_path, f"{BOOT} {uptime(60)} 60\n")
    ended.append(door.start("watch"))
    beat = tmp_path / "run/irekae-door.beat"
    Lab.until("the watch looks", beat.exists)
    (door.folder / "deadline").write_text(in_time())
    for _ in range(2):
        seen = beat.read_text()
        Lab.until("it looks again", lambda seen=seen: beat.read_text() not in ("", seen))  # type: ignore[misc]
    assert door.is_open
    assert door.cron.exists()


def test_who_meant_to_close_leaves_a_lease_that_began_meanwhile(tmp_path: Path) -> None:
    door = Door(tmp_path, in_time())
    # As where the deadline of before was looked at, and then somebody opened the way in anew.
    door.script.write_text(door.script.read_text().replace('\nmain "$1"\n', "\nclose_alone tick\n"))
    assert door.close() == 0
    assert door.is_open
    assert door.cron.exists()
    assert door.hook.exists()


def test_it_can_be_closed_at_once(tmp_path: Path) -> None:
    door = Door(tmp_path, in_time())
    assert door.close("now") == 0
    assert not door.is_open


def test_cron_starts_the_watch_where_it_has_died(tmp_path: Path) -> None:
    door = Door(tmp_path, in_time())
    assert door.close("tick") == 0
    Lab.until("a watch looks", lambda: (tmp_path / "run/irekae-door.beat").exists())
    (door.folder / "deadline").unlink()
    Lab.until("it closes the door", lambda: not door.cron.exists())
    assert not door.is_open


def test_the_watch_ends_when_the_door_was_closed_by_hand(tmp_path: Path) -> None:
    door = Door(tmp_path, in_time())
    watch = door.start("watch")
    door.config.write_bytes(without_door(door.config.read_bytes()))
    door.cron.unlink()
    door.hook.unlink()
    assert watch.wait(60) == 0
    assert door.entries == []


def test_the_last_key_leaves_an_empty_file(tmp_path: Path) -> None:
    door = Door(tmp_path, "")
    door.keys.write_text("ssh-ed25519 OURS irekae-copy\n")
    door.keys.chmod(0o600)
    assert door.close() == 0
    assert door.keys.read_text() == ""
    assert door.keys.stat().st_mode & 0o777 == 0o600


def test_a_restart_whose_stop_fails_still_starts(tmp_path: Path) -> None:
    door = Door(tmp_path, "", restart="false\ntouch {root}/restarted")
    assert door.close() == 0
    assert (tmp_path / "restarted").exists()
    assert len(door.entries) == 2


def test_sshd_gets_neither_our_umask_nor_our_locks(tmp_path: Path) -> None:
    door = Door(tmp_path, "", restart="sh -c 'umask > {root}/umask; ls -l /proc/$$/fd > {root}/fds'")
    assert door.close("watch") == 0
    assert (tmp_path / "umask").read_text() == "0022\n"
    assert "irekae-door" not in (tmp_path / "fds").read_text()


def test_cron_runs_it_each_minute_and_at_boot() -> None:
    text = table(JOB)
    lines = [line for line in text.decode().splitlines() if not line.startswith(("#", "PATH"))]
    assert lines == [f"@reboot root sh {SCRIPT} tick", f"* * * * * root sh {SCRIPT} tick"]
    assert text.endswith(b"\n"), "cron passes over a last line without an end"


def test_a_hook_that_fails_keeps_no_interface_down(tmp_path: Path) -> None:
    (tmp_path / "hook").write_bytes(hook().replace(SCRIPT.encode(), b"/no/such/script"))
    assert subprocess.run(["sh", tmp_path / "hook"], check=False, capture_output=True).returncode == 0


def test_systemd_runs_it_before_sshd() -> None:
    assert f"ExecStart=/bin/sh {SCRIPT} boot\n" in unit().decode()
    assert "Before=ssh.service ssh.socket" in unit().decode()


def test_what_it_writes_is_json() -> None:
    text = close_script("/x", "/y", "true").decode()
    line = re.search(r"printf '\\n(\{.*\})\\n'", text)
    assert line is not None
    assert json.loads(line[1].replace("%s", "x"))["event"] == "undone"
