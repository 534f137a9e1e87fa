"""A server's data directory as it lies on the disk: its size, what of it lies elsewhere, where a copy can stand."""

from __future__ import annotations

import fnmatch
import os
import stat
from typing import Iterator, List, Sequence, Tuple

from irekae.subjects.databases.far.base import Answer, whole

PLACE = ".irekae-databases"
SHOWN = 5  # paths that are named
# What stands against a copy: its kind, and what it is about; the seat has the words.
Found = List[Tuple[str, str]]


def folder_look(data: str, left: Sequence[str], suffixes: Sequence[str] = ()) -> Answer:
    """What any server's data directory tells of itself.

    Args:
        data: without links on its way.
        left: patterns of what lies directly in it and is not copied, each with a slash in front.
        suffixes: of files that say that something lies elsewhere.
    """
    size, against = _measured(data, left, suffixes)
    place = place_beside(data)
    free = 0
    if place:
        room = os.statvfs(os.path.dirname(os.path.dirname(place)))
        free = room.f_bavail * room.f_frsize + _measured(os.path.join(place, "incoming"), (), ())[0]
    if os.path.ismount(data):
        against.append(("mount", data))
    elif not place:
        against.append(("place", data))
    return {"folder": data, "place": place, "size": size, "free": free, "left": list(left), "against": against}


def is_left(name: str, left: Sequence[str]) -> bool:
    """Is what lies directly in the data directory not copied."""
    return any(fnmatch.fnmatchcase("/" + name, pattern) for pattern in left)


def _measured(data: str, left: Sequence[str], suffixes: Sequence[str]) -> tuple[int, Found]:
    """Bytes on the disk, and what of it lies elsewhere."""
    size, against = 0, []
    for path, state in _below(data, left):
        size += state.st_blocks * 512
        if stat.S_ISLNK(state.st_mode):
            against.append(("link", f"{path} → {os.readlink(path)}"))
        elif stat.S_ISDIR(state.st_mode) and os.path.ismount(path):
            against.append(("mount", path))
        elif path.endswith(tuple(suffixes)) and suffixes:
            against.append(("outside", path))
    return size, against[:SHOWN]


def _below(data: str, left: Sequence[str]) -> Iterator[tuple[str, os.stat_result]]:
    """What is copied, each with its state; what goes meanwhile is left out."""
    for folder, folders, files in os.walk(data):
        if folder == data:
            folders[:] = [name for name in folders if not is_left(name, left)]
            files = [name for name in files if not is_left(name, left)]
        for name in folders + files:
            path = os.path.join(folder, name)
            try:
                yield path, os.lstat(path)
            except FileNotFoundError:
                continue


def place_beside(data: str) -> str:
    """Where a copy stands until it takes the data directory's place, on the same file system; "" where nowhere.

    Below the nearest folder that root alone can change, or put another one in the place of.
    """
    path, device = os.path.dirname(data), os.lstat(data).st_dev
    while os.lstat(path).st_dev == device:
        if _is_roots(path):
            return os.path.join(path, PLACE, data.strip("/").replace("/", "+"))
        if path == "/":
            break
        path = os.path.dirname(path)
    return ""


def _is_roots(path: str) -> bool:
    state = os.lstat(path)
    if state.st_uid or state.st_mode & 0o022 or not stat.S_ISDIR(state.st_mode):
        return False
    while path != "/":
        path = os.path.dirname(path)
        above = os.lstat(path)
        if above.st_uid or (above.st_mode & 0o022 and not above.st_mode & stat.S_ISVTX):
            return False
    return True


def stands_in(data: str, pid_text: str) -> Found:
    """Does the server work in the data directory that it names.

    Args:
        data: the directory.
        pid_text: the first line of its process file.
    """
    process = whole(pid_text)
    try:
        cwd = os.readlink(f"/proc/{process}/cwd") if process else ""
    except OSError:
        cwd = ""
    return [] if cwd == data else [("elsewhere", "{} ({})".format(data, cwd or "no process of it is there"))]


def first_line(path: str) -> str:
    """The first line of a small file, "" where there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.readline().strip()
    except OSError:
        return ""
