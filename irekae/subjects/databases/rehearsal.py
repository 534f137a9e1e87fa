"""Could the databases be dumped, on production to be copied, on the standby to be kept: tried without their data."""

from collections.abc import Iterator

from irekae.site.databases import Database
from irekae.subjects.databases import said
from irekae.subjects.databases.far_end import inquire, names_of, server_of
from irekae.swap.obstacle import Obstacle
from irekae.swap.swap import Swap


def rehearsed(swap: Swap, entry: Database, ours: said.Look) -> Iterator[Obstacle]:
    """An obstacle for each database that could not; its dump ends at the first thing that it does not understand.

    Args:
        swap: the swap.
        entry: of site.toml.
        ours: what production's server says.
    """
    for host in (swap.production, swap.standby) if entry.by == "dump" else ():
        names = names_of(entry, ours)
        answer = inquire(host, swap, "rehearse", server_of(entry), said.Rehearsed, names=names)
        for why in answer.against:
            yield Obstacle(
                f"{entry.label} could not be dumped: {' '.join(why.split())}",
                "mend or drop what it names (a view of a table that is gone, a definer that is no account any more)",
                host.name,
            )
