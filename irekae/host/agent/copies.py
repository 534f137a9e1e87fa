"""Taking a copy into homes back. What somebody made or edited there since is his: it is kept, and told."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
from typing import Sequence

from irekae.host.agent.base import Answer, Refused, operation, raw, text
from irekae.host.agent.copy_notes import listed_in
from irekae.host.agent.homes import descend, inside, is_folder, is_missing, make_again, set_state
from irekae.host.agent.marks import mark_of
from irekae.host.agent.paths import FOLDER, Spot, enter, open_folder
from irekae.host.agent.walk import LOOKS_AGAIN, remove_tree, walk
from irekae.host.agent.words import unescape


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
def op_undo_copy(home: str, replaced: str, path: str, aside: str) -> Answer:
    """Take a copy into home back: remove what it added, return what it replaced or deleted, and what it altered.

    Args:
        home: the folder that was copied into.
        replaced: where the copy put what it replaced, relative to home.
        path: the list of what it has left (see op_note_left), gone through for each of the three; something else there
            by now is somebody's work. What was altered is touched only while it is as the copy left it.
        aside: folder, relative to home, into which somebody's work is moved where it is in the way.

    Returns:
        "aside": the paths of what was moved there; "stays": what somebody changed of the others since, a line each.
    """
    others = Aside(f"{home}/{aside}")
    stays = []
    remove_all_added(home, path, others)
    if not return_replaced(home, f"{home}/{replaced}", path, others):
        stays.append(
            f"{replaced}: some of what the copy had replaced found no place, for somebody fills it all the while"
        )
    stays += make_all_again(home, path)
    for name, _, _, was, ours in listed_in(path):
        if was is not None:
            said = set_state(home, name, was, ours or [])
            stays += [f"{unescape(name)}: {word}" for word in said]
    return {"aside": others.kept, "stays": stays}


def make_all_again(home: str, path: str) -> list[str]:
    """Make the folders that the copy has deleted and kept no file of, the shallowest first; a line for each that is
    still missing."""
    lines = ((name, was) for name, _, _, was, ours in listed_in(path) if was is not None and ours is None)
    gone = [(name, was) for name, was in lines if name.endswith("/") and is_missing(home, name)]
    for name, was in sorted(gone, key=lambda folder: folder[0].count("/")):
        make_again(home, name, was)
    missing = (unescape(name) for name, _ in gone if is_missing(home, name))
    return [f"{name} is a folder that the copy has deleted, and that cannot be made again" for name in missing]


def remove_all_added(home: str, path: str, others: Aside) -> None:
    """Remove what the copy made, by the list of what it left: the files first, then the folders, deepest first."""
    folders = []
    for name, made, mark, _, _ in listed_in(path):
        if made and (mark == "dir" or name.endswith("/")):
            folders.append((name, mark))
        elif made:
            remove_added(home, name, mark, others)
    for name, mark in sorted(folders, key=lambda folder: len(folder[0]), reverse=True):
        remove_added(home, name, mark, others)


def remove_added(home: str, name: str, ours: str, others: Aside) -> None:
    """Remove what the copy made and left so. What somebody made of it since goes aside, a folder that holds something
    stays, and so does what was not there when the copy had ended."""
    try:
        with Spot(inside(home, name)) as spot:
            now = mark_of(spot.folder, spot.name)
            if not now or not ours:
                return
            if now == "dir":
                with contextlib.suppress(OSError):
                    os.rmdir(spot.name, dir_fd=spot.folder)
            elif now == ours:
                spot.unlink()
            else:
                others.take(spot.folder, spot.name, raw(unescape(name)).rstrip(b"/"))
    except (FileNotFoundError, NotADirectoryError, Refused):
        return  # nothing of ours lies behind a link that a user has put there since


def return_replaced(home: str, kept: str, path: str, others: Aside) -> bool:
    """Put everything that a copy kept back in its place, and remove the folders that held it once they are empty.

    Args:
        home: the folder that was copied into.
        kept: where it put what it replaced.
        path: the list of what it has left: that makes room.
        others: where what is somebody's goes that is in the way.

    Returns:
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
            return_written(source, target, path, others)
            whole = put_back(source, target, others)
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


def return_written(source: int, target: int, path: str, others: Aside) -> None:
    """Move what the copy wrote over back from one open folder to its place in another, by the list of what it left."""
    # What leads out of the folder has no mark, and would be refused here.
    lines = ((raw(inside("", name))[1:], mark) for name, _, mark, _, _ in listed_in(path) if mark)
    for folder, below in itertools.groupby(lines, key=lambda line: os.path.dirname(line[0])):
        steps = folder.split(b"/") if folder else []
        kept, place = descend(source, steps), descend(target, steps)
        try:
            if kept is not None and place is not None:
                for inner, mark in below:
                    return_one(kept, place, inner, mark, others)
        finally:
            for fd in (kept, place):
                if fd is not None:
                    os.close(fd)


def return_one(kept: int, place: int, path: bytes, ours: str, others: Aside) -> None:
    """Move what the copy wrote over at a path back from one open folder to another, but a folder into a folder."""
    name = os.path.basename(path)
    held = mark_of(kept, name)
    if held and not (held == "dir" and is_folder(place, name)):
        moved_back(kept, place, name, path, ours, others)


def put_back(source: int, target: int, others: Aside) -> bool:
    """Move everything in one open folder to its place in another, where what there is by now makes room; folders merge.

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
                    whole &= moved_back(fd, place, name, os.path.join(path, name), "", others)
        finally:
            os.close(place)
    return whole


def moved_back(source: int, place: int, name: bytes, path: bytes, ours: str, others: Aside) -> bool:
    """Move what bears a name from one open folder to another; False if somebody fills its place again and again."""
    for _ in range(LOOKS_AGAIN):
        make_room(place, name, path, ours, others)
        try:
            os.rename(name, name, src_dir_fd=source, dst_dir_fd=place)
            return True
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            continue
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:
                raise
    return False


def make_room(place: int, name: bytes, path: bytes, ours: str, others: Aside) -> None:
    """Remove what bears a name in an open folder if the copy left it so; somebody's work goes aside."""
    now = mark_of(place, name)
    with contextlib.suppress(OSError):  # a folder that holds something, or what changes this very moment
        if now == "dir":
            os.rmdir(name, dir_fd=place)
        elif now and now == ours:
            os.unlink(name, dir_fd=place)
    if mark_of(place, name):
        others.take(place, name, path)
