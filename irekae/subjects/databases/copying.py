"""The copy of databases, host to host (3.6): kept, copied, and compared to the last row before anything is done."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from irekae.host.back import HARMLESS, Back
from irekae.host.host import Host
from irekae.host.interrupt import Workers
from irekae.model.errors import Status, SwapError, again
from irekae.model.journal import undoable
from irekae.site.databases import Database
from irekae.subjects.databases import by_files, copy_run, far_end, said
from irekae.subjects.databases.differences import differing, differing_accounts
from irekae.subjects.databases.evidence import keep_copied
from irekae.subjects.databases.far_end import inquire, kept_in, names_of, server_of, size_of
from irekae.subjects.databases.made import made
from irekae.subjects.databases.obstacles import obstacles
from irekae.subjects.databases.rehearsal import rehearsed
from irekae.swap.swap import Swap

SHOWN = 20  # differences that are told


@dataclass(frozen=True)
class Servers:
    """A server of site.toml on both hosts, as it was found.

    Attributes:
        ours, theirs: what production's and the standby's server say.
        names: the databases that are copied.
    """

    swap: Swap
    entry: Database
    ours: said.Look
    theirs: said.Look
    names: list[str]

    @property
    def alike(self) -> bool:
        """Are both of one release."""
        return self.ours.release == self.theirs.release

    @property
    def size(self) -> int:
        """Bytes of what is copied, on the host that has more."""
        return max(size_of(self.ours, self.names), size_of(self.theirs, self.names))


def copy_databases(swap: Swap) -> None:
    """Make the standby's databases and accounts production's, server by server.

    Raises:
        SwapError: something stands in the way (exit status 3), the copy failed, or what came is not the same.
    """
    for entry in swap.site.databases:
        if entry.by == "files" and not swap.planned:
            by_files.settle(swap, entry)
        servers = found(swap, entry)
        if swap.planned and entry.by == "files":
            by_files.planned(swap, entry, by_files.files_of(servers.ours), by_files.files_of(servers.theirs))
        elif swap.planned:
            _plan(servers)
        else:
            _copy(servers)


def found(swap: Swap, entry: Database, last: bool = False) -> Servers:
    """Look at both servers.

    Args:
        swap: with both hosts bound to an item.
        entry: of site.toml.
        last: is it only compared once more.

    Raises:
        SwapError: the databases cannot be copied, with every reason (exit status 3).
    """
    with Workers(2) as pool:
        asked = [pool.submit(far_end.look, host, swap, entry, last) for host in (swap.production, swap.standby)]
        ours, theirs = (one.result() for one in asked)
    changes = _changes(swap, entry)
    covered = {name for change in changes for name in change["names"]}
    copied = any(change.get("by") == "files" for change in changes)
    hosts = swap.production.name, swap.standby.name
    # What a copy of this very swap has brought, or left half-way, is nobody's own.
    open_ = [str(obstacle) for obstacle in obstacles(entry, ours, theirs, *hosts, covered, copied, last)]
    if not open_ and not last:
        open_ = [str(obstacle) for obstacle in rehearsed(swap, entry, ours)]
    if open_:
        what = f"{entry.label} cannot be copied"
        raise SwapError(what, "\n".join(open_), f"mend that, then {again()}", Status.REFUSED)
    names = names_of(entry, ours)
    # With the files all of the server goes over: what the standby alone has is a difference.
    names += [name for name in theirs.databases if entry.by == "files" and name not in names]
    return Servers(swap, entry, ours, theirs, names)


def _plan(servers: Servers) -> None:
    """What would be copied, and what it would take the place of."""
    lines = []
    for name in servers.names:
        there = servers.theirs.databases.get(name)
        instead = f", instead of {there.size >> 10} KiB in {len(there.tables)} tables" if there else ""
        ours = servers.ours.databases[name]
        lines.append(f"{name}: {ours.size >> 10} KiB in {len(ours.tables)} tables{instead}")
    if servers.entry.roles:
        lines += [f"account {account}" for account in servers.ours.accounts]
    what = f"copy databases of {servers.entry.label} from {servers.swap.production.name}"
    servers.swap.standby.record.change(what, {}, lines=tuple(lines))


def _copy(servers: Servers) -> None:
    swap, entry = servers.swap, servers.entry
    copy_run.watch(swap)  # one that goes on since its operator died
    copy_run.end_receivers(swap.standby, swap)
    _hold_scheduler(servers)
    want_nobody(servers)
    key = secrets.token_hex(16)
    ours, theirs = digests(servers, key)
    databases = differing(ours, theirs, servers.names, servers.alike)
    accounts = _other_accounts(servers, ours, theirs)
    if databases or accounts:
        if entry.by == "files":
            kept = by_files.copy_files(swap, entry, servers.ours, servers.theirs)
            _hold_scheduler(servers)  # they were started
        else:
            kept = _by_dump(servers, list(databases))
        want_nobody(servers)
        ours, theirs = digests(servers, key)
        _remember_left(servers, kept, key, theirs)
    for change in _changes(swap, entry):  # a copy whose call was ended before it had: what is equal is the copy's
        if not swap.standby.exists(f"{change['folder']}.left.json"):
            _remember_left(servers, change["folder"], key, theirs)
    _want_equal(servers, ours, theirs)
    keep_copied(swap, entry, ours, theirs, made(swap.standby, swap, entry, servers.names, servers.size))
    for right in ours.left if entry.roles else ():
        swap.production.say(f"{entry.label}: the right of {right} is left out: there is nothing that it is on")
    rows = sum(count for one in ours.databases.values() for count, _ in one.tables.values())
    tables = sum(len(one.tables) for one in ours.databases.values())
    swap.standby.result(
        f"{entry.label}: {len(ours.databases)} databases are equal: {tables} tables with {rows} rows, "
        f"{len(ours.accounts) if entry.roles else 0} accounts"
    )


def _remember_left(servers: Servers, kept: str, key: str, theirs: said.Digest) -> None:
    """Write down what the copy has left beside what it keeps: whatever differs from that later is somebody's work."""
    if kept:
        left = {"key": key, "names": servers.names, **_left(theirs)}
        servers.swap.standby.remember(f"{kept}.left.json", json.dumps(left).encode())


