"""What boot scripts set in the running system, as lines that two moments can be compared by."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest

from verify.far import readers, running, system

IPTABLES = """\
# Generated
*filter
:INPUT DROP [12:840]
:FORWARD ACCEPT [0:0]
:f2b-sshd - [0:0]
-A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd
-A INPUT -p tcp -m tcp --dport 25 -j ACCEPT
-A f2b-sshd -s 198.51.100.66/32 -j REJECT
COMMIT
"""
NFT = """\
table inet filter {
\tchain input {
\t\ttype filter hook input priority filter; policy accept;
\t\ttcp dport 873 counter packets 12 bytes 840 drop
\t}
}
table inet f2b-table {
\tset addr-set-sshd {
\t\ttype ipv4_addr
\t\telements = { 198.51.100.66 }
\t}
}
"""
SETS = """\
table inet filter {
\tset limited {
\t\ttype ipv4_addr
\t\tsize 65535
\t\tflags dynamic,timeout
\t\ttimeout 1m
\t\telements = { 198.51.100.66 timeout 1m expires 12s,
\t\t\t     198.51.100.67 }
\t}
\tset open {
\t\ttype inet_service
\t\tflags interval
\t\telements = { 22,
\t\t\t     80 }
\t}
\tchain input {
\t\ttcp dport @open accept
\t}
}
table ip sshguard {
\tset attackers {
\t\telements = { 198.51.100.68 }
\t}
}
"""
SS = """\
tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=5,fd=3)) ino:1 sk:1
tcp LISTEN 0 128 127.0.0.1:6010 0.0.0.0:* users:(("sshd",pid=9,fd=3)) ino:1 sk:1
tcp LISTEN 0 5 0.0.0.0:8080 0.0.0.0:* users:(("python3",pid=9,fd=3)) uid:1005 ino:1 sk:1
tcp LISTEN 0 5 0.0.0.0:111 0.0.0.0:* users:(("rpcbind",pid=4,fd=3)) uid:104 ino:1 sk:1
tcp LISTEN 0 5 0.0.0.0:40111 0.0.0.0:* users:(("rpc.statd",pid=4,fd=3)) ino:1 sk:1
udp UNCONN 0 0 0.0.0.0:50123 0.0.0.0:* users:(("named",pid=4,fd=3)) ino:1 sk:1
"""


def says(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(system, "said", lambda *_: text.splitlines())


def test_packet_rules_are_told_without_counters_and_without_bans(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, IPTABLES)
    assert list(system.rules("iptables-save")) == [
        "iptables filter: :INPUT DROP",
        "iptables filter: -A INPUT -p tcp -m tcp --dport 25 -j ACCEPT",
    ]
    says(monkeypatch, NFT)
    assert list(system.ruleset()) == ["nft table inet filter chain input: tcp dport 873 drop"]


def test_what_packets_put_into_a_set_is_no_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, SETS)
    told = list(system.ruleset())
    assert not [line for line in told if "198.51.100" in line]
    assert [line.partition(": ")[2] for line in told if "set open" in line] == [
        "type inet_service", "flags interval", "elements = { 22,", "80 }",
    ]  # fmt: skip
    assert told[-1] == "nft table inet filter chain input: tcp dport @open accept"


def test_a_child_that_has_gone_meanwhile_holds_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    parents = {"5": "1", "9": ""}
    monkeypatch.setattr(system, "parent_of", parents.__getitem__)
    assert system.heads([("dovecot", "5"), ("pop3-login", "9")]) == ["dovecot"]
    assert system.heads([("pop3-login", "9")]) == ["pop3-login"]
    parents["9"] = "5"
    assert system.heads([("dovecot", "5"), ("pop3-login", "9")]) == ["dovecot"]
    parents["9"] = "1"
    assert system.heads([("dovecot", "5"), ("pop3-login", "9")]) == ["dovecot", "pop3-login"]
    parents |= {"5": "", "9": "5"}
    assert system.heads([("dovecot", "5"), ("pop3-login", "9")]) == ["pop3-login"], "its parent ended between two looks"


def test_who_listens_is_told_but_for_users_sessions_and_questions_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, SS)
    assert system.sockets() == ["tcp 0.0.0.0:111 rpcbind", "tcp 0.0.0.0:22 sshd", "tcp 0.0.0.0:any rpc.statd"]


@pytest.mark.parametrize("line", ["1: lo inet 127.0.0.1/8 scope host", "2: eth0 inet6 fe80::1/64 scope link",
                                  "2: eth0 inet6 2001:db8::9/64 scope global temporary dynamic"])  # fmt: skip
def test_addresses_that_an_interface_gives_itself_do_not_count(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, line)
    found = list(system.addresses())
    assert found == ([] if "eth0" in line else ["127.0.0.1/8 on lo"])


def test_media_and_the_kernel_s_own_file_systems_are_no_difference() -> None:
    assert system.ELSEWHERE.fullmatch("/media/cdrom")
    assert system.ELSEWHERE.fullmatch("/run/user/1000")
    assert not system.ELSEWHERE.fullmatch("/home")
    assert not system.ELSEWHERE.fullmatch("/mntx")
    assert system.OWN_KINDS.fullmatch("fuse.sshfs")
    assert not system.OWN_KINDS.fullmatch("tmpfs")


def test_a_pid_file_that_is_written_anew_tells_the_last_reading(tmp_path: Path) -> None:
    for name, text in {"httpd.pid": "42\n", "other.pid": "41\n", "notes": "42\n"}.items():
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (100, 100 if name == "httpd.pid" else 900))
    assert readers.stamp(str(tmp_path), 42) == 100
    assert readers.stamp(str(tmp_path / "httpd.pid"), 42) == 100
    assert readers.stamp(str(tmp_path / "httpd.pid"), 7) == 0


def test_every_pattern_of_who_holds_what_is_one() -> None:
    for path, names in readers.HOLDS:
        assert re.compile(path)
        assert re.compile(names)
    assert not any(re.fullmatch(path, "/etc/ssh/sshd_not_to_be_run") for path, _ in readers.HOLDS)


def test_a_process_is_told_as_it_was_started() -> None:
    own = running.described(os.getpid(), {})
    assert own["pid"] == os.getpid()
    assert own["exe"] == str(Path("/proc/self/exe").readlink())
    assert 0 < own["start"] <= time.time()
    assert own["limits"]["Max open files"] != 0
    assert running.described(2**22 + 1, {}) == {}
