"""Neighbour discovery (RFC 4861, RFC 4862): who has an IPv6 address, and telling that it is here now."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
from typing import Iterator

SIX, ICMP = 0x86DD, 58  # ethertype of IPv6, protocol number of ICMPv6
SOLICIT, ADVERTISE = 135, 136
OVERRIDE = 0x20000000
ALL_NODES = "ff02::1"


def solicit(mac: bytes, sender: str, target: str) -> bytes:
    """A question for an address, never from ::, which says that one is about to take the address itself: a host that is
    just making sure of it would give it up (RFC 4862, 5.4.3)."""
    last = socket.inet_pton(socket.AF_INET6, target)[13:]
    group = "ff02::1:ff%02x:%02x%02x" % (last[0], last[1], last[2])
    body = struct.pack("!I", 0) + socket.inet_pton(socket.AF_INET6, target) + b"\x01\x01" + mac
    return framed(mac, b"\x33\x33\xff" + last, sender, group, SOLICIT, body)


def advertise(mac: bytes, address: str) -> bytes:
    """An answer that nobody asked for: whoever knew the address at another place takes this one (RFC 4861, 7.2.6)."""
    body = struct.pack("!I", OVERRIDE) + socket.inet_pton(socket.AF_INET6, address) + b"\x02\x01" + mac
    return framed(mac, b"\x33\x33\0\0\0\x01", address, ALL_NODES, ADVERTISE, body)


def framed(mac: bytes, to: bytes, sender: str, receiver: str, kind: int, body: bytes) -> bytes:
    """An ICMPv6 message of the link as an Ethernet frame; its hop limit shows that it came over no router."""
    ends = socket.inet_pton(socket.AF_INET6, sender) + socket.inet_pton(socket.AF_INET6, receiver)
    length = 4 + len(body)
    pseudo = ends + struct.pack("!II", length, ICMP)
    total = sum(struct.unpack("!%dH" % ((len(pseudo) + length) // 2), pseudo + struct.pack("!BBH", kind, 0, 0) + body))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    message = struct.pack("!BBH", kind, 0, ~total & 0xFFFF) + body
    return to + mac + struct.pack("!HIHBB", SIX, 6 << 28, length, ICMP, 255) + ends + message


def spoken(frame: bytes) -> Iterator[tuple[str, bytes, bool]]:
    """Who speaks for which address in a frame: address, hardware address, and is it about to be taken only."""
    if len(frame) < 78 or frame[20] != ICMP or frame[21] != 255 or frame[54] not in (SOLICIT, ADVERTISE):
        return
    sender, target = frame[22:38], frame[62:78]
    if frame[54] == ADVERTISE:
        yield socket.inet_ntop(socket.AF_INET6, target), frame[6:12], False
    elif any(sender):
        yield socket.inet_ntop(socket.AF_INET6, sender), frame[6:12], False
    else:
        yield socket.inet_ntop(socket.AF_INET6, target), frame[6:12], True


def link_local(interface: str, mac: bytes) -> str:
    """The interface's own address on the link; without one, that which its hardware address makes (RFC 4291)."""
    with contextlib.suppress(OSError), open("/proc/net/if_inet6") as file:
        for line in file:
            words = line.split()
            if words[-1] == interface and words[3] == "20" and words[0].startswith("fe80"):
                return str(ipaddress.IPv6Address(int(words[0], 16)))
    made = bytes([0xFE, 0x80]) + b"\0" * 6 + bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]
    return socket.inet_ntop(socket.AF_INET6, made)


def spelled(word: str) -> str:
    """An address without its prefix length as everybody spells it; "" where it is none."""
    try:
        return str(ipaddress.ip_address(word.split("/")[0]))
    except ValueError:
        return ""
