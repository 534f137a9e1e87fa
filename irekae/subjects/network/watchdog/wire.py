"""The host's network: its addresses, and the Ethernet below them."""

from __future__ import annotations

import contextlib
import socket
import struct
import subprocess
import time

ARP, WORD, ALL = 0x0806, 0x88B5, 0x0003  # ethertypes: ARP, IEEE's for local experiments, every one
EVERYBODY = b"\xff" * 6
OUTGOING = 4  # packet(7): a frame of our own


def addresses(interface: str) -> list[str]:
    """The IPv4 addresses that an interface has."""
    shown = subprocess.run(["ip", "-4", "-o", "addr", "show", "dev", interface], capture_output=True).stdout.decode()
    return [line.split()[3].split("/")[0] for line in shown.splitlines()]


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
    """The interface's Ethernet: works with or without an address, as long as the link is up."""

    def __init__(self, interface: str, probes_count: bool = True) -> None:
        """Listen to everything on the interface. Who probes for an address is about to take it (RFC 5227, 2.1.1)."""
        self.interface = interface
        self.probes_count = probes_count
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(ALL))
        self.socket.bind((interface, ALL))
        self.socket.setblocking(False)
        self.mac: bytes = self.socket.getsockname()[4]
        self.heard = 0.0  # when any frame came in last
        self.holders: dict[str, dict[bytes, float]] = {}  # address → hardware address → when it last spoke

    def send(self, frame: bytes) -> None:
        """Send a frame; with the link down it is lost."""
        with contextlib.suppress(OSError):
            self.socket.send(frame)

    def frames(self) -> list[tuple[int, bytes]]:
        """What came in: ethertype and payload of every frame of others; who speaks for which address is noted."""
        found: list[tuple[int, bytes]] = []
        while True:
            try:
                data, come = self.socket.recvfrom(2048)
            except OSError:
                return found
            if come[2] == OUTGOING or len(data) < 14 or data[6:12] == self.mac:
                continue
            self.heard = time.monotonic()
            kind = struct.unpack("!H", data[12:14])[0]
            if kind == ARP and len(data) >= 42:
                probe = not any(data[28:32])
                if self.probes_count or not probe:
                    spoken_for = socket.inet_ntoa(data[38:42] if probe else data[28:32])
                    self.holders.setdefault(spoken_for, {})[data[22:28]] = self.heard
            found.append((kind, data[14:]))

    def speakers(self, address: str, since: float = 0.0) -> list[str]:
        """Hardware addresses of all others that spoke for the address since then."""
        spoke = sorted(mac for mac, when in self.holders.get(address, {}).items() if when >= since)
        return [spell(mac) for mac in spoke]
