"""Asks for addresses by ARP ten times a second: `address_watch.py IFACE ADDRESS…`, until standard input ends.

Then prints as JSON, for each address, every set of hardware addresses that answered one and the same question.
"""

import json
import select
import socket
import struct
import sys
import time

NOBODY = "198.51.100.250"  # who asks: an address of no machine, so that nobody's tables change


def ask(wire: socket.socket, target: str) -> None:
    mac = wire.getsockname()[4]
    head = b"\xff" * 6 + mac + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1)
    wire.send(head + mac + socket.inet_aton(NOBODY) + b"\0" * 6 + socket.inet_aton(target))


def main(interface: str, targets: list[str]) -> None:
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(0x0806))
    wire.bind((interface, 0x0806))
    found: dict[str, set[tuple[str, ...]]] = {target: set() for target in targets}
    while True:
        answered: dict[str, set[str]] = {target: set() for target in targets}
        for target in targets:
            ask(wire, target)
        end = time.monotonic() + 0.1
        while (left := end - time.monotonic()) > 0:
            ready = select.select([wire, sys.stdin], [], [], left)[0]
            if sys.stdin in ready:
                print(json.dumps({target: sorted(sets) for target, sets in found.items()}))
                return
            if wire in ready:
                frame = wire.recv(2048)
                target = socket.inet_ntoa(frame[28:32])
                if frame[20:22] == b"\0\2" and target in answered:
                    answered[target].add(frame[22:28].hex(":"))
        for target in targets:
            found[target].add(tuple(sorted(answered[target])))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
