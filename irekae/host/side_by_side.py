"""Two walks of agents, one beside the other: whatever they tell of the same path comes together. Pure."""

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any, TypeVar

Entry = TypeVar("Entry")


def side_by_side(
    ours: Iterator[Entry], theirs: Iterator[Entry], path: Callable[[Any], Any] = itemgetter(0)
) -> Iterator[tuple[str, Entry | None, Entry | None]]:
    """Each path in the order of the walk with the entries of both, None where only the other one has it.

    Args:
        ours: one walk: the names in a folder, sorted, then each of its folders.
        theirs: the other, in the same order; nothing of either is held but what is compared.
        path: of an entry, relative to where the walk began; else what it begins with.
    """
    here, there = next(ours, None), next(theirs, None)
    while here is not None and there is not None:
        our_place, their_place = _place(path(here)), _place(path(there))
        if our_place == their_place:
            yield path(here), here, there
            here, there = next(ours, None), next(theirs, None)
        elif our_place < their_place:
            yield path(here), here, None
            here = next(ours, None)
        else:
            yield path(there), None, there
            there = next(theirs, None)
    while here is not None:
        yield path(here), here, None
        here = next(ours, None)
    while there is not None:
        yield path(there), None, there
        there = next(theirs, None)


def _place(path: str) -> tuple[list[bytes], bytes]:
    """Where a path comes in a walk: a folder's names before what is in its folders, all by their bytes."""
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # no host of ours says so
        raw = path.encode("utf-8", "surrogatepass")
    folder, _, name = raw.rpartition(b"/")
    return folder.split(b"/") if folder else [], name
