"""Listening sockets as `ss -l` tells them, on hosts as they lie."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.sockets import Socket, sockets_of


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            'tcp LISTEN 0 511 *:80 *:* users:(("apache2",pid=7,fd=4),("apache2",pid=5,fd=4))',
            Socket("tcp/80", "*", (("apache2", 7), ("apache2", 5))),
        ),
        (
            'udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=9,fd=13))',
            Socket("udp/53", "127.0.0.53", (("systemd-resolve", 9),)),
        ),
        ("tcp LISTEN 0 10 [2001:db8:5::10]:53 [::]:*", Socket("tcp/53", "2001:db8:5::10", ())),
        ('tcp LISTEN 0 5 [::]:25 [::]:* users:(("a (b",pid=3,fd=1))', Socket("tcp/25", "::", (("a (b", 3),))),
    ],
)
def test_a_line_is_a_port_an_address_and_who_has_it(line: str, found: Socket) -> None:
    assert list(sockets_of(line)) == [found]


def test_whom_ss_does_not_know_is_a_daemon() -> None:
    [found] = sockets_of("tcp LISTEN 0 5 *:25 *:*")
    assert found.process == "a daemon"


@pytest.mark.parametrize("line", ["", "tcp LISTEN", "tcp LISTEN 0 5 /run/x *", "nl UNCONN 0 0 rtnl:1 *"])
def test_what_is_none_is_left_out(line: str) -> None:
    assert list(sockets_of(line)) == []


WORD = (
    st.sampled_from(["tcp", "udp", "LISTEN", "0", "*:80", "[::]:x", "[::1%lo]:53", "1.2.3.4", ":", "%:7"]) | st.text()
)


@given(st.lists(st.lists(WORD, max_size=8), max_size=4))
def test_whatever_it_prints_what_is_told_is_a_port(lines: list[list[str]]) -> None:
    for one in sockets_of("\n".join(" ".join(words) for words in lines)):
        kind, _, number = one.port.partition("/")
        assert kind in ("tcp", "udp")
        assert int(number) >= 0
        assert "%" not in one.address
