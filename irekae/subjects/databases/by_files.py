"""A copy of a stopped server's data directory ([[databases]] by = "files"): beside, proved, put in its place (3.6).

Both servers rest meanwhile, and run again whatever comes of it. The trees' rsync copies; what the standby had is kept.
"""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from irekae.host.host import Host
from irekae.host.remote import decode
from irekae.host.service import ServiceHandle
from irekae.model.errors import Status, SwapError, again
from irekae.model.journal import undoable
from irekae.site.databases import Database
from irekae.site.site import Tree
from irekae.subjects.databases import said
from irekae.subjects.databases.far_end import inquire, kept_in, server_of
from irekae.subjects.trees import copy_run, rsync_command, rsync_listing
from irekae.subjects.trees.copy_key import add_keys
from irekae.subjects.trees.dry_run import dry_run, listed
from irekae.subjects.trees.safe_rsync import want_safe
from irekae.subjects.trees.stopped import running
from irekae.subjects.trees.undo_copy import end_copy
from irekae.swap.swap import Swap

PACE = 100 << 20  # bytes a second that disks and a net may copy, for a word on how long it takes
SHOWN = 20  # paths that are told
_SUFFIX = ".place"  # of the files that name the folders in which data directories are kept


def files_of(look: said.Look) -> said.Files:
    """What was asked along with the look, where files are copied."""
    assert look.files
    return look.files


def settle(swap: Swap, entry: Database) -> None:
    """End what an attempt has left that was cut off: its copy goes on to its end, both servers run again.

    Args:
        swap: with both hosts bound to an item.
        entry: of site.toml.
    """
    if (earlier := _changes(swap, entry)) and copy_run.is_running(swap, _tree(earlier[0]["source"])):
        copy_run.watch(swap, _tree(earlier[0]["source"]))
    _bring_back(swap, entry)


def planned(swap: Swap, entry: Database, ours: said.Files, theirs: said.Files) -> None:
    """What would be copied, and for how long both servers would rest."""
    handles = _handles(swap, entry)
    for handle in handles:
        handle.stop()
    minutes = ours.size / PACE / 60
    lines = (
        f"{ours.size >> 20} MiB, instead of {theirs.size >> 20} MiB, which are kept",
        f"both servers rest meanwhile, at 100 MiB a second for about {minutes:.1f} minutes",
    )
    what = f"copy {ours.folder} of {entry.label} from {swap.production.name} to {theirs.folder}"
    swap.standby.record.change(what, {}, lines=lines)
    for handle in handles:
        handle.start()


def copy_files(swap: Swap, entry: Database, ours: said.Look, theirs: said.Look) -> str:
    """Make the standby's data directory production's, but for what is the host's own.

    Args:
        swap: with both hosts bound to an item.
        entry: of site.toml.
        ours, theirs: what both servers say, who run.

    Returns:
        The name that what is left is to be written down beside.

    Raises:
        SwapError: rsync is too old, a server did not end well, or the copy failed.
    """
    source, target = files_of(ours), files_of(theirs)
    want_safe(swap)
    with _running_again(swap, entry):
        for handle in _handles(swap, entry):
            handle.stop()
        undo = _write_down(swap, entry, source, target, list(theirs.databases))
        state = _rests(swap, swap.production, entry, source.folder)
        _send(swap, entry, source, target)
        if _rests(swap, swap.production, entry, source.folder) != state:
            what = f"{entry.label} on {swap.production.name} was started while it was copied"
            raise SwapError(what, hint=f"find out who starts it; then {again()}")
        about = {"place": target.place, "data": target.folder, "own": target.own, "state": state}
        inquire(swap.standby, swap, "take", server_of(entry), said.Nothing, target.size, **about)
    return str(undo["folder"])


def _send(swap: Swap, entry: Database, source: said.Files, target: said.Files) -> None:
    """Have production's rsync push the data directory beside the standby's, watched until nothing is left."""
    incoming = f"{target.place}/incoming"
    before = inquire(swap.standby, swap, "prepare", server_of(entry), said.Prepared, place=target.place)
    tree = _tree(source.folder, source.left, before.held)
    where = rsync_command.folder(swap, tree.path)
    add_keys(swap, {where: f"/usr/bin/rrsync -wo {shlex.quote(incoming)}"})
    copy_run.start(swap, tree, "", ())
    copy_run.watch(swap, tree)
    status, told = copy_run.ended(swap, tree)
    if status != 0:
        what = f"the copy of {tree.path} ended with status {status}"
        raise SwapError(what, told, f"mend what rsync says, then {again()}")
    dry_run(swap, tree, ())
    left = [line for part in listed(swap, tree) for line in rsync_listing.left(part)]
    if left:
        raise SwapError(f"{len(left)} files of {tree.path} are not copied", "\n".join(left[:SHOWN]), again())
    _want_resting(swap, entry)


def _want_resting(swap: Swap, entry: Database) -> None:
    if found := running(swap, _tree("", stopped=[entry.service])):
        what = f"{entry.label} was started while it was copied"
        raise SwapError(what, "\n".join(found), f"find out who starts it; then {again()}", Status.REFUSED)


def _tree(path: str, left: list[str] | None = None, checksum: bool = False, stopped: list[str] | None = None) -> Tree:
    """A data directory as a tree. checksum: files of an earlier attempt are told apart by their contents."""
    return Tree(path=path, excludes=left or [], checksum=checksum, stopped=stopped or [])


