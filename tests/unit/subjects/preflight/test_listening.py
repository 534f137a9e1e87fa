"""Daemons that listen on the host's own address by name (0.2)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.subjects.preflight import listening
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

IKA = "133.30.109.21"


@pytest.fixture
def pair(swap: Swap) -> Swap:
    return swap.for_pair(find_item("0.2"))


def listens(far: FarEnd, *lines: str) -> None:
    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        return 0, "".join(f"{line}\n" for line in lines) if argv[0] == "ss" else ""

    far.commands = answer


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            f'tcp LISTEN 0 128 {IKA}:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))',
            "sshd listens on 133.30.109.21 alone (tcp/22)",
        ),
        (
            f'udp UNCONN 0 0 {IKA}:69 0.0.0.0:* users:(("tftpd",pid=1,fd=3))',
            "tftpd listens on 133.30.109.21 alone (udp/69)",
        ),
        (f"tcp LISTEN 0 128 {IKA}:2049 0.0.0.0:*", "a daemon listens on 133.30.109.21 alone (tcp/2049)"),
        (f'udp UNCONN 0 0 {IKA}:53 0.0.0.0:* users:(("named",pid=1,fd=3))', None),
        ('tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))', None),
        ('tcp LISTEN 0 128 127.0.0.1:25 0.0.0.0:* users:(("master",pid=1,fd=3))', None),
        ('tcp LISTEN 0 128 [::]:80 [::]:* users:(("apache2",pid=1,fd=3))', None),
        ('tcp LISTEN 0 128 133.30.109.210:80 0.0.0.0:* users:(("apache2",pid=1,fd=3))', None),
    ],
)
def test_a_socket_on_the_address_itself_is_told(pair: Swap, ika: FarEnd, line: str, told: str | None) -> None:
    listens(ika, line)
    assert [one.what for one in listening.sockets(pair)] == ([told] if told else [])


@pytest.mark.parametrize(
    ("path", "line", "told"),
    [
        ("/etc/ssh/sshd_config", f"ListenAddress {IKA}", True),
        ("/etc/apache2/ports.conf", f"Listen {IKA}:80", True),
        ("/etc/apache2/sites/x", f"<VirtualHost {IKA}:80>", True),
        ("/etc/postfix/main.cf", f"inet_interfaces = {IKA}, localhost", True),
        ("/etc/mysql/my.cnf", f"bind-address = {IKA}", True),
        ("/etc/bind/named.conf.options", f"  listen-on {{ {IKA}; }};", True),
        ("/etc/bind/named.conf.options", f"  query-source address {IKA};", True),
        ("/etc/ssh/sshd_config", f"#ListenAddress {IKA}", False),
        ("/etc/ssh/sshd_config", f"ListenAddress {IKA}0", False),
        ("/etc/hosts", f"{IKA} ika", False),
        ("/etc/allow", f"allow {IKA}", False),
        ("/etc/network/interfaces", f"interface {IKA}", False),
    ],
)
def test_a_line_that_says_so_is_told_with_its_place(pair: Swap, ika: FarEnd, path: str, line: str, told: bool) -> None:
    ika.put(path, f"# first\n{line}\n")
    found = [one.what for one in listening.stated(pair)]
    assert found == ([f"{path}:2 names {IKA}: {line.strip()}"] if told else [])