def _by_dump(servers: Servers, databases: list[str]) -> str:
    """Dump them into the standby's server; the name that what is left is written down beside."""
    swap, entry = servers.swap, servers.entry
    kept = _keep(servers, databases, servers.ours.accounts if entry.roles else None)
    copy_run.send(swap, server_of(entry), databases, entry.roles, size_of(servers.ours, databases))
    return kept


def _other_accounts(servers: Servers, ours: said.Digest, theirs: said.Digest) -> list[str]:
    """The accounts that are not the same; with the files all of them go over."""
    if not servers.entry.roles:
        return []
    alone = sorted({*theirs.accounts} - {*ours.accounts}) if servers.entry.by == "files" else []
    return [*differing_accounts(ours, theirs, servers.alike), *alone]


def _hold_scheduler(servers: Servers) -> None:
    """Jobs of the server's own would write on; the setting comes back with the next boot, or with the undo."""
    for host, look in ((servers.swap.production, servers.ours), (servers.swap.standby, servers.theirs)):
        if look.scheduler:
            socket = [f"--socket={servers.entry.socket}"] if servers.entry.socket else []
            argv = ("mariadb", "--user=root", *socket, "--execute")
            off, on = (f"SET GLOBAL event_scheduler = {word}" for word in ("OFF", "ON"))
            host.run(*argv, off, undo=Back([*argv, on], HARMLESS))


