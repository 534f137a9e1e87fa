"""Files that rsync takes for equal by size and second (rsync(1), --checksum), and that no copy of ours has written.

Those that a copy has made agree to the nanosecond. Others are compared by their contents, once.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from irekae.host.agent.words import unescape
from irekae.host.parts import each_ahead, write
from irekae.host.side_by_side import side_by_side
from irekae.site.site import Tree
from irekae.subjects.trees import rsync_listing
from irekae.subjects.trees.dry_run import DAY, SAID, listed
from irekae.subjects.trees.rsync_command import GOOD, folder, left_alone, rsync_listed
from irekae.swap.swap import Swap

COMPARED = "compared"  # file beside it that is there when they are equal
LISTED = "same-time"  # file beside the copy's script: the paths, each ended by a zero byte
SECOND = 1_000_000_000  # nanoseconds
BEHIND = "listing-behind"  # what rsync would do to them

Instant = tuple[str, int, int]
"""Path below the tree, size, and time of change in nanoseconds since 1970."""


def wanted(swap: Swap, tree: Tree, earlier: bool) -> bool:
    """Are such files still to be looked for: once, unless the copy that had to see to it was cut off or taken back.

    Args:
        swap: with both hosts bound to an item.
        tree: what is copied.
        earlier: whether a copy of this swap's stands there.
    """
    where = f"{folder(swap, tree.path)}/{COMPARED}"
    if not earlier:
        swap.production.link.ask("remove", path=where)
    return not tree.checksum and not swap.production.exists(where)


def found(swap: Swap, tree: Tree) -> bool:
    """Are there files of the same size and second with other contents; they are written down as LISTED.

    Args:
        swap: with both hosts bound to an item.
        tree: what is copied.
    """
    ika, where = swap.production, folder(swap, tree.path)
    suspects = (name for top in _tops(swap, tree) for name in alike(*_instants(swap, tree, top)))
    count = _write(swap, f"{where}/{LISTED}", suspects)
    if not count:
        return False
    ika.say(f"{tree.path}: {count} files of the same size and time are compared by their contents")
    argv = rsync_listed(swap, tree, f"{where}/{LISTED}", *SAID)
    ika.query(*argv, ok=GOOD, timeout=DAY, into=f"{where}/{BEHIND}")
    differ = (unescape(path) for part in planned_behind(swap, tree) for path in rsync_listing.written(part))
    if _write(swap, f"{where}/{LISTED}", differ):
        return True
    ika.remember(f"{where}/{COMPARED}", b"")
    return False


def planned_behind(swap: Swap, tree: Tree) -> Iterator[list[str]]:
    """What rsync would do to such files, in parts of its lines; those that differ get other contents."""
    for part in listed(swap, tree, listing=BEHIND):
        yield [line for line in part if rsync_listing.written([line])]


def alike(ours: Iterator[Instant], theirs: Iterator[Instant]) -> Iterator[str]:
    """The files that have the same size and second on both sides, and no nanosecond that only a copy gives. Pure.

    A file system or an archive that knows whole seconds alone has zero there, which says nothing.
    """
    for path, here, there in side_by_side(ours, theirs):
        if here and there and here[1] == there[1]:
            time, time_there = here[2], there[2]
            if time // SECOND == time_there // SECOND and (time != time_there or time % SECOND == 0):
                yield path


def _tops(swap: Swap, tree: Tree) -> list[str]:
    """What lies directly in the tree on the standby: the rest of production's is not walked."""
    names: list[str] = swap.standby.link.ask("tops", path=tree.path, excludes=left_alone(tree))
    return names


def _instants(swap: Swap, tree: Tree, top: str) -> tuple[Iterator[Instant], Iterator[Instant]]:
    """The files of both hosts below a name; of production none are asked for where the standby has none."""
    theirs, ours = (
        each_ahead(host.link, host.name, "instant", path=tree.path, name=top)
        for host in (swap.standby, swap.production)
    )
    first = next(theirs, None)
    return (iter(()), iter(())) if first is None else (ours, chain([first], theirs))


def _write(swap: Swap, path: str, names: Iterable[str]) -> int:
    """Names into a file on production, each ended by a zero byte; how many."""
    return write(swap.production.link, path, (f"{name}\0" for name in names))
