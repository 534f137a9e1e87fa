"""May the interface's address be exchanged: by what the kernel says, what states it, who else puts it up."""

from collections.abc import Iterable, Sequence

from irekae.host.host import Host
from irekae.subjects.network import holders, kernel
from irekae.subjects.network.live_file import interface_of, live_file, wanted_on
from irekae.subjects.network.managers import choose, strangers
from irekae.subjects.network.managers.ifupdown_files import MAIN
from irekae.swap.obstacle import Obstacle
from irekae.swap.swap import Swap


def obstacles(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Why the host's address cannot be exchanged, all of it; nothing when it can."""
    network, wanted = swap.site.network, wanted_on(host, swap)
    found = kernel.devices(host)
    yield from kernel.obstacles(found, wanted.interface, wanted.own, network.stays)
    if not kernel.holds_all(found, wanted.interface, wanted.own):
        return  # what follows would be of another interface: of its file, of its network manager
    yield from _of_the_name(host, found, network.stays)
    nobodys = list(strangers(host, wanted.interface))
    manager = choose(host, wanted.interface)
    if manager.has(host, wanted.interface) or host.exists(MAIN):
        yield from manager.obstacles(host, wanted)
    yield from nobodys
    live = live_file(host, swap)
    yield from holders.obstacles(host, (*wanted.own, *wanted.other), live, manager.name)
    for file in swap.site.files:
        if file.of_interface and file.path != live:
            yield Obstacle(
                f"site.toml: [[files]] has {file.path} for the interface, whose file is {live or 'not found'}",
                "name that file, or leave the entry out: 5.3 finds it by looking",
            )


def _of_the_name(host: Host, found: Sequence[kernel.Device], stays: Sequence[str]) -> Iterable[Obstacle]:
    """Further addresses by which the host's own name is known, on whichever interface: they would go on naming it."""
    names = {host.entry.fqdn, host.entry.name}
    said = "\n".join(host.look("getent", "ahosts", name).text for name in sorted(names))
    known = {line.split()[0] for line in said.splitlines() if line.split()} - {*host.entry.addresses, *stays}
    for device in found:
        for one in device.addresses:
            # What stays on the interface itself is told by the kernel's own check.
            if one.local in known and (device.name != _holder(found, host.entry.address) or one.passing):
                yield Obstacle(
                    f"{host.entry.fqdn} is {one.local} too, on {device.name}: should it move with the name or stay",
                    f'if it belongs to the machine: stays = ["{one.local}"] in [network] of site.toml, and take the '
                    "name off it (/etc/hosts, DNS)",
                )


def _holder(found: Sequence[kernel.Device], address: str) -> str:
    """The interface that holds an address; "" for none."""
    return next((one.name for one in found if any(held.local == address for held in one.addresses)), "")


def pair_obstacles(swap: Swap) -> Iterable[Obstacle]:
    """Why the two addresses cannot change places."""
    here, there = swap.production, swap.standby
    names = interface_of(here, swap), interface_of(there, swap)
    devices = kernel.devices(here), kernel.devices(there)
    for own, other in zip(here.entry.addresses, there.entry.addresses, strict=True):
        ours, theirs = kernel.held(devices[0], names[0], own), kernel.held(devices[1], names[1], other)
        yield from kernel.pair_obstacles(ours, theirs)
