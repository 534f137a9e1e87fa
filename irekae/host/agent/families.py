"""A daemon's processes: itself, all that it has started, and whom they talk to."""

from __future__ import annotations

import contextlib
import os
import socket
import struct

from irekae.host.agent.base import Answer, operation, text
from irekae.host.agent.processes import fields_of, process

TALKING = {b"01", b"02"}  # proc_net_tcp(5): established; connecting


@operation
def op_family(name: str, peers: bool = True) -> list[Answer]:
    """The processes of that name and all that descend from them, eldest first.

    Of each: pid, parent, uid, name, start (clock ticks), age (seconds), peers ("address:port" of its TCP connections),
    turns (how often it was given a processor so far), sleeps (does it wait for something, as far as the kernel counts).

    Args:
        name: of the eldest.
        peers: whether to look for these: it takes long where there are many connections.
    """
    names: dict[int, str] = {}
    children: dict[int, list[int]] = {}
    for pid in pids_now():
        fields = fields_of(pid)
        if len(fields) > 20 and fields[1] != b"Z":
            names[pid] = text(fields[0])
            children.setdefault(int(fields[2]), []).append(pid)
    left = sorted(pid for pid, called in names.items() if called == name[:15])
    found: list[int] = []
    while left:
        pid = left.pop(0)
        if pid not in found:
            found.append(pid)
            left += children.get(pid, [])
    return [member(entry, peers) for entry in map(process, found) if entry]


def pids_now() -> list[int]:
    """The ids of all processes."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def member(entry: Answer, peers: bool) -> Answer:
    """A process of a family, as `op_family` tells of it."""
    with open("/proc/uptime", "rb") as file:
        up = float(file.read().split()[0])
    age = max(0.0, up - entry["start"] / os.sysconf("SC_CLK_TCK"))
    kept = {key: entry[key] for key in ("pid", "parent", "uid", "name", "start")}
    turns, sleeps = turns_of(entry["pid"])
    talks = peers_of(entry["pid"]) if peers else []
    return dict(kept, age=round(age), peers=talks, turns=turns, sleeps=sleeps)


def turns_of(pid: int) -> tuple[int, bool]:
    """How often a process was given a processor so far (proc(5), ctxt_switches), and does it wait for something."""
    said: dict[bytes, bytes] = {}
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status", "rb") as file:
        said = dict(line.split(b":", 1) for line in file.read().splitlines() if b":" in line)
    counts = [int(said[kind]) for kind in (b"voluntary_ctxt_switches", b"nonvoluntary_ctxt_switches") if kind in said]
    return sum(counts), len(counts) == 2 and said.get(b"State", b"").split()[:1] == [b"S"]


def peers_of(pid: int) -> list[str]:
    """Whom a process talks to by TCP, as "address:port"."""
    inodes = set()
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                target = os.readlink(f"/proc/{pid}/fd/{name}")
                if target.startswith("socket:["):
                    inodes.add(target[8:-1].encode())
    found = []
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/net/{table}", "rb") as file:
            for line in file.read().splitlines()[1:]:
                words = line.split()
                if words[9] in inodes and words[3] in TALKING:
                    found.append(peer(words[2].decode(), family))
    return sorted(found)


def peer(written: str, family: int) -> str:
    """An address and port as proc_net_tcp(5) has them: words of 32 bits in the machine's own order, in hexadecimal."""
    address, _, port = written.partition(":")
    words = [int(address[at : at + 8], 16) for at in range(0, len(address), 8)]
    return "{}:{}".format(socket.inet_ntop(family, struct.pack(f"={len(words)}I", *words)), int(port, 16))
