"""Sockets that wait for others, as ss(8) tells them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LISTENING = ("ss", "-H", "-l", "-t", "-u", "-n", "-p")
EVERYWHERE = frozenset({"0.0.0.0", "*", "::"})
_USER = re.compile(r'"([^"]+)",pid=(\d+)')


@dataclass(frozen=True)
class Socket:
    """One of them.

    Attributes:
        port: kind and number, as site.toml writes it: tcp/25.
        address: that it is bound to, without brackets and interface.
        users: name and number of each process that has it.
    """

    port: str
    address: str
    users: tuple[tuple[str, int], ...]

    @property
    def process(self) -> str:
        """The first one's name, "a daemon" where ss knows none."""
        return self.users[0][0] if self.users else "a daemon"


def sockets_of(said: str) -> Iterator[Socket]:
    """What LISTENING has printed, line by line; of what is no socket of TCP or UDP nothing."""
    for line in said.splitlines():
        words = line.split()
        where, _, port = words[4].rpartition(":") if len(words) > 4 else ("", "", "")
        if words[:1] in (["tcp"], ["udp"]) and port.isdecimal():
            users = tuple((name, int(pid)) for name, pid in _USER.findall(line))
            yield Socket(f"{words[0]}/{port}", where.partition("%")[0].strip("[]"), users)
