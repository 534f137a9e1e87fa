"""Which file states the interface's address, and what 5.3 asks about it: found by looking."""

from irekae.host.host import Host
from irekae.subjects.network.managers import Wanted, choose
from irekae.swap.swap import Swap


def wanted_on(host: Host, swap: Swap) -> Wanted:
    """What 5.3 asks about a host that bears its old name."""
    network, other = swap.site.network, swap.inventory.other(host.entry.name)
    return Wanted(
        network.interface, host.entry.addresses, other.addresses, tuple(network.stays), network.interfaces or ""
    )


def live_file(host: Host, swap: Swap) -> str:
    """The file that site.toml names, or else the one in which the interface's address is found; "" for none."""
    wanted = wanted_on(host, swap)
    return wanted.named or choose(host, wanted.interface).file(host, wanted)
