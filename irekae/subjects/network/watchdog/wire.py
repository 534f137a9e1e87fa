"""The host's network: its addresses, and the Ethernet below them."""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import subprocess
import time

from irekae.subjects.network.watchdog.ndp import SIX, advertise, link_local, solicit, spoken

ARP, WORD, ALL = 0x0806, 0x88B5, 0x0003  # ethertypes: ARP, IEEE's for local experiments, every one
PACKET, JOIN, ALL_GROUPS = 263, 1, 2  # packet(7): SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_MR_ALLMULTI
EVERYBODY = b"\xff" * 6
OUTGOING = 4  # packet(7): a frame of our own
AT_ONCE = 500  # frames between two looks at everything else, however many come in
LOOKING = 10.0  # seconds for a command that only looks
DEAF = 5.0  # seconds without any frame of others, then the socket is opened anew


def said_by(argv: list[str], seconds: float = LOOKING) -> bytes:
    """What a command that only looks says.

    Raises:
        OSError: it cannot be run, or has not ended in time. It is killed then, and not waited for long: what hangs in
            the kernel cannot even be killed.
    """
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        return child.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        child.kill()
        assert child.stdout
        child.stdout.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(1.0)
        raise OSError(errno.ETIMEDOUT, "%s says nothing for %g s" % (" ".join(argv), seconds)) from None


def shown(interface: str) -> list[list[str]]:
    """The addresses that an interface has, each with what `ip` says of it: prefix length first, flags among the rest.

    Raises:
        OSError: `ip` does not say. An address that is not seen must never count as gone: the watchdog ends with it,
            and cron begins another one.
    """
    said = said_by(["ip", "-o", "addr", "show", "dev", interface]).decode()
    return [line.split()[3:] for line in said.splitlines()]


def prefixes(interface: str) -> list[str]:
    """The addresses that an interface has, with their prefix lengths."""
    return [words[0] for words in shown(interface)]


def addresses(interface: str) -> list[str]:
    """The addresses that an interface has, also those that it must not use (yet)."""
    return [prefix.split("/")[0] for prefix in prefixes(interface)]


def usable(interface: str) -> list[str]:
    """The addresses that an interface answers for: nobody else was found to have them (RFC 4862, 5.4)."""
    return [words[0].split("/")[0] for words in shown(interface) if not {"tentative", "dadfailed"} & set(words)]


def logged_in(address: str) -> bool:
    """Is an ssh connection to this address open (proc(5), /proc/net/tcp: state 01 is established)."""
    wanted = "%08X:0016" % struct.unpack("=I", socket.inet_aton(address))[0]
    with open("/proc/net/tcp") as file:
        return any(line.split()[1] == wanted and line.split()[3] == "01" for line in file.readlines()[1:])


def arp(mac: bytes, sender: str, target: str) -> bytes:
    """An ARP request as a frame: a probe when sender is 0.0.0.0, an announcement when it is target (RFC 5227)."""
    head = EVERYBODY + mac + struct.pack("!HHHBBH", ARP, 1, 0x0800, 6, 4, 1)
    return head + mac + socket.inet_aton(sender) + b"\0" * 6 + socket.inet_aton(target)


def spell(mac: bytes) -> str:
    """A hardware address as people write it."""
    return ":".join("%02x" % byte for byte in mac)


class Wire:
    """The interface's Ethernet: works with or without an address, as long as the link is up.

    Attributes:
        heard: when any frame of others came in last (time.monotonic).
        mac: the interface's hardware address.
    """

    def __init__(self, interface: str, probes_count: bool = True) -> None:
        """Listen to everything on the interface. Who probes for an address is about to take it (RFC 5227, 2.1.1)."""
        self.interface = interface
        self.probes_count = probes_count
        self.heard = 0.0
        self.holders: dict[str, dict[bytes, float]] = {}  # address → hardware address → when it last spoke
        self.mac, self.index, self.looked = b"\0" * 6, 0, 0.0
        self.socket = self.open()

    def open(self) -> socket.socket:
        """A socket on the interface as it is now; on none, which hears nothing, while there is no such interface."""
        found = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        found.setblocking(False)
        self.looked = time.monotonic()
        try:
            self.index = socket.if_nametoindex(self.interface)
            found.bind((self.interface, ALL))
            with contextlib.suppress(OSError):  # what is said to a group of neighbours that we are not in
                found.setsockopt(PACKET, JOIN, struct.pack("iHH8s", self.index, ALL_GROUPS, 0, b""))
            self.mac = found.getsockname()[4]
        except OSError:
            self.index = 0
        return found

    def look(self) -> None:
        """Open it anew when the interface is another one by now, or when nothing has been heard for a while.

        packet(7): a socket stays with the interface that it was bound to, also when that is gone and one of its name is
        made again (a bridge, a bond, a renamed card): it would be deaf for good.
        """
        now = time.monotonic()
        try:
            index = socket.if_nametoindex(self.interface)
        except OSError:
            index = 0
        if index != self.index or now - max(self.heard, self.looked) > DEAF:
            self.socket.close()
            self.socket = self.open()
        elif index:
            self.mac = self.socket.getsockname()[4]  # it may have been given another one

    def send(self, frame: bytes) -> None:
        """Send a frame; with the link down it is lost."""
        with contextlib.suppress(OSError):
            self.socket.send(frame)

    def probe(self, address: str) -> None:
        """Ask who has an address, in a way that makes nobody give it up."""
        if ":" in address:
            self.send(solicit(self.mac, link_local(self.interface, self.mac), address))
        else:
            self.send(arp(self.mac, "0.0.0.0", address))

    def announce(self, address: str) -> None:
        """Tell everybody that the address is here."""
        self.send(advertise(self.mac, address) if ":" in address else arp(self.mac, address, address))

    def frames(self) -> list[tuple[int, bytes]]:
        """What came in: ethertype and payload of every frame of others; who speaks for which address is noted."""
        found: list[tuple[int, bytes]] = []
        for _ in range(AT_ONCE):
            try:
                data, come = self.socket.recvfrom(2048)
            except BlockingIOError:
                return found
            except OSError:  # ENETDOWN: the link went down (packet(7)); what comes up again may be another one
                self.look()
                return found
            if come[2] == OUTGOING or len(data) < 14 or data[6:12] == self.mac:
                continue
            self.heard = time.monotonic()
            kind = struct.unpack("!H", data[12:14])[0]
            if kind == ARP and len(data) >= 42:
                self.note(data)
            elif kind == SIX:
                for address, mac, probe in spoken(data):
                    if self.probes_count or not probe:
                        self.holders.setdefault(address, {})[mac] = self.heard
            found.append((kind, data[14:]))
        return found

    def note(self, data: bytes) -> None:
        """Who speaks for which address, by an ARP frame."""
        probe = not any(data[28:32])
        if self.probes_count or not probe:
            spoken_for = socket.inet_ntoa(data[38:42] if probe else data[28:32])
            self.holders.setdefault(spoken_for, {})[data[22:28]] = self.heard

    def speakers(self, address: str, since: float = 0.0) -> list[str]:
        """Hardware addresses of all others that spoke for the address since then."""
        spoke = sorted(mac for mac, when in self.holders.get(address, {}).items() if when >= since)
        return [spell(mac) for mac in spoke]
