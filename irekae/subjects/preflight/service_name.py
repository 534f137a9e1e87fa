"""The name that the public knows the service by: one that nobody knows is likely a typing error."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterable

from irekae.site.site import Site
from irekae.subjects.preflight.identity import NOT_FOUND
from irekae.subjects.preflight.obstacle import Obstacle
from irekae.swap.swap import Swap


def known(swap: Swap) -> Iterable[Obstacle]:
    """No obstacle: a name may be known outside alone. It is told, where production finds no address of it either."""
    name = swap.site.site.service_name
    declared = {*_declared(swap.site), *(host.fqdn.lower() for host in swap.inventory.pair)}
    if name.lower() not in declared and swap.production.look("getent", "ahosts", name).status == NOT_FOUND:
        swap.production.warn(
            f"[site] service_name of site.toml is {name}, of which {swap.production.name} finds no address, and which "
            "no page, zone or mail domain of site.toml has: is it written as it should be?"
        )
    return ()


def _declared(site: Site) -> Iterable[str]:
    """The names that site.toml has besides, small."""
    pages = [urllib.parse.urlsplit(page.url).hostname or "" for page in (site.web.pages if site.web else [])]
    answers = [answer.name for answer in site.answers]
    named = [one.name for one in site.certificates] + ([site.pop.name] if site.pop else [])
    return {one.lower() for one in (*pages, *answers, *named, *site.zones, *site.domains) if one}
