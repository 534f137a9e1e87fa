"""Databases of production that site.toml says nothing of: they would stay behind, and nobody would know. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from irekae.site.databases import Database
from irekae.site.trees import holds
from irekae.subjects.databases.said import Look
from irekae.swap.obstacle import Obstacle

SHOWN = 5  # tables that are named


def undeclared(looks: Sequence[tuple[Database, Look]], left: Sequence[str], production: str) -> Iterator[Obstacle]:
    """An obstacle for each: a database with data, tables in the server's own one, a server that runs.

    Args:
        looks: entries of site.toml, each with what production's server says.
        left: paths of [[trees_left]].
        production: what the host is called.
    """
    for entry, look in looks:
        if entry.by == "dump":
            yield from _databases(entry, look, production)
    named = {(entry.kind, look.room.folder) for entry, look in looks}
    others: Mapping[tuple[str, str], None] = {(entry.kind, one): None for entry, look in looks for one in look.others}
    for kind, folder in others:
        if (kind, folder) not in named and not any(holds(path, folder) for path in left):
            yield Obstacle(
                f"{kind}: another server runs on {folder}, and stays behind: no part of site.toml holds it",
                "give it a [[databases]] of its own (cluster, as pg_lsclusters says it); or let it stay, and say why: "
                f'[[trees_left]] path = "{folder}", why = "…"',
                production,
            )


def _databases(entry: Database, look: Look, production: str) -> Iterator[Obstacle]:
    for name, held in look.databases.items():
        if any(held.tables.values()) and entry.names and name not in [*entry.names, *entry.excludes]:
            yield Obstacle(
                f"{entry.label}: the database {name} stays behind: no part of site.toml holds it",
                f'name it (names of [[databases]]), or let it stay: excludes = ["{name}"] there',
                production,
            )
    if look.own and "postgres" not in entry.excludes:
        more = ", …" if len(look.own) > SHOWN else ""
        yield Obstacle(
            f"{entry.label}: tables in the database postgres stay behind: {', '.join(look.own[:SHOWN])}{more}",
            'move them into a database of their own, or let them stay: excludes = ["postgres"] in [[databases]]',
            production,
        )
