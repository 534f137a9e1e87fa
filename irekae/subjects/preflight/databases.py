"""Can the databases be copied: do both servers answer, is the standby's able to hold what production has."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.host.remote import Lost
from irekae.host.service import ServiceHandle
from irekae.model.errors import SwapError
from irekae.site.databases import Database
from irekae.subjects.databases import far_end
from irekae.subjects.databases.obstacles import obstacles
from irekae.subjects.databases.rehearsal import rehearsed
from irekae.subjects.databases.said import Look
from irekae.subjects.databases.undeclared import undeclared
from irekae.subjects.preflight.obstacle import Obstacle
from irekae.swap.swap import Swap


def servers(swap: Swap) -> Iterable[Obstacle]:
    """Each server of site.toml, on both hosts."""
    held: list[tuple[Database, Look]] = []
    for entry in swap.site.databases:
        looks: list[Look] = []
        for host in (swap.production, swap.standby):
            answer = _look(host, swap, entry)
            if isinstance(answer, Look):
                looks.append(answer)
                held += [(entry, answer)] if host is swap.production else []
            else:
                yield answer
        if len(looks) == 2:
            yield from obstacles(entry, looks[0], looks[1], swap.production.name, swap.standby.name)
            yield from rehearsed(swap, entry, looks[0])
    yield from undeclared(held, [left.path for left in swap.site.trees_left], swap.production.name)


def _look(host: Host, swap: Swap, entry: Database) -> Look | Obstacle:
    """What the server says, or why it says nothing."""
    try:
        return far_end.look(host, swap, entry)
    except Lost:
        raise
    except SwapError as error:
        handle = ServiceHandle(host, swap.site.services[entry.service])
        start = handle.manager.by_hand("start", handle.init)
        return Obstacle(
            f"{entry.label} does not answer: {' '.join((error.detail or error.what).split())}",
            f"install or start it (`{start}`), on the standby too: it is off there again after 7.9",
            host.name,
        )
