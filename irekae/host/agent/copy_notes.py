"""What a copy will do to the host that it comes to, and what it has left there: a line of JSON for each path.

Before it: [path as rsync logs it, whether nothing lay there, state that it will alter or null]. When it has ended:
[path, whether the copy made it, mark, state before, state now]; of a folder that it has deleted there is a state before
and none now. A tree may have millions of paths: none of these lists
is ever held as a whole.
"""

from __future__ import annotations

import array
import bisect
import hashlib
import json
import os
from typing import IO, Any, Iterator, Sequence

from irekae.host.agent.base import MEMORY, Refused, operation, raw
from irekae.host.agent.files import lines_at
from irekae.host.agent.homes import is_missing, state_below
from irekae.host.agent.marks import mark_below
from irekae.host.agent.paths import Spot

NEW = ".new"  # behind the name of a list that is not whole yet


def beginning(path: str, first: bool) -> IO[str]:
    """A list of ours that grows, open for the next lines; first: it begins anew.

    Raises:
        Refused: it does not lie where the host remembers.
    """
    if not MEMORY.holds(path):
        raise Refused("path", f"{path} is none of our lists")
    with Spot(path + NEW, make=0o700) as spot:
        if first:
            spot.unlink()
        fd = spot.open(os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    return os.fdopen(fd, "w", encoding="utf-8", errors="surrogateescape", newline="")


def whole(path: str) -> None:
    """Give a list that has grown to its end its name, in one step."""
    with Spot(path + NEW) as new, Spot(path) as spot:
        fd = new.open(os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
        os.rename(new.name, spot.name, src_dir_fd=new.folder, dst_dir_fd=spot.folder)
        spot.sync()


@operation
def op_write_part(path: str, text: str, first: bool, last: bool) -> None:
    """Write a list of ours a part at a time; it has its name when the last part is there.

    Args:
        path: below the folder that the host remembers in.
        text: the part.
        first, last: whether it is; both where there is one.
    """
    with beginning(path, first) as file:
        file.write(text)
    if last:
        whole(path)


@operation
def op_note_expected(
    folder: str, path: str, made: Sequence[str], written: Sequence[str], altered: Sequence[str], first: bool, last: bool
) -> None:
    """Note what lies at paths below a folder before a copy comes there, of what rsync keeps nothing of.

    Args:
        folder: that it comes into.
        path: the list, a part of it at a time: see `write_part`.
        made: paths that the copy will make, as rsync logs them.
        written: those that get other contents; what they had is kept by rsync.
        altered: those of which it changes mode, owner, attributes or time alone; folders that it deletes.
        first, last: whether the part is.
    """
    with beginning(path, first) as file:
        for name in made:
            add_line(file, name, is_missing(folder, name), None)
        for name in written:
            add_line(file, name, False, None)
        for name in altered:
            state = state_below(folder, name)
            if state is not None:
                add_line(file, name, False, state)
    if last:
        whole(path)


def add_line(file: IO[str], *line: Any) -> None:
    """One line."""
    file.write(json.dumps(line) + "\n")


def listed_in(path: str) -> Iterator[list[Any]]:
    """The lines of a list; none where there is no such list."""
    return (json.loads(line) for line in lines_at(path))


@operation
def op_note_left(folder: str, path: str, source: str, target: str) -> None:
    """Note what a copy has left at all that it was to write or alter, and has written beside that.

    Args:
        folder: that it came into.
        path: the list of before; none there is as an empty one.
        source: a list of [path, whether the copy made it], of what the copy itself has logged; it is used up.
        target: the list that is written.
    """
    told = Told()
    with beginning(target, True) as file:
        for name, made, was in listed_in(path):
            if was is None:
                told.note(name, made)
                add_line(file, name, made, mark_below(folder, name), None, None)
            else:
                add_line(file, name, made, "", was, state_below(folder, name))
        for name, made in listed_in(source):
            if not told.has(name, made):
                add_line(file, name, made, mark_below(folder, name), None, None)
    whole(target)
    with Spot(source) as spot:
        spot.unlink()


def number_of(name: str) -> int:
    """A number that no two of millions of paths have in common."""
    return int.from_bytes(hashlib.blake2b(raw(name), digest_size=8).digest(), "big", signed=True)


class Told:
    """The paths that were noted before the copy: eight bytes each, some sixty while they are sorted."""

    def __init__(self) -> None:
        """None yet."""
        self.kinds = {True: array.array("q"), False: array.array("q")}
        self.sorted = False

    def note(self, name: str, made: bool) -> None:
        """A further one, and whether it is the copy's to remove."""
        self.kinds[made].append(number_of(name))

    def has(self, name: str, made: bool) -> bool:
        """Is it there: as the copy's to remove where the copy says so, else either way."""
        if not self.sorted:
            self.kinds = {kind: array.array("q", sorted(held)) for kind, held in self.kinds.items()}
            self.sorted = True
        return any(self.holds(kind, number_of(name)) for kind in ((True,) if made else (True, False)))

    def holds(self, kind: bool, number: int) -> bool:
        """Is that number among the sorted."""
        held = self.kinds[kind]
        place = bisect.bisect_left(held, number)
        return place < len(held) and held[place] == number
