"""Folders walked to any depth, each by its descriptor: no link is followed, no path is too long, few are held open."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import Callable, Iterator, List, Tuple

from irekae.host.agent.base import Refused, text
from irekae.host.agent.paths import FOLDER, enter

LOOKS_AGAIN = 100  # times that something is looked at anew which somebody exchanges meanwhile

Visit = Tuple[int, bytes, List[bytes]]
Place = Tuple[int, int]
Wanted = Callable[[bytes], object]


class Level:
    """A folder on the way down to where a walk is: its name, which folder it is, its subfolders still to be seen."""

    def __init__(self, name: bytes, fd: int, pending: list[bytes]) -> None:
        """Remember the open folder by its device and number, and let go of it."""
        self.name = name
        self.place = place_of(fd)
        self.pending = pending[::-1]


def place_of(fd: int) -> Place:
    """Which file an open one is, whatever it is called by now."""
    state = os.fstat(fd)
    return state.st_dev, state.st_ino


def listed(folder: int) -> list[tuple[bytes, bool]]:
    """The names in an open folder, sorted, and whether each is a folder. A folder that is gone by now has none."""
    try:
        fd = os.open(b".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder)
    except FileNotFoundError:
        return []
    try:
        with os.scandir(fd) as entries:
            return sorted((os.fsencode(entry.name), entry.is_dir(follow_symlinks=False)) for entry in entries)
    finally:
        os.close(fd)


def always(_: bytes) -> bool:
    """Whatever it is."""
    return True


def walk(top: int, wanted: Wanted = always, other_devices: bool = True, elsewhere: Wanted = always) -> Iterator[Visit]:
    """An open folder and every folder below it, each before those in it: descriptor, path from the top, its names.

    The descriptor holds until the next visit; what its user moves or removes meanwhile is passed over.

    Args:
        top: where to begin, held open by the caller.
        wanted: whether to look into a folder, by its path from the top.
        other_devices: whether to go on into what is mounted below, or a subvolume.
        elsewhere: told each folder that is not gone into for that, by its path from the top.
    """
    here, trail = os.dup(top), []  # type: Tuple[int, List[Level]]
    device = os.fstat(top).st_dev
    try:
        names = listed(here)
        yield here, b"", [name for name, _ in names]
        trail.append(Level(b"", here, [name for name, inner in names if inner]))
        while trail:
            if not trail[-1].pending:
                trail.pop()
                here = enter(here, back_in(here, top, trail)) if trail else here
                continue
            name = trail[-1].pending.pop()
            path = b"/".join([level.name for level in trail[1:]] + [name])
            inner = into(here, name) if wanted(path) else None
            if inner is None:
                continue
            here = enter(here, inner)
            enters = other_devices or os.fstat(here).st_dev == device
            names = listed(here) if enters else []
            trail.append(Level(name, here, [found for found, below in names if below]))
            if enters:
                yield here, path, [found for found, _ in names]
            else:
                elsewhere(path)
    finally:
        os.close(here)


def into(folder: int, name: bytes) -> int | None:
    """A folder in an open one; None when it is none by now, or a link."""
    try:
        return os.open(name, FOLDER, dir_fd=folder)
    except OSError:
        return None


def back_in(here: int, top: int, trail: list[Level]) -> int:
    """The folder that the trail ends with, open: the parent, unless somebody moved what we were in.

    Then it is looked for again from the top on; the trail is cut where it cannot be reached any more.
    """
    with contextlib.suppress(OSError):
        parent = os.open(b"..", FOLDER, dir_fd=here)
        if place_of(parent) == trail[-1].place:
            return parent
        os.close(parent)
    fd = os.dup(top)
    for depth, level in enumerate(trail[1:], 1):
        inner = into(fd, level.name)
        if inner is None:
            del trail[depth:]
            break
        fd = enter(fd, inner)
    return fd


def remove_tree(folder: int, name: bytes) -> None:
    """Remove a folder that lies in an open one, with all below it, to any depth.

    Raises:
        Refused: it was moved elsewhere meanwhile; what was still in it stays.
        OSError: it is no folder, or something in it cannot be removed.
    """
    here = os.open(name, FOLDER, dir_fd=folder)
    trail = [(name, place_of(folder))]
    try:
        while trail:
            deeper = empty(here)
            if deeper is not None:
                trail.append((deeper, place_of(here)))
                here = enter(here, os.open(deeper, FOLDER, dir_fd=here))
                continue
            name, above = trail.pop()
            parent = os.open(b"..", FOLDER, dir_fd=here)
            here = enter(here, parent)
            if place_of(here) != above:
                raise Refused("changed", f"{text(name)} was moved while it was being removed")
            os.rmdir(name, dir_fd=here)
    finally:
        os.close(here)


def empty(folder: int) -> bytes | None:
    """Remove all in an open folder but folders that hold something; the first of these, None when nothing is left."""
    for name, inner in listed(folder):
        if not inner:
            try:
                os.unlink(name, dir_fd=folder)
            except IsADirectoryError:
                return name  # by now
            except FileNotFoundError:
                pass
            continue
        try:
            os.rmdir(name, dir_fd=folder)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                return name
            if error.errno != errno.ENOENT:
                raise
    return None


def remove_whatever(folder: int, name: bytes) -> None:
    """Remove what bears a name in an open folder, a whole folder too; nothing there is fine.

    Its user may put a folder where a file was, and the other way round, at any moment: what is there counts.
    """
    for _ in range(LOOKS_AGAIN):
        try:
            os.unlink(name, dir_fd=folder)
            return
        except FileNotFoundError:
            return
        except (IsADirectoryError, PermissionError):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError, Refused):
                remove_tree(folder, name)
                return
    raise Refused("changed", f"{text(name)} changes all the while")
