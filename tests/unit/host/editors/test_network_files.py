"""networkd, netplan, keyfile: where an interface's address stands, and where the same address is another's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.editors import EDITORS, keyfile, netplan, networkd
from irekae.host.editors.yaml_words import words
from tests.unit.host.editors.pair import TO_IKA, TO_TAKO, edit, words_left

OLD, NEW = "198.51.100.22", "198.51.100.21"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"[Network]\nAddress={OLD}/24\n", f"[Network]\nAddress={NEW}/24\n"),
        (f"[Network]\r\n  Address = {OLD}\r\n", f"[Network]\r\n  Address = {NEW}\r\n"),
        (f"[Address]\nAddress={OLD}/24\nLabel=eth0", f"[Address]\nAddress={NEW}/24\nLabel=eth0"),
        (
            f"[Address]\nAddress={OLD}/24\n[Route]\nGateway=198.51.100.1\nPreferredSource={OLD}\n",
            f"[Address]\nAddress={NEW}/24\n[Route]\nGateway=198.51.100.1\nPreferredSource={NEW}\n",
        ),
        (f"[Network]\nDNS={OLD}\nGateway={OLD}\nAddress=10.0.0.1/8\n",) * 2,
        (f"[Network]\n#Address={OLD}/24\n;Address={OLD}/24\n",) * 2,
        (f"[Network]\nAddress={OLD}/24\nAddress={NEW}/24\n",) * 2,
        (f"[Match]\nAddress={OLD}\nName=eth0\n",) * 2,
        (f"[Network]\nAddress=198.51.100.220/24\nAddress=1{OLD}/24\n",) * 2,
        (f"[Network]\nAddress=\\\n{OLD}/24\n",) * 2,
    ],
)
def test_networkd(before: str, after: str) -> None:
    assert edit("networkd", before) == after


def test_networkd_forgets_what_an_empty_address_takes_back() -> None:
    text = f"[Network]\nAddress={OLD}/24\nAddress=\nAddress={NEW}/24\n"
    assert list(networkd.stated(text.encode())) == [(4, NEW)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"[ipv4]\naddress1={OLD}/24,198.51.100.1\n", f"[ipv4]\naddress1={NEW}/24,198.51.100.1\n"),
        (f"[ipv4]\naddress2={OLD}/24\naddress1=10.0.0.1/8\n", f"[ipv4]\naddress2={NEW}/24\naddress1=10.0.0.1/8\n"),
        (f"[ipv4]\naddresses={OLD}/24,10.0.0.1;10.0.0.2/8;\n", f"[ipv4]\naddresses={NEW}/24,10.0.0.1;10.0.0.2/8;\n"),
        (
            f"[ipv4]\naddress1={OLD}/24\nroute1=10.0.0.0/8,198.51.100.1\nroute1_options=src={OLD}\n",
            f"[ipv4]\naddress1={NEW}/24\nroute1=10.0.0.0/8,198.51.100.1\nroute1_options=src={NEW}\n",
        ),
        (f"[ipv4]\ndns={OLD};\ngateway={OLD}\n",) * 2,
        (f"[wireguard]\naddress1={OLD}/24\n",) * 2,
        (f"[ipv4]\n#address1={OLD}/24\n",) * 2,
        (f"[ipv4]\naddress1={OLD}/24\naddress2={NEW}/24\n",) * 2,
    ],
)
def test_keyfile(before: str, after: str) -> None:
    assert edit("keyfile", before) == after


def test_keyfile_states_addresses_without_their_gateways() -> None:
    text = f"[ipv4]\naddress1={OLD}/24,198.51.100.1\naddresses=10.0.0.2/8,10.0.0.1;10.0.0.3/8;\n"
    text += "[ipv6]\naddress1=2001:DB8::22/64\n"
    assert list(keyfile.stated(text.encode())) == [(2, OLD), (3, "10.0.0.2"), (3, "10.0.0.3"), (5, "2001:db8::22")]


HEAD = "network:\n  version: 2\n  ethernets:\n"
# Each as people write it; {} is the address.
WAYS = {
    "below one another": HEAD + "    eth0:\n      addresses:\n        - {}/24\n",
    "at the key's own column": HEAD + "    eth0:\n      addresses:\n      - {}/24\n      gateway4: 198.51.100.1\n",
    "quoted": HEAD + '    "eth0":\n      addresses:\n      - "{}/24"\n      - \'10.0.0.1/8\'\n',
    "in brackets": HEAD + "    eth0:\n      addresses: [ 10.0.0.1/8, {}/24 ]\n",
    "in brackets over lines": HEAD
    + "    eth0:\n      addresses: [\n        10.0.0.1/8,  # other\n        {}/24\n      ]\n",
    "all in braces": HEAD + "    eth0: {{dhcp4: false, addresses: [{}/24], nameservers: {{addresses: [10.0.0.1]}}}}\n",
    "with a label": HEAD + "    eth0:\n      addresses:\n      - {}/24:\n          label: eth0\n      - 10.0.0.1/8\n",
    "with a comment": HEAD + "    eth0:   # the card\n      addresses:  # ours\n      # here\n      - {}/24 # this\n",
    "behind another key": HEAD + "    eth0:\n      dhcp4: no\n      mtu: 1500\n\n      addresses:\n      - {}/24\n",
    "a rule": HEAD
    + "    eth0:\n      addresses: [{0}/24]\n      routing-policy:\n      - from: {0}\n        table: 5\n",
    "CRLF": (HEAD + "    eth0:\n      addresses:\n      - {}/24\n").replace("\n", "\r\n"),
    "of a bond": HEAD.replace("ethernets", "bonds")
    + "    bond0:\n      interfaces: [eth0]\n      addresses: [{}/24]\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_netplan_however_it_is_written(way: str) -> None:
    before = WAYS[way].format(OLD)
    assert edit("netplan", before) == WAYS[way].format(NEW)
    assert edit("netplan", edit("netplan", before), TO_TAKO) == before
    assert [address for _, _, address in netplan.stated(before.encode())].count(OLD) == 1


@pytest.mark.parametrize(
    "text",
    [
        HEAD + f"    eth0:\n      nameservers:\n        addresses: [{OLD}]\n      addresses: [10.0.0.1/8]\n",
        HEAD + f"    eth0:\n      nameservers: {{addresses: [{OLD}]}}\n",
        HEAD + f"    eth0:\n      routes:\n      - to: default\n        via: {OLD}\n",
        HEAD + f"    eth0:\n      #addresses: [{OLD}/24]\n      dhcp4: true # not {OLD}\n",
        HEAD + f"    eth0:\n      addresses: [{OLD}/24, {NEW}/24]\n",
        HEAD + f"    eth0:\n      addresses: [198.51.100.220/24]\n    tako: {{optional: {OLD}}}\n",
        f"other:\n  ethernets:\n    eth0:\n      addresses: [{OLD}/24]\n",
    ],
)
def test_netplan_leaves_what_is_not_the_interfaces_own(text: str) -> None:
    edited = EDITORS["netplan"](text.encode(), TO_IKA)
    assert edited.text.decode() == text
    assert OLD in "".join(words_left(edited))


def test_netplan_knows_which_interface_is_given_what() -> None:
    text = HEAD + f"    eth0:\n      addresses: [{OLD}/24]\n    eth1:\n      addresses:\n      - 2001:db8::22/64\n"
    assert list(netplan.stated(text.encode())) == [(5, "eth0", OLD), (8, "eth1", "2001:db8::22")]


@given(
    st.lists(
        st.sampled_from(
            [
                "network:",
                "- ",
                "  ",
                "addresses:",
                OLD,
                "[",
                "]",
                "{",
                "}",
                ",",
                '"',
                "'",
                "#",
                ":",
                "\\",
                "\t",
                "|",
                "a",
            ]
        ),
        max_size=14,
    ),
    st.integers(1, 4),
)
def test_no_text_of_yaml_s_signs_stops_the_reading_or_is_told_wrongly(parts: list[str], count: int) -> None:
    lines = ["".join(parts[number::count]) for number in range(count)]
    for word in words(lines):
        assert 0 <= word.start <= word.end <= len(lines[word.line])
