"""systemd.network(5): the file that an interface goes by, its drop-ins, and what would come before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from posixpath import basename, join

from irekae.host.editors.ini import Setting
from irekae.host.editors.networkd import all_of, stated
from irekae.host.host import Host
from irekae.subjects.network.managers.kept import NETWORKD, kept
from irekae.subjects.network.managers.statements import Statement
from irekae.swap.obstacle import Obstacle

FOLDER = "/etc/systemd/network"
# The same name in an earlier one counts alone (systemd.network(5)).
FOLDERS = (FOLDER, "/run/systemd/network", "/usr/local/lib/systemd/network", "/usr/lib/systemd/network")
HOLD = "zz-irekae.conf"


@dataclass
class Read:
    """What the file in use and its drop-ins say."""

    statements: list[Statement] = field(default_factory=list)
    settings: list[tuple[str, Setting]] = field(default_factory=list)


def in_use(host: Host, interface: str) -> str:
    """The file that networkd found for the interface, "" for none."""
    return kept(host, interface, NETWORKD).get("NETWORK_FILE", "")


def read_all(host: Host, path: str) -> Read:
    """The file with its drop-ins, in the order in which they count."""
    found = Read()
    for one in (path, *_drop_ins(host, path)) if path else ():
        held = host.find(one)
        if held:
            found.statements += [Statement(one, line, address) for line, address in stated(held.data)]
            found.settings += [(one, setting) for setting in all_of(held.data)]
    return found


def _drop_ins(host: Host, path: str) -> list[str]:
    seen: dict[str, str] = {}
    for folder in FOLDERS:
        beside = join(folder, f"{basename(path)}.d")
        for name in host.names(beside):
            if name.endswith(".conf") and name != HOLD:
                seen.setdefault(name, join(beside, name))
    return [seen[name] for name in sorted(seen)]


def leases(found: Read, interface: str, remedy: str) -> Iterable[Obstacle]:
    """DHCP beside the static address: a lease comes and goes as another machine wants."""
    asked = [(path, one) for path, one in found.settings if (one.section, one.key) == ("Network", "DHCP")]
    for path, one in asked[-1:]:
        if one.value.lower() in ("yes", "true", "1", "on", "ipv4", "both", "v4"):
            yield Obstacle(
                f"{path}:{one.line + 1}: {interface} asks for a lease as well: DHCP={one.value}",
                remedy,
            )


def before(host: Host, path: str, interface: str) -> Iterable[Obstacle]:
    """Files that match the interface by its name and come before the one in use: the next reading goes by them."""
    for name in sorted(_names(host)):
        if name < basename(path) and (other := _matches(host, name, interface)):
            yield Obstacle(
                f"{other} is for {interface} too, and comes before {path}: networkd has not read it yet",
                f"take it away; or `networkctl reload` on {host.name}'s console, and state the address there alone",
            )


def _names(host: Host) -> set[str]:
    return {name for folder in FOLDERS for name in host.names(folder) if name.endswith(".network")}


def _matches(host: Host, name: str, interface: str) -> str:
    """The file's path, if nothing but the interface's name decides that it is for that; else ""."""
    for folder in FOLDERS:
        held = host.find(join(folder, name))
        if held is not None:
            match = [one for one in all_of(held.data) if one.section == "Match"]
            named = {one.key for one in match} == {"Name"} and any(_is_for(one.value, interface) for one in match)
            return join(folder, name) if named else ""
    return ""


def _is_for(value: str, interface: str) -> bool:
    patterns = value.split()
    if patterns[:1] and patterns[0].startswith("!"):
        return not any(fnmatchcase(interface, pattern.lstrip("!")) for pattern in patterns)
    return any(fnmatchcase(interface, pattern) for pattern in patterns)
