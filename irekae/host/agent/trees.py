"""A folder copied as it is, by descriptors: whoever owns a folder in it may exchange what he likes meanwhile."""

from __future__ import annotations

import errno
import os
import stat
import time

from irekae.host.agent.attributes import attributes_of, give_attributes, in_base64
from irekae.host.agent.base import Answer, Refused, operation, write_whole
from irekae.host.agent.homes import descend
from irekae.host.agent.paths import FOLDER, Spot
from irekae.host.agent.replace import fresh
from irekae.host.agent.walk import remove_whatever, walk

AT_ONCE = 1 << 20  # bytes copied at once
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
MADE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW

# What the system says of a name that is gone by now, or another thing than a moment ago.
EXCHANGED = (errno.ENOENT, errno.EINVAL, errno.ELOOP, errno.ENXIO, errno.ENOTDIR)


@operation
def op_copy_tree(source: str, target: str, timeout: float = 3600) -> None:
    """Copy a folder with modes, owners, attributes and times; it appears as a whole or not at all.

    Links are copied as links. What vanishes meanwhile is left out, and so are pipes, sockets and devices.

    Args:
        source: the folder.
        target: where nothing lies yet.
        timeout: seconds.

    Raises:
        Refused: something lies there, or it took too long.
    """
    with Spot(source) as old, Spot(target) as new:
        if new.state() is not None:
            raise Refused("exists", f"{target} exists")
        top = os.open(old.name, FOLDER, dir_fd=old.folder)
        try:
            with fresh(new) as name:
                try:
                    Copying(time.monotonic() + timeout).whole(top, new.folder, name)
                except BaseException as error:
                    remove_whatever(new.folder, name)
                    if isinstance(error, TimeoutError):
                        raise Refused("timeout", f"copying {source} did not end within {timeout:g} s") from None
                    raise
        finally:
            os.close(top)


class Copying:
    """One copy of a folder, until a deadline (of the monotonic clock)."""

    def __init__(self, deadline: float) -> None:
        """Nothing is copied yet."""
        self.deadline = deadline

    def whole(self, top: int, place: int, name: bytes) -> None:
        """Copy an open folder to a name in another one: root's alone until all is in it."""
        os.mkdir(name, 0o700, dir_fd=place)
        target = os.open(name, FOLDER, dir_fd=place)
        done = []
        try:
            for fd, path, names in walk(top):
                here = descend(target, path.split(b"/") if path else [])
                if here is None:
                    continue  # it was none yet when the folder above was copied
                try:
                    for inner in names:
                        self.one(fd, inner, here)
                finally:
                    os.close(here)
                done.append((path, os.fstat(fd), in_base64(attributes_of(fd, b"."))))
            for path, state, more in reversed(done):
                here = os.open(path or b".", os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=target)
                try:
                    give_state(here, state, more)
                finally:
                    os.close(here)
        finally:
            os.close(target)

    def one(self, fd: int, name: bytes, here: int) -> None:
        """Copy what bears a name in an open folder to another one; of a folder no more than that it is there."""
        if time.monotonic() > self.deadline:
            raise TimeoutError()
        try:
            state = os.stat(name, dir_fd=fd, follow_symlinks=False)
            if stat.S_ISDIR(state.st_mode):
                os.mkdir(name, 0o700, dir_fd=here)
            elif stat.S_ISLNK(state.st_mode):
                os.symlink(os.readlink(name, dir_fd=fd), name, dir_fd=here)
                os.chown(name, state.st_uid, state.st_gid, dir_fd=here, follow_symlinks=False)
                os.utime(name, ns=(state.st_mtime_ns,) * 2, dir_fd=here, follow_symlinks=False)
            elif stat.S_ISREG(state.st_mode):
                self.file(os.open(name, READ, dir_fd=fd), name, fd, here)
        except OSError as error:
            if error.errno not in EXCHANGED:
                raise

    def file(self, old: int, name: bytes, fd: int, here: int) -> None:
        """Copy an open file; one that became something else meanwhile is left out."""
        try:
            state = os.fstat(old)
            if not stat.S_ISREG(state.st_mode):
                return
            new = os.open(name, MADE, 0o600, dir_fd=here)
            try:
                for piece in iter(lambda: os.read(old, AT_ONCE), b""):
                    write_whole(new, piece)
                    if time.monotonic() > self.deadline:
                        raise TimeoutError()
                give_state(new, state, in_base64(attributes_of(fd, name)))
            finally:
                os.close(new)
        finally:
            os.close(old)


def give_state(fd: int, state: os.stat_result, more: Answer) -> None:
    """Give an open file or folder owner, attributes, mode and time; a set-user-ID goes with a change of owner, else."""
    os.fchown(fd, state.st_uid, state.st_gid)
    give_attributes(fd, more)
    os.fchmod(fd, stat.S_IMODE(state.st_mode))
    os.utime(fd, ns=(state.st_mtime_ns, state.st_mtime_ns))
