"""What the editors speak about: a host's names, the exchange, and what an edit did.

A name keeps its address for ever (items 5.1 and 5.3): a host that becomes `ika` takes ika's short name, label, full
name and address together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class HostNames:
    """The names under which one host of the pair is known, and the address that belongs to them.

    short: `ika`; label: the first label of the full name, `ika-itpass`; fqdn: without a final dot;
    address: IPv4 in dotted form; ipv6: as ipaddress spells it, "" without one.
    """

    short: str
    label: str
    fqdn: str
    address: str
    ipv6: str = ""

    @classmethod
    def of(cls, short: str, fqdn: str, address: str, ipv6: str = "") -> HostNames:
        """Names from what the inventory declares; the label is read off the full name."""
        bare = fqdn.rstrip(".")
        return cls(short=short, label=bare.partition(".")[0], fqdn=bare, address=address, ipv6=ipv6)

    @property
    def names(self) -> tuple[str, ...]:
        """Every spelling of the name, the longest first."""
        return tuple(sorted({self.fqdn, self.label, self.short}, key=lambda name: (-len(name), name)))

    @property
    def forms(self) -> tuple[str, ...]:
        """Every name, and the addresses."""
        return (*self.names, *self.addresses)

    @property
    def addresses(self) -> tuple[str, ...]:
        """IPv4, and IPv6 where there is one."""
        return (self.address, *([self.ipv6] if self.ipv6 else []))


@dataclass(frozen=True)
class Exchange:
    """On this host, which was called `old` and shall be called `new`.

    today: the day of the swap; the editor of zone files makes the serial from it. Give every edit of one swap the same
    day, or a resumed edit comes to another result than the interrupted one (D7).
    """

    old: HostNames
    new: HostNames
    today: date


@dataclass(frozen=True)
class Change:
    """One changed line, for people; bytes that are not UTF-8 are shown as `\\xNN`. line: from 1."""

    line: int
    before: str
    after: str


@dataclass(frozen=True)
class Leftover:
    """A word that looks like an old name but is not understood, for a person to judge (5.2).

    line: from 1; text: the line as it stands in the result; word: what was found, with what it hangs together with.
    """

    line: int
    text: str
    word: str


@dataclass(frozen=True)
class Edited:
    """The new content, what was changed in it, and what was left for a person."""

    text: bytes
    changes: tuple[Change, ...] = ()
    left: tuple[Leftover, ...] = ()


Editor = Callable[[bytes, Exchange], Edited]
"""Text in, text out; pure. What is not understood is left alone and listed."""
