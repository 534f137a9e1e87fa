"""A data tree before it is copied: its top made where there is none, its files by size and time."""

from __future__ import annotations

import os
import stat
from typing import Sequence

from irekae.host.agent.base import Answer, Refused, operation, raw, text
from irekae.host.agent.digests import tops
from irekae.host.agent.paths import Spot, open_folder
from irekae.host.agent.search import kept
from irekae.host.agent.walk import into, walk


@operation
def op_make_folder(path: str, mode: int, uid: int, gid: int) -> None:
    """Make a folder in one that is there, with owner and mode; root's alone until it has them.

    Raises:
        Refused: something lies there.
    """
    with Spot(path) as spot:
        try:
            os.mkdir(spot.name, 0o700, dir_fd=spot.folder)
        except FileExistsError:
            raise Refused("exists", f"{path} exists") from None
        fd = spot.open(os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fchown(fd, uid, gid)
            os.fchmod(fd, mode)
        finally:
            os.close(fd)
        spot.sync()


@operation
def op_tops(path: str, excludes: Sequence[str] = ()) -> list[str]:
    """Names in a folder that no exclude matches, as rsync writes them; none when it is not there."""
    return [text(name) for name in kept(tops(path), excludes)]


@operation
def op_instants(path: str, name: str) -> Answer:
    """Regular files at a name in a folder, and below it: path below the folder → size, mtime (nanoseconds since 1970).

    No link is followed, no other file system entered.
    """
    found: Answer = {}
    top = open_folder(raw(path), path)
    try:
        note(top, raw(name), raw(name), found)
        inside = into(top, raw(name))
        if inside is not None:
            try:
                if os.fstat(inside).st_dev == os.fstat(top).st_dev:
                    for fd, folder, names in walk(inside, other_devices=False):
                        for inner in names:
                            note(fd, inner, os.path.join(raw(name), folder, inner), found)
            finally:
                os.close(inside)
    finally:
        os.close(top)
    return found


def note(folder: int, name: bytes, path: bytes, found: Answer) -> None:
    """Note a regular file in an open folder."""
    try:
        state = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return  # gone meanwhile
    if stat.S_ISREG(state.st_mode):
        found[text(path)] = [state.st_size, state.st_mtime_ns]
