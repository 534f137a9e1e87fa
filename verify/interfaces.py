"""Which interface holds which addresses, by the host's own word (5.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from testinfra.host import Host

from irekae.site.site import Site

Held = Mapping[str, Sequence[str]]
"""Interface → its addresses."""


def held_on(host: Host) -> Held:
    """All interfaces of a host."""
    return {name: host.interface(name).addresses for name in host.interface.names()}


def of_name(site: Site, held: Held, address: str) -> str:
    """The interface that site.toml names, or else the one that holds the address of the name; "" for none."""
    holders = (name for name, addresses in held.items() if address in addresses)
    return site.network.interface or next(holders, "")
