"""Two walks of agents, one beside the other: whatever they tell of the same path comes together. Pure."""

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any, TypeVar

Entry = TypeVar("Entry")


def side_by_side(
    ours: Iterator[Entry], theirs: Iterator[Entry], path: Callable[[Any], Any] = itemgetter(0)
) -> Iterator[tuple[Entry | None, Entry | None]]:
    """The entries of both in the order of the walk, None where only the other one has that path.

    Args:
        ours: one walk: the names in a folder, sorted, then each of its folders.
        theirs: the other, in the same order; nothing of either is held but what is compared.
        path: of an entry, relative to where the walk began; else what it begins with.
    """
    ours_next, theirs_next = next(ours, None), next(theirs, None)
    while ours_next is not None and theirs_next is not None:
        ours_place, theirs_place = _place(path(ours_next)), _place(path(theirs_next))
        if ours_place == theirs_place:
            yield ours_next, theirs_next
            ours_next, theirs_next = next(ours, None), next(theirs, None)
        elif ours_place < theirs_place:
            yield ours_next, None
            ours_next = next(ours, None)
        else:
            yield None, theirs_next
            theirs_next = next(theirs, None)
    while ours_next is not None:
        yield ours_next, None
        ours_next = next(ours, None)
    while theirs_next is not None:
        yield None, theirs_next
        theirs_next = next(theirs, None)


def _place(path: str) -> tuple[list[bytes], bytes]:
    """Where a path comes in a walk: a folder's names before what is in its folders, all by their bytes."""
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # no host of ours says so
        raw = path.encode("utf-8", "surrogatepass")
    folder, _, name = raw.rpartition(b"/")
    return folder.split(b"/") if folder else [], name
