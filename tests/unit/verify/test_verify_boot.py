"""What was there at the boot against what is there now: nothing that a boot or a daemon reads changes unseen."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify import connection
from verify.boot import Boot
from verify.evidence import start
from verify.far import changed, itself, readers, strangers, trees
from verify.far.trees import Entry, Scan

Files = dict[str, Entry]


@pytest.fixture
def etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree of its own in /etc's place."""
    top = tmp_path / "etc"
    for name, text in {"fstab": "/dev/sda1 / ext4\n", "init.d/qmail": "#!/bin/sh\n", "hosts": "127.0.0.1\n"}.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text)
    (top / "rc2.d").mkdir()
    (top / "rc2.d/S01qmail").symlink_to("../init.d/qmail")
    monkeypatch.setattr(trees, "TREES", (str(top),))
    return top


def kept(*more: str) -> dict[str, Any]:
    scan = Scan(list(more)).whole()
    return {"salt": "x", "found": json.loads(json.dumps(scan.found)), "named": sorted(scan.named), "at": time.time()}


def found(record: dict[str, Any], *running: dict[str, Any], booted: float = changed.NEVER) -> dict[str, str]:
    now = Scan([], record["found"]).whole(record["named"]).found
    return {Path(one["path"]).name: one["how"] for one in changed.differences(record, now, list(running), booted)}


def relinked(path: Path, target: str) -> None:
    path.unlink()
    path.symlink_to(target)


def put_back(path: Path, text: str) -> None:
    path.write_text(text)
    os.utime(path, (1, 1))


DAMAGES: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a line": (lambda top: (top / "fstab").write_text("tmpfs /home tmpfs\n"), "fstab", "content"),
    "mode": (lambda top: (top / "init.d/qmail").chmod(0), "qmail", "mode 0644 → 0000"),
    "gone": (lambda top: (top / "hosts").unlink(), "hosts", "gone"),
    "a link elsewhere": (
        lambda top: relinked(top / "rc2.d/S01qmail", "/x"),
        "S01qmail",
        "target",
    ),
    "renamed": (lambda top: (top / "rc2.d/S01qmail").rename(top / "rc2.d/K01qmail"), "K01qmail", "new"),
    "new": (lambda top: (top / "sshd_not_to_be_run").touch(), "sshd_not_to_be_run", "new"),
    "a file's place taken by a link": (lambda top: relinked(top / "hosts", "/dev/null"), "hosts", "kind"),
    "a folder closed": (lambda top: (top / "init.d").chmod(0o700), "init.d", "mode 0755 → 0700"),
    "same length, time put back": (
        lambda top: put_back(top / "hosts", "127.0.0.2\n"),
        "hosts",
        "content",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_whatever_a_boot_would_read_otherwise_is_named(etc: Path, name: str) -> None:
    damage, path, how = DAMAGES[name]
    record = kept()
    assert found(record) == {}
    damage(etc)
    assert found(record)[path].startswith(how)


@given(st.data())
def test_any_file_that_is_damaged_is_found_and_no_other(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.from_regex(r"[a-z]{1,6}\Z"), unique=True, min_size=1, max_size=6))
    before: Files = {f"/etc/{name}": ["file", 0o644, 0, 0, 5, 10, n, "digest", ""] for n, name in enumerate(names)}
    hit = data.draw(st.sampled_from(sorted(before)))
    now = {path: list(entry) for path, entry in before.items()}
    place = data.draw(st.sampled_from([trees.MODE, trees.UID, trees.GID, trees.CONTENT, trees.ATTRIBUTES]))
    now[hit][place] = 7 if place in (trees.MODE, trees.UID, trees.GID) else "other"
    record = {"salt": "x", "found": before, "at": 20.0}
    assert [one["path"] for one in changed.differences(record, now, [], changed.NEVER)] == [hit]


