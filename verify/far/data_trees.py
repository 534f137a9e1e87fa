"""Data trees as they lie on this host, held against what was written down when they were copied. Changes nothing."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from typing import Any

from verify.far.below import descend, open_file, open_folder, opened, shown, state_of
from verify.far.owners import group, owner

SHOWN = 20  # paths of each kind that are told
PIECE = 1 << 20
SIZE = 3  # its place in what is written down of a file
GONE, REMOVED, OTHER, RIGHTS, EMPTIED, USED, SAME = "gone", "removed", "other", "rights", "emptied", "used", ""
# What programs empty and fill again by themselves.
FILLED_AGAIN = (
    "*.log",
    "*.log.*",
    "*.lock",
    "*.lck",
    "lock",
    ".lock*",
    "*.pid",
    "*.tmp",
    "*-wal",
    "*-journal",
    "*_history",
)


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Each of `trees` (path, excludes), with what `record` (a file) says of it: see `look`."""
    record = read_record(request["record"])
    return {tree["path"]: look(tree["path"], tree["excludes"], record.get(tree["path"])) for tree in request["trees"]}


def read_record(path: str) -> dict[str, Any]:
    """What was written down at the copy; nothing where there is no such file."""
    try:
        with open(path, "rb") as file:
            found = json.load(file)
    except FileNotFoundError:
        return {}
    return found if isinstance(found, dict) else {}


def look(path: str, excludes: list[str], record: dict[str, Any] | None) -> dict[str, Any]:
    """One tree: whether it is there, its files by number, what belongs to nobody; and of what was written down, how
    many files there were, how many were looked at, what is gone or other, has other rights or was emptied, and what was
    changed since by use."""
    found: dict[str, Any] = {"there": True, "files": 0, "strangers": [], "recorded": None}
    found |= {"looked_at": 0, GONE: [], REMOVED: [], OTHER: [], RIGHTS: [], EMPTIED: [], USED: 0}
    try:
        top = open_folder(path)
    except OSError:
        return {**found, "there": False}
    with opened(top):
        for inner, state in walk(top, excludes):
            found["files"] += stat.S_ISREG(state.st_mode)
            if is_strange(state, record) and len(found["strangers"]) < SHOWN:
                found["strangers"].append(f"{shown(inner)} ({state.st_uid}:{state.st_gid})")
        if record is not None:
            found["recorded"] = record["files"]
            # What was written down by an earlier release has no folders.
            folders, files = record.get("folders", {}), record["sample"]
            told = [(name, *judged_folder(top, name, was, record["at"])) for name, was in folders.items()]
            told += [(name, *judged(top, name, was, record["at"])) for name, was in files.items()]
            found["looked_at"] = len(files)
            found[USED] = sum(word == USED for _, word, _ in told)
            for name, word, why in told:
                if word in (GONE, REMOVED, OTHER, RIGHTS, EMPTIED):
                    found[word].append(f"{shown(name)}{why}")
    return found


def is_strange(state: os.stat_result, record: dict[str, Any] | None) -> bool:
    """Whether something belongs to a number without a name that had none of it when the record was written."""
    known = record or {}
    user = owner(state.st_uid) == "" and state.st_uid not in known.get("users", [])
    return user or (group(state.st_gid) == "" and state.st_gid not in known.get("groups", []))


def walk(top: int, excludes: list[str]) -> Iterator[tuple[str, os.stat_result]]:
    """All below an open folder on its own file system; no link is followed."""
    device = os.fstat(top).st_dev
    for folder, folders, files, fd in os.fwalk(".", dir_fd=top, follow_symlinks=False):
        base = folder[2:]
        for name in folders + files:
            state = state_of(fd, name)
            left_out = state is None or (not base and is_left_out(name, excludes))
            if name in folders and (state is None or left_out or state.st_dev != device):
                folders.remove(name)
            if state is not None and not left_out:
                yield os.path.join(base, name), state


def is_left_out(name: str, excludes: list[str]) -> bool:
    """Whether a name directly in the tree is none of its data."""
    return name.startswith(".irekae-") or any(fnmatch.fnmatchcase(f"/{name}", rule) for rule in excludes)


def judged(top: int, name: str, was: list[Any], at: float) -> tuple[str, str]:
    """What became of a file that was written down, and a word more.

    Args:
        top: the tree, open.
        name: its path below it.
        was: mode, owner, group, bytes, seconds since 1970, sha256 ("" where it was too large).
        at: when that was written down, in seconds since 1970.
    """
    *steps, last = name.split("/")
    folder = deepest(top, steps)
    with opened(folder[0]):
        state = state_of(folder[0], last) if folder[1] == len(steps) else None
        if state is None:
            return (USED, "") if os.fstat(folder[0]).st_mtime > at else (GONE, "")
        if was[SIZE] and not state.st_size and not is_filled_again(last):
            return EMPTIED, f" ({was[SIZE]} bytes were copied)"
        if state.st_mtime > at:
            return USED, ""
        *rights, size, seconds, digest = was
        other = other_rights(state, rights)
        if other:
            return RIGHTS, other
        if [state.st_size, int(state.st_mtime)] != [size, seconds]:
            return OTHER, f": {state.st_size} bytes of an older time, was {size}"
        if digest and digest_of(folder[0], last) != digest:
            return OTHER, ": other contents of the same size and time"
    return SAME, ""


def is_filled_again(name: str) -> bool:
    """Whether a file is one of those that their programs empty."""
    return any(fnmatch.fnmatchcase(name.lower(), usual) for usual in FILLED_AGAIN)


def judged_folder(top: int, name: str, was: list[Any], at: float) -> tuple[str, str]:
    """The same of a folder: who may do what there; what lies in it goes on changing.

    A folder directly in the tree is told, with all that lay in it, whenever it was removed; one that lies deeper may be
    removed by use.

    Args:
        was: mode, owner, group.
    """
    steps = [] if name == "." else name.split("/")
    fd, reached = deepest(top, steps)
    with opened(fd):
        state = os.fstat(fd)
        if reached < len(steps):
            return (USED if len(steps) > 1 else REMOVED, "") if state.st_mtime > at else (GONE, "")
        other = other_rights(state, was)
        return (RIGHTS, other) if other else (SAME, "")


def other_rights(state: os.stat_result, was: list[Any]) -> str:
    """How mode, owner and group differ from those that were written down; "" where they do not."""
    now = [stat.S_IMODE(state.st_mode), owner(state.st_uid), group(state.st_gid)]
    if now == list(was):
        return ""
    return f": {now[0]:04o} {now[1]}:{now[2]}, was {was[0]:04o} {was[1]}:{was[2]}"


def deepest(top: int, steps: list[str]) -> tuple[int, int]:
    """The last folder on a way that is there, open, and how many steps lead to it."""
    for count in range(len(steps), -1, -1):
        try:
            return descend(top, steps[:count]), count
        except OSError:
            continue
    raise OSError(f"descriptor {top} is no folder")


def digest_of(folder: int, name: str) -> str:
    """sha256 of a regular file in an open folder; "" of what is none by now."""
    fd = open_file(folder, name)
    if fd is None:
        return ""
    made = hashlib.sha256()
    with os.fdopen(fd, "rb") as file:
        for piece in iter(lambda: file.read(PIECE), b""):
            made.update(piece)
    return made.hexdigest()
