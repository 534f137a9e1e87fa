"""Daemons that listen on the host's own address by name (0.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from msgspec.structs import replace as replace_struct

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.site.site import NamedFile
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


SIX = "2001:db8::21"


def with_six(swap: Swap) -> Swap:
    swap.inventory.hosts["ika"] = replace(swap.inventory.hosts["ika"], ipv6=SIX)
    return swap.for_pair(find_item("0.2"))


@pytest.mark.parametrize(
    ("where", "told"),
    [
        (f"[{SIX}]:22", True),
        (f"{IKA}%eth0:22", True),
        (f"[{SIX}]%eth0:22", True),
        ("[::]:22", False),
        ("[fe80::1]%eth0:22", False),
        (f"[{SIX}0]:22", False),
    ],
)
def test_an_address_of_either_family_counts_however_ss_prints_it(
    swap: Swap, ika: FarEnd, where: str, told: bool
) -> None:
    listens(ika, f'tcp LISTEN 0 128 {where} *:* users:(("sshd",pid=1,fd=3))')
    assert bool(list(listening.sockets(with_six(swap)))) is told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"ListenAddress {SIX}", True),
        ("ListenAddress [2001:0DB8:0::21]:22", True),
        ("ListenAddress 2001:db8:0:0:0:0:0:21", True),
        ("ListenAddress 2001:db8::22", False),
        ("ListenAddress ::", False),
    ],
)
def test_an_ipv6_address_counts_in_every_spelling(swap: Swap, ika: FarEnd, line: str, told: bool) -> None:
    ika.put("/etc/ssh/sshd_config", f"{line}\n")
    assert bool(list(listening.stated(with_six(swap)))) is told


def exchanging(pair: Swap, path: str) -> Swap:
    file = NamedFile(path, "text", "www", addresses=True)
    pair.site = replace_struct(pair.site, files=[*pair.site.files, file])
    return pair


@pytest.mark.parametrize(("daemon", "rests"), [("apache2", True), ("sshd", False)])
def test_what_rests_meanwhile_is_right_once_its_file_is_exchanged(
    pair: Swap, ika: FarEnd, daemon: str, rests: bool
) -> None:
    ika.put("/etc/listen.conf", f"Listen {IKA}:80\n")
    listens(ika, f'tcp LISTEN 0 128 {IKA}:80 0.0.0.0:* users:(("{daemon}",pid=1,fd=3))')
    (before,) = listening.sockets(pair)
    assert before.remedy == (listening.REMEDY if rests else listening.RUNS_ON)
    assert bool(list(listening.sockets(exchanging(pair, "/etc/listen.conf")))) is not rests


def test_a_file_that_is_exchanged_and_says_nothing_of_listening_ends_nothing(pair: Swap, ika: FarEnd) -> None:
    ika.put("/etc/listen.conf", f"# Listen {IKA}:80\n{IKA} ika\n")
    listens(ika, f'tcp LISTEN 0 128 {IKA}:80 0.0.0.0:* users:(("apache2",pid=1,fd=3))')
    assert len(list(listening.sockets(exchanging(pair, "/etc/listen.conf")))) == 1


def test_what_listens_on_the_standby_runs_on(pair: Swap, tako: FarEnd) -> None:
    tako.put("/etc/listen.conf", "Listen 133.30.109.22:80\n")
    listens(tako, 'tcp LISTEN 0 128 133.30.109.22:80 0.0.0.0:* users:(("apache2",pid=1,fd=3))')
    (one,) = listening.sockets(exchanging(pair, "/etc/listen.conf"))
    assert one.remedy == listening.RUNS_ON


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
