"""The verbs of a network manager."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from irekae.host.editors.names import Exchange
from irekae.host.host import Host
from irekae.site.site import Network
from irekae.swap.obstacle import Obstacle

Argv = list[str]


@dataclass(frozen=True)
class Commands:
    """How the watchdog moves the interface; `{file}` stands for the staged file of the side that is meant.

    Attributes:
        down: takes a side's address down, the link aside.
        up: brings a side's address up from its staged file: the way home, tried one after the other.
        restart: the host's own restart of the network, with the side's file in place (6.1).
        others: afterwards, on the way home: what a restart took down besides.
        shown: prints how an interface is defined; its name is added.
    """

    down: list[Argv]
    up: list[Argv]
    restart: list[Argv]
    others: list[Argv]
    shown: Argv


@dataclass(frozen=True)
class GuardFile:
    """A file that lets the watchdog decide what comes up, from 5.3 until 6.1 is confirmed."""

    path: str
    data: bytes
    mode: int


class NetworkManager(Protocol):
    """What brings an interface up at boot."""

    name: str

    def has(self, host: Host, interface: str) -> bool:
        """Did it bring the interface up."""

    def obstacles(self, host: Host, network: Network, other: str) -> Iterable[Obstacle]:
        """Why it cannot exchange the host's address for `other`."""

    def staged(self, text: bytes, exchange: Exchange) -> bytes:
        """The interface's file with the new address."""

    def prove(self, host: Host, interface: str, path: str, address: str) -> None:
        """The file at path brings the interface up with that address, as the network manager itself reads it.

        Raises:
            SwapError: it does not.
        """

    def commands(self, host: Host, interface: str) -> Commands:
        """How the interface is moved."""

    def guards(self, script: str) -> list[GuardFile]:
        """What asks the watchdog, whose path is script, before an interface comes up."""
