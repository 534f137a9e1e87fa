"""What the kernel says of a host's interfaces: who holds which address, and what kind of interface that is."""

import ipaddress
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from irekae.host.host import Host
from irekae.swap.obstacle import Obstacle

# Kinds (ip-link(8)) that are a host's own way to the Ethernet; any other is made of, or stands on, further interfaces.
PLAIN = ("", "veth")
PLAIN_REMEDY = "give the address to a plain Ethernet interface with one static stanza"


@dataclass(frozen=True)
class Address:
    """An address of an interface, as `ip address` shows it."""

    local: str
    prefix: int
    label: str
    passing: bool  # leased, or made up from a router's announcement: neither stays, nor belongs to a name

    @property
    def network(self) -> "ipaddress.IPv4Network | ipaddress.IPv6Network":
        """The network that it is in."""
        return ipaddress.ip_interface(f"{self.local}/{self.prefix}").network


@dataclass(frozen=True)
class Device:
    """An interface. kind: "" for hardware; master: the bridge or bond that it belongs to."""

    name: str
    index: int
    kind: str
    ethernet: bool
    master: str
    addresses: tuple[Address, ...]


def devices(host: Host) -> list[Device]:
    """The host's interfaces, loopback left out."""
    shown: list[dict[str, Any]] = json.loads(host.query("ip", "-j", "-d", "addr").text or "[]")
    return [_device(one) for one in shown if one.get("ifname", "lo") != "lo"]


def _device(shown: Mapping[str, Any]) -> Device:
    name = str(shown["ifname"])
    return Device(
        name,
        int(shown.get("ifindex", 0)),
        str(shown.get("linkinfo", {}).get("info_kind", "")),
        shown.get("link_type") == "ether",
        str(shown.get("master", "")),
        tuple(_address(one, name) for one in shown.get("addr_info", ()) if one.get("local") and _is_wide(one)),
    )


def _is_wide(shown: Mapping[str, Any]) -> bool:
    """Link-local addresses belong to the link."""
    return shown.get("scope") != "link"


def _address(shown: Mapping[str, Any], name: str) -> Address:
    passing = any(shown.get(word) for word in ("dynamic", "temporary", "mngtmpaddr"))
    return Address(str(shown["local"]), int(shown["prefixlen"]), str(shown.get("label", name)), passing)


def held(found: Sequence[Device], interface: str, address: str) -> Address | None:
    """The address as the interface holds it."""
    ours = [one for device in found if device.name == interface for one in device.addresses]
    return next((one for one in ours if one.local == address), None)


def holds_all(found: Sequence[Device], interface: str, addresses: Iterable[str]) -> bool:
    """Does the interface hold each of them."""
    return all(held(found, interface, address) for address in addresses)


def obstacles(found: Sequence[Device], interface: str, own: Sequence[str], stays: Sequence[str]) -> Iterable[Obstacle]:
    """Why this host's addresses cannot be exchanged, by what the kernel says.

    Args:
        found: all interfaces.
        interface: [network] interface of site.toml.
        own: the name's addresses, all of which move with it.
        stays: further addresses of the interface that belong to the machine and stay with it.
    """
    for address in own:
        yield from _of_holders(found, interface, address)
    for device in found:
        if device.name == interface:
            yield from _of_device(device, own, stays)


def _of_holders(found: Sequence[Device], interface: str, address: str) -> Iterable[Obstacle]:
    holders = [device for device in found if any(one.local == address for one in device.addresses)]
    for device in holders:
        if device.name != interface and len(holders) == 1:
            yield Obstacle(
                f"{device.name} holds {address}, not {interface}",
                "correct [network] interface in site.toml, or leave it out: each host's is looked for then",
            )
        elif device.name != interface:
            yield Obstacle(f"{device.name} holds {address} as well as {interface}", f"take it off {device.name}")
    if not holders:
        yield Obstacle(f"no interface holds {address}", "correct hosts.ini, or the host's network")


def _of_device(device: Device, own: Sequence[str], stays: Sequence[str]) -> Iterable[Obstacle]:
    if device.kind not in PLAIN:
        yield Obstacle(f"{device.name} is a {device.kind}, not a plain interface", PLAIN_REMEDY)
    if not device.ethernet:
        yield Obstacle(f"{device.name} is no Ethernet interface", PLAIN_REMEDY)
    if device.master:
        yield Obstacle(f"{device.name} belongs to {device.master}", PLAIN_REMEDY)
    for one in device.addresses:
        if one.local in own and one.label != device.name:
            yield Obstacle(f"{one.local} stands on the alias {one.label}, not on {device.name}", PLAIN_REMEDY)
        if one.local in own and one.passing:
            yield Obstacle(f"{one.local} is leased (DHCP): it may go at any moment", PLAIN_REMEDY)
        if one.local not in own and not one.passing and one.local not in stays:
            six = f"if to the name: ipv6={one.local} in hosts.ini"
            moves = six if ":" in one.local else "if to the name, take it off"
            yield Obstacle(
                f"{one.label} holds {one.local}/{one.prefix} too: should it move with the name or stay",
                f'if it belongs to the machine: stays = ["{one.local}"] in [network] of site.toml; {moves}',
            )


def pair_obstacles(ours: Address | None, theirs: Address | None) -> Iterable[Obstacle]:
    """Why two addresses cannot change places: gateway and netmask stay, so both must be in one network."""
    if ours and theirs and ours.network != theirs.network:
        yield Obstacle(
            f"{ours.local} is in the network {ours.network}, {theirs.local} in {theirs.network}",
            "correct the netmask (prefix) of whichever is wrong; addresses of two networks cannot change places",
        )
