"""A file replaced in one step: beside it, fsync, rename; what a power cut leaves of that is removed the next time."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from typing import Iterator

from irekae.host.agent.base import is_agent, write_whole
from irekae.host.agent.paths import Spot
from irekae.host.agent.walk import remove_whatever

LONGEST = 200  # bytes of a name that its temporary one repeats: 255 must hold them and our mark


def fresh_name(name: bytes) -> bytes:
    """The temporary name beside a file. It begins with a dot: cron, insserv and run-parts pass such names over."""
    return b".%s.irekae-%d" % (name[:LONGEST], os.getpid())


TEMPORARY = re.compile(rb"\..+\.irekae-([0-9]+)", re.DOTALL)
# The temporary files that lay in a folder (device, inode) when this agent first wrote there: one look is enough for
# thousands of files, and what an agent leaves that dies later, the next one finds.
LEFT: dict[tuple[int, int], set[bytes]] = {}


def sweep(spot: Spot) -> None:
    """Remove temporary files of the spot's name of agents that are dead, left by a power cut."""
    state = os.fstat(spot.folder)
    folder = (state.st_dev, state.st_ino)
    if folder not in LEFT:
        LEFT[folder] = {name for name in spot.names() if TEMPORARY.fullmatch(name)}
    ours = b".%s.irekae-" % spot.name[:LONGEST]
    for name in [name for name in LEFT[folder] if name.startswith(ours) and name[len(ours) :].isdigit()]:
        number = int(name[len(ours) :])
        if number == os.getpid() or not is_agent(number):
            remove_whatever(spot.folder, name)
            LEFT[folder].discard(name)
    spot.unlink(fresh_name(spot.name))


@contextlib.contextmanager
def fresh(spot: Spot) -> Iterator[bytes]:
    """A temporary name that becomes the spot's when all went well, and is gone when it did not.

    Errors name the path that was to be written, never the temporary one.
    """
    name = fresh_name(spot.name)
    try:
        sweep(spot)
        yield name
        os.rename(name, spot.name, src_dir_fd=spot.folder, dst_dir_fd=spot.folder)
    except BaseException as error:
        with contextlib.suppress(OSError):
            spot.unlink(name)
        if isinstance(error, OSError):
            error.filename, error.filename2 = spot.path, None
        raise
    spot.sync()


def replace(spot: Spot, data: bytes, mode: int, uid: int, gid: int, mtime: int | None = None) -> None:
    """Give the spot a file with exactly these contents, mode and owner; mtime in nanoseconds, None for now.

    Access lists and other extended attributes of the file that was there stay (acl(5), xattr(7)).
    """
    with fresh(spot) as name:
        fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=spot.folder)
        try:
            write_whole(fd, data)
            os.fchown(fd, uid, gid)
            keep_attributes(spot, fd)
            # After the access list, whose mask would change the group's bits.
            os.fchmod(fd, mode)
            if mtime is not None:
                os.utime(fd, ns=(mtime, mtime))
            os.fsync(fd)
        finally:
            os.close(fd)


def keep_attributes(spot: Spot, fd: int) -> None:
    """Copy the extended attributes of the file at the spot, if there is one and its file system has them."""
    state = spot.state()
    if state is None or not stat.S_ISREG(state.st_mode):
        return
    with contextlib.suppress(OSError):
        old = spot.open(os.O_RDONLY)
        try:
            for name in os.listxattr(old):
                os.setxattr(fd, name, os.getxattr(old, name))
        finally:
            os.close(old)


def relink(spot: Spot, target: bytes, uid: int, gid: int) -> None:
    """Give the spot a symbolic link in one step."""
    with fresh(spot) as name:
        os.symlink(target, name, dir_fd=spot.folder)
        os.chown(name, uid, gid, dir_fd=spot.folder, follow_symlinks=False)
