"""A neighbour that wants the hosts off the network: claims their addresses in the name of the other one of the pair.

`neighbour.py IFACE ADDRESS=MAC…`, until standard input ends: whoever probes for an address (RFC 5227) is told that
MAC has it. Only probes are answered: hosts that use their addresses are not disturbed.
"""

import select
import socket
import struct
import sys

ARP = 0x0806


def reply(mac: bytes, address: bytes, asker: bytes) -> bytes:
    head = asker + mac + struct.pack("!HHHBBH", ARP, 1, 0x0800, 6, 4, 2)
    return head + mac + address + asker + b"\0" * 4


def main(interface: str, claims: dict[bytes, bytes]) -> None:
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(ARP))
    wire.bind((interface, ARP))
    print("CLAIMS", flush=True)
    while True:
        ready = select.select([wire, sys.stdin], [], [])[0]
        if sys.stdin in ready:
            return
        frame = wire.recv(2048)
        wanted = frame[38:42]
        if frame[28:32] == b"\0" * 4 and wanted in claims and frame[6:12] != claims[wanted]:
            wire.send(reply(claims[wanted], wanted, frame[6:12]))


if __name__ == "__main__":
    pairs = [word.split("=") for word in sys.argv[2:]]
    main(sys.argv[1], {socket.inet_aton(address): bytes.fromhex(mac.replace(":", "")) for address, mac in pairs})
