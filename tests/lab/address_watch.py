"""Asks for addresses ten times a second, by ARP or neighbour discovery: `address_watch.py IFACE ADDRESS…`, until
standard input ends.

Then prints as JSON, for each address, every set of hardware addresses that answered one and the same question.
"""

import json
import select
import socket
import struct
import sys
import time

from irekae.subjects.network.watchdog import ndp

NOBODY = "198.51.100.250"  # who asks: an address of no machine, so that nobody's tables change
ALL = 0x0003
ASKED_FOR = 0x40  # of an advertisement (RFC 4861, 4.4); others only tell that an address has moved


def ask(wire: socket.socket, interface: str, target: str) -> None:
    mac = wire.getsockname()[4]
    if ":" in target:
        wire.send(ndp.solicit(mac, ndp.link_local(interface, mac), target))
        return
    head = b"\xff" * 6 + mac + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1)
    wire.send(head + mac + socket.inet_aton(NOBODY) + b"\0" * 6 + socket.inet_aton(target))


def answer_of(frame: bytes) -> tuple[str, bytes]:
    """Address and hardware address of an answer; "" for any other frame."""
    kind = frame[12:14]
    if kind == b"\x08\x06" and frame[20:22] == b"\0\2":
        return socket.inet_ntoa(frame[28:32]), frame[22:28]
    if kind == b"\x86\xdd" and frame[54:55] == bytes([ndp.ADVERTISE]) and frame[58] & ASKED_FOR:
        for address, mac, _ in ndp.spoken(frame):
            return address, mac
    return "", b""


def main(interface: str, targets: list[str]) -> None:
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(ALL))
    wire.bind((interface, ALL))
    found: dict[str, set[tuple[str, ...]]] = {target: set() for target in targets}
    while True:
        answered: dict[str, set[str]] = {target: set() for target in targets}
        while select.select([wire], [], [], 0)[
            0
        ]:  # what came in after the last question's time is no answer to this one
            wire.recv(2048)
        for target in targets:
            ask(wire, interface, target)
        end = time.monotonic() + 0.1
        while (left := end - time.monotonic()) > 0:
            ready = select.select([wire, sys.stdin], [], [], left)[0]
            if sys.stdin in ready:
                print(json.dumps({target: sorted(sets) for target, sets in found.items()}))
                return
            if wire in ready:
                target, mac = answer_of(wire.recv(2048))
                if target in answered:
                    answered[target].add(mac.hex(":"))
        for target in targets:
            found[target].add(tuple(sorted(answered[target])))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
