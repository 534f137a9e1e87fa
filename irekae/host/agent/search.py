"""What lies below a folder; no link on the way down is followed."""

from __future__ import annotations

import base64
import fnmatch
import os
import re
import stat
from typing import Iterator, Sequence

from irekae.host.agent.base import Answer, operation, raw, text
from irekae.host.agent.parts import parted
from irekae.host.agent.paths import Spot, all_may_enter, open_folder
from irekae.host.agent.walk import walk

LARGE = 4 << 20  # bytes: what is larger is no configuration


@parted
def each_path(path: str, excludes: Sequence[str] = ()) -> Iterator[str]:
    """Every path below a folder, relative to it, in the order of the walk: the names in a folder, then each of its
    folders; top-level names that match an exclude are left out."""
    try:
        top = open_folder(raw(path), path)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        for _, folder, names in walk(top, lambda inner: b"/" in inner or bool(kept([inner], excludes))):
            yield from (text(os.path.join(folder, name)) for name in (names if folder else kept(names, excludes)))
    finally:
        os.close(top)


def kept(names: Sequence[bytes], excludes: Sequence[str]) -> list[bytes]:
    """The names that no exclude matches, written as rsync's are: `/gate`, `/chikuwa*`."""
    return [name for name in names if not any(fnmatch.fnmatchcase("/" + text(name), rule) for rule in excludes)]


@operation
def op_grep(trees: Sequence[str], skip: Sequence[str], words: Sequence[str]) -> list[Answer]:
    """Files below the trees that are text and hold one of the words in any case, with their contents (5.2).

    trees: folders, or single files.
    """
    wanted = re.compile(b"|".join(re.escape(raw(word)) for word in words), re.IGNORECASE)
    skipped = {raw(path) for path in skip}
    found = []
    for tree in trees:
        try:
            top = open_folder(raw(tree), tree)
        except FileNotFoundError:
            continue
        except NotADirectoryError:
            found += grep_file(tree, wanted)
            continue
        try:
            found += grep_below(top, raw(tree), skipped, wanted)
        finally:
            os.close(top)
    return found


def grep_file(path: str, wanted: re.Pattern[bytes]) -> list[Answer]:
    """A single file that holds what is wanted; [] if it doesn't, or is no text."""
    with Spot(path) as spot:
        match = matching(spot.folder, spot.name, path, wanted)
    return [match] if match else []


def grep_below(top: int, tree: bytes, skipped: set[bytes], wanted: re.Pattern[bytes]) -> list[Answer]:
    """The files below an open folder, whose path is tree, that hold what is wanted."""
    found = []
    for fd, folder, names in walk(top, lambda inner: os.path.join(tree, inner) not in skipped):
        for name in names:
            path = os.path.join(tree, folder, name)
            match = None if path in skipped else matching(fd, name, text(path), wanted)
            if match:
                found.append(match)
    return found


def matching(folder: int, name: bytes, path: str, wanted: re.Pattern[bytes]) -> Answer | None:
    """A file that holds what is wanted, with its contents, and whether everybody on the host may read them."""
    held = small_text(folder, name)
    if held is None or not wanted.search(held[0]):
        return None
    data, mode = held
    public = bool(mode & stat.S_IROTH) and all_may_enter(folder)
    return {"path": path, "data": base64.b64encode(data).decode(), "public": public}


def small_text(folder: int, name: bytes) -> tuple[bytes, int] | None:
    """Contents and mode of a regular file of usual size without NUL bytes; pipes and devices are never opened."""
    try:
        if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            return None
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:  # it went away meanwhile
        return None
    with os.fdopen(fd, "rb") as file:
        state = os.fstat(fd)
        if not stat.S_ISREG(state.st_mode) or state.st_size > LARGE:
            return None
        data = file.read(LARGE)
    return None if b"\0" in data else (data, state.st_mode)
