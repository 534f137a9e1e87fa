"""Homes, as they are before a copy and after it. Their owners may have put links anywhere: none is followed."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import Any, Sequence

from irekae.host.agent.attributes import attributes_of, give_attributes, in_base64
from irekae.host.agent.base import Answer, Refused, operation, raw
from irekae.host.agent.paths import FOLDER, Spot
from irekae.host.agent.words import unescape

MODE, OWNER, GROUP, TIME, NUMBER, MORE = range(6)  # of what op_states says of a path
WORDS = ("mode", "owner", "group")
UNFINISHED = b".irekae-unfinished"  # a folder that is not yet what it was


def inside(folder: str, name: str) -> str:
    """The path of what rsync on another host logs below a folder.

    Raises:
        Refused: it leads out of the folder.
    """
    path = unescape(name).rstrip("/")
    if path.startswith("/") or ".." in path.split("/"):
        raise Refused("path", f"{name} does not lie below {folder}")
    return f"{folder}/{path}"


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
    found = ((name, state_below(folder, name)) for name in names)
    return {name: state for name, state in found if state is not None}


def state_below(folder: str, name: str) -> list[Any] | None:
    """The same of one path; None where there is neither a file nor a folder."""
    try:
        with Spot(inside(folder, name)) as spot:
            state, more = spot.state(), in_base64(attributes_of(spot.folder, spot.name))
    except (FileNotFoundError, NotADirectoryError, Refused):
        return None
    if state is None or stat.S_ISLNK(state.st_mode):
        return None
    return [stat.S_IMODE(state.st_mode), state.st_uid, state.st_gid, state.st_mtime_ns, state.st_ino, more]


def is_missing(folder: str, name: str) -> bool:
    """Whether nothing lies at a path below a folder; what lies behind a link on the way is nobody's business."""
    try:
        with Spot(inside(folder, name)) as spot:
            return spot.state() is None
    except (FileNotFoundError, NotADirectoryError):
        return True
    except Refused:
        return False


def set_state(folder: str, name: str, was: Sequence[Any], ours: Sequence[Any]) -> list[str]:
    """Give a file or folder the mode, owner, attributes and time that it had, each unless somebody changed it since.

    What is a link by now, gone or another is left alone: another file may be another user's, to which a hard link was
    made here since.

    Returns:
        What stays as somebody made it, where the copy had changed it too.
    """
    try:
        with Spot(inside(folder, name)) as spot:
            fd = spot.open(os.O_RDONLY)
            more = in_base64(attributes_of(spot.folder, spot.name))
    except (OSError, Refused):
        return []
    try:
        state = os.fstat(fd)
        if state.st_ino != was[NUMBER] or not ours:
            return []
        now = (stat.S_IMODE(state.st_mode), state.st_uid, state.st_gid, state.st_mtime_ns, state.st_ino, more)
        back, said = three_way(was, ours, now)
        os.fchown(fd, back[OWNER], back[GROUP])
        os.fchmod(fd, back[MODE])
        if len(was) > MORE and len(ours) > MORE and more in (was[MORE], ours[MORE]):
            give_attributes(fd, was[MORE])
        # A folder's time says only that something in it came or went.
        if stat.S_ISDIR(state.st_mode) or now[TIME] in (was[TIME], ours[TIME]):
            os.utime(fd, ns=(was[TIME], was[TIME]))
        return said
    finally:
        os.close(fd)


def make_again(folder: str, name: str, was: Sequence[Any]) -> None:
    """Make a folder that is gone, in one step, with the mode, owner, attributes and time that it had.

    What an earlier attempt that was ended in the middle has left goes first.
    """
    with contextlib.suppress(OSError, Refused), Spot(inside(folder, name)) as spot:
        if spot.state() is not None:
            return
        above = os.fstat(spot.folder)
        with contextlib.suppress(FileNotFoundError):
            os.rmdir(UNFINISHED, dir_fd=spot.folder)
        os.mkdir(UNFINISHED, 0o700, dir_fd=spot.folder)
        fd = os.open(UNFINISHED, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=spot.folder)
        try:
            # Whoever owns the folder above may put another there; root's none of them can make.
            if os.fstat(fd).st_uid == os.geteuid() and not os.listdir(fd):
                os.fchown(fd, was[OWNER], was[GROUP])
                os.fchmod(fd, was[MODE])
                give_attributes(fd, was[MORE])
                os.utime(fd, ns=(was[TIME], was[TIME]))
                os.rename(UNFINISHED, spot.name, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)
                os.utime(b".", ns=(above.st_atime_ns, above.st_mtime_ns), dir_fd=spot.folder)
        finally:
            os.close(fd)


def three_way(was: Sequence[Any], ours: Sequence[Any], now: Sequence[Any]) -> tuple[list[int], list[str]]:
    """Mode, owner and group as they were, or as somebody made them since; and of what both changed a word."""
    back, said = [], []
    for key in (MODE, OWNER, GROUP):
        theirs = now[key] not in (was[key], ours[key])
        back.append(now[key] if theirs else was[key])
        if theirs and was[key] != ours[key]:
            said.append(f"{WORDS[key]} {oct(now[key]) if key == MODE else now[key]}, changed since the copy")
    return back, said


def is_folder(folder: int, name: bytes) -> bool:
    """Whether a name in an open folder is a folder, and no link to one."""
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


@operation
def op_space(path: str) -> Answer:
    """Free and used bytes of the file system that holds path, or would hold it, and its number."""
    while not os.path.lexists(raw(path)):
        path = os.path.dirname(path)
    found = os.statvfs(raw(path))
    return {
        "device": os.stat(raw(path)).st_dev,
        "free": found.f_bavail * found.f_frsize,
        "used": (found.f_blocks - found.f_bfree) * found.f_frsize,
    }
