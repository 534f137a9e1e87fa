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
    "/etc/systemd/network/*.network.d/*.conf",
    "/etc/NetworkManager/system-connections/[!.]*",
    "/etc/dhcpcd.conf",
    "/etc/keepalived/*",
    "/etc/ha.d/*",
    "/etc/corosync/*",
    "/etc/ucarp/*",
    "/etc/connman/*",
)
IFUPDOWN, INTERFACES = "ifupdown", "/etc/network/interfaces"
# Commands that give an interface an address, or call what does.
_SETS = re.compile(
    rb"(?m)^[^#\n]*?(\bip\b[^#\n]*\b(a|ad|addr|address)\s+(a|add|r|replace|ch|change|chg)\b"
    rb"|\bifconfig\s+\S+\s+\S|\bucarp\b|\bvip-manager\b|\bnmcli\b|\bnetworkctl\b)"
)


def obstacles(host: Host, addresses: Iterable[str], live: str, manager: str) -> Iterable[Obstacle]:
    """Files besides the interface's own that put one of the addresses up.

    Args:
        host: bound to an item.
        addresses: of the pair.
        live: the interface's file.
        manager: the network manager that goes by it.
    """
    # Where ifupdown is and another one has the interface, ifupdown's file is one more that puts the address up.
    beside = manager != IFUPDOWN and host.exists("/sbin/ifup")
    for path, address, line in _named(host, list(addresses), (*STATED, *([INTERFACES] if beside else []))):
        if path != live and (beside or not _is_ifupdowns(path)):
            yield Obstacle(
                f"{path} puts {address} up too: {line}",
                f"take it out there: {live or 'the file of the interface'} alone may state the address",
            )


def _is_ifupdowns(path: str) -> bool:
    """interfaces and what it sources are looked at as what they are; a copy beside them brings nothing up."""
    return path.startswith("/etc/network/") and not path.startswith("/etc/network/if-")


def _named(host: Host, addresses: list[str], stated: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Path, address, and the line that names it, of each file that puts it up."""
    patterns = tuple(stated)
    for match in host.link.ask("grep", trees=list(TREES), skip=list(SKIP), words=addresses):
        path, data = str(match["path"]), decode(match["data"])
        if not any(fnmatchcase(path, pattern) for pattern in patterns) and not _SETS.search(data):
            continue
        for address in addresses:
            line = _line(data, address)
            if line:
                yield path, address, quoted(path, match["public"], line)


def _line(data: bytes, address: str) -> str:
    """The first line, no comment, that names the address; "" when none does."""
    inside = rb"0-9A-Fa-f:" if ":" in address else rb"0-9."
    word = rb"(?<![" + inside + rb"])" + re.escape(address.encode()) + rb"(?![0-9A-Fa-f]|[.:][0-9A-Fa-f:])"
    whole = re.compile(rb"(?mi)^(?!\s*[#;]).*" + word + rb".*$")
    found = whole.search(data)
    return found[0].decode("utf-8", "replace").strip()[:160] if found else ""
