"""What a copy would do, as rsync itself says it: into a file on production, which is read a part at a time."""

from collections.abc import Iterator

from irekae.host.parts import in_parts
from irekae.site.site import Tree
from irekae.subjects.trees.rsync_command import GOOD, folder, rsync
from irekae.swap.swap import Swap

LISTING = "listing"  # file beside the copy's script: see `rsync_listing`
DAY = 24 * 3600.0  # seconds
SAID = ("--dry-run", "--out-format=%i %n")  # options that ask for it


def dry_run(swap: Swap, tree: Tree, without: tuple[str, ...]) -> None:
    """Ask rsync what it would do to each path of the tree now; `listed` tells it.

    Args:
        swap: with both hosts bound to an item.
        tree: what is copied.
        without: paths below it that are left out.
    """
    argv = rsync(swap, tree, *SAID, without=without)
    swap.production.query(*argv, ok=GOOD, timeout=DAY, into=f"{folder(swap, tree.path)}/{LISTING}")


def listed(swap: Swap, tree: Tree, beginning: str = "", listing: str = LISTING) -> Iterator[list[str]]:
    """The lines of what rsync would do, in parts.

    Args:
        swap: with both hosts bound to an item.
        tree: what is copied.
        beginning: of the lines that are wanted.
        listing: the file that holds them.
    """
    ika = swap.production
    return in_parts(ika.link, ika.name, "line", path=f"{folder(swap, tree.path)}/{listing}", beginning=beginning)
