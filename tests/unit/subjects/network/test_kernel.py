"""What the kernel says of an interface decides, whatever the files say (0.2, 5.3)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import On, find_item
from irekae.subjects.network import kernel
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

IKA = "133.30.109.21"


def address(local: str = IKA, prefix: int = 24, **more: Any) -> dict[str, Any]:
    return {"family": "inet", "local": local, "prefixlen": prefix, "scope": "global", "label": "eth0", **more}


def device(*addresses: dict[str, Any], name: str = "eth0", kind: str = "", **more: Any) -> dict[str, Any]:
    info = {"linkinfo": {"info_kind": kind}} if kind else {}
    return {"ifindex": 2, "ifname": name, "link_type": "ether", "addr_info": list(addresses), **info, **more}


def shows(swap: Swap, far: FarEnd, *devices: dict[str, Any]) -> list[kernel.Device]:
    lo = {"ifindex": 1, "ifname": "lo", "link_type": "loopback", "addr_info": [address("127.0.0.1", 8, label="lo")]}

    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        return 0, json.dumps([lo, *devices])

    far.commands = answer
    return kernel.devices(swap.host(find_item("0.2"), On.PRODUCTION))


LINK = {"family": "inet6", "local": "fe80::1", "prefixlen": 64, "scope": "link"}
ROUTER = {"family": "inet6", "local": "2001:db8::a1", "prefixlen": 64, "scope": "global", "dynamic": True}
SIX = {"family": "inet6", "local": "2001:db8::21", "prefixlen": 64, "scope": "global"}


@pytest.mark.parametrize(
    "devices",
    [
        [device(address(), LINK)],
        [device(address(), LINK, ROUTER)],
        [device(address(), kind="veth")],
        [device(address()), device(address("10.0.0.1", label="br0"), name="br0", kind="bridge")],
    ],
)
def test_a_plain_interface_with_the_address_is_right(swap: Swap, ika: FarEnd, devices: list[dict[str, Any]]) -> None:
    assert list(kernel.obstacles(shows(swap, ika, *devices), "eth0", [IKA], [])) == []


@pytest.mark.parametrize(
    ("devices", "told"),
    [
        ([device(address("10.0.0.1"))], "no interface holds 133.30.109.21"),
        ([device(), device(address(label="eth1"), name="eth1")], "eth1 holds 133.30.109.21, not eth0"),
        ([device(address()), device(address(label="eth1"), name="eth1")], "eth1 holds 133.30.109.21 as well as eth0"),
        ([device(address(), kind="bridge")], "eth0 is a bridge"),
        ([device(address(), kind="bond")], "eth0 is a bond"),
        ([device(address(), kind="vlan")], "eth0 is a vlan"),
        ([device(address(), kind="macvlan")], "eth0 is a macvlan"),
        ([device(address(), master="br0")], "eth0 belongs to br0"),
        ([device(address(), link_type="none")], "eth0 is no Ethernet interface"),
        ([device(address(label="eth0:0"))], "stands on the alias eth0:0"),
        ([device(address(dynamic=True))], "is leased (DHCP)"),
        ([device(address(), address("133.30.109.30"))], "eth0 holds 133.30.109.30/24 too"),
        ([device(address(), SIX)], "eth0 holds 2001:db8::21/64 too"),
    ],
)
def test_anything_else_is_told(swap: Swap, ika: FarEnd, devices: list[dict[str, Any]], told: str) -> None:
    said = [one.what for one in kernel.obstacles(shows(swap, ika, *devices), "eth0", [IKA], [])]
    assert [line for line in said if told in line], said


def test_further_addresses_that_are_declared_stay(swap: Swap, ika: FarEnd) -> None:
    found = shows(swap, ika, device(address(), address("133.30.109.30"), SIX))
    assert list(kernel.obstacles(found, "eth0", [IKA], ["133.30.109.30", "2001:db8::21"])) == []


def test_addresses_of_two_networks_cannot_change_places(swap: Swap, ika: FarEnd) -> None:
    ours = kernel.held(shows(swap, ika, device(address())), "eth0", IKA)
    near = kernel.held(shows(swap, ika, device(address("133.30.109.22"))), "eth0", "133.30.109.22")
    narrow = kernel.held(shows(swap, ika, device(address("133.30.109.22", 25))), "eth0", "133.30.109.22")
    assert list(kernel.pair_obstacles(ours, near)) == []
    assert [one.what for one in kernel.pair_obstacles(ours, narrow)] == [
        "133.30.109.21 is in the network 133.30.109.0/24, 133.30.109.22 in 133.30.109.0/25"
    ]
