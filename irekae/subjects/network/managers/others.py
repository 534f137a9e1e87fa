"""Network managers without an adapter: seen by what they keep while they run, and by their files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from irekae.host.host import Host
from irekae.host.remote import decode
from irekae.swap.obstacle import Obstacle

REMEDY = "leave the interface to ifupdown alone: a static stanza in /etc/network/interfaces, and {} told to let it be"
# What each keeps about an interface that it has, by the interface's number (systemd's and NetworkManager's own files).
KEPT = (
    (
        "systemd-networkd",
        "/run/systemd/netif/links/{}",
        re.compile(rb"^ADMIN_STATE=(configur\w+|pending|initialized|failed)$", re.M),
    ),
    ("NetworkManager", "/run/NetworkManager/devices/{}", re.compile(rb"^(managed=true|connection-uuid=.+)$", re.M)),
)
NETPLAN = "/etc/netplan"


def obstacles(host: Host, interface: str, index: int) -> Iterable[Obstacle]:
    """Each that has the interface.

    Args:
        host: bound to an item.
        interface: its name.
        index: its number as the kernel counts.
    """
    for name, kept, mark in KEPT:
        found = host.find(kept.format(index))
        if found and mark.search(found.data):
            yield Obstacle(f"{interface} is {name}'s", REMEDY.format(name))
    for path in _netplans(host, interface):
        yield Obstacle(f"{interface} is netplan's: {path}", REMEDY.format("netplan"))


def _netplans(host: Host, interface: str) -> Iterator[str]:
    wanted = re.compile(rb"^\s+[\"']?" + re.escape(interface.encode()) + rb"[\"']?:", re.M)
    for match in host.link.ask("grep", trees=[NETPLAN], skip=[], words=[interface]):
        if str(match["path"]).endswith(".yaml") and wanted.search(decode(match["data"])):
            yield str(match["path"])
