"""The verbs of a network manager."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from irekae.host.host import Host
from irekae.host.names import Exchange
from irekae.host.services import ServiceManager
from irekae.swap.obstacle import Obstacle

Argv = list[str]
Way = list[Argv]
"""Commands that are run one after the other, all of them, whatever each says."""


@dataclass(frozen=True)
class Wanted:
    """What 5.3 asks about.

    Attributes:
        interface: its name.
        own: the addresses of the name that the host bears.
        other: those of the other host's.
        stays: further addresses that stay with the machine, by site.toml.
        named: the interface's file by site.toml, "" where that leaves it to looking.
    """

    interface: str
    own: tuple[str, ...]
    other: tuple[str, ...]
    stays: tuple[str, ...] = ()
    named: str = ""


@dataclass(frozen=True)
class Commands:
    """How the watchdog moves the interface; `{file}` stands for the staged file of the side that is meant.

    Attributes:
        down: ways to take a side's address down, the link aside.
        up: ways to bring a side's address up: the way home, tried one after the other.
        restart: the host's own restart of the network, with the side's file in place (6.1), and what else would do.
        others: afterwards, on the way home: what a restart took down besides.
        shown: prints how an interface is defined; its name is added.
        hold: files that keep the network manager's hands off the interface while the watchdog has it: path → text.
        in_place: `up` reads the file that is in place, not a staged one.
        settles: seconds in which an address is there once a command has ended well.
    """

    down: list[Way]
    up: list[Way]
    restart: list[Way]
    others: list[Argv] = field(default_factory=list)
    shown: Argv = field(default_factory=list)
    hold: dict[str, str] = field(default_factory=dict)
    in_place: bool = False
    settles: float = 0.0


@dataclass(frozen=True)
class GuardFile:
    """A file that lets the watchdog decide what comes up, from 5.3 until 6.1 is confirmed.

    own_folder: its folder is there for such files alone, and goes with the last of them.
    only_with: it is put there where this path exists; empty: everywhere.
    """

    path: str
    data: bytes
    mode: int
    own_folder: bool = False
    only_with: str = ""


@dataclass(frozen=True)
class Guards:
    """The files that ask the watchdog, and the commands that make a change of them known."""

    files: list[GuardFile]
    told: list[Argv] = field(default_factory=list)


class NetworkManager(Protocol):
    """What brings an interface up at boot."""

    name: ClassVar[str]
    through: ClassVar[tuple[str, ...]]
    """Network managers that do its work: where it has the interface, they have it too."""
    programs: ClassVar[tuple[tuple[str, str], ...]]
    """What it runs, each with the package of Debian that brings it."""

    def has(self, host: Host, interface: str) -> bool:
        """Did it bring the interface up."""

    def file(self, host: Host, wanted: Wanted) -> str:
        """The file that states the addresses; "" where none does, or several do."""

    def obstacles(self, host: Host, wanted: Wanted) -> Iterable[Obstacle]:
        """Why it cannot exchange the host's addresses for the other's."""

    def staged(self, text: bytes, exchange: Exchange) -> bytes:
        """The interface's file with the new addresses."""

    def prove(self, host: Host, wanted: Wanted, path: str) -> None:
        """The file at path brings the interface up with the other's addresses, as the network manager reads it.

        Raises:
            SwapError: it does not.
        """

    def commands(self, host: Host, wanted: Wanted) -> Commands:
        """How the interface is moved."""

    def by_hand(self, interface: str, services: ServiceManager) -> str:
        """What a person types to have the interface's file read anew, on a host with that service manager."""

    def guards(self, interface: str, script: str) -> Guards:
        """What asks the watchdog, whose path is script, before an interface comes up."""

    def may_lie_beside(self, path: str) -> bool:
        """Is a dated copy beside the file read by nobody."""
