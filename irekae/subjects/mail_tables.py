"""The files in which production's mail system looks things up go over to the standby, and are compiled there (3.7)."""

import posixpath
import shlex
from collections.abc import Iterable, Iterator

from irekae.host.host import Host
from irekae.site.site import Site
from irekae.site.trees import holds
from irekae.subjects.mail import system_of
from irekae.subjects.mail.tables import Table, included
from irekae.subjects.small_copies import copy_files, same
from irekae.swap.obstacle import Obstacle
from irekae.swap.swap import Swap

MOST = 1000  # files of addresses that others include


def tables_of(host: Host, site: Site) -> list[Table]:
    """All that are there and go over, with the files of addresses that aliases include.

    Not those of a data tree, which goes over as a whole, nor those that site.toml gives to each machine: [[files]],
    [mail] own_tables.
    """
    return [table for table in _named(host, site) if _kind(host, table.path) == "file"]


def _named(host: Host, site: Site) -> list[Table]:
    """Those that go over, there or not."""
    if not (site.mail and site.mail.tables):
        return []
    found = {table.path: table for table in system_of(site).tables(host)}
    _include(host, found)
    return [table for path, table in sorted(found.items()) if not _stays(site, path)]


def _include(host: Host, found: dict[str, Table]) -> None:
    """Add what files include, and what those include."""
    left = [*found]
    while left and len(found) < MOST:
        held = host.find(path) if _kind(host, path := left.pop()) == "file" else None
        more = [inner for inner in (included(held.data) if held else []) if inner not in found]
        found |= {inner: Table(inner) for inner in more}
        left += more


def _kind(host: Host, path: str) -> str:
    state = host.record.ground.stat(path)
    return str(state["kind"]) if state else ""


def _stays(site: Site, path: str) -> bool:
    own = [*(site.mail.own_tables if site.mail else []), *(file.path for file in site.files)]
    return path in own or any(holds(tree.path, path) for tree in site.all_trees)


def copy_tables(swap: Swap) -> None:
    """Copy them with mode, time, and owner by name; what each stood for on the standby is kept with the date."""
    tables, host = tables_of(swap.production, swap.site), swap.standby
    other = [table for table in tables if not same(table.path, swap.production, host)]
    for table in other:
        host.keep_dated(table.path)
    copy_files(swap, [(table.path, table.path) for table in tables if table in other or not _alike(swap, table.path)])
    for table in tables:
        if table.kind and host.exists(table.path) and (table in other or not _is_fresh(host, table)):
            _compile(host, table)


def _alike(swap: Swap, path: str) -> bool:
    """Has it the same mode and owners on both hosts; a time is no reason to compile it anew."""
    ours, theirs = (host.record.ground.stat(path) or {} for host in (swap.production, swap.standby))
    return all(ours.get(key) == theirs.get(key) for key in ("mode", "owner", "group"))


def _compile(host: Host, table: Table) -> None:
    """Have it made of what lies there now; an undo brings back what was made before, as it was."""
    argv = [*table.maker, table.name]
    host.record.change(
        f"make {table.compiled[0]} anew", {"kind": "restore"}, table.compiled, (f"$ {shlex.join(argv)}",)
    )
    if not host.planned:
        host.query(*argv)


def _is_fresh(host: Host, table: Table) -> bool:
    """Was it made since its text was put there: by the time of the file's last change, which nobody sets."""
    looks = [host.look("find", path, "-newermc", table.path) for path in table.compiled]
    return all(look.status == 0 and look.text.strip() for look in looks)


def not_as_copied(swap: Swap) -> Iterator[str]:
    """A line for each that differs between the two hosts now."""
    for table in tables_of(swap.production, swap.site):
        if not same(table.path, swap.production, swap.standby):
            yield f"{table.path}: changed since 3.7"


def not_made(swap: Swap) -> Iterable[Obstacle]:
    """Each table can be put there and compiled on the standby."""
    tables, ika, tako = _named(swap.production, swap.site), swap.production, swap.standby
    kinds = {table: _kind(ika, table.path) for table in tables}
    for table in (table for table, kind in kinds.items() if kind not in ("file", "")):
        what = f"the mail system looks things up in {table.path}, which is no plain file ({kinds[table]}, 3.7)"
        yield Obstacle(what, "name the file itself, or name it in [mail] own_tables of site.toml", ika.name)
    wanted = [table for table, kind in kinds.items() if kind == "file"]
    for folder in sorted({posixpath.dirname(table.path) for table in wanted}):
        if not tako.exists(folder):
            remedy = f"make it on {tako.name}, with owner and mode as on {ika.name}"
            yield Obstacle(f"there is no {folder}, into which 3.7 copies", remedy, tako.name)
    for line in system_of(swap.site).no_maker(tako, wanted):
        yield Obstacle(
            f"{line}, which production has (3.7)",
            "install it (postfix-cdb, postfix-lmdb …); or have both use one kind, or name it in [mail] own_tables",
            tako.name,
        )
