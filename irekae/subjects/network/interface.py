"""May the interface's address be exchanged: by what the kernel says, what states it, who else puts it up."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.subjects.network import holders, kernel
from irekae.subjects.network.managers import choose, strangers
from irekae.swap.obstacle import Obstacle
from irekae.swap.swap import Swap


def obstacles(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Why the host's address cannot be exchanged, all of it; nothing when it can."""
    network, address = swap.site.network, host.entry.address
    other = swap.inventory.other(host.entry.name).address
    found = kernel.devices(host)
    yield from kernel.obstacles(found, network.interface, address, network.stays)
    yield from choose(host, network.interface).obstacles(host, network, other)
    for device in found:
        if device.name == network.interface:
            yield from strangers(host, device.name, device.index)
    yield from holders.obstacles(host, (address, other))
    for file in swap.site.files:
        if file.editor == "interfaces" and file.path != network.interfaces:
            yield Obstacle(
                f"site.toml: [[files]] has {file.path} for the interface, [network] interfaces is {network.interfaces}",
                "name one file in both places",
            )


def pair_obstacles(swap: Swap) -> Iterable[Obstacle]:
    """Why the two addresses cannot change places."""
    name = swap.site.network.interface
    ours, theirs = (
        kernel.held(kernel.devices(host), name, host.entry.address) for host in (swap.production, swap.standby)
    )
    yield from kernel.pair_obstacles(ours, theirs)
