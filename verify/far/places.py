"""Where daemons keep what they write: kind, mode, owner of folders, of databases' files, of devices. Changes nothing.

A daemon that runs has opened what it needs; with another owner or mode it fails at its next start alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import stat
import struct
from collections.abc import Iterator
from typing import Any

from verify.far.below import FOLDER, kind_of, opened
from verify.far.changed import UNTOUCHED, changed_at
from verify.far.itself import changes_by_itself
from verify.far.running import PEOPLE

TREES = {"/var/lib": 4, "/var/cache": 4, "/var/spool": 4, "/var/log": 4, "/run": 1}
"""Folders of daemons, and how deep below them is looked."""
SINGLE = (
    *("/", "/root", "/run", "/run/lock", "/srv", "/tmp", "/var", "/var/tmp"),
    *(f"/dev/{name}" for name in ("full", "log", "null", "ptmx", "random", "shm", "tty", "urandom", "zero")),
)
OTHERS = re.compile(
    r"/var/lib/(docker|containers|containerd|flatpak|kubelet|lxc|lxd|libvirt|machines|snapd)/.+|"
    r"/var/(lib|cache|log)/private/.+|/var/(lib|cache)/apt(/.*)?|/run/user/.+"
)
"""Containers' own, what systemd gives a user of another number at each start, and apt's, which sets it as it likes."""
DATABASES = re.compile(r"mysqld|mariadbd|postgres")
"""They stand in the folder of their data."""
IN_DATA = 2  # folders deep
MOST = 20_000  # places
TOLD = 300
FLAGS = 0x80086601  # ioctl_iflags(2), FS_IOC_GETFLAGS
FIXED = {0x10: "immutable", 0x20: "append only"}

# An entry of the record: kind, mode, uid, gid, flags.
Place = list[Any]


def places(by_itself: list[str], running: list[dict[str, Any]]) -> tuple[dict[str, Place], bool]:
    """Path → entry, and whether there are more than are looked at.

    Args:
        by_itself: the site's own patterns of what changes by itself.
        running: daemons, as running.py tells them.
    """
    found: dict[str, Place] = {}
    for path in candidates(data_folders(running)):
        if len(found) >= MOST:
            return found, True
        if path not in found and not OTHERS.fullmatch(path) and not changes_by_itself(path, tuple(by_itself)):
            place = place_of(path)
            if place and place[2] not in PEOPLE:
                found[path] = place
    return found, False


def data_folders(running: list[dict[str, Any]]) -> list[str]:
    """Where databases that run keep their data."""
    folders = {one["cwd"] for one in running if DATABASES.fullmatch(one["name"])}
    return sorted(folder for folder in folders if folder.startswith("/") and folder != "/")


def candidates(data: list[str]) -> Iterator[str]:
    """Every path that may count; the shallow ones first, for there may be too many."""
    yield from SINGLE
    for folder in data:
        yield folder
        yield from below(folder, IN_DATA, files=True)
    for tree, depth in TREES.items():
        yield tree
        yield from below(tree, depth)


def below(top: str, deepest: int, files: bool = False) -> Iterator[str]:
    """The folders below one, level by level, and `files` too; no link is followed, no other file system entered."""
    device = device_of(top)
    level = [top]
    for _ in range(deepest):
        inner = []
        for folder in level:
            with contextlib.suppress(OSError), opened(os.open(folder, FOLDER)) as fd, os.scandir(fd) as entries:
                for entry in sorted(entries, key=lambda one: one.name):
                    path = f"{folder}/{entry.name}"
                    if entry.is_dir(follow_symlinks=False):
                        inner.append(path)
                        yield path
                    elif files and entry.is_file(follow_symlinks=False):
                        yield path
        level = [path for path in inner if not OTHERS.fullmatch(path) and device_of(path) == device]


def device_of(path: str) -> int:
    """The file system that a path lies on; -1 where it is gone."""
    try:
        return os.lstat(path).st_dev
    except OSError:
        return -1


def place_of(path: str) -> Place | None:
    """What is there; None for nothing."""
    try:
        state = os.lstat(path)
    except OSError:
        return None
    return [kind_of(state), state.st_mode & 0o7777, state.st_uid, state.st_gid, flags(path, state)]


def flags(path: str, state: os.stat_result) -> str:
    """What keeps root himself from writing, in words; "" for nothing, or where that is unknown."""
    if not stat.S_ISDIR(state.st_mode) and not stat.S_ISREG(state.st_mode):
        return ""
    try:
        with opened(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)) as fd:
            held = struct.unpack("l", fcntl.ioctl(fd, FLAGS, struct.pack("l", 0)))[0]
    except OSError:
        return ""
    return ", ".join(word for bit, word in FIXED.items() if held & bit)


def otherwise(record: dict[str, Any], by_itself: list[str], booted: float) -> list[dict[str, Any]]:
    """Those of the record that have become otherwise; what is new, or gone below a daemon's own folder, is no matter.

    Args:
        record: what the boot left; one of an earlier release holds no places.
        by_itself: patterns of what changes by itself.
        booted: as in changed.py.
    """
    found = []
    for path, old in sorted(record.get("places", {}).items()):
        new = place_of(path)
        if new == old or (new is None and not must_stay(path, record["data"])):
            continue
        moment = os.lstat(path).st_ctime if new else changed_at(path, None)
        if moment > booted + UNTOUCHED and not changes_by_itself(path, tuple(by_itself)):
            found.append({"path": path, "how": "", "at": moment, "was": stated(old), "found": stated(new)})
    return found[:TOLD]


def must_stay(path: str, data: list[str]) -> bool:
    """Whether it is a daemon's own top folder, or something that every program counts on."""
    return path in SINGLE or path in data or (os.path.dirname(path) in TREES and not path.startswith("/run/"))


def stated(place: Place | None) -> str:
    """All that counts of a place, in a line."""
    if place is None:
        return "not there"
    kind, mode, uid, gid, held = place
    return f"{kind}, mode {mode:04o}, owner {uid}:{gid}{f', {held}' if held else ''}"
