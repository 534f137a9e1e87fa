"""What brings a host's interface up: one adapter for each network manager, chosen by looking.

An adapter says in a few verbs how the address is stated, staged, proved, taken down and up, and what guards it at boot.
The watchdog knows no network manager: it is given the adapter's commands as data. To add one, write a module here with
a class like `Ifupdown`, put it into `MANAGERS`, and take its traces out of `others`.
"""

from __future__ import annotations

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.subjects.network.managers import others
from irekae.subjects.network.managers.adapter import Commands, GuardFile, NetworkManager
from irekae.subjects.network.managers.ifupdown import Ifupdown
from irekae.swap.obstacle import Obstacle

__all__ = ["MANAGERS", "Commands", "GuardFile", "NetworkManager", "choose", "strangers"]

MANAGERS: tuple[NetworkManager, ...] = (Ifupdown(),)


def choose(host: Host, interface: str) -> NetworkManager:
    """The network manager that has the interface; ifupdown where none is seen to, so that it says what is missing."""
    return next((manager for manager in MANAGERS if manager.has(host, interface)), MANAGERS[0])


def strangers(host: Host, interface: str, index: int) -> Iterable[Obstacle]:
    """Network managers that have the interface too, and for which there is no adapter."""
    return others.obstacles(host, interface, index)
