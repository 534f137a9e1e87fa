"""NetworkManager: keyfiles in `/etc/NetworkManager/system-connections`, `nmcli`."""

from __future__ import annotations

from collections.abc import Iterable
from posixpath import dirname
from typing import ClassVar

from irekae.host.editors import keyfile as editor
from irekae.host.host import Host
from irekae.host.names import Exchange
from irekae.host.services import ServiceManager, uncounted
from irekae.model.errors import Status, SwapError
from irekae.subjects.network.managers import statements, units
from irekae.subjects.network.managers.adapter import Commands, GuardFile, Guards, Wanted, Way
from irekae.subjects.network.managers.kept import NETWORKMANAGER, asked, kept
from irekae.subjects.network.managers.statements import Statement
from irekae.swap.obstacle import Obstacle

FOLDER = "/etc/NetworkManager/system-connections"
# Until 6.1 is confirmed the host keeps its old name: at its start NetworkManager would set the one of /etc/hostname.
NAME_KEPT = GuardFile(
    "/etc/NetworkManager/conf.d/irekae.conf",
    b"# Written by irekae (6.3); removed when the exchange is confirmed.\n[main]\nhostname-mode=none\n",
    0o644,
    only_with="/etc/NetworkManager/conf.d",
)
CONF = ("/etc/NetworkManager/NetworkManager.conf", "/etc/NetworkManager/conf.d")
AGAIN = ["nmcli", "general", "reload", "conf"]


class NetworkManagerAdapter:
    """Of desktops, and of servers too by now."""

    name: ClassVar[str] = "NetworkManager"
    through: ClassVar[tuple[str, ...]] = ()
    programs: ClassVar[tuple[tuple[str, str], ...]] = (("nmcli", "network-manager"),)

    def has(self, host: Host, interface: str) -> bool:
        """Its own word about the device."""
        return bool(kept(host, interface, NETWORKMANAGER).get("connection-uuid"))

    def file(self, host: Host, wanted: Wanted) -> str:
        """The profile that is active on the interface."""
        return profile(host, wanted.interface)

    def obstacles(self, host: Host, wanted: Wanted) -> Iterable[Obstacle]:
        """One keyfile states the addresses by hand, for this interface alone, and comes up by itself."""
        path = profile(host, wanted.interface)
        held = host.find(path) if path else None
        if held is None:
            yield Obstacle(
                f"NetworkManager has {wanted.interface} without a profile on the disk",
                f"`nmcli connection modify` and `nmcli connection up` it: it must lie in {FOLDER}",
            )
            return
        found = [Statement(path, line, address) for line, address in editor.stated(held.data)]
        yield from statements.obstacles(found, wanted, FOLDER, self.name)
        yield from of_profile(held.data, path, wanted.interface)
        yield from not_held(host, wanted.interface)
        if dirname(path) == FOLDER:
            yield from self._offline(host, held.data)

    def _offline(self, host: Host, text: bytes) -> Iterable[Obstacle]:
        if _read(host, text) is None:
            yield Obstacle(
                "this nmcli cannot read a profile that is not in use (`nmcli --offline`)",
                "NetworkManager 1.40 or newer; or leave the interface to ifupdown or systemd-networkd",
            )

    def staged(self, text: bytes, exchange: Exchange) -> bytes:
        """`addressN=` exchanged."""
        return editor.edit(text, exchange).text

    def prove(self, host: Host, wanted: Wanted, path: str) -> None:
        """`nmcli --offline` reads it as NetworkManager will."""
        said = _read(host, host.read(path)) or b""
        before = [address for _, address in editor.stated(host.read(self.file(host, wanted)))]
        after = [address for _, address in editor.stated(said)]
        other = dict(zip(wanted.own, wanted.other, strict=True))
        if sorted(after) != sorted(other.get(address, address) for address in before):
            raise SwapError(
                f"the new profile of {host.name} does not give {wanted.interface} {' and '.join(wanted.other)}",
                "$ nmcli --offline connection modify\n" + said.decode("utf-8", "replace"),
                f"give {wanted.interface} plain lines `addressN=ADDRESS/PREFIX`, then `fab phase5`",
                Status.REFUSED,
            )

    def commands(self, host: Host, wanted: Wanted) -> Commands:
        """The profile is loaded from its file and activated; where that does not do, all is started anew."""
        path, uuid = profile(host, wanted.interface), uuid_of(host, wanted.interface)
        ways = [
            [["nmcli", "connection", "load", path], *activated(uuid, wanted.interface)],
            [*uncounted("restart", "NetworkManager"), *activated(uuid, wanted.interface)],
        ]
        return Commands(down=[[AGAIN]], up=ways, restart=ways, hold=hold(wanted.interface), in_place=True, settles=5.0)

    def by_hand(self, interface: str, services: ServiceManager) -> str:
        """The profile is read and put to use."""
        return f"nmcli connection reload; nmcli device reapply {interface}"

    def guards(self, interface: str, script: str) -> Guards:
        """Its unit asks, and it leaves the host's name alone."""
        return Guards([units.asks_before("NetworkManager.service", script), NAME_KEPT], [*units.KNOWN, AGAIN])

    def may_lie_beside(self, path: str) -> bool:
        """It takes any file of the folder for a profile (of the same uuid), but those that begin with a dot."""
        return False


