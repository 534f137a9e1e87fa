"""A copy takes the data directory's place on the standby in one step, and what was there comes back in one step.

In a folder that is root's alone (`place`): `incoming`, the copy; `proved`, a file that is there once that is whole;
`own`, what the standby had before; `old`, a copy of ours that another one has replaced. A server finds its data
directory whole or not at all, whenever we are cut off; `settle` ends what was begun.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from typing import Iterator, Sequence

from irekae.subjects.databases.far.base import Failed
from irekae.subjects.databases.far.data_folder import is_left
from irekae.subjects.databases.far.engine import Engine

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@contextlib.contextmanager
def opened(path: str) -> Iterator[int]:
    """An open folder; nobody has led us there by a link."""
    fd = os.open("/", FOLDER)
    try:
        for name in path.strip("/").split("/") if path != "/" else ():
            below = os.open(name, FOLDER, dir_fd=fd)
            os.close(fd)
            fd = below
        yield fd
    finally:
        os.close(fd)


def prepare(place: str) -> bool:
    """Make room for a copy; whether a part of one is there already."""
    for path in (os.path.dirname(place), place, os.path.join(place, "incoming")):
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, 0o700)
        state = os.lstat(path)
        if not stat.S_ISDIR(state.st_mode) or (state.st_uid and not path.endswith("/incoming")):
            raise Failed(f"{path} is not ours")
    _gone(place, "proved")
    _gone(place, "old")
    return bool(os.listdir(os.path.join(place, "incoming")))


def take(engine: Engine, place: str, data: str, own: Sequence[str], state: str) -> None:
    """Have the copy take the data directory's place; what was there is kept, what is the host's own stays.

    Args:
        engine: of its server, which rests.
        place: where it stands.
        data: the data directory.
        own: patterns of files that are the host's own, each with a slash in front.
        state: of production's server, as `rests` says.

    Raises:
        Failed: the copy is not what production's server has left.
    """
    incoming = os.path.join(place, "incoming")
    if os.path.isdir(incoming):
        found = engine.rests(incoming)
        if not found["clean"] or found["state"] != state:
            raise Failed("what was copied is not what production's server has left")
        with opened(data) as here, opened(incoming) as there:
            _carry(here, there, own)
        os.sync()  # a power failure must not leave a copy in its place of which a part is missing
        with open(os.path.join(place, "proved"), "wb") as file:
            os.fsync(file.fileno())
    _swap_in(place, data)


def settle(place: str, data: str) -> None:
    """End an exchange that was cut off, either way; the data directory is there again."""
    if not os.path.isdir(place):
        return
    proved, incoming = (os.path.lexists(os.path.join(place, name)) for name in ("proved", "incoming"))
    if proved and (not incoming or not os.path.lexists(data)):
        _swap_in(place, data)
    elif not os.path.lexists(data) and os.path.isdir(os.path.join(place, "own")):
        _move(place, "own", *os.path.split(data))


def back(place: str, data: str, aside: str) -> None:
    """Give the standby its own data directory back; the second time it comes to the same.

    Args:
        place: where it is kept.
        data: the data directory.
        aside: where what stands there is put, for it is somebody's work; "" where it is the copy's.
    """
    if os.path.isdir(os.path.join(place, "own")):
        if os.path.lexists(data):
            _gone(place, "old")
            _move(*os.path.split(data), *(os.path.split(aside) if aside else (place, "old")))
        _move(place, "own", *os.path.split(data))
    if os.path.isdir(place):
        shutil.rmtree(place)
    with contextlib.suppress(OSError):
        os.rmdir(os.path.dirname(place))


def _swap_in(place: str, data: str) -> None:
    parent, name = os.path.split(data)
    if os.path.lexists(os.path.join(place, "incoming")):
        if os.path.lexists(data):
            kept = "old" if os.path.lexists(os.path.join(place, "own")) else "own"
            _gone(place, kept)
            _move(parent, name, place, kept)
        _move(place, "incoming", parent, name)
    _gone(place, "proved")
    _gone(place, "old")


def _move(folder: str, name: str, target: str, as_: str) -> None:
    with opened(folder) as here, opened(target) as there:
        os.rename(name, as_, src_dir_fd=here, dst_dir_fd=there)
        os.fsync(there)
        os.fsync(here)


def _gone(place: str, name: str) -> None:
    path = os.path.join(place, name)
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def _carry(here: int, there: int, own: Sequence[str]) -> None:
    """Copy the host's own files, and let go what an earlier attempt has carried."""
    for fd in (there, here):
        for name in os.listdir(fd):
            if is_left(name, own) and stat.S_ISREG(os.stat(name, dir_fd=fd, follow_symlinks=False).st_mode):
                if fd == there:
                    os.unlink(name, dir_fd=there)
                else:
                    _copy(name, here, there)


def _copy(name: str, here: int, there: int) -> None:
    source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
    with open(source, "rb") as file:
        state = os.fstat(source)
        made = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=there)
        with open(made, "wb") as copy:
            shutil.copyfileobj(file, copy)
            os.fchown(made, state.st_uid, state.st_gid)
            os.fchmod(made, stat.S_IMODE(state.st_mode))
        os.utime(name, ns=(state.st_mtime_ns, state.st_mtime_ns), dir_fd=there, follow_symlinks=False)