def _rests(swap: Swap, host: Host, entry: Database, data: str) -> str:
    """A word for how a server has left its data directory.

    Raises:
        SwapError: it has not ended well: what is copied would have to be mended first.
    """
    found = inquire(host, swap, "rests", server_of(entry), said.Rests, data=data)
    if not found.clean:
        raise SwapError(
            f"{entry.label} on {host.name} has not ended well: its data directory is that of a crash",
            hint=f"look at its log, start it and let it recover; then {again()}",
        )
    return found.state


@contextmanager
def _running_again(swap: Swap, entry: Database) -> Iterator[None]:
    """Both servers run behind it, on a data directory that is whole."""
    try:
        yield
    finally:
        _bring_back(swap, entry)


def _bring_back(swap: Swap, entry: Database) -> None:
    if earlier := _changes(swap, entry):
        undo = earlier[0]
        end_copy(swap, undo["source"], undo["place"])
        about = {"place": undo["place"], "data": undo["data"]}
        inquire(swap.standby, swap, "settle", server_of(entry), said.Nothing, **about)
    for host in (swap.production, swap.standby):
        _begin(swap, host, entry)


def _begin(swap: Swap, host: Host, entry: Database) -> None:
    """Start a server that we have stopped: the journal has how that is taken back."""
    handle = ServiceHandle(host, swap.site.services[entry.service])
    ours = [one["undo"] for one in undoable(host.record.entries) if one["item"] == host.record.item]
    stopped = any(undo.get("kind") == "service" and undo["init"] == handle.init for undo in ours)
    if stopped and handle.state().running is not True:
        handle.begin()


def _handles(swap: Swap, entry: Database) -> list[ServiceHandle]:
    return [ServiceHandle(host, swap.site.services[entry.service]) for host in (swap.production, swap.standby)]


def _changes(swap: Swap, entry: Database) -> list[dict[str, Any]]:
    """The undos of such copies of a server that are not taken back, the last one first."""
    undos = [one["undo"] for one in undoable(swap.standby.record.entries)]
    return [undo for undo in undos if undo.get("by") == "files" and undo["server"] == server_of(entry)]


def _write_down(
    swap: Swap, entry: Database, source: said.Files, target: said.Files, names: list[str]
) -> dict[str, Any]:
    """Write down how the standby's own comes back, once in a swap; the undo."""
    if earlier := _changes(swap, entry):
        swap.standby.link.ask("remove", path=f"{earlier[0]['folder']}.left.json")  # of the copy that goes
        swap.standby.record.change("copy databases again", {"kind": "none"})
        return earlier[0]
    # 11.1 finds by it where the standby's own is kept.
    name = target.place.rpartition("/")[2]
    swap.standby.remember(f"{kept_in(swap)}/{name}{_SUFFIX}", target.place.encode())
    undo = {
        "kind": "databases", "by": "files", "server": server_of(entry), "service": entry.service, "names": names,
        "accounts": None, "size": target.size, "source": source.folder, "data": target.folder, "place": target.place,
        "folder": f"{kept_in(swap)}/{name}",
    }  # fmt: skip
    what = f"copy {source.folder} of {entry.label} from {swap.production.name}"
    swap.standby.record.change(what, undo)
    return undo


def take_back(swap: Swap, undo: dict[str, Any], edited: bool, aside: str) -> None:
    """Give the standby its own data directory back, and have its server run on it.

    Args:
        swap: with both hosts bound to the copy's item.
        undo: of the journal's line.
        edited: has somebody written there since; what stands there is kept then.
        aside: the name of what is kept.
    """
    standby = swap.standby
    end_copy(swap, undo["source"], undo["place"])
    handle = _handle(swap, undo)
    handle.end()
    kept = f"{undo['place']}.{aside}" if edited else ""
    about = {"place": undo["place"], "data": undo["data"], "aside": kept}
    inquire(standby, swap, "return", undo["server"], said.Nothing, undo["size"], **about)
    handle.begin()
    standby.link.ask("remove", path=f"{kept_in(swap)}/{undo['place'].rpartition('/')[2]}{_SUFFIX}")
    if edited:
        standby.warn(f"{undo['data']}: written since the copy; as it was, it is kept in {kept}")


def is_back(standby: Host, undo: dict[str, Any]) -> bool:
    """Has the standby its own data directory again, by an undo that was ended later on."""
    return not standby.exists(f"{undo['place']}/own")


def have_running(swap: Swap, undo: dict[str, Any]) -> None:
    """Have the standby's server started where it rests, so that it can be asked."""
    handle = _handle(swap, undo)
    if handle.state().running is False:
        handle.begin()


def _handle(swap: Swap, undo: dict[str, Any]) -> ServiceHandle:
    service = swap.site.services.get(undo["service"])
    if service is None:
        what = f"site.toml has no service {undo['service']!r} any more"
        raise SwapError(what, hint="put it back into [services]")
    return ServiceHandle(swap.standby, service)


def places(swap: Swap, name: str) -> list[str]:
    """The folders in which a host keeps data directories that copies have replaced.

    Args:
        swap: the swap.
        name: the host's.
    """
    link = swap.links[name]
    notes = [note for note in (link.ask("list", path=kept_in(swap)) or {}) if note.endswith(_SUFFIX)]
    held = [link.ask("read", path=f"{kept_in(swap)}/{note}") for note in sorted(notes)]
    return [decode(one["data"]).decode() for one in held if one]
