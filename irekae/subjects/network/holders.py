"""Whatever else may put one of the two addresses up: scripts and configuration that name it (0.2, 5.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from irekae.host.host import Host
from irekae.host.remote import decode
from irekae.model.secrecy import quoted
from irekae.swap.obstacle import Obstacle

# Where a host keeps what runs at a boot, at a change of the network, or by the clock.
TREES = ("/etc", "/usr/local/bin", "/usr/local/sbin", "/usr/local/etc", "/usr/local/lib", "/var/spool/cron")
SKIP = ("/etc/ssl", "/etc/alternatives", "/etc/apt", "/etc/bind", "/etc/fail2ban")
# Files of these mean the address by naming it.
STATED = (
    "/etc/netplan/*.yaml",
    "/etc/systemd/network/*.network",
    "/etc/NetworkManager/system-connections/*",
    "/etc/dhcpcd.conf",
    "/etc/keepalived/*",
    "/etc/ha.d/*",
    "/etc/corosync/*",
    "/etc/ucarp/*",
    "/etc/connman/*",
)
# Commands that give an interface an address, or call what does.
_SETS = re.compile(
    rb"(?m)^[^#\n]*?(\bip\b[^#\n]*\b(a|ad|addr|address)\s+(a|add|r|replace|ch|change|chg)\b"
    rb"|\bifconfig\s+\S+\s+\S|\bucarp\b|\bvip-manager\b|\bnmcli\b|\bnetworkctl\b)"
)


def obstacles(host: Host, addresses: Iterable[str]) -> Iterable[Obstacle]:
    """Files besides ifupdown's own that put one of the addresses up.

    Args:
        host: bound to an item.
        addresses: of the pair.
    """
    for path, address, line in _named(host, list(addresses)):
        if not _is_ifupdowns(path):
            yield Obstacle(
                f"{path} puts {address} up too: {line}",
                "take it out there: the stanza of /etc/network/interfaces alone may state the address",
            )


def _is_ifupdowns(path: str) -> bool:
    """interfaces and what it sources are looked at as what they are; a copy beside them brings nothing up."""
    return path.startswith("/etc/network/") and not path.startswith("/etc/network/if-")


def _named(host: Host, addresses: list[str]) -> Iterator[tuple[str, str, str]]:
    """Path, address, and the line that names it, of each file that puts it up."""
    for match in host.link.ask("grep", trees=list(TREES), skip=list(SKIP), words=addresses):
        path, data = str(match["path"]), decode(match["data"])
        if not any(fnmatchcase(path, pattern) for pattern in STATED) and not _SETS.search(data):
            continue
        for address in addresses:
            line = _line(data, address)
            if line:
                yield path, address, quoted(path, match["public"], line)


def _line(data: bytes, address: str) -> str:
    """The first line, no comment, that names the address; "" when none does."""
    whole = re.compile(rb"(?m)^(?!\s*[#;]).*(?<![0-9.])" + re.escape(address.encode()) + rb"(?![0-9]|\.[0-9]).*$")
    found = whole.search(data)
    return found[0].decode("utf-8", "replace").strip()[:160] if found else ""
