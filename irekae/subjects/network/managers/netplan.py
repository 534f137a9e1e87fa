"""netplan: `/etc/netplan/*.yaml`, from which it makes files for systemd-networkd or NetworkManager."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename
from typing import ClassVar

from irekae.host.editors import keyfile, networkd
from irekae.host.editors import netplan as editor
from irekae.host.host import Host
from irekae.host.names import Exchange
from irekae.host.services import ServiceManager, uncounted
from irekae.model.errors import Status, SwapError
from irekae.subjects.network.managers import networkd as of_networkd
from irekae.subjects.network.managers import networkd_files, networkmanager, statements, units
from irekae.subjects.network.managers.adapter import Commands, Guards, Wanted, Way
from irekae.subjects.network.managers.kept import asked
from irekae.subjects.network.managers.statements import Statement
from irekae.swap.obstacle import Obstacle

FOLDER = "/etc/netplan"
NO_LEASE = f"`dhcp4: false` below {FOLDER}, then `netplan apply`"
MADE = re.compile(r"/run/(systemd/network/10-netplan-|NetworkManager/system-connections/netplan-)[^/]+")
# A copy of the folder, one file of it replaced by standard input, and what netplan makes of that: path by path.
_GENERATE = """\
set -eu
umask 077
root=$(mktemp -d)
trap 'rm -r -- "$root"' EXIT
for top in etc lib run; do
    mkdir "$root/$top"
    [ ! -d "/$top/netplan" ] || cp -a "/$top/netplan" "$root/$top/netplan"
done
[ -z "$1" ] || cat > "$root/etc/netplan/$1"
netplan generate --root-dir "$root" >&2
cat -- "$root$2"
"""


class Netplan:
    """Of Ubuntu, and of Debian's cloud images."""

    name: ClassVar[str] = "netplan"
    through: ClassVar[tuple[str, ...]] = ("systemd-networkd", "NetworkManager")
    programs: ClassVar[tuple[tuple[str, str], ...]] = (
        ("netplan", "netplan.io"),
        ("mktemp", "coreutils"),
    )

    def has(self, host: Host, interface: str) -> bool:
        """The file in use is one that it made."""
        return bool(made(host, interface))

    def file(self, host: Host, wanted: Wanted) -> str:
        """The one file below /etc/netplan that states the addresses."""
        return statements.file_of(list(_stated(host, wanted.interface)), wanted)

    def obstacles(self, host: Host, wanted: Wanted) -> Iterable[Obstacle]:
        """One file of /etc/netplan states the addresses, and what is in use is what netplan makes of it today."""
        path = made(host, wanted.interface)
        yield from statements.obstacles(list(_stated(host, wanted.interface)), wanted, FOLDER, self.name)
        held = host.find(path)
        fresh = _generated(host, "", b"", path)
        if held is None or fresh != held.data:
            yield Obstacle(
                f"{path} is not what netplan makes of {FOLDER} today",
                f"`netplan apply` on {host.name}'s console, and see that it is still reached; or put {FOLDER} right",
            )
        elif _is_networkds(path):
            found = networkd_files.read_all(host, path)
            yield from _beside(found.statements, wanted, path)
            yield from networkd_files.leases(found, wanted.interface, NO_LEASE)
            yield from networkd_files.before(host, path, wanted.interface)
        else:
            yield from networkmanager.leases(held.data, path, wanted.interface, NO_LEASE)

    def staged(self, text: bytes, exchange: Exchange) -> bytes:
        """`addresses` exchanged."""
        return editor.edit(text, exchange).text

    def prove(self, host: Host, wanted: Wanted, path: str) -> None:
        """What netplan makes of the new file differs from what is in use in the addresses alone."""
        if host.planned:
            return
        live, in_use = self.file(host, wanted), made(host, wanted.interface)
        fresh = _generated(host, basename(live), host.read(path), in_use)
        stated = networkd.stated if _is_networkds(in_use) else keyfile.stated
        other = dict(zip(wanted.own, wanted.other, strict=True))
        before, after = ([address for _, address in stated(text)] for text in (host.read(in_use), fresh))
        if sorted(after) != sorted(other.get(address, address) for address in before):
            raise SwapError(
                f"the new {live} of {host.name} does not give {wanted.interface} {' and '.join(wanted.other)}",
                f"$ netplan generate\n{fresh.decode('utf-8', 'replace')}",
                f"give {wanted.interface} plain `addresses: [ADDRESS/PREFIX]`, then `fab phase5`",
                Status.REFUSED,
            )

    def commands(self, host: Host, wanted: Wanted) -> Commands:
        """It makes its files anew, and who goes by them reads them; `netplan apply`, which may also unbind the drivers
        of interfaces that are down, comes last."""
        path = made(host, wanted.interface)
        if _is_networkds(path):
            ways: list[Way] = [
                [["netplan", "generate"], *of_networkd.reconfigured(wanted.interface)],
                [["netplan", "generate"], *uncounted("restart", "systemd-networkd")],
                [["netplan", "apply"]],
            ]
            hold, down = of_networkd.hold(path), [["networkctl", "reload"]]
        else:
            uuid = networkmanager.uuid_of(host, wanted.interface)
            up = networkmanager.activated(uuid, wanted.interface)
            load = ["nmcli", "connection", "load", path]
            ways = [[["netplan", "generate"], load, *up], [["netplan", "apply"], *up]]
            hold, down = networkmanager.hold(wanted.interface), [networkmanager.AGAIN]
        return Commands(down=[down], up=ways, restart=ways, hold=hold, in_place=True, settles=5.0)

    def by_hand(self, interface: str, services: ServiceManager) -> str:
        """Its own command."""
        return "netplan apply"

    def guards(self, interface: str, script: str) -> Guards:
        """Who goes by its files asks: a drop-in of a unit that is not there is read by nobody."""
        asks = [units.asks_before(f"{unit}.service", script) for unit in self.through]
        return Guards([*asks, networkmanager.NAME_KEPT], units.KNOWN)

    def may_lie_beside(self, path: str) -> bool:
        """Only `.yaml` is read."""
        return True


