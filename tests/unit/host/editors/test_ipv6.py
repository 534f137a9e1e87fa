"""IPv6: a name's second address goes with it, however it is spelled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from irekae.host.editors import EDITORS, problem
from irekae.host.editors.tokens import host_tokens
from tests.unit.host.editors.pair import IKA, TAKO, TO_IKA, TO_TAKO

SIX_IKA, SIX_TAKO = replace(IKA, ipv6="2001:db8::21"), replace(TAKO, ipv6="2001:db8::22")
TO = replace(TO_IKA, old=SIX_TAKO, new=SIX_IKA)
BACK = replace(TO_TAKO, old=SIX_IKA, new=SIX_TAKO)


@pytest.mark.parametrize(
    "text",
    [
        "2001:db8::22",
        "2001:DB8::22/64",
        "2001:0db8:0:0::0022",
        "[2001:db8::22]:80",
        "https://[2001:db8::22]/",
        "a 2001:db8::22.",
    ],
)
def test_the_address_is_found_however_it_is_spelled(text: str) -> None:
    assert [token.form for token in host_tokens(text, SIX_TAKO)] == ["2001:db8::22"]


@pytest.mark.parametrize(
    "text",
    [
        "2001:db8::221",
        "2001:db8::22:1",
        "12001:db8::22",
        "/2001:db8::22",
        "2001:db8::22/name",
        "::22",
        "00:16:3e:00:00:22",
    ],
)
def test_what_only_contains_it_is_not(text: str) -> None:
    assert host_tokens(text, SIX_TAKO) == []


FILES = {
    "networkd": "[Network]\nAddress=198.51.100.22/24\nAddress=2001:db8::22/64\nGateway=2001:db8::1\nDNS=2001:db8::22\n",
    "keyfile": "[ipv4]\naddress1=198.51.100.22/24\n[ipv6]\nmethod=manual\naddress1=2001:db8::22/64,2001:db8::1\n",
    "netplan": (
        "network:\n  ethernets:\n    eth0:\n      addresses:\n      - 198.51.100.22/24\n"
        '      - "2001:db8::22/64":\n          lifetime: 0\n      - 2001:db8::22:1/64\n'
    ),
    "interfaces": (
        "iface eth0 inet static\n  address 198.51.100.22/24\niface eth0 inet6 static\n  address 2001:db8::22/64\n"
    ),
    "shell": "LISTEN='198.51.100.22 [2001:db8::22]:25'\n",
    "text": "tako: 198.51.100.22, 2001:db8::22\n",
}


@pytest.mark.parametrize("editor", FILES)
def test_both_addresses_go_together_and_come_back(editor: str) -> None:
    before = FILES[editor].encode()
    after = EDITORS[editor](before, TO).text
    wanted = before.replace(b"100.22", b"100.21").replace(b"tako", b"ika")
    for word in (b"Address=2001:db8::22/", b"address1=2001:db8::22/", b'"2001:db8::22/', b"address 2001:db8::22/",
                 b"[2001:db8::22]", b", 2001:db8::22"):  # fmt: skip
        wanted = wanted.replace(word, word.replace(b"::22", b"::21"))
    assert after == wanted
    assert EDITORS[editor](after, BACK).text == before
    assert EDITORS[editor](after, TO).changes == ()


@pytest.mark.parametrize("editor", FILES)
def test_a_new_ipv6_address_that_stands_there_already_leaves_all(editor: str) -> None:
    if editor in ("shell", "text"):
        return
    before = FILES[editor].replace("2001:db8::22/", "2001:db8::21/").encode()
    assert EDITORS[editor](before, TO).changes == ()


HOSTS = """\
127.0.0.1 localhost
198.51.100.22 tako-itpass.scitec.kobe-u.ac.jp tako
2001:db8::22  tako-itpass.scitec.kobe-u.ac.jp tako
"""


def test_hosts_moves_the_own_entries_of_both_families() -> None:
    edited = EDITORS["hosts"](HOSTS.encode(), TO)
    assert edited.text.decode() == HOSTS.replace("::22", "::21").replace("100.22", "100.21").replace("tako", "ika")
    assert problem("hosts", HOSTS.encode(), edited.text, TO) is None
    assert EDITORS["hosts"](edited.text, BACK).text.decode() == HOSTS


def test_hosts_that_lists_both_by_one_family_keeps_these_and_moves_the_other() -> None:
    both = HOSTS + "198.51.100.21 ika-itpass.scitec.kobe-u.ac.jp ika\n"
    after = EDITORS["hosts"](both.encode(), TO).text.decode()
    assert after == both.replace(
        "2001:db8::22  tako-itpass.scitec.kobe-u.ac.jp tako", "2001:db8::21  ika-itpass.scitec.kobe-u.ac.jp ika"
    )
