"""resolv.conf(5), read as the C library reads it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

MOST_SERVERS = 3
"""The library uses the first three (MAXNS)."""


@dataclass(frozen=True)
class ResolverConfig:
    """What counts of resolv.conf."""

    servers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def told(self) -> str:
        """For `expected` and `found`."""
        lines = [
            *(f"nameserver {one}" for one in self.servers),
            f"search {' '.join(self.search)}" if self.search else "",
        ]
        return " / ".join(filter(None, lines)) or "nothing"


def resolver_config(text: str) -> ResolverConfig:
    """Read resolv.conf: a keyword counts at the beginning of its line alone, of `search` and `domain` the last one."""
    servers: list[str] = []
    search: tuple[str, ...] = ()
    options: list[str] = []
    for line in text.split("\n"):
        words = line.split()
        if not words or line[0] in "#; \t":
            continue
        if words[0] == "nameserver" and len(words) > 1:
            servers.append(words[1])
        elif words[0] == "domain" and len(words) > 1:
            search = (_plain(words[1]),)
        elif words[0] == "search":
            search = tuple(map(_plain, words[1:]))
        elif words[0] == "options":
            options += words[1:]
    return ResolverConfig(tuple(servers[:MOST_SERVERS]), search, tuple(options))


def _plain(domain: str) -> str:
    return domain.rstrip(".").lower()
