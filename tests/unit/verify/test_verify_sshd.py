"""Which sshd is a second one."""

from __future__ import annotations

from typing import Any

from verify.evidence import start
from verify.facts import Facts
from verify.sshd import other_daemons, ports_of, running_sshd

DAEMON = "500 1 0 Ss sshd sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"
MONITOR = "600 500 0 Ss sshd sshd: kato [priv]"
SESSION = "601 600 1006 S sshd sshd: kato@pts/0"


def facts(ps: list[str], ss: list[tuple[str, int]], also: str = "") -> Facts:
    lines = [f'tcp LISTEN 0 128 {where} 0.0.0.0:* users:({also}("sshd",pid={pid},fd=3))' for where, pid in ss]
    commands: dict[str, Any] = {
        "ps": {"out": "\n".join(ps), "status": 0},
        "ss": {"out": "\n".join(lines), "status": 0},
    }
    return Facts("ika", {"commands": commands, "files": {}, "folders": {}}, start(), 0, 0, 0, {})


def others(ps: list[str], ss: list[tuple[str, int]]) -> int:
    known = facts(ps, ss)
    running = running_sshd(known, 22)
    assert running
    return len(other_daemons(known, running))


def test_one_sshd_may_have_several_ports() -> None:
    both = [("0.0.0.0:22", 500), ("0.0.0.0:2222", 500), ("[::]:22", 500)]
    assert others([DAEMON], both) == 0
    known = facts([DAEMON], both)
    running = running_sshd(known, 22)
    assert running
    assert ports_of(known, running) == {22, 2222}


def test_a_child_that_still_holds_the_daemon_s_sockets_is_none() -> None:
    child = "620 500 0 Ss sshd sshd: [accepted]"
    known = facts([child, DAEMON], [("0.0.0.0:22", 500)], also='("sshd",pid=620,fd=3),')
    running = running_sshd(known, 22)
    assert running
    assert running.pid == 500
    assert other_daemons(known, running) == []


def test_what_a_session_forwards_is_no_second_sshd() -> None:
    assert (
        others([DAEMON, MONITOR, SESSION], [("0.0.0.0:22", 500), ("0.0.0.0:8080", 601), ("127.0.0.1:6010", 601)]) == 0
    )


def test_another_daemon_is_one_whatever_it_calls_itself() -> None:
    for line in (
        "700 1 0 Ss sshd sshd: /usr/sbin/sshd -p 2222 [listener] 0 of 10-100 startups",
        "700 601 0 S sshd /usr/sbin/sshd -D -p 2222",
        "700 1 1006 S sshd sshd: kato@pts/1",
    ):
        assert others([DAEMON, MONITOR, SESSION, line], [("0.0.0.0:22", 500), ("0.0.0.0:2222", 700)]) == 1, line


def test_systemd_that_holds_the_port_for_sshd_is_not_its_parent() -> None:
    known = facts([DAEMON], [("0.0.0.0:22", 500)], also='("systemd",pid=1,fd=48),')
    running = running_sshd(known, 22)
    assert running
    assert running.pid == 500