HARMLESS: dict[str, Callable[[Path], object]] = {
    "touched": lambda top: (top / "fstab").touch(),
    "written anew with the same": lambda top: (top / "hosts").write_text("127.0.0.1\n"),
    "a dated copy": lambda top: shutil.copy(top / "hosts", top / "hosts.20110220"),
    "another's backup": lambda top: shutil.copy(top / "fstab", top / "fstab.bak"),
    "an editor is open": lambda top: (top / ".hosts.swp").touch(),
    "a log": lambda top: (top / "update.log").write_text("x"),
    "empty folders": lambda top: (top / "udev/rules.d").mkdir(parents=True),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_changes_nothing_for_a_boot_is_not_named(etc: Path, name: str) -> None:
    record = kept()
    HARMLESS[name](etc)
    assert found(record) == {}


def test_a_copy_in_a_folder_that_is_read_whole_is_named() -> None:
    known = {"/etc/hosts", "/etc/apache2/sites-enabled/a", "/etc/cron.d/job", "/usr/local/bind/etc/namedb"}
    assert itself.is_copy("/etc/hosts.20110220", known)
    assert itself.is_copy("/etc/hosts~", known)
    assert itself.is_copy("/etc/motd.20110220", known), "motd itself is not looked at"
    assert itself.is_copy("/usr/local/bind/etc/namedb-20110220/epa.zone", known)
    assert not itself.is_copy("/etc/apache2/sites-enabled/a.bak", known)
    assert not itself.is_copy("/etc/cron.d/job.old", known)
    assert not itself.is_copy("/etc/nothing.20110220", known)


def test_what_changed_before_a_later_boot_was_read_by_that_boot(etc: Path) -> None:
    record = kept()
    (etc / "fstab").write_text("changed\n")
    assert found(record) == {"fstab": "content"}
    assert found(record, booted=time.time() + 10) == {}


def test_a_boot_time_that_is_a_second_off_calls_no_file_changed() -> None:
    entry: Entry = ["file", 0o644, 0, 0, 5, int(100.9 * 1e9), 1, "digest", ""]
    assert changed.late({"/etc/x": entry}, 100.0, []) == []
    entry[trees.CTIME] = int(103 * 1e9)
    assert changed.late({"/etc/x": entry}, 100.0, []) == ["/etc/x"]
    assert changed.late({"/etc/x": entry}, 100.0, ["/etc"]) == []
    running = [daemon("cron", 104.0), daemon("named", 9000.0)]
    assert changed.late({"/etc/x": entry}, changed.end_of_boot(running, 100.0), []) == [], "a boot script wrote it"


def daemon(name: str, begun: float, **more: Any) -> dict[str, Any]:
    one = {"pid": 0, "name": name, "start": begun, "exe": f"/usr/sbin/{name}", "argv": name, "users": ["0", "0"]}
    same = {"groups": ["0"], "root": "/", "environment": {}, "cwd": "/", "limits": {"Max open files": 1024}, "nice": 0}
    same["narrowed"] = {"named.service cpu.max": "max"}
    return {**one, **same, **more}


def test_a_daemon_has_read_what_changed_before_it_began() -> None:
    path = "/etc/fail2ban/jail.conf"
    held = readers.Readers([daemon("fail2ban-server", 200.0)])
    assert held.that_have_read(path, 150.0) == ["fail2ban-server"]
    assert not held.that_have_read(path, 250.0)
    assert not held.that_have_read("/etc/fstab", 150.0), "no daemon reads it"
    assert not readers.Readers([]).that_have_read(path, 150.0), "nobody runs who would have read it"


def test_a_configuration_that_was_put_back_behind_a_daemon_s_start_is_told() -> None:
    path, stamps = "/etc/fail2ban/jail.conf", (50, 400)
    old, new = ([*["file", 0o644, 0, 0, 5], int(moment * 1e9), 1, "digest", ""] for moment in stamps)
    record = {"salt": "x", "found": {path: old}, "at": 100.0}

    def how(begun: float) -> list[str]:
        running = [daemon("fail2ban-server", begun)]
        return [one["how"] for one in changed.differences(record, {path: new}, running, changed.NEVER)]

    assert how(300.0) == ["written after fail2ban-server had read it"]
    assert how(50.0) == []
    assert how(500.0) == []
    stamps = (50, 9000)
    old, new = ([*["file", 0o644, 0, 0, 5], int(moment * 1e9), 1, "digest", ""] for moment in stamps)
    record = {"salt": "x", "found": {path: old}, "at": 100.0}
    assert how(300.0) == [], "touched hours after the nightly reload"


def test_of_a_file_of_accounts_only_the_system_s_own_lines_count() -> None:
    text = "root:x:0:0::/root:/bin/sh\nasada:x:1001:1001::/home/asada:/bin/sh\nmail:x:8:8::/:/bin/false\n"
    assert [line[:4] for line in trees.system_lines("/etc/passwd", text)] == ["root", "mail", ""]


def test_paths_that_configuration_names_are_looked_at_too(etc: Path, tmp_path: Path, monkeypatch: Any) -> None:
    named = tmp_path / "srv/key.pem"
    named.parent.mkdir()
    named.write_text("key\n")
    monkeypatch.setattr(trees, "CONFIGURATION", re.compile(".*"))
    monkeypatch.setattr(trees, "NOT_NAMED", re.compile("/nothing"))
    assert not trees.is_roots(str(named)), "the folder of all is on the way"
    monkeypatch.setattr(trees, "is_roots", os.path.isfile)
    (etc / "httpd.conf").write_text(f'SSLCertificateFile "{named}"\n')
    record = kept()
    assert str(named) in record["named"]
    assert record["named"] == sorted(Scan([], record["found"]).whole().named), "a second boot names them too"
    named.write_text("another\n")
    assert found(record) == {"key.pem": "content"}


# --- daemons ---


def processes(before: list[dict[str, Any]], now: list[dict[str, Any]], monkeypatch: Any) -> list[str]:
    """What is told, as "daemon: thing / was / is"."""
    monkeypatch.setattr(strangers, "PATIENCE", 0.0)
    monkeypatch.setattr(strangers, "daemons", lambda: now)
    told = strangers.processes({"daemons": before}, now)
    return [f"{one['key']} / {one['was']} / {one['found']}" for one in told]


BOOTED = [daemon("cron", 1.0, pid=-3), daemon("named", 1.0, pid=-2, argv="named -c a.conf", cwd="/namedb")]


@pytest.mark.parametrize(
    ("exe", "conversing", "told"),
    [("/usr/sbin/sshd", True, 0), ("/usr/sbin/sshd", False, 1), ("/tmp/sshd", True, 1), ("/home/kato/x", True, 1)],
)
def test_only_a_conversation_of_a_system_program_is_no_new_daemon(
    exe: str, conversing: bool, told: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strangers, "converses", lambda pid: conversing)
    session = {**BOOTED[0], "name": "sshd", "argv": "sshd: ueno [priv]", "exe": exe, "pid": -9}
    assert len(processes(BOOTED, [*BOOTED, session], monkeypatch)) == told


def test_a_daemon_that_was_restarted_as_init_does_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    again = {**BOOTED[1], "pid": -9, "start": 9.0}
    assert processes(BOOTED, [BOOTED[0], again], monkeypatch) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"argv": "named -c b.conf"}, "named of user 0: named -c b.conf / not started by the boot / runs: "),
        ({"exe": "/tmp/named"}, "named of user 0: named -c a.conf / not started by the boot / runs: /tmp/named"),
        ({"users": ["5", "5"]}, "named of user 5: named -c a.conf / not started by the boot"),
        ({"environment": {"LD_PRELOAD": "/tmp/x.so"}}, "named: LD_PRELOAD / not set / /tmp/x.so"),
        ({"cwd": "/tmp"}, "named: folder that it runs in / /namedb / /tmp"),
        ({"root": "/srv"}, "named: root / / / /srv"),
        ({"groups": ["33"]}, "named: groups / "),
        ({"narrowed": {"named.service cpu.max": "1"}}, "named: named.service cpu.max / max / 1"),
        ({"nice": 19}, "named: niceness / 0 / 19"),
        ({"at_rest": "stopped"}, "named: its work / runs / does not run: stopped"),
        ({"limits": {"Max open files": 10}}, "named: max open files (limit) / 1024 / 10"),
    ],
)
def test_a_daemon_that_runs_otherwise_is_told(
    change: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = processes(BOOTED, [BOOTED[0], {**BOOTED[1], "pid": -9, "start": 9.0, **change}], monkeypatch)
    assert any(line.startswith(told) for line in found)


def test_who_is_gone_and_who_is_new_is_told_and_a_delivery_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    told = processes(BOOTED, [BOOTED[1], daemon("python3", 5.0)], monkeypatch)
    assert told == [
        "cron of user 0: cron / runs / does not run",
        "python3 of user 0: python3 / not started by the boot / runs: /usr/sbin/python3",
    ]
    others = [daemon("exim4", 5.0), daemon("nohup", 5.0, users=["1005", "1005"])]
    others += [daemon("systemd", 5.0, argv="/lib/systemd/systemd --user")]
    others += [daemon("cron", 5.0, argv="/usr/sbin/CRON", exe="/usr/sbin/cron (deleted)")]
    assert processes(BOOTED, [*BOOTED, *others], monkeypatch) == []


# --- at the far end, as it is sent there ---


def test_the_program_that_keeps_and_compares_is_sent_whole(tmp_path: Path) -> None:
    request = {"state": str(tmp_path), "by_itself": []}
    argv = [sys.executable, "-I", "-c", connection._LOADER]
    done = subprocess.run(argv, input=connection.sent("booted", request), capture_output=True, timeout=60, check=True)
    assert json.loads(done.stdout) == {"record": None}


def test_a_difference_can_be_explained_and_names_the_way_out() -> None:
    one = {"path": "/etc/fstab", "how": "content", "at": 0.0, "was": "a", "found": "b"}
    boot = Boot("ika", "production", {"record": {}, "changed": [one], "late": [["/etc/x", "c"]]}, start())
    found = list(boot.files())
    assert [finding.key for finding in found] == ["/etc/fstab", "/etc/x"]
    assert "fab -H ika phase8.restart" in found[0].remedy


def test_a_secret_file_is_told_apart_without_its_digest() -> None:
    entry: Entry = ["file", 0o600, 0, 0, 5, 10, 1, "digest", ""]
    one, other = changed.stated(entry, "salt"), changed.stated(entry, "another")
    assert one != other
    assert "digest" not in one
