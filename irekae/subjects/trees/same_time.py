"""Files that rsync takes for equal by size and second (rsync(1), --checksum), and that no copy of ours has written.

Those that a copy has made agree to the nanosecond. Others are compared by their contents, once.
"""

from irekae.host.agent.words import unescape
from irekae.site.site import Tree
from irekae.subjects.trees import rsync_listing
from irekae.subjects.trees.rsync_command import folder, left_alone, rsync_listed
from irekae.swap.swap import Swap

COMPARED = "compared"  # file beside it that is there when they are equal
LISTED = "same-time"  # file beside the copy's script: the paths, each ended by a zero byte
SECOND = 1_000_000_000  # nanoseconds
GOOD = (0, 24)  # of rsync's exit statuses; 24: files vanished meanwhile
DAY = 24 * 3600.0  # seconds

Instants = dict[str, list[int]]
"""Path below the tree → size, and time of change in nanoseconds since 1970."""


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


def listing(swap: Swap, tree: Tree) -> str:
    """What rsync would do to files of the same size and second with other contents; they are written down as LISTED.

    Args:
        swap: with both hosts bound to an item.
        tree: what is copied.
    """
    suspects = [name for top in _tops(swap, tree) for name in alike(*_instants(swap, tree, top))]
    where = folder(swap, tree.path)
    if not suspects:
        return ""
    swap.production.say(f"{tree.path}: {len(suspects)} files of the same size and time are compared by their contents")
    _write(swap, f"{where}/{LISTED}", suspects)
    argv = rsync_listed(swap, tree, f"{where}/{LISTED}", "--dry-run", "--out-format=%i %n")
    found = swap.production.query(*argv, ok=GOOD, timeout=DAY).text
    differ = rsync_listing.written(found)
    _write(swap, f"{where}/{LISTED}", [unescape(path) for path in differ])
    if not differ:
        swap.production.remember(f"{where}/{COMPARED}", b"")
    return "\n".join(line for line in found.split("\n") if rsync_listing.written(line))


def alike(ours: Instants, theirs: Instants) -> list[str]:
    """The files that have the same size and second on both sides, and no nanosecond that only a copy gives. Pure.

    A file system or an archive that knows whole seconds alone has zero there, which says nothing.
    """
    found = []
    for name, (size, time) in ours.items():
        there_size, there = theirs.get(name, (-1, 0))
        if size == there_size and time // SECOND == there // SECOND and (time != there or time % SECOND == 0):
            found.append(name)
    return found


def _tops(swap: Swap, tree: Tree) -> list[str]:
    """What lies directly in the tree on the standby, one after the other: a tree may have millions of files."""
    found: list[str] = swap.standby.link.ask("tops", path=tree.path, excludes=left_alone(tree))
    return found


def _instants(swap: Swap, tree: Tree, top: str) -> tuple[Instants, Instants]:
    theirs: Instants = swap.standby.link.ask("instants", path=tree.path, name=top)
    ours: Instants = swap.production.link.ask("instants", path=tree.path, name=top) if theirs else {}
    return ours, theirs


def _write(swap: Swap, path: str, names: list[str]) -> None:
    text = "".join(f"{name}\0" for name in names)
    swap.production.remember(path, text.encode("utf-8", "surrogateescape"))
