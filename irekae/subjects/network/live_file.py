"""Which interface has the address that is exchanged, which file states it, what 5.3 asks about it: found by looking."""

import json

from irekae.host.host import Host
from irekae.subjects.network import kernel
from irekae.subjects.network.managers import Wanted, choose
from irekae.swap.swap import Swap


def interface_of(host: Host, swap: Swap) -> str:
    """The interface that site.toml names, or else the one that holds an address of the pair; "" for none.

    It is the machine's: it stays as the names move. In the midst of the exchange, when no interface holds an address,
    what the watchdog goes by tells.
    """
    if named := swap.site.network.interface:
        return named
    known: str = host.link.facts.get(_FACT, "")
    if not known:
        known = _holding(host, swap) or _guarded(host, swap)
        host.link.facts[_FACT] = known
    return known


_FACT = "interface"  # it changes in no swap: asked for once a connection


def _holding(host: Host, swap: Swap) -> str:
    found = kernel.devices(host)
    wanted = [*host.entry.addresses, *swap.inventory.other(host.entry.name).addresses]
    holders = (device.name for address in wanted for device in found if kernel.held(found, device.name, address))
    return next(holders, "")


def bears_its_addresses(host: Host, swap: Swap) -> bool:
    """Does that interface hold the host's addresses; else what is seen of it is of another one, or of none."""
    return kernel.holds_all(kernel.devices(host), interface_of(host, swap), host.entry.addresses)


def _guarded(host: Host, swap: Swap) -> str:
    held = host.find(f"{swap.site.site.state}/exchange/guard.json")
    return str(json.loads(held.data)["interface"]) if held else ""


def wanted_on(host: Host, swap: Swap) -> Wanted:
    """What 5.3 asks about a host that bears its old name."""
    network, other = swap.site.network, swap.inventory.other(host.entry.name)
    return Wanted(
        interface_of(host, swap),
        host.entry.addresses,
        other.addresses,
        tuple(network.stays),
        network.interfaces or "",
    )


def live_file(host: Host, swap: Swap) -> str:
    """The file that site.toml names, or else the one in which the interface's address is found; "" for none."""
    wanted = wanted_on(host, swap)
    return wanted.named or choose(host, wanted.interface).file(host, wanted)
