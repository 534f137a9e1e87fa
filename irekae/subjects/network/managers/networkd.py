"""systemd-networkd: `/etc/systemd/network/*.network`, their drop-ins, `networkctl`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from irekae.host.editors import networkd as editor
from irekae.host.host import Host
from irekae.host.names import Exchange
from irekae.host.services import ServiceManager, typed, uncounted
from irekae.model.errors import Status, SwapError
from irekae.subjects.network.managers import networkd_files as files
from irekae.subjects.network.managers import statements, units
from irekae.subjects.network.managers.adapter import Commands, Guards, Wanted, Way
from irekae.subjects.network.managers.kept import NETWORKD, asked, kept
from irekae.swap.obstacle import Obstacle

# networkctl(1): what it says of a link that is its own.
OWN = ("pending", "initialized", "configuring", "configured", "failed")
OLDEST = 244  # systemd that can read its files anew (`networkctl reload`)


class Networkd:
    """Of systemd itself."""

    name: ClassVar[str] = "systemd-networkd"
    through: ClassVar[tuple[str, ...]] = ()
    programs: ClassVar[tuple[tuple[str, str], ...]] = (("networkctl", "systemd"),)

    def has(self, host: Host, interface: str) -> bool:
        """Its own word about the link."""
        return kept(host, interface, NETWORKD).get("ADMIN_STATE") in OWN

    def file(self, host: Host, wanted: Wanted) -> str:
        """The `.network` file that it goes by, or a drop-in of that."""
        return statements.file_of(files.read_all(host, files.in_use(host, wanted.interface)).statements, wanted)

    def obstacles(self, host: Host, wanted: Wanted) -> Iterable[Obstacle]:
        """One file of /etc/systemd/network states the addresses, and no lease is asked for besides."""
        path = files.in_use(host, wanted.interface)
        found = files.read_all(host, path)
        yield from statements.obstacles(found.statements, wanted, files.FOLDER, self.name)
        yield from files.leases(found, wanted.interface, "take DHCP out there, then `networkctl reload`")
        yield from files.before(host, path, wanted.interface)
        yield from _too_old(host)

    def staged(self, text: bytes, exchange: Exchange) -> bytes:
        """`Address=` exchanged."""
        return editor.edit(text, exchange).text

    def prove(self, host: Host, wanted: Wanted, path: str) -> None:
        """It has no way to read a file without acting on it: the new file must say of the other's addresses what the
        file in use, which it acted on, says of the own."""
        live = self.file(host, wanted)
        before, after = (list(editor.stated(host.read(one))) for one in (live, path))
        other = dict(zip(wanted.own, wanted.other, strict=True))
        if after != [(line, other.get(address, address)) for line, address in before]:
            raise SwapError(
                f"the new {live} of {host.name} does not give {wanted.interface} {' and '.join(wanted.other)}",
                "\n".join(f"line {line}: {address}" for line, address in after),
                f"give {wanted.interface} plain lines `Address=ADDRESS/PREFIX`, then `fab phase5`",
                Status.REFUSED,
            )

    def commands(self, host: Host, wanted: Wanted) -> Commands:
        """It reads its files anew; where that does not do, it is started anew."""
        path = files.in_use(host, wanted.interface)
        ways = [reconfigured(wanted.interface), uncounted("restart", "systemd-networkd")]
        return Commands(
            down=[[["networkctl", "reload"]]], up=ways, restart=ways, hold=hold(path), in_place=True, settles=5.0
        )

    def by_hand(self, interface: str, services: ServiceManager) -> str:
        """As 6.1 itself."""
        return typed(reconfigured(interface))

    def guards(self, interface: str, script: str) -> Guards:
        """Its unit asks."""
        return Guards([units.asks_before("systemd-networkd.service", script)], units.KNOWN)

    def may_lie_beside(self, path: str) -> bool:
        """Only `.network` is read."""
        return True


def reconfigured(interface: str) -> Way:
    """It reads its files, and brings the interface up by them."""
    return [["networkctl", "reload"], ["networkctl", "reconfigure", interface]]


def hold(path: str) -> dict[str, str]:
    """A drop-in of the file in use, gone with a boot: the interface is not its own."""
    name = path.rpartition("/")[2]
    return {f"/run/systemd/network/{name}.d/{files.HOLD}": "# Written by irekae (6.1).\n[Link]\nUnmanaged=yes\n"}


def _too_old(host: Host) -> Iterable[Obstacle]:
    said = asked(host, "networkctl", "--version").text
    version = re.match(r"systemd (\d+)", said)
    if version and int(version[1]) < OLDEST:
        yield Obstacle(
            f"systemd {version[1]} cannot have its network files read anew (`networkctl reload`)",
            f"systemd {OLDEST} or newer; or leave the interface to ifupdown",
        )
