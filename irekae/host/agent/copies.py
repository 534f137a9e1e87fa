"""Taking a copy into homes back. What somebody made or edited there since is his: it is kept, and told."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import Any, Mapping, Sequence

from irekae.host.agent.base import Answer, Refused, operation, raw, text
from irekae.host.agent.homes import descend, inside, is_folder, set_state
from irekae.host.agent.paths import FOLDER, Spot, enter, open_folder
from irekae.host.agent.walk import LOOKS_AGAIN, remove_tree, walk
from irekae.host.agent.words import unescape

Marks = Mapping[bytes, str]


def mark_of(folder: int, name: bytes) -> str:
    """What lies in an open folder under a name, as far as a copy makes it; "" for nothing."""
    try:
        state = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISDIR(state.st_mode):
            return "dir"
        if stat.S_ISLNK(state.st_mode):
            return "link " + text(os.readlink(name, dir_fd=folder))
    except FileNotFoundError:
        return ""
    except OSError:
        return "other"  # a link that is none any more
    kind = "file" if stat.S_ISREG(state.st_mode) else "other"
    return f"{kind} {state.st_size} {state.st_mtime_ns}"


@operation
def op_marks(folder: str, names: Sequence[str]) -> dict[str, str]:
    """What lies at paths below a folder, by kind, size and time (nanoseconds since 1970); no links followed.

    Args:
        folder: where they lie.
        names: their paths below it, as rsync logs them; those at which nothing lies are left out.
    """
    found = {}
    for name in names:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError, Refused):
            with Spot(inside(folder, name)) as spot:
                mark = mark_of(spot.folder, spot.name)
            if mark:
                found[name] = mark
    return found


class Aside:
    """A folder of root's alone, into which what is others' is moved with its path; made when the first thing comes."""

    def __init__(self, path: str) -> None:
        """Nothing is kept yet."""
        self.path = path
        self.kept: list[str] = []

    def take(self, folder: int, name: bytes, path: bytes) -> None:
        """Move what bears a name in an open folder here; path: its own, below the folder that was copied into."""
        place = self._place(path.split(b"/")[:-1])
        try:
            there, number = name, 1
            while mark_of(place, there):
                number += 1
                there = b"%s.%d" % (name[:200], number)
            os.rename(name, there, src_dir_fd=folder, dst_dir_fd=place)
        except FileNotFoundError:
            return  # its user has moved it himself
        finally:
            os.close(place)
        self.kept.append(text(path))

    def _place(self, steps: Sequence[bytes]) -> int:
        with contextlib.suppress(FileExistsError), Spot(self.path, make=0o700) as spot:
            os.mkdir(spot.name, 0o700, dir_fd=spot.folder)
        here = open_folder(raw(self.path), self.path)
        for step in steps:
            here = enter(here, self._step(here, step))
        return here

    @staticmethod
    def _step(here: int, name: bytes) -> int:
        """A folder of that name; of a further one where something else that was moved here bears it."""
        step, number = name, 1
        while True:
            with contextlib.suppress(FileExistsError):
                os.mkdir(step, 0o700, dir_fd=here)
            try:
                return os.open(step, FOLDER, dir_fd=here)
            except OSError as error:
                if error.errno not in (errno.ENOTDIR, errno.ELOOP):
                    raise
            number += 1
            step = b"%s.%d" % (name[:200], number)


@operation
def op_undo_copy(
    home: str,
    replaced: str,
    added: Sequence[str],
    left: Mapping[str, str],
    aside: str,
    altered: Mapping[str, Sequence[Sequence[Any]]] | None = None,
) -> Answer:
    """Take a copy into home back: remove what it added, deepest first, and return what it replaced or deleted.

    Args:
        home: the folder that was copied into.
        replaced: where the copy put what it replaced, relative to home.
        added: paths that it made, relative to home, as rsync logs them.
        left: what lay at the paths that it wrote when it had ended (see op_marks); something else there by now is
            somebody's work.
        aside: folder, relative to home, into which that is moved where it is in the way.
        altered: paths of which it changed mode, owner, attributes or time alone: what these were, and what the copy
            left (see op_states); none of what it left: then nothing is touched.

    Returns:
        "aside": the paths of what was moved there; "stays": what somebody changed of the others since, a line each.
    """
    marks = {raw(unescape(name)).rstrip(b"/"): mark for name, mark in left.items()}
    others = Aside(f"{home}/{aside}")
    for path in sorted(added, key=len, reverse=True):
        remove_added(home, path, marks, others)
    stays = []
    if not return_replaced(home, f"{home}/{replaced}", marks, others):
        stays.append(
            f"{replaced}: some of what the copy had replaced found no place, for somebody fills it all the while"
        )
    for path, (was, ours) in (altered or {}).items():
        said = set_state(home, path, was, ours)
        stays += [f"{unescape(path)}: {word}" for word in said]
    return {"aside": others.kept, "stays": stays}


def remove_added(home: str, name: str, marks: Marks, others: Aside) -> None:
    """Remove what the copy made. What somebody made of it since goes aside, a folder that holds something stays, and so
    does what was not there when the copy had ended."""
    path = raw(unescape(name)).rstrip(b"/")
    try:
        with Spot(inside(home, name)) as spot:
            now, ours = mark_of(spot.folder, spot.name), marks.get(path, "")
            if not now or not ours:
                return
            if now == "dir":
                with contextlib.suppress(OSError):
                    os.rmdir(spot.name, dir_fd=spot.folder)
            elif now == ours:
                spot.unlink()
            else:
                others.take(spot.folder, spot.name, path)
    except (FileNotFoundError, NotADirectoryError, Refused):
        return  # nothing of ours lies behind a link that a user has put there since


def return_replaced(home: str, kept: str, marks: Marks, others: Aside) -> bool:
    """Put everything that a copy kept back in its place, and remove the folders that held it once they are empty.

    Whether all of it found its place: what did not stays where it is.
    """
    whole = True
    try:
        source = open_folder(raw(kept), kept)
    except FileNotFoundError:
        source = None
    if source is not None:
        target = open_folder(raw(home), home)
        try:
            whole = put_back(source, target, marks, others)
        finally:
            os.close(source)
            os.close(target)
        if whole:
            with Spot(kept) as spot:
                remove_tree(spot.folder, spot.name)
    parent = os.path.dirname(kept)
    while parent != home:
        with contextlib.suppress(OSError), Spot(parent) as spot:
            os.rmdir(spot.name, dir_fd=spot.folder)
        parent = os.path.dirname(parent)
    return whole


def put_back(source: int, target: int, marks: Marks, others: Aside) -> bool:
    """Move everything in one open folder to its place in another, where what is not ours makes room; folders merge.

    Whether all of it found its place: what did not stays where it is.
    """
    whole = True
    for fd, path, names in walk(source):
        place = descend(target, path.split(b"/") if path else [])
        if place is None:
            whole = False  # its user made something else of it this very moment
            continue
        try:
            for name in names:
                if not (is_folder(fd, name) and is_folder(place, name)):
                    whole &= moved_back(fd, place, name, os.path.join(path, name), marks, others)
        finally:
            os.close(place)
    return whole


def moved_back(source: int, place: int, name: bytes, path: bytes, marks: Marks, others: Aside) -> bool:
    """Move what bears a name from one open folder to another; False if somebody fills its place again and again."""
    for _ in range(LOOKS_AGAIN):
        make_room(place, name, path, marks, others)
        try:
            os.rename(name, name, src_dir_fd=source, dst_dir_fd=place)
            return True
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            continue
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:
                raise
    return False


def make_room(place: int, name: bytes, path: bytes, marks: Marks, others: Aside) -> None:
    """Remove what bears a name in an open folder if the copy left it so; somebody's work goes aside."""
    now = mark_of(place, name)
    with contextlib.suppress(OSError):  # a folder that holds something, or what changes this very moment
        if now == "dir":
            os.rmdir(name, dir_fd=place)
        elif now and now == marks.get(path):
            os.unlink(name, dir_fd=place)
    if mark_of(place, name):
        others.take(place, name, path)
