"""hostname, one_line, shell, text, interfaces."""

from __future__ import annotations

import pytest

from irekae.host.editors import EDITORS
from tests.unit.host.editors.pair import TO_IKA, edit, words_left

F, G = "tako-itpass.scitec.kobe-u.ac.jp", "ika-itpass.scitec.kobe-u.ac.jp"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tako\n", "ika\n"),
        ("tako", "ika"),
        (f"{F}\n", f"{G}\n"),
        ("tako-itpass\n", "ika-itpass\n"),
        ("# tako\n\n  tako  \n", "# tako\n\n  ika  \n"),
        ("TAKO\r\n", "IKA\r\n"),
    ],
)
def test_hostname_is_exchanged_in_the_form_in_which_it_stands(before: str, after: str) -> None:
    assert edit("hostname", before) == after


@pytest.mark.parametrize("name", ["kani", "tako.bak", "takoyaki", "tako extra words are no name"])
def test_a_hostname_that_is_neither_hosts_is_listed(name: str) -> None:
    edited = EDITORS["hostname"](f"{name}\n".encode(), TO_IKA)
    assert edited.left or edited.changes


def test_a_hostname_that_is_the_new_one_already_is_right() -> None:
    edited = EDITORS["hostname"](b"ika\n", TO_IKA)
    assert (edited.text, edited.left) == (b"ika\n", ())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{F}\n", f"{G}\n"),
        (f"{F}", f"{G}"),
        (f" {F}\t\n", f" {G}\t\n"),
        ("itpass.scitec.kobe-u.ac.jp\n", "itpass.scitec.kobe-u.ac.jp\n"),
        (f"mail {F}\n", f"mail {F}\n"),
        (f"{F}:remote\n", f"{G}:remote\n"),
        (f"www.{F}\n", f"www.{F}\n"),
    ],
)
def test_one_line(before: str, after: str) -> None:
    assert edit("one_line", before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"dc_other_hostnames='{F}:localhost'", f"dc_other_hostnames='{G}:localhost'"),
        (f'dc_readhost="{F}"', f'dc_readhost="{G}"'),
        ("dc_local_interfaces='127.0.0.1 ; 198.51.100.22'", "dc_local_interfaces='127.0.0.1 ; 198.51.100.21'"),
        ("export A=tako", "export A=ika"),
        ("A=tako # tako", "A=ika # tako"),
        ("A='ta'ko", "A='ta'ko"),
        ("tako=tako", "tako=ika"),
        ("  A=tako", "  A=ika"),
        ("A=tako;", "A=ika;"),
        ("A=", "A="),
        ("A='tako", "A='tako"),
        ("A='x\ntako'\nA=tako", "A='x\ntako'\nA=ika"),
        ('A="it\'s\nA=tako\n"\nA=tako', 'A="it\'s\nA=tako\n"\nA=ika'),
        ("# don't\nA=tako", "# don't\nA=ika"),
        ("echo tako", "echo tako"),
        ("A=$(echo tako)", "A=$(echo tako)"),
        ("A=tako; B=tako", "A=tako; B=tako"),
        ("A='tako:ika'", "A='tako:ika'"),
        ("A=/home/tako", "A=/home/tako"),
        ("A=\\tako", "A=\\tako"),
        (r"A=\~tako", r"A=\~tako"),
    ],
)
def test_shell(before: str, after: str) -> None:
    assert edit("shell", before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Welcome to tako.\n", "Welcome to ika.\n"),
        (f"*** Tako ({F}) ***", f"*** Ika ({G}) ***"),
        ("takoはサーバです", "ikaはサーバです"),
        ("ikasumi and takoyaki are users", "ikasumi and takoyaki are users"),
        ("tako is the spare of ika", "tako is the spare of ika"),
        ("mail root@tako, not tako@example.org", "mail root@ika, not tako@example.org"),
        ("\x1b[1;31mtako\x1b[0m", "\x1b[1;31mika\x1b[0m"),
    ],
)
def test_text(before: str, after: str) -> None:
    assert edit("text", before) == after


@pytest.mark.parametrize("encoding", ["utf-8", "euc_jp", "iso2022_jp"])
def test_a_japanese_motd_keeps_its_encoding(encoding: str) -> None:
    before, after = "このサーバは tako です. 予備機takoの説明", "このサーバは ika です. 予備機ikaの説明"
    assert EDITORS["text"](before.encode(encoding), TO_IKA).text == after.encode(encoding)


INTERFACES = """\
# interfaces of tako
auto lo eth0
iface lo inet loopback

iface eth0 inet static
\taddress {address}{prefix}
\tnetmask 255.255.255.0
\tgateway 198.51.100.1
\tdns-nameservers 198.51.100.22 198.51.100.21 198.51.100.221
\tup ip route replace default via 198.51.100.1 src {address}
\t# was 198.51.100.22

iface eth1 inet static
\taddress 10.0.0.22
\tup ping -c1 198.51.100.22
"""


@pytest.mark.parametrize("prefix", ["", "/24"])
def test_interfaces_change_the_own_address_in_its_own_stanza(prefix: str) -> None:
    before = INTERFACES.format(address="198.51.100.22", prefix=prefix)
    edited = EDITORS["interfaces"](before.encode(), TO_IKA)
    assert edited.text.decode() == INTERFACES.format(address="198.51.100.21", prefix=prefix)
    assert [left.line for left in edited.left] == [1, 9, 11, 15]


def test_interfaces_are_left_where_one_holds_the_new_address() -> None:
    before = "iface eth0 inet static\n address 198.51.100.22\niface eth0:1 inet static\n address 198.51.100.21\n"
    edited = EDITORS["interfaces"](before.encode(), TO_IKA)
    assert edited.changes == ()
    assert words_left(edited) == ["198.51.100.22"]


@pytest.mark.parametrize(
    "before",
    [
        "address 198.51.100.22\n",
        "#iface eth0 inet static\n# address 198.51.100.22\n",
        "iface eth0 inet static\n address 198.51.100.220\n up x 198.51.100.22\n",
        "iface eth0 inet static\n gateway 198.51.100.22\n",
        "iface eth0 inet static\n address 198.51.100.99\n dns-nameservers 198.51.100.22\n",
    ],
)
def test_addresses_elsewhere_stay(before: str) -> None:
    assert edit("interfaces", before) == before


def test_a_mapping_behind_the_stanza_is_not_part_of_it() -> None:
    before = "iface eth0 inet static\n address {}\nmapping eth0\n map 198.51.100.22\n"
    assert edit("interfaces", before.format("198.51.100.22")) == before.format("198.51.100.21")
