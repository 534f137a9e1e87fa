"""What else puts an address of the pair up: scripts and configuration (0.2, 5.3)."""

from __future__ import annotations

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.host.host import Host
from irekae.model.items import On, find_item
from irekae.model.secrecy import PRIVATE
from irekae.subjects.network import holders
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

IKA, TAKO = "133.30.109.21", "133.30.109.22"


@pytest.fixture
def host(swap: Swap) -> Host:
    return swap.host(find_item("5.3"), On.PRODUCTION)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/etc/rc.local", f"#!/bin/sh\nip addr add {IKA}/24 dev eth0\n"),
        ("/etc/rc.local", f"A={TAKO}\n[ -n x ] && /sbin/ip -4 a a $A/24 dev eth0\n"),
        ("/etc/network/if-up.d/more", f"#!/bin/sh\nifconfig eth0:1 {IKA} up\n"),
        ("/etc/init.d/address", f"ip address replace {IKA}/24 dev eth0\n"),
        ("/etc/cron.d/address", f"@reboot root ip addr add {IKA}/24 dev eth0\n"),
        ("/usr/local/sbin/address", f"ip addr add {IKA}/24 dev eth0\n"),
        ("/etc/netplan/01.yaml", f"network:\n ethernets:\n  eth0:\n   addresses: [{IKA}/24]\n"),
        ("/etc/systemd/network/10-eth0.network", f"[Network]\nAddress={IKA}/24\n"),
        ("/etc/NetworkManager/system-connections/eth0", f"[ipv4]\naddress1={IKA}/24\n"),
        ("/etc/keepalived/keepalived.conf", f"virtual_ipaddress {{\n {IKA}\n}}\n"),
    ],
)
def test_what_puts_an_address_up_is_told_with_its_line(host: Host, ika: FarEnd, path: str, text: str) -> None:
    ika.put(path, text)
    (found,) = holders.obstacles(host, (IKA, TAKO), "/etc/network/interfaces", "ifupdown")
    assert found.what.startswith(f"{path} puts 133.30.109.2")


def test_a_file_that_is_not_for_everybody_is_named_and_not_quoted(host: Host, ika: FarEnd) -> None:
    path = "/etc/NetworkManager/system-connections/eth0"
    ika.put(path, f"[ipv4]\naddress1={IKA}/24 # hunter2\n", 0o600)
    (found,) = holders.obstacles(host, (IKA, TAKO), "/etc/network/interfaces", "ifupdown")
    assert found.what == f"{path} puts {IKA} up too: {PRIVATE}"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/etc/hosts", f"{IKA} ika\n"),
        ("/etc/rc.local", f"# ip addr add {IKA}/24 dev eth0\n"),
        ("/etc/rc.local", f"ip addr add 10.0.0.1/8 dev eth1\n# {IKA}\n"),
        ("/etc/rc.local", "ip addr add 133.30.109.210/24 dev eth1\n"),
        ("/etc/rc.local", f"ip route add 10.0.0.0/8 via {IKA}\n"),
        ("/etc/init.d/firewall", f"iptables -A INPUT -d {IKA} -j ACCEPT\n"),
        ("/etc/network/interfaces", f"iface eth0 inet static\n address {IKA}\n up ip addr add 10.0.0.1 dev eth0\n"),
        ("/etc/network/interfaces.20260101", f"iface eth0 inet manual\n up ip addr add {IKA}/24 dev eth0\n"),
        ("/home/asada/up", f"ip addr add {IKA}/24 dev eth0\n"),
    ],
)
def test_what_only_names_it_is_not(host: Host, ika: FarEnd, path: str, text: str) -> None:
    ika.put(path, text)
    assert list(holders.obstacles(host, (IKA, TAKO), "/etc/network/interfaces", "ifupdown")) == []
