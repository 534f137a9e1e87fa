"""Configurations are judged by what reads them: checkers, cron, fstab."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from verify.far import accepts, crons, next_boot, running


def test_a_checker_is_given_the_running_daemon_s_own_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accepts, "is_roots", lambda path: not path.startswith(("/tmp", "/jail/tmp")))
    words = ["-f", "/usr/local/apache2/conf/httpd.conf", "-D", "SSL", "-k", "start"]
    assert accepts.chosen(words, "f:d:D:") == ["-f", "/usr/local/apache2/conf/httpd.conf", "-D", "SSL"]
    assert accepts.chosen(["-c/etc/x.conf", "-u", "bind"], "c:") == ["-c/etc/x.conf"]
    assert accepts.named(["named", "-u", "bind", "-t", "/jail", "-c", "/etc/n.conf"]) == ["-t", "/jail", "/etc/n.conf"]
    assert accepts.named(["named", "-c", "/tmp/n.conf"]) == [], "which may be anybody's"
    assert accepts.title("sshd: /usr/sbin/sshd -p 22 [listener] 0 of 10-100 startups") == ["/usr/sbin/sshd", "-p", "22"]
    nginx = accepts.title("nginx: master process /usr/sbin/nginx -g daemon on; master_process on; -c /etc/n.conf")
    assert nginx == ["/usr/sbin/nginx", "-g", "daemon on; master_process on;", "-c", "/etc/n.conf"]


def daemon(name: str, exe: str, user: str) -> dict[str, Any]:
    return {"pid": os.getpid(), "name": name, "exe": exe, "users": [user, user]}


def test_of_what_visudo_says_only_the_complaint_is_told() -> None:
    script = "echo '/etc/sudoers: parsed OK'; echo '/etc/sudoers.d/x: bad permissions, should be mode 0440'; exit 1"
    asked = accepts.ask({"name": "visudo", "argv": ["sh", "-c", script], "environment": {}})
    assert (asked["accepted"], asked["said"]) == (False, "/etc/sudoers.d/x: bad permissions, should be mode 0440")


@pytest.mark.parametrize(
    ("mode", "other", "accepted"), [(0o644, "", True), (0o664, "", False), (0o644, "x: syntax error", False)]
)
def test_a_mode_that_sudo_takes_is_no_complaint_of_visudo_s(
    monkeypatch: pytest.MonkeyPatch, mode: int, other: str, accepted: bool
) -> None:
    monkeypatch.setattr(accepts, "is_roots", lambda path: path == "/etc/sudoers.d/x" and not mode & 0o022)
    said = f"/etc/sudoers: parsed OK\n/etc/sudoers.d/x: bad permissions, should be mode 0440\n{other}"
    script = f"echo '{said}'; exit 1"
    asked = accepts.ask({"name": "visudo", "argv": ["sh", "-c", script], "environment": {}})
    assert asked["accepted"] is accepted
    assert other in asked["said"]


def test_nothing_of_another_s_is_run_as_root(tmp_path: Path) -> None:
    program = tmp_path / "apache2"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for user in ("0", "1005"):
        assert accepts.of_daemons([daemon("apache2", str(program), user)]) == []
    system_s = str(Path("/bin/true").resolve())
    (asked,) = accepts.of_daemons([daemon("apache2", system_s, "33")])
    assert asked == {"name": "apache2", "argv": [system_s, "-t"], "environment": {}}
    assert len(accepts.of_daemons([daemon("apache2", system_s, "0")])) == 1


def test_a_title_s_counts_make_no_other_daemon() -> None:
    some = running.arguments("sshd: /usr/sbin/sshd [listener] 0 of 10-100 startups")
    assert some == running.arguments("sshd: /usr/sbin/sshd [listener] 3 of 10-100 startups\0\0")
    assert running.arguments("tcpserver\0-c\00040\0") != running.arguments("tcpserver\0-c\00041\0")


def asked(name: str, script: str) -> dict[str, Any]:
    return accepts.ask({"name": name, "argv": ["sh", "-c", script], "environment": {}})


def test_a_checker_is_believed_by_its_status_and_where_that_is_always_0_by_its_words() -> None:
    assert asked("named", "true")["accepted"]
    assert not asked("named", "echo bad; exit 1")["accepted"]
    assert not asked("logrotate", "echo 'error: /etc/logrotate.d/x:3 unknown option' >&2")["accepted"]
    assert asked("logrotate", "echo 'error: stat of /var/log/x failed: No such file or directory' >&2; exit 1")[
        "accepted"
    ]
    assert accepts.ask({"name": "x", "argv": ["/no/such/checker"], "environment": {}})["accepted"]


def test_a_script_that_its_shell_cannot_read_is_told(tmp_path: Path) -> None:
    script = tmp_path / "qmail"
    script.write_text("#!/bin/sh\nif true; then\n")
    assert not accepts.parsed(str(script))["accepted"]
    script.write_text("#!/usr/bin/perl\nif\n")
    assert accepts.parsed(str(script)) == {}


# --- cron ---


@pytest.mark.parametrize(
    "line", ["17 * * * * root cd /", "*/5 0-6,12 1 jan mon root x", "@reboot root x", "MAILTO=x", "# x"]
)
def test_what_cron_reads_is_not_told(line: str) -> None:
    assert list(crons.lines_wrong(f"{line}\n", True)) == []


@pytest.mark.parametrize(
    "line",
    ["60 * * * * root x", "* * * * root x", "@fortnightly root x", "* * * * * no-such-user x", "*/0 * * * * root x",
     "5 5 * * * root /no/such/program -x", "x * * * * root x"],
)  # fmt: skip
def test_what_cron_cannot_read_or_run_is_told(line: str) -> None:
    assert list(crons.lines_wrong(f"{line}\n", True))


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [
        ("@daily x\n", 0o600, ""),
        ("@daily x", 0o600, "the last line has no end"),
        ("@daily x\n", 0o644, "has mode 0644"),
        ("@daily x\n", 0o622, "has mode 0622"),
    ],
)
def test_a_table_that_cron_leaves_out_is_told(tmp_path: Path, text: str, mode: int, told: str) -> None:
    table = tmp_path / "root"
    table.write_text(text)
    table.chmod(mode)
    lines = list(crons.unread(str(table), "root"))
    assert [line[: len(told)] for line in lines] == ([told] if told else [])


def test_a_hard_link_a_strange_owner_and_a_lost_user_are_told(tmp_path: Path) -> None:
    table = tmp_path / "root"
    table.write_text("@daily x\n")
    table.chmod(0o600)
    assert list(crons.unread(str(table), "no-such-user")) == ["there is no user no-such-user"]
    os.link(table, tmp_path / "other")
    assert list(crons.unread(str(table), "root")) == ["has another name too (a hard link)"]


def test_names_that_cron_and_run_parts_pass_over_are_told_but_for_known_ends() -> None:
    assert list(crons.unread("/etc/cron.d/job.sh", None)) == ["cron reads no file of that name"]
    assert list(crons.unread("/etc/cron.d/job.dpkg-old", None)) == []
    assert list(crons.not_run("/etc/cron.daily/job.sh")) == ["run-parts runs no file of that name"]
    assert list(crons.not_run("/etc/cron.daily/.placeholder")) == []


def test_a_job_that_must_run_and_does_not_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crons, "is_roots", os.path.isfile)
    job = tmp_path / "230_backup"
    job.write_text("#!/bin/sh\n")
    assert list(crons.idles(str(job), "")) == ["no table and no folder of run-parts has it"]
    assert list(crons.idles(str(job), str(job))) == ["is not executable"]
    job.chmod(0o755)
    assert list(crons.idles(str(job), str(job))) == []
    job.write_text("#!/no/such/shell\n")
    assert list(crons.idles(str(job), str(job))) == ["there is no /no/such/shell"]


# --- the next boot ---

MOUNTS = ["/dev/sda1 / ext4 rw 0 0", "/dev/sda2 /home ext4 rw 0 0", "nas:/x /mnt/x nfs4 rw 0 0"]


@pytest.mark.parametrize(
    "line",
    ["UUID=1 / ext4 defaults 0 1", "/dev/sda2 /home/ ext3 x 0 2", "/dev/sr0 /media/cd iso9660 noauto 0 0", "# x",
     "nas:/x /mnt/x nfs defaults 0 0", "/dev/sda3 none swap sw 0 0", "LABEL=h /home auto defaults 0 0"],
)  # fmt: skip
def test_what_is_mounted_already_or_by_hand_is_not_told(line: str) -> None:
    assert next_boot.unmounted([line], MOUNTS) == []


@pytest.mark.parametrize("line", ["tmpfs /home tmpfs defaults 0 0", "/dev/sda9 /var/qmail ext4 defaults 0 2"])
def test_what_the_next_boot_would_mount_over_something_is_told(line: str) -> None:
    assert next_boot.unmounted([line], MOUNTS) == [" ".join(line.split()[:4])]


@pytest.mark.parametrize(
    ("said", "accepted"),
    [
        ("/etc/systemd/system/x.service:7: Unknown key name 'Exce' in section 'Service', ignoring.", False),
        (
            "/etc/systemd/system/x.service:7: PIDFile= below legacy directory /var/run/, updating",
            True,
        ),
        ("/etc/systemd/system/x.service:7: Unit uses KillMode=none. This is unsafe, as it disables", True),
        ("/etc/systemd/system/x.service:7: Standard output type syslog is obsolete, please update", True),
    ],
)
def test_a_word_of_advice_of_systemd_s_is_no_mistake(said: str, accepted: bool) -> None:
    asked = {"name": "systemd-analyze", "argv": ["printf", "%s\\n", said], "environment": {}}
    assert accepts.ask(asked)["accepted"] is accepted
