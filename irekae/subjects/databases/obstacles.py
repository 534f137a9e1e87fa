"""Why a server's databases cannot be copied, by what both servers say of themselves: pure."""

from collections.abc import Collection, Iterator

from irekae.site.databases import Database
from irekae.subjects.databases.far_end import names_of, size_of
from irekae.subjects.databases.files_obstacles import file_obstacles
from irekae.subjects.databases.said import Look
from irekae.swap.obstacle import Obstacle

SLACK = 256 << 20  # bytes that must stay free
SHOWN = 5  # tables that are named
KIND_WORDS = {
    "engine": "install the package that brings the engine, or change the table on production (ALTER TABLE … ENGINE)",
    "collation": "use the same release on both, or change the table's collation on production",
    "encoding": "use the same release on both",
    "extension": "install the package that brings the extension (for contrib's: postgresql-contrib)",
    "locale": "`dpkg-reconfigure locales`, choose it, and start the server again",
    "administrator": "`createuser --superuser` there: administrators are not copied",
    "lower_case_table_names": "give both servers the same lower_case_table_names before they hold data",
}


def obstacles(
    entry: Database,
    ours: Look,
    theirs: Look,
    production: str,
    standby: str,
    covered: Collection[str] = (),
    copied: bool = False,
    last: bool = False,
) -> Iterator[Obstacle]:
    """All of them, each with what ends it.

    Args:
        entry: of site.toml.
        ours, theirs: what production's and the standby's server say.
        production, standby: what the hosts are called.
        covered: databases whose own contents are kept already.
        copied: has a copy of the files, or a part of it, its room already.
        last: is it only compared once more: nothing comes that needs room.
    """
    for look, name in ((ours, production), (theirs, standby)):
        for why in look.against:
            yield Obstacle(f"{entry.label}: {why}", "end that first; a copy would go there too, or come undone", name)
    missing = [name for name in entry.names if name not in ours.databases]
    if missing:
        what = f"{entry.label} has no database {', '.join(missing)}"
        yield Obstacle(what, "correct names of [[databases]] in site.toml", production)
    names = [name for name in names_of(entry, ours) if name in ours.databases]
    yield from _needs(entry, ours, theirs, names, standby)
    if entry.by == "files":
        yield from file_obstacles(entry, ours, theirs, production, standby, copied or last)
        names = list(theirs.databases)  # the standby's server goes as a whole
    else:
        yield from _release(entry, ours, theirs, standby)
        yield from () if last else _room(entry, ours, theirs, names, covered, standby)
        yield from _lost(entry, ours, names, production)
    yield from _own_data(entry, ours, theirs, [name for name in names if name not in covered], standby)


def _lost(entry: Database, ours: Look, names: list[str], production: str) -> Iterator[Obstacle]:
    """What no dump takes along."""
    for name in names:
        for lost in ours.databases[name].lost:
            remedy = (
                f"a dump does not take it along: drop it (a FLOAT: make it DOUBLE), copy the files "
                f'(by = "files"), or leave {name} out (excludes) and copy it by hand'
            )
            yield Obstacle(f"{entry.label}: {name}: {lost}", remedy, production)


def _release(entry: Database, ours: Look, theirs: Look, standby: str) -> Iterator[Obstacle]:
    """An older server may not understand what a newer one dumps."""
    if theirs.release < ours.release:
        yield Obstacle(
            f"{entry.label} is {theirs.version}, older than production's {ours.version}",
            "install the same release there, or a newer one",
            standby,
        )
    for name, limit in ours.limits.items():
        if theirs.limits.get(name, 0) < limit:
            yield Obstacle(
                f"{entry.label}: {name} is {theirs.limits.get(name, 0)}, less than production's {limit}",
                f"give it production's value in the server's configuration, and start it again ({name} = {limit})",
                standby,
            )


def _needs(entry: Database, ours: Look, theirs: Look, names: list[str], standby: str) -> Iterator[Obstacle]:
    lacking: dict[str, list[str]] = {}
    for name in names:
        for need in ours.databases[name].needs:
            # Administrators come along with the files.
            if need not in theirs.offers and not (entry.by == "files" and need.startswith("administrator ")):
                lacking.setdefault(need, []).append(name)
    for need, whose in sorted(lacking.items()):
        remedy = KIND_WORDS[need.split(" ")[0]]
        yield Obstacle(f"{entry.label} lacks {need}, which {', '.join(whose)} needs", remedy, standby)


def _room(
    entry: Database, ours: Look, theirs: Look, names: list[str], covered: Collection[str], standby: str
) -> Iterator[Obstacle]:
    """There is room for production's data, and for what is kept of the standby's own: that is done once in a swap."""
    kept = size_of(theirs, [name for name in names if name not in covered])
    room, own = theirs.room, theirs.own_room
    wanted = {room.folder: size_of(ours, names) - size_of(theirs, names) + SLACK}
    if own.device == room.device:
        wanted[room.folder] += kept
    else:
        wanted[own.folder] = kept + SLACK
    free = {room.folder: room.free, own.folder: own.free}
    for folder, bytes_ in wanted.items():
        if bytes_ > free[folder]:
            what = f"{entry.label} needs {bytes_ >> 20} MiB more below {folder}, {free[folder] >> 20} MiB are free"
            yield Obstacle(what, "make room there", standby)


def _own_data(entry: Database, ours: Look, theirs: Look, names: list[str], standby: str) -> Iterator[Obstacle]:
    """Rows that are on the standby alone go only where site.toml says so."""
    for name in names:
        if name in entry.may_delete or name not in theirs.databases:
            continue
        there = ours.databases[name].tables if name in ours.databases else {}
        alone = [table for table, filled in theirs.databases[name].tables.items() if filled and table not in there]
        if alone:
            more = ", …" if len(alone) > SHOWN else ""
            yield Obstacle(
                f"{entry.label}: {name} has data in tables that production lacks: {', '.join(alone[:SHOWN])}{more}",
                f'take them over to production, or let them go: may_delete = ["{name}"] in [[databases]] of '
                "site.toml; `fab rollback` gives them back",
                standby,
            )