def want_nobody(servers: Servers) -> None:
    """Nobody else may have the databases open: who writes behind the copy would lose it.

    Raises:
        SwapError: somebody has, with who it is (exit status 3).
    """
    swap, entry = servers.swap, servers.entry
    for host in (swap.production, swap.standby):
        answer = inquire(host, swap, "sessions", server_of(entry), said.Sessions, names=servers.names)
        if answer.sessions:
            raise SwapError(
                f"{entry.label} on {host.name}: {len(answer.sessions)} others have the databases open",
                "\n".join(answer.sessions[:SHOWN]),
                f"stop the services that they belong to (1.3: pause in [service_items]), or end them; then {again()}",
                Status.REFUSED,
            )


def digests(servers: Servers, key: str) -> tuple[said.Digest, said.Digest]:
    """The contents of both, asked side by side."""

    def one(host: Host) -> said.Digest:
        about = {"names": servers.names, "key": key, "known": known}
        return inquire(host, servers.swap, "digest", server_of(servers.entry), said.Digest, servers.size, **about)

    known = sorted({*servers.names, *servers.theirs.databases})
    with Workers(2) as pool:
        asked = [pool.submit(one, host) for host in (servers.swap.production, servers.swap.standby)]
        return asked[0].result(), asked[1].result()


def _changes(swap: Swap, entry: Database) -> list[dict[str, Any]]:
    """The undos of copies of a server that stand in the journal and are not taken back."""
    found = [change["undo"] for change in undoable(swap.standby.record.entries)]
    return [undo for undo in found if undo.get("kind") == "databases" and undo["server"] == server_of(entry)]


def _keep(servers: Servers, names: list[str], accounts: Sequence[str] | None) -> str:
    """Keep what the standby has of its own, once in a swap, and write down how it comes back; the folder."""
    swap, entry = servers.swap, servers.entry
    earlier = [undo for undo in _changes(swap, entry) if undo.get("by") != "files"]
    names = [name for name in names if not any(name in undo["names"] for undo in earlier)]
    new = [name for name in accounts or () if not any(name in (undo["accounts"] or ()) for undo in earlier)]
    if earlier and not names and not new:
        swap.standby.record.change("copy databases again", {"kind": "none"})
        return str(earlier[-1]["folder"])
    number = 1 + sum(
        line["undo"].get("kind") == "databases" for line in swap.standby.record.entries if line.get("event") == "change"
    )
    kept = f"{kept_in(swap)}/{number}"
    size = size_of(servers.theirs, names)
    inquire(swap.standby, swap, "keep", server_of(entry), said.Nothing, size, names=names, kept=kept)
    undo = {"kind": "databases", "server": server_of(entry), "names": names, "folder": kept, "size": size}
    what = f"copy from {swap.production.name}: {', '.join([*names, *(['accounts'] if new else [])])} of {entry.label}"
    swap.standby.record.change(what, {**undo, "accounts": new if accounts is not None else None})
    return kept


def _want_equal(servers: Servers, ours: said.Digest, theirs: said.Digest) -> None:
    """Raise SwapError unless everything has come as it is on production."""
    lines = told(servers, ours, theirs)
    if lines:
        more = [f"… and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        raise SwapError(
            f"{servers.entry.label}: {len(lines)} things are not the same on {servers.swap.standby.name}",
            "\n".join([*lines[:SHOWN], *more]),
            f"does somebody write there? then {again()}",
        )


def told(servers: Servers, ours: said.Digest, theirs: said.Digest) -> list[str]:
    """A line for each difference."""
    found = differing(ours, theirs, servers.names, servers.alike)
    lines = [f"{name}: {line}" for name, inner in found.items() for line in inner]
    accounts = _other_accounts(servers, ours, theirs)
    return [*lines, *(f"account {name}: not as on production" for name in accounts)]


def _left(theirs: said.Digest) -> dict[str, Any]:
    databases = {name: [one.tables, one.objects] for name, one in theirs.databases.items()}
    return {"databases": databases, "accounts": sorted(theirs.accounts)}
