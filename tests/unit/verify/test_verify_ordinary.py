"""What a daemon has read since the boot is told, but for what is the host's daily life."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from verify.boot import Boot
from verify.evidence import start
from verify.far import changed, itself, ordinary, readers, trees
from verify.far.trees import Scan

ZONE = """$TTL 1D
@ IN SOA ns.example.org. root.example.org. ( 2026010101 ; serial
        1H 15M 1W 1D )
  IN NS ns.example.org.
  IN MX 10 mail
_imaps._tcp SRV 0 0 993 mail
www A 192.0.2.1
"""
CONF = "# of 2010\nPort 22\nSubsystem sftp internal-sftp\n"


@pytest.fixture
def etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree whose every file a daemon holds, which was started anew just now."""
    top = tmp_path / "etc"
    top.mkdir()
    monkeypatch.setattr(trees, "TREES", (str(top),))
    monkeypatch.setattr(readers, "HOLDS", ((re.escape(str(top)) + "/.*", "daemon"),))
    monkeypatch.setattr(readers.Readers, "may_hold", lambda *_: True)
    return top


def told(top: Path, was: str, is_now: str, *, begun: float = 9e9, **more: Any) -> list[list[str]]:
    """Who has read each file that is told."""
    path = top / "file"
    path.write_text(was)
    scan = Scan([]).whole()
    lines = ordinary.kept(scan.found, [str(path)], "salt")
    record = {"salt": "salt", "found": scan.found, "lines": lines, "at": 1.0, **more}
    path.write_text(is_now)
    running = [{"pid": 0, "name": "daemon", "start": begun}]
    now = Scan([], scan.found).whole().found
    return [one["by"] for one in changed.differences(record, now, running, changed.NEVER)]


@pytest.mark.parametrize(
    ("was", "is_now"),
    [
        (CONF, CONF.replace("Subsystem", "#Subsystem")),
        (CONF, CONF + "message_size_limit = 1000\n"),
        ("a = b\n c\n", "a = b\nc\n"),
        ("one\ntwo\n", "two\none\n"),
        (ZONE, ZONE.replace("2026010101", "2026010102").replace("_imaps._tcp SRV 0 0 993 mail\n", "")),
        (ZONE, ZONE + "@ MX 5 elsewhere\n"),
        (ZONE, ZONE + "$INCLUDE more\n"),
        (ZONE, ZONE.replace("  IN MX", "new A 192.0.2.9\n  IN MX")),
        (ZONE, ZONE.replace("1H 15M", "1H 1M")),
        (ZONE, ZONE.replace("192.0.2.1", "192.0.2.2")),
    ],
)
def test_another_configuration_is_told_though_its_daemon_has_read_it(etc: Path, was: str, is_now: str) -> None:
    assert told(etc, was, is_now) == [["daemon"]]


@pytest.mark.parametrize(
    ("was", "is_now"),
    [
        (CONF, CONF.replace("# of 2010", "\n# of 2026\n")),
        (CONF, CONF.replace("\n", "\r\n")),
        (ZONE, ZONE.replace("2026010101", "2026010102")),
        (ZONE, ZONE.replace("2026010101", "2026010102 ; MX") + "new IN A 192.0.2.7\nns2 A 192.0.2.8\n"),
        (ZONE, ZONE + 'text TXT "v=spf1; mx ~all"\n; a note\n'),
        ("-----BEGIN CERTIFICATE-----\nx\n", "-----BEGIN CERTIFICATE-----\ny\n"),
    ],
)
def test_a_comment_a_record_more_and_a_renewed_certificate_are_daily_life(etc: Path, was: str, is_now: str) -> None:
    assert told(etc, was, is_now) == []
    assert told(etc, was, is_now, begun=5.0) == [[]], "nobody has read it yet"


def test_what_no_record_says_is_told(etc: Path) -> None:
    assert told(etc, CONF, CONF + "# note\n", lines={}) == [["daemon"]]


def test_a_table_is_daily_life_and_nobody_need_read_it(etc: Path) -> None:
    assert told(etc, "a: b\n", "a: c\n", looked_up=[str(etc / "file")], begun=5.0) == []


def test_tables_are_what_the_mail_system_and_dovecot_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"hash:{tmp_path}/virtual", f"mysql:{tmp_path}/sql.cf", f"cidr:{tmp_path}/cidr", f":{tmp_path}/team"]
    monkeypatch.setattr(ordinary, "named", lambda *_: names)
    shown = ["passdb {", f"  args = scheme=CRYPT {tmp_path}/users", "  args = /etc/dovecot/dovecot-sql.conf.ext"]
    monkeypatch.setattr(ordinary, "said", lambda *_: [*shown, "  args = dovecot"])
    for name in ("virtual", "virtual.db"):
        (tmp_path / name).touch()
    found = ordinary.looked_up({"system": "postfix", "config": "/etc/postfix"})
    assert {f"{tmp_path}/{name}" for name in ("virtual", "virtual.db", "cidr", "team", "users")} <= found
    assert not {f"{tmp_path}/sql.cf", "/etc/dovecot/dovecot-sql.conf.ext"} & found
    (tmp_path / "virtual.cdb").touch()
    os.utime(tmp_path / "virtual.cdb", (1, 1))
    assert f"{tmp_path}/virtual" in ordinary.looked_up({"system": "postfix", "config": "x"}), (
        "another kind's, left over"
    )
    os.utime(tmp_path / "virtual.db", (1, 1))
    assert f"{tmp_path}/virtual" not in ordinary.looked_up({"system": "postfix", "config": "x"}), "not compiled since"


def test_who_has_read_it_is_no_other_finding() -> None:
    one = {"path": "/etc/ssh/sshd_config", "was": "a", "found": "b"}
    first, read = (
        next(Boot("ika", "production", {"record": {}, "changed": [{**one, "by": by}], "late": []}, start()).files())
        for by in ([], ["sshd"])
    )
    assert read.remedy.startswith("sshd has read it since: ")
    assert read.remedy.endswith(first.remedy)
    assert (read.id, read.values) == (first.id, first.values), "what was explained stays explained"


@pytest.mark.parametrize(
    ("path", "holder"),
    [
        ("/etc/ssl/private/own.key", ["apache2"]),
        ("/etc/ssl/openssl.cnf", []),
        ("/etc/ssl/certs/ca-certificates.crt", []),
        ("/etc/postgresql/15/main/pg_hba.conf", ["postgres"]),
        ("/etc/postgresql/15/main/start.conf", []),
    ],
)
def test_what_no_daemon_but_a_boot_reads_is_held_by_none(path: str, holder: list[str]) -> None:
    held = readers.Readers([{"pid": 0, "name": name, "start": 1.0} for name in ("apache2", "postgres")])
    assert [name for name, _ in held.of(path)] == holder


@pytest.mark.parametrize(
    "name", ["db.example.signed", "Kexample.org.+013+12345.private", "Kexample.org.+013+12345.state"]
)
def test_what_named_makes_as_it_signs_a_zone_changes_by_itself(name: str) -> None:
    assert itself.changes_by_itself(f"/etc/bind/zones/{name}")
    assert not itself.changes_by_itself("/etc/bind/rndc.key")
