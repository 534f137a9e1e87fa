"""Files: look, read, write, rename, remove, mode."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import stat
from typing import Iterator

from irekae.host.agent.base import MEMORY, Answer, Refused, group_of, operation, owner_of, raw, text
from irekae.host.agent.parts import parted
from irekae.host.agent.paths import Spot, all_may_enter, names_in, open_folder
from irekae.host.agent.replace import replace
from irekae.host.agent.walk import remove_whatever
from irekae.host.agent.words import LARGEST

KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "link"}


def described(state: os.stat_result) -> Answer:
    """A state for the seat; mtime in nanoseconds since 1970."""
    return {
        "kind": KINDS.get(stat.S_IFMT(state.st_mode), "other"),
        "mode": stat.S_IMODE(state.st_mode),
        "uid": state.st_uid,
        "gid": state.st_gid,
        "owner": owner_of(state.st_uid),
        "group": group_of(state.st_gid),
        "mtime": state.st_mtime_ns,
        "size": state.st_size,
    }


def is_public(folder: int, state: os.stat_result) -> bool:
    """May everybody on the host read what lies in an open folder (enter it, where it is a folder itself)."""
    wanted = stat.S_IXOTH if stat.S_ISDIR(state.st_mode) else stat.S_IROTH
    return bool(state.st_mode & wanted) and all_may_enter(folder)


def state_in(folder: int, name: bytes) -> Answer | None:
    """The state of a name in an open folder, with a link's target; None when nothing is there."""
    try:
        answer = described(os.stat(name, dir_fd=folder, follow_symlinks=False))
        if answer["kind"] == "link":
            answer["target"] = text(os.readlink(name, dir_fd=folder))
        return answer
    except FileNotFoundError:
        return None


def contents(fd: int, path: str, last: int | None) -> bytes:
    """What is in an open file, or its last bytes."""
    size = os.fstat(fd).st_size
    if last is None and size > LARGEST:
        raise Refused("size", f"{path} has {size} bytes, more than {LARGEST >> 20} MiB")
    if last is not None and size > last:
        os.lseek(fd, size - last, os.SEEK_SET)
    with os.fdopen(os.dup(fd), "rb") as file:
        return file.read(LARGEST if last is None else last)  # it may grow meanwhile


@operation
def op_stat(path: str) -> Answer | None:
    """What lies at path, without following a link at its end; None when nothing does."""
    try:
        with Spot(path) as spot:
            answer, held = state_in(spot.folder, spot.name), spot.state()
            if answer and held:
                answer["public"] = is_public(spot.folder, held)
            return answer
    except (FileNotFoundError, NotADirectoryError):
        return None


@operation
def op_read(path: str, last: int | None = None) -> Answer | None:
    """Contents and state of a regular file, or None when there is none; last: only so many bytes from its end."""
    try:
        with Spot(path) as spot:
            fd = spot.open_regular()
            public = is_public(spot.folder, os.fstat(fd))
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        answer = described(os.fstat(fd))
        answer["public"] = public
        answer["data"] = base64.b64encode(contents(fd, path, last)).decode()
        return answer
    finally:
        os.close(fd)


def lines_at(path: str) -> Iterator[str]:
    """The lines of a regular file, however long it is; none where there is no such file."""
    try:
        with Spot(path) as spot:
            fd = spot.open_regular()
    except (FileNotFoundError, NotADirectoryError):
        return
    with os.fdopen(fd, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        for line in file:
            yield line.rstrip("\n")


@parted
def each_line(path: str, beginning: str = "") -> Iterator[str]:
    """The lines of a regular file that begin so; none where there is no such file."""
    return (line for line in lines_at(path) if line.startswith(beginning))


@operation
def op_write(
    path: str,
    data: str,
    mode: int = 0o644,
    uid: int = 0,
    gid: int = 0,
    mtime: int | None = None,
    expect: str | None = None,
) -> Answer | None:
    """Put contents at path in one step. What lies there may be a regular file, nothing else.

    Args:
        path: the file, there or not.
        data: its contents, base64.
        mode, uid, gid: as it shall have them.
        mtime: nanoseconds since 1970; None for now.
        expect: sha256 of the contents that the seat saw, "" for no file, None for any.
    """
    with Spot(path, make=0o700 if MEMORY.holds(path) else None) as spot:
        held = spot.state()
        if held is not None:
            spot.want_regular(held)
        if expect is not None and digest(path) != expect:
            raise Refused("changed", f"{path} changed while we looked at it")
        replace(spot, base64.b64decode(data), mode, uid, gid, mtime)
        return state_in(spot.folder, spot.name)


def digest(path: str) -> str:
    """sha256 of a file, "" when there is none."""
    held = op_read(path)
    return hashlib.sha256(base64.b64decode(held["data"])).hexdigest() if held else ""


@operation
def op_rename(source: str, target: str) -> None:
    """Rename; an existing target is refused."""
    with Spot(source) as old, Spot(target) as new:
        if new.state() is not None:
            raise Refused("exists", f"{target} exists")
        os.rename(old.name, new.name, src_dir_fd=old.folder, dst_dir_fd=new.folder)
        new.sync()
        old.sync()


@operation
def op_remove(path: str) -> None:
    """Remove a file, link or whole folder; nothing there is fine."""
    if raw(path).strip(b"/").count(b"/") < 1:
        raise Refused("path", f"{path} is too much to remove")
    try:
        with Spot(path) as spot:
            held = spot.state()
            if held is None:
                return
            remove_whatever(spot.folder, spot.name)
            spot.sync()
    except (FileNotFoundError, NotADirectoryError):
        return


@operation
def op_remove_empty(path: str) -> bool:
    """Remove a folder unless somebody has put something into it; whether it is gone."""
    try:
        with Spot(path) as spot:
            os.rmdir(spot.name, dir_fd=spot.folder)
            spot.sync()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError as error:
        if error.errno != errno.ENOTEMPTY:
            raise
        return False
    return True


@operation
def op_mode(path: str, mode: int, mtime: int | None = None) -> None:
    """Change the mode of a file or folder, never through a link; mtime: nanoseconds since 1970."""
    with Spot(path) as spot:
        held = os.stat(spot.name, dir_fd=spot.folder, follow_symlinks=False)
        if not stat.S_ISDIR(held.st_mode):
            spot.want_regular(held)
        fd = spot.open(os.O_RDONLY)
        try:
            if not stat.S_ISDIR(os.fstat(fd).st_mode):
                spot.want_own(os.fstat(fd))
            os.fchmod(fd, mode)
            if mtime is not None:
                os.utime(fd, ns=(mtime, mtime))
        finally:
            os.close(fd)


@operation
def op_mkdir(path: str, mode: int = 0o700) -> None:
    """Make a folder with that mode, and its parents for root alone; one that is there stays as it is."""
    with Spot(path, make=0o700) as spot:
        try:
            os.mkdir(spot.name, 0o700, dir_fd=spot.folder)
        except FileExistsError:
            os.close(open_folder(raw(path), path))  # a folder, and not behind a link of a user's
            return
        fd = spot.open(os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fchmod(fd, mode)
        finally:
            os.close(fd)
        spot.sync()


@operation
def op_list(path: str) -> Answer | None:
    """Names in a folder with their states, None when there is none."""
    try:
        folder = open_folder(raw(path), path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        states = {text(name): state_in(folder, name) for name in names_in(folder)}
    finally:
        os.close(folder)
    return {name: state for name, state in states.items() if state}
