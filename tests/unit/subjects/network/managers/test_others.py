"""Network managers without an adapter are seen by what they keep below /run; the layouts were written by hand."""

from __future__ import annotations

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.host.host import Host
from irekae.model.items import On, find_item
from irekae.subjects.network.managers import others
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

# systemd 252 (Debian 12), /run/systemd/netif/links/2.
NETWORKD = """# This is private data. Do not parse.
ADMIN_STATE={}
OPER_STATE=routable
CARRIER_STATE=carrier
ADDRESS_STATE=routable
IPV4_ADDRESS_STATE=routable
IPV6_ADDRESS_STATE=degraded
ONLINE_STATE=online
REQUIRED_FOR_ONLINE=yes
NETWORK_FILE=/etc/systemd/network/10-eth0.network
DNS=133.30.109.1
LLMNR=yes
MDNS=no
"""
# systemd 241 (Debian 10) has no ADDRESS_STATE and ends without ONLINE_STATE.
NETWORKD_OLD = """# This is private data. Do not parse.
ADMIN_STATE={}
OPER_STATE=routable
NETWORK_FILE=/run/systemd/network/10-netplan-eth0.network
"""
# NetworkManager 1.42 (Debian 12), /run/NetworkManager/devices/2.
MANAGED = """[device]
managed=true
connection-uuid=6fb5b6dd-1df1-4a79-a1c5-9e2b4f3f4f2b
nm-owned=0
route-metric-default-aspired=100
route-metric-default-effective=100
"""
UNMANAGED = """[device]
managed=false
nm-owned=0
"""


@pytest.fixture
def host(swap: Swap) -> Host:
    return swap.host(find_item("0.2"), On.PRODUCTION)


def told(host: Host, ika: FarEnd, files: dict[str, str]) -> list[str]:
    for path, text in files.items():
        ika.put(path, text)
    return [one.what for one in others.obstacles(host, "eth0", 2)]


@pytest.mark.parametrize("layout", [NETWORKD, NETWORKD_OLD])
@pytest.mark.parametrize(
    ("state", "has"),
    [("configured", True), ("configuring", True), ("pending", True), ("initialized", True),
     ("unmanaged", False), ("linger", False), ("failed", True)],
)  # fmt: skip
def test_networkd_has_what_it_does_not_call_unmanaged(
    host: Host, ika: FarEnd, layout: str, state: str, has: bool
) -> None:
    said = told(host, ika, {"/run/systemd/netif/links/2": layout.format(state)})
    assert said == (["eth0 is systemd-networkd's"] if has else [])


@pytest.mark.parametrize(("text", "has"), [(MANAGED, True), (UNMANAGED, False)])
def test_networkmanager_has_what_it_manages(host: Host, ika: FarEnd, text: str, has: bool) -> None:
    said = told(host, ika, {"/run/NetworkManager/devices/2": text})
    assert said == (["eth0 is NetworkManager's"] if has else [])


def test_another_interface_of_theirs_is_none_of_ours(host: Host, ika: FarEnd) -> None:
    files = {"/run/systemd/netif/links/3": NETWORKD.format("configured"), "/run/NetworkManager/devices/3": MANAGED}
    assert told(host, ika, files) == []


@pytest.mark.parametrize(
    ("name", "text", "has"),
    [
        ("50-cloud-init.yaml", "network:\n  ethernets:\n    eth0:\n      addresses: [133.30.109.21/24]\n", True),
        ("01-static.yaml", 'network:\n  ethernets:\n    "eth0": {dhcp4: true}\n', True),
        ("01-other.yaml", "network:\n  ethernets:\n    eth01:\n      dhcp4: true\n", False),
        ("01-off.yaml", "network:\n  ethernets:\n#    eth0:\n    eth1: {}\n", False),
        ("01-static.yaml.bak", "network:\n  ethernets:\n    eth0:\n      dhcp4: true\n", False),
    ],
)
def test_netplan_by_its_files(host: Host, ika: FarEnd, name: str, text: str, has: bool) -> None:
    said = told(host, ika, {f"/etc/netplan/{name}": text})
    assert said == ([f"eth0 is netplan's: /etc/netplan/{name}"] if has else [])
