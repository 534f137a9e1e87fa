"""Homes: taking a copy back. Their owners may have put links anywhere: none is followed."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from typing import Any, Mapping, Sequence

from irekae.host.agent.attributes import attributes_of, give_attributes, in_base64
from irekae.host.agent.base import Answer, Refused, operation, raw, text
from irekae.host.agent.paths import FOLDER, Spot, open_folder
from irekae.host.agent.walk import remove_tree, remove_whatever, walk


def descend(top: int, steps: Sequence[bytes]) -> int | None:
    """A folder below an open one, through folders only; None when one of them is missing, or a link."""
    here = os.dup(top)
    for step in steps:
        try:
            inner = os.open(step, FOLDER, dir_fd=here)
        except OSError:
            return None
        finally:
            os.close(here)
        here = inner
    return here


@operation
def op_states(folder: str, names: Sequence[str]) -> dict[str, list[Any]]:
    """Mode, owner, group, mtime (nanoseconds since 1970), inode number and attributes of files and folders below a
    folder, no links followed.

    Args:
        folder: where they lie.
        names: their paths below it, as rsync logs them; those that are not there are left out.
    """
    found = {}
    for name in names:
        try:
            with Spot("{}/{}".format(folder, unescape(name).rstrip("/"))) as spot:
                state, more = spot.state(), in_base64(attributes_of(spot.folder, spot.name))
        except (FileNotFoundError, NotADirectoryError, Refused):
            continue
        if state is not None and not stat.S_ISLNK(state.st_mode):
            numbers = [stat.S_IMODE(state.st_mode), state.st_uid, state.st_gid, state.st_mtime_ns, state.st_ino]
            found[name] = [*numbers, more]
    return found


@operation
def op_missing(folder: str, names: Sequence[str]) -> list[str]:
    """Those of some paths below a folder at which nothing lies, no links followed.

    Args:
        folder: where they would lie.
        names: their paths below it, as rsync logs them.
    """
    return [name for name in names if is_missing("{}/{}".format(folder, unescape(name).rstrip("/")))]


def is_missing(path: str) -> bool:
    """Whether nothing lies at a path; what lies behind a link on the way is nobody's business."""
    try:
        with Spot(path) as spot:
            return spot.state() is None
    except (FileNotFoundError, NotADirectoryError):
        return True
    except Refused:
        return False


def set_state(path: str, mode: int, uid: int, gid: int, mtime: int, inode: int, more: Answer | None = None) -> None:
    """Give a file or folder its mode, owner, attributes and time; what is a link by now, gone or another is left alone.

    Another file may be another user's, to which a hard link was made here since.
    """
    try:
        with Spot(path) as spot:
            fd = spot.open(os.O_RDONLY)
    except (OSError, Refused):
        return
    try:
        if os.fstat(fd).st_ino != inode:
            return
        os.fchown(fd, uid, gid)
        os.fchmod(fd, mode)
        if more is not None:
            give_attributes(fd, more)
        os.utime(fd, ns=(mtime, mtime))
    finally:
        os.close(fd)


@operation
def op_undo_copy(
    home: str, replaced: str, added: Sequence[str], altered: Mapping[str, Sequence[Any]] | None = None
) -> None:
    """Take a copy into home back: remove what it added, deepest first, and return what it replaced or deleted.

    Args:
        home: the folder that was copied into.
        replaced: where the copy put what it replaced, relative to home.
        added: paths that it made, relative to home, as rsync logs them.
        altered: paths of which it changed mode, owner, attributes or time alone, and what these were: see op_states.
    """
    for path in sorted(added, key=len, reverse=True):
        remove_added("{}/{}".format(home, unescape(path).rstrip("/")))
    return_replaced(home, f"{home}/{replaced}")
    for path, state in (altered or {}).items():
        set_state("{}/{}".format(home, unescape(path).rstrip("/")), *state)


def return_replaced(home: str, kept: str) -> None:
    """Put everything that a copy kept back in its place, and remove the folders that held it once they are empty."""
    try:
        source = open_folder(raw(kept), kept)
    except FileNotFoundError:
        source = None
    if source is not None:
        target = open_folder(raw(home), home)
        try:
            put_back(source, target)
        finally:
            os.close(source)
            os.close(target)
        with Spot(kept) as spot:
            remove_tree(spot.folder, spot.name)
    parent = os.path.dirname(kept)
    while parent != home:
        with contextlib.suppress(OSError), Spot(parent) as spot:
            os.rmdir(spot.name, dir_fd=spot.folder)
        parent = os.path.dirname(parent)


def remove_added(path: str) -> None:
    """Remove what the copy made; a folder that holds something else by now stays."""
    try:
        with Spot(path) as spot:
            held = spot.state()
            if held is None:
                return
            if not stat.S_ISDIR(held.st_mode):
                spot.unlink()
            else:
                with contextlib.suppress(OSError):
                    os.rmdir(spot.name, dir_fd=spot.folder)
    except (FileNotFoundError, NotADirectoryError, Refused):
        return  # nothing of ours lies behind a link that a user has put there since


def put_back(source: int, target: int) -> None:
    """Move everything in one open folder to its place in another, over what is there; folders are merged."""
    for fd, path, names in walk(source):
        place = descend(target, path.split(b"/") if path else [])
        if place is None:
            continue  # its user made something else of it this very moment; what was kept stays where it is
        try:
            for name in names:
                if not (is_folder(fd, name) and is_folder(place, name)):
                    remove_whatever(place, name)
                    os.rename(name, name, src_dir_fd=fd, dst_dir_fd=place)
        finally:
            os.close(place)


def is_folder(folder: int, name: bytes) -> bool:
    """Whether a name in an open folder is a folder, and no link to one."""
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def unescape(path: str) -> str:
    """A path as rsync logs it: odd bytes stand as \\#ooo."""
    return text(re.sub(rb"\\#([0-7]{3})", lambda found: bytes([int(found[1], 8)]), raw(path)))


@operation
def op_space(path: str) -> Answer:
    """Free and used bytes of the file system that holds path."""
    found = os.statvfs(raw(path))
    return {"free": found.f_bavail * found.f_frsize, "used": (found.f_blocks - found.f_bfree) * found.f_frsize}
