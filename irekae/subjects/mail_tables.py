"""The files in which production's mail system looks things up go over to the standby, and are compiled there (3.7)."""

import posixpath
import shlex
from collections.abc import Iterable, Iterator, Sequence

from irekae.host.host import Host
from irekae.host.many import read_known, read_many
from irekae.host.overlay import File
from irekae.site.site import Site
from irekae.subjects.mail import system_of
from irekae.subjects.mail.tables import Table, included
from irekae.subjects.mail_users import files_of_users, stays
from irekae.subjects.small_copies import copy_files
from irekae.swap.obstacle import Obstacle
from irekae.swap.swap import Swap

MOST = 1000  # files of addresses that others include


def tables_of(host: Host, site: Site) -> list[Table]:
    """All that are there and go over, with the files of addresses that aliases include.

    Not those of a data tree, which goes over as a whole, nor those that site.toml gives to each machine: [[files]],
    [mail] own_tables.
    """
    return [table for table, kind in _named(host, site).items() if kind == "file"]


def _named(host: Host, site: Site) -> dict[Table, str]:
    """Those that go over, with what lies there: "" for nothing."""
    if not (site.mail and site.mail.tables):
        return {}
    found = {table.path: table for table in system_of(site).tables(host)}
    kinds, users = _include(host, found), files_of_users(host, site)
    return {table: kinds[path] for path, table in sorted(found.items()) if not stays(site, path) and path not in users}


def _include(host: Host, found: dict[str, Table]) -> dict[str, str]:
    """Add what files include, and what those include; what lies at each path."""
    kinds: dict[str, str] = {}
    while left := [path for path in found if path not in kinds]:
        states = host.record.ground.stat_all(left)
        kinds |= {path: str(state["kind"]) if state else "" for path, state in states.items()}
        held = read_known(host, states if len(found) < MOST else {})
        found |= {inner: Table(inner) for file in held.values() for inner in included(file.data) if inner not in found}
    return kinds


def copy_tables(swap: Swap) -> None:
    """Copy them with mode, time, and owner by name; what each stood for on the standby is kept with the date."""
    tables, host = tables_of(swap.production, swap.site), swap.standby
    paths = [table.path for table in tables]
    ours, theirs = read_many(swap.production, paths), read_many(host, paths)
    other = [path for path in paths if not _same(ours.get(path), theirs.get(path))]
    for path in other:
        if path in theirs:
            host.keep_dated(path)
    copy_files(swap, [(path, path) for path in paths if path in other or not _alike(ours[path], theirs[path])])
    compiled = [table for table in tables if table.kind]
    there = {*host.there([table.path for table in compiled])}
    fresh = _fresh(host, [table for table in compiled if table.path not in other])
    for table in compiled:
        if table.path in there and table not in fresh:
            _compile(host, table)


def _same(ours: File | None, theirs: File | None) -> bool:
    return ours is not None and theirs is not None and ours.data == theirs.data


def _alike(ours: File, theirs: File) -> bool:
    """Has it the same mode and owners on both hosts; a time is no reason to compile it anew."""
    return all(ours.state.get(key) == theirs.state.get(key) for key in ("mode", "owner", "group"))


def _compile(host: Host, table: Table) -> None:
    """Have it made of what lies there now; an undo brings back what was made before, as it was."""
    argv = [*table.maker, table.name]
    host.record.change(
        f"make {table.compiled[0]} anew", {"kind": "restore"}, table.compiled, (f"$ {shlex.join(argv)}",)
    )
    if not host.planned:
        host.query(*argv)


def _fresh(host: Host, tables: Sequence[Table]) -> set[Table]:
    """Those made since their text was put there: by the time of the file's last change, which nobody sets."""
    asked = [(table, path) for table in tables for path in table.compiled]
    looks = host.look_at_all([("find", path, "-newermc", table.path) for table, path in asked])
    stale = {table for (table, _), look in zip(asked, looks, strict=True) if look.status or not look.text.strip()}
    return {*tables} - stale


def not_as_copied(swap: Swap) -> Iterator[str]:
    """A line for each that differs between the two hosts now."""
    paths = [table.path for table in tables_of(swap.production, swap.site)]
    ours, theirs = read_many(swap.production, paths), read_many(swap.standby, paths)
    for path in paths:
        if not _same(ours.get(path), theirs.get(path)):
            yield f"{path}: changed since 3.7"


def not_made(swap: Swap) -> Iterable[Obstacle]:
    """Each table can be put there and compiled on the standby."""
    kinds, ika, tako = _named(swap.production, swap.site), swap.production, swap.standby
    for table in (table for table, kind in kinds.items() if kind not in ("file", "")):
        what = f"the mail system looks things up in {table.path}, which is no plain file ({kinds[table]}, 3.7)"
        yield Obstacle(what, "name the file itself, or name it in [mail] own_tables of site.toml", ika.name)
    wanted = [table for table, kind in kinds.items() if kind == "file"]
    folders = sorted({posixpath.dirname(table.path) for table in wanted})
    there = tako.there(folders)
    for folder in folders:
        if folder not in there:
            remedy = f"make it on {tako.name}, with owner and mode as on {ika.name}"
            yield Obstacle(f"there is no {folder}, into which 3.7 copies", remedy, tako.name)
    for line in system_of(swap.site).no_maker(tako, wanted):
        yield Obstacle(
            f"{line}, which production has (3.7)",
            "install it (postfix-cdb, postfix-lmdb …); or have both use one kind, or name it in [mail] own_tables",
            tako.name,
        )
