"""Paths that nobody but root has a say in: every folder on the way is opened by itself, and a link planted by a user
is refused, so that nothing written below a user's home can land elsewhere (openat(2), path_resolution(7))."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import Any

from irekae.host.agent.base import Refused, owner_of, raw, text

# Whose links may be followed. The agent is root; run by anybody else, as tests may do, that user counts as well.
TRUSTED = {0, os.geteuid()}
MANY_LINKS = 40  # Linux itself follows as many
FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW


class Spot:
    """A name in a folder that is held open: what is done to it cannot be led astray by a link on the way.

    Args:
        path: as the seat wrote it.
        make: mode of folders on the way that are made where they are missing; None makes none.

    Raises:
        Refused: the path is not absolute, or leads through a link that a user may have planted.
    """

    def __init__(self, path: str, make: int | None = None) -> None:
        """Open the folder that the name lies in."""
        if not path.startswith("/") or "\0" in path:
            raise Refused("path", f"{path!r} is no absolute path")
        self.path = path
        folder, _, self.name = raw(path).rstrip(b"/").rpartition(b"/")
        if self.name in (b"", b".", b".."):
            folder, self.name = raw(path), b"."
        self.folder = open_folder(folder, path, make)

    def __enter__(self) -> Spot:
        """For `with`: the folder is closed at its end."""
        return self

    def __exit__(self, *_: Any) -> None:
        """Close the folder."""
        os.close(self.folder)

    def state(self) -> os.stat_result | None:
        """What lies there, without following a link; None when nothing does."""
        try:
            return os.stat(self.name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def target(self) -> str:
        """Where the link that lies there leads to."""
        return text(os.readlink(self.name, dir_fd=self.folder))

    def open(self, flags: int, mode: int = 0o600) -> int:
        """open(2) that follows no link, waits for nobody and takes no terminal."""
        flags |= os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
        return os.open(self.name, flags, mode, dir_fd=self.folder)

    def open_regular(self) -> int:
        """Open the file for reading.

        Raises:
            Refused: it is a link, a folder, a pipe or a device.
            FileNotFoundError: nothing is there.
        """
        self.want_regular(os.stat(self.name, dir_fd=self.folder, follow_symlinks=False))
        fd = self.open(os.O_RDONLY)
        try:
            self.want_own(os.fstat(fd))
        except BaseException:
            os.close(fd)
            raise
        return fd

    def want_own(self, state: os.stat_result) -> None:
        """Raise Refused unless an open file is a regular one that belongs here.

        In a folder of a user's, a file with several names that is another's is a hard link to what he may not read.
        """
        if not stat.S_ISREG(state.st_mode):
            raise Refused("changed", f"{self.path} changed while we looked at it")
        folder = os.fstat(self.folder)
        if state.st_nlink > 1 and folder.st_uid not in TRUSTED and state.st_uid != folder.st_uid:
            planter = owner_of(folder.st_uid)
            raise Refused("link", f"{self.path} is a hard link of {planter} to a file of {owner_of(state.st_uid)}")

    def want_regular(self, state: os.stat_result) -> None:
        """Raise Refused unless the state is that of a regular file."""
        if stat.S_ISLNK(state.st_mode):
            raise Refused("link", f"{self.path} is a symbolic link (to {self.target()}): name the file itself")
        if not stat.S_ISREG(state.st_mode):
            raise Refused("kind", f"{self.path} is not a regular file")

    def unlink(self, name: bytes | None = None) -> None:
        """Remove it, or another name in its folder, unless it is a folder; nothing there is fine."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.name if name is None else name, dir_fd=self.folder)

    def names(self) -> list[bytes]:
        """What lies in the same folder."""
        return names_in(self.folder)

    def sync(self) -> None:
        """Make renames and removals in the folder last."""
        fd = os.open(b".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=self.folder)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def contents_at(path: str) -> bytes | None:
    """What stands in a regular file; None when nothing is there.

    Raises:
        Refused: it is a link, a folder, a pipe or a device.
    """
    try:
        with Spot(path) as spot:
            fd = spot.open_regular()
    except FileNotFoundError:
        return None
    with os.fdopen(fd, "rb") as file:
        return file.read()


def names_in(folder: int) -> list[bytes]:
    """The names in a folder that is held open, sorted."""
    fd = os.open(b".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder)
    try:
        return sorted(os.fsencode(name) for name in os.listdir(fd))
    finally:
        os.close(fd)


def open_folder(path: bytes, whole: str, make: int | None = None) -> int:
    """A descriptor (O_PATH) of the folder at an absolute path; links that only root can have made are followed.

    Args:
        path: the folder.
        whole: the path that errors name.
        make: mode for folders that are missing; None makes none.
    """
    steps = path.split(b"/")[::-1]
    links = 0
    here = os.open(b"/", FOLDER)
    try:
        while steps:
            step = steps.pop()
            if step in (b"", b"."):
                continue
            target = target_of(here, step, whole, make)
            if target is None:
                here = enter(here, os.open(step, FOLDER, dir_fd=here))
                continue
            links += 1
            if links > MANY_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            if target.startswith(b"/"):
                here = enter(here, os.open(b"/", FOLDER))
            steps += target.split(b"/")[::-1]
    except BaseException as error:
        os.close(here)
        if isinstance(error, OSError):
            error.filename = whole
        raise
    return here


def all_may_enter(folder: int) -> bool:
    """May everybody go through an open folder, and through each one above it."""
    here = os.dup(folder)
    try:
        while True:
            state = os.fstat(here)
            if not state.st_mode & stat.S_IXOTH:
                return False
            here = enter(here, os.open(b"..", FOLDER, dir_fd=here))
            above = os.fstat(here)
            if (above.st_dev, above.st_ino) == (state.st_dev, state.st_ino):
                return True
    finally:
        os.close(here)


def enter(here: int, inner: int) -> int:
    """Leave one open folder for another."""
    os.close(here)
    return inner


def target_of(here: int, step: bytes, whole: str, make: int | None) -> bytes | None:
    """Where a link on the way leads to; None for anything that is no link."""
    try:
        state = os.stat(step, dir_fd=here, follow_symlinks=False)
    except FileNotFoundError:
        if make is None:
            raise
        os.mkdir(step, make, dir_fd=here)
        return None
    if not stat.S_ISLNK(state.st_mode):
        return None
    # Whoever owns the folder could have moved any link there, another's too.
    strangers = {state.st_uid, os.fstat(here).st_uid} - TRUSTED
    if strangers:
        planter = owner_of(min(strangers))
        raise Refused("link", f"{whole} leads through “{text(step)}”, a symbolic link of {planter}")
    try:
        return os.readlink(step, dir_fd=here)
    except OSError as error:
        if error.errno == errno.EINVAL:
            raise Refused("changed", f"{whole}: “{text(step)}” changed while we looked at it") from None
        raise
