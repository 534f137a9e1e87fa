"""Homes: the mail in them, and taking a copy back. Their owners may have put links anywhere: none is followed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
from typing import Sequence

from irekae.agent.base import Answer, Refused, operation, raw, text
from irekae.agent.paths import FOLDER, Spot, names_in, open_folder


@operation
def op_mailboxes(home: str, maildir: str) -> dict[str, list[int]]:
    """Messages and bytes in each home's maildir: user → [messages, bytes]; links are not followed."""
    found = {}
    top = open_folder(raw(home), home)
    try:
        for user in names_in(top):
            sizes = mail_sizes(top, [user, *raw(maildir).split(b"/")])
            if sizes is not None:
                found[text(user)] = [len(sizes), sum(sizes)]
    finally:
        os.close(top)
    return found


def mail_sizes(top: int, steps: Sequence[bytes]) -> list[int] | None:
    """The sizes of a maildir's messages (maildir(5): new and cur); None when there is no such folder."""
    box = descend(top, steps)
    if box is None:
        return None
    sizes: list[int] = []
    try:
        for part in (b"cur", b"new"):
            folder = descend(box, [part])
            if folder is not None:
                sizes += sizes_in(folder)
                os.close(folder)
    finally:
        os.close(box)
    return sizes


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


def sizes_in(folder: int) -> list[int]:
    """Sizes of the regular files in an open folder."""
    states = []
    for name in names_in(folder):
        with contextlib.suppress(FileNotFoundError):
            states.append(os.stat(name, dir_fd=folder, follow_symlinks=False))
    return [state.st_size for state in states if stat.S_ISREG(state.st_mode)]


@operation
def op_undo_copy(home: str, replaced: str, added: Sequence[str]) -> None:
    """Take a copy into home back: remove what it added, deepest first, and return what it replaced or deleted.

    Args:
        home: the folder that was copied into.
        replaced: where the copy put what it replaced, relative to home.
        added: paths that it made, relative to home, as rsync logs them.
    """
    for path in sorted(added, key=len, reverse=True):
        remove_added("{}/{}".format(home, unescape(path).rstrip("/")))
    kept = f"{home}/{replaced}"
    try:
        source = open_folder(raw(kept), kept)
    except FileNotFoundError:
        return
    target = open_folder(raw(home), home)
    try:
        put_back(source, target)
    finally:
        os.close(source)
        os.close(target)
    with Spot(kept) as spot:
        shutil.rmtree(spot.by_descriptor())


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
    for name in names_in(source):
        inner, outer = descend(source, [name]), descend(target, [name])
        if inner is not None and outer is not None:
            put_back(inner, outer)
        else:
            if outer is None:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=target)
            else:
                shutil.rmtree(b"/proc/self/fd/%d/%s" % (target, name))
            os.rename(name, name, src_dir_fd=source, dst_dir_fd=target)
        for fd in (inner, outer):
            if fd is not None:
                os.close(fd)


def unescape(path: str) -> str:
    """A path as rsync logs it: odd bytes stand as \\#ooo."""
    return text(re.sub(rb"\\#([0-7]{3})", lambda found: bytes([int(found[1], 8)]), raw(path)))


@operation
def op_space(path: str) -> Answer:
    """Free and used bytes of the file system that holds path."""
    found = os.statvfs(raw(path))
    return {"free": found.f_bavail * found.f_frsize, "used": (found.f_blocks - found.f_bfree) * found.f_frsize}