def activated(uuid: str, interface: str) -> Way:
    """The profile of that uuid comes up on the interface; `reload conf` takes notice that nothing is held any more."""
    return [AGAIN, ["nmcli", "--wait", "20", "connection", "up", "uuid", uuid, "ifname", interface]]


def hold(interface: str) -> dict[str, str]:
    """Configuration below /run: the device is not its own, whatever it was told about it before."""
    which = f"interface-name:{interface}"
    text = (
        "# Written by irekae (6.1).\n"
        f"[keyfile]\nunmanaged-devices+={which}\n"
        f"[device-irekae]\nmatch-device={which}\nmanaged=0\n"
    )
    return {"/run/NetworkManager/conf.d/zz-irekae.conf": text}


def not_held(host: Host, interface: str) -> Iterable[Obstacle]:
    """What /etc says is read behind /run: a list that is set there, not added to, leaves out the hold."""
    found = host.look("grep", "-rlsE", r"^[[:space:]]*unmanaged-devices[[:space:]]*=", *CONF).text.splitlines()
    for path in sorted(found):
        yield Obstacle(
            f"{path} sets `unmanaged-devices=`: irekae could not keep NetworkManager off {interface} meanwhile",
            "write `unmanaged-devices+=` there, which adds to the list, then `nmcli general reload conf`",
        )


def uuid_of(host: Host, interface: str) -> str:
    """The active profile's, "" for none."""
    return kept(host, interface, NETWORKMANAGER).get("connection-uuid", "")


def profile(host: Host, interface: str) -> str:
    """Path of the active profile, "" when it has none."""
    uuid = uuid_of(host, interface)
    shown = asked(host, "nmcli", "-g", "UUID,FILENAME", "connection", "show").text if uuid else ""
    for line in shown.splitlines():
        one, _, path = line.partition(":")
        if one == uuid:
            # nmcli(1), --escape: a colon and a backslash of a value have a backslash before them.
            return path.replace("\\:", ":").replace("\\\\", "\\")
    return ""


def of_profile(text: bytes, path: str, interface: str) -> Iterable[Obstacle]:
    """Why a profile is not one whose addresses can be exchanged."""
    yield from leases(
        text, path, interface, "`nmcli connection modify` it: ipv4.method manual, with the address in ipv4.addresses"
    )
    said = {(one.section, one.key): one.value for one in editor.all_of(text)}
    if said.get(("connection", "interface-name")) != interface:
        yield Obstacle(
            f"{path} is not for {interface} alone",
            f"`nmcli connection modify` it: connection.interface-name {interface}",
        )
    if said.get(("connection", "autoconnect"), "true").lower() in ("false", "0", "no"):
        yield Obstacle(f"{path} does not come up at boot", "`nmcli connection modify` it: connection.autoconnect yes")


def leases(text: bytes, path: str, interface: str, remedy: str) -> Iterable[Obstacle]:
    """DHCP, or what else gives an address that is not stated."""
    said = [one.value for one in editor.all_of(text) if (one.section, one.key) == ("ipv4", "method")]
    method = said[-1] if said else "auto"
    if method != "manual":
        yield Obstacle(f"{path}: {interface} asks for a lease: [ipv4] method={method}", remedy)


def _read(host: Host, text: bytes) -> bytes | None:
    """The profile as nmcli writes it; None when this nmcli cannot. Its id becomes another one, which nobody sees."""
    found = asked(host, "nmcli", "--offline", "connection", "modify", "connection.id", "irekae", stdin=text)
    return found.out if found.status == 0 else None
