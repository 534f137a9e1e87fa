"""Looks below folders that users own: each step is opened by itself, no link of theirs is followed, no pipe waited for.

A user may exchange a folder for a link at any moment; what is done by an open descriptor stays where it was looked at.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK
LINKS = 40
"""Linux itself follows as many on one way."""
DEEPEST = 64
"""No mail and no queue lies in so many folders; each that is open takes a descriptor."""
KINDS = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "folder",
    stat.S_IFLNK: "link",
    stat.S_IFIFO: "pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}


def kind_of(state: os.stat_result) -> str:
    """What it is, in one word."""
    return KINDS[stat.S_IFMT(state.st_mode)]


def is_public(path: str, mode: int) -> bool:
    """May everybody read the file: by its own mode, and by those of the folders that it really lies in."""
    for folder in Path(path).resolve().parents:
        mode &= folder.stat().st_mode << 2  # what lets others enter a folder stands where r does in a file's mode
    return bool(mode & 0o004)


def open_folder(path: str) -> int:
    """A descriptor of the folder at an absolute path; only links that root (or we) made in a folder of root's lead on.

    Raises:
        OSError: it is not there, no folder, or behind a link that a user may have planted.
    """
    steps, links = path.split("/")[::-1], 0
    here = os.open("/", FOLDER)
    try:
        while steps:
            step = steps.pop()
            if step in ("", "."):
                continue
            state = os.stat(step, dir_fd=here, follow_symlinks=False)
            if not stat.S_ISLNK(state.st_mode):
                here = moved(here, os.open(step, FOLDER, dir_fd=here))
                continue
            links += 1
            if links > LINKS or {state.st_uid, os.fstat(here).st_uid} - {0, os.geteuid()}:
                raise OSError(errno.ELOOP, f"“{step}” on the way is a link", path)
            target = os.readlink(step, dir_fd=here)
            here = moved(here, os.open("/", FOLDER)) if target.startswith("/") else here
            steps += target.split("/")[::-1]
    except BaseException:
        os.close(here)
        raise
    return here


def moved(here: int, inner: int) -> int:
    """Leave one open folder for another."""
    os.close(here)
    return inner


def descend(top: int, steps: list[str]) -> int:
    """A folder below an open one, through folders only.

    Raises:
        OSError: one of them is missing, a link or no folder (ENOTDIR, ELOOP).
    """
    here = os.dup(top)
    for step in steps:
        try:
            inner = os.open(step, FOLDER, dir_fd=here)
        finally:
            os.close(here)
        here = inner
    return here


@contextlib.contextmanager
def opened(folder: int) -> Iterator[int]:
    """A descriptor, closed at the end."""
    try:
        yield folder
    finally:
        os.close(folder)


def names(folder: int) -> list[str]:
    """What is in an open folder, in order; nothing where it can't be read."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def state_of(folder: int, name: str) -> os.stat_result | None:
    """What bears the name in an open folder, a link not followed; None when nothing does."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None


def open_file(folder: int, name: str, writable: bool = False) -> int | None:
    """A regular file of an open folder, for reading; None for anything else, which is not even opened."""
    state = state_of(folder, name)
    if state is None or not stat.S_ISREG(state.st_mode):
        return None
    try:
        how = os.O_RDWR if writable else os.O_RDONLY
        fd = os.open(name, how | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY, dir_fd=folder)
    except OSError:
        return None
    if stat.S_ISREG(os.fstat(fd).st_mode):
        return fd
    os.close(fd)
    return None


def remove(folder: int, name: str, looked_at: os.stat_result) -> bool:
    """Unlink what was looked at; False when another thing bears its name by now, or it is gone."""
    state = state_of(folder, name)
    if state is None or (state.st_dev, state.st_ino) != (looked_at.st_dev, looked_at.st_ino):
        return False
    try:
        os.unlink(name, dir_fd=folder)
    except OSError:
        return False
    return True


def walk(top: int, path: str, depth: int = 0) -> Iterator[tuple[int, str]]:
    """An open folder and all folders below it, with their paths; each is open until the next is asked for."""
    yield top, path
    if depth == DEEPEST:
        return
    for name in names(top):
        with contextlib.suppress(OSError), opened(os.open(name, FOLDER, dir_fd=top)) as inner:
            yield from walk(inner, f"{path}/{name}", depth + 1)


def shown(name: str) -> str:
    """A file name as text that JSON can hold."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