def made(host: Host, interface: str) -> str:
    """The file in use for the interface, if netplan made it; else ""."""
    for path in (networkd_files.in_use(host, interface), networkmanager.profile(host, interface)):
        if MADE.fullmatch(path):
            return path
    return ""


def _is_networkds(path: str) -> bool:
    return path.startswith("/run/systemd/network/")


def _stated(host: Host, interface: str) -> Iterator[Statement]:
    """What the files of /etc/netplan give the interface, by its name there."""
    for name in sorted(host.names(FOLDER)):
        held = host.find(f"{FOLDER}/{name}") if name.endswith(".yaml") else None
        for line, key, address in editor.stated(held.data) if held else ():
            if key == _key(host, interface):
                yield Statement(f"{FOLDER}/{name}", line, address)


def _key(host: Host, interface: str) -> str:
    """What netplan calls the interface: it stands in the name of the file that it made (`10-netplan-KEY.network`)."""
    name = basename(made(host, interface))
    return re.sub(r"^(10-)?netplan-|\.(network|nmconnection)$", "", name) or interface


def _beside(found: Iterable[Statement], wanted: Wanted, path: str) -> Iterable[Obstacle]:
    """What a drop-in adds to the file that netplan made."""
    for one in found:
        if one.path != path and one.address not in wanted.stays:
            yield Obstacle(
                f"{one.place} gives {wanted.interface} {one.address} beside netplan",
                f"state it in {FOLDER}, or take it out",
            )


def _generated(host: Host, name: str, text: bytes, path: str) -> bytes:
    """What netplan makes the file at path of, with one of its own files as text; b"" when it refuses."""
    found = asked(host, "sh", "-c", _GENERATE, "sh", name, path, stdin=text)
    return found.out if found.status == 0 else b""
