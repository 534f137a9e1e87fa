"""What brings a host's interface up: one adapter for each network manager, chosen by looking.

An adapter says in a few verbs how the address is stated, staged, proved, taken down and up, and what guards it at boot.
The watchdog knows no network manager: it is given the adapter's commands as data. To add one, write a module here with
a class like `Ifupdown`, and put it into `MANAGERS`; the contract tests take it from there.
"""

from __future__ import annotations

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.subjects.network.managers.adapter import Commands, GuardFile, Guards, NetworkManager, Wanted, Way
from irekae.subjects.network.managers.ifupdown import Ifupdown
from irekae.subjects.network.managers.netplan import Netplan
from irekae.subjects.network.managers.networkd import Networkd
from irekae.subjects.network.managers.networkmanager import NetworkManagerAdapter
from irekae.swap.obstacle import Obstacle

__all__ = ["MANAGERS", "Commands", "GuardFile", "Guards", "NetworkManager", "Wanted", "Way", "choose", "strangers"]

# netplan before those that do its work.
MANAGERS: tuple[NetworkManager, ...] = (Ifupdown(), Netplan(), Networkd(), NetworkManagerAdapter())


def choose(host: Host, interface: str) -> NetworkManager:
    """The network manager that has the interface; ifupdown where none is seen to, so that it says what is missing."""
    return next((manager for manager in MANAGERS if manager.has(host, interface)), MANAGERS[0])


def strangers(host: Host, interface: str) -> Iterable[Obstacle]:
    """Network managers that have the interface beside the one that was chosen; or that none has it."""
    having = [manager for manager in MANAGERS if manager.has(host, interface)]
    names = [manager.name for manager in having]
    if not having:
        known = ", ".join(manager.name for manager in MANAGERS)
        yield Obstacle(
            f"no network manager has {interface} ({known} were asked): its address was set otherwise",
            f"give {interface} to one of them, with a file that states the address",
        )
    for name in names[1:]:
        if name not in having[0].through:
            yield Obstacle(
                f"{interface} is {name}'s too, beside {names[0]}",
                f"leave it to one of them: take it out of {name}'s files, or tell {name} to let it be",
            )
