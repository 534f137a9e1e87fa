"""Tells a conversation under way from a daemon: whoever has only what somebody else's port accepted, by /proc alone."""

from __future__ import annotations

import os
from collections.abc import Iterator

TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
LISTENS = "0A"
SOCKET = "socket:["


def converses(pid: int) -> bool:
    """Whether a process talks to somebody who called a port of this host, and listens nowhere itself.

    A session of sshd's, a program of inetd's: its daemon may have been started anew meanwhile, and then it is init's
    child as daemons are. It ends with what it was called for.
    """
    held = sockets_of(pid)
    if not held:
        return False
    table = list(connections())
    ports = {port for port, state, _ in table if state == LISTENS}
    own = [(port, state) for port, state, inode in table if inode in held]
    listens = any(state == LISTENS for _, state in own)
    return not listens and any(port in ports for port, _ in own)


def sockets_of(pid: int) -> set[str]:
    """The inodes of the sockets that a process has; none of one that has ended."""
    found: set[str] = set()
    try:
        numbers = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return found
    for number in numbers:
        try:
            leads = os.readlink(f"/proc/{pid}/fd/{number}")
        except OSError:
            continue
        if leads.startswith(SOCKET):
            found.add(leads[len(SOCKET) : -1])
    return found


def connections() -> Iterator[tuple[str, str, str]]:
    """Local port, state and inode of every TCP socket (proc_net(5))."""
    for table in TABLES:
        try:
            with open(table, encoding="ascii", errors="replace") as stream:
                lines = stream.read().splitlines()[1:]
        except OSError:
            continue
        for words in (line.split() for line in lines):
            if len(words) > 9:
                yield words[1].rpartition(":")[2], words[3], words[9]
