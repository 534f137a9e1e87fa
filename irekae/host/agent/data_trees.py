"""A data tree before it is copied: its top made where there is none, its files by size and time."""

from __future__ import annotations

import bisect
import contextlib
import hashlib
import os
import stat
from functools import partial
from typing import Any, Callable, Iterator, Sequence

from irekae.host.agent.base import Answer, Refused, group_of, operation, owner_of, raw, text
from irekae.host.agent.digests import digest_of, tops
from irekae.host.agent.parts import parted
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


@parted
def each_instant(path: str, name: str) -> Iterator[list[Any]]:
    """Regular files at a name in a folder, and below it, in the order of the walk: path below the folder, size, mtime
    (nanoseconds since 1970).

    No link is followed, no other file system entered.
    """
    top = open_folder(raw(path), path)
    try:
        yield from instant(top, raw(name), raw(name))
        inside = into(top, raw(name))
        if inside is not None:
            try:
                if os.fstat(inside).st_dev == os.fstat(top).st_dev:
                    for fd, folder, names in walk(inside, other_devices=False):
                        for inner in names:
                            yield from instant(fd, inner, os.path.join(raw(name), folder, inner))
            finally:
                os.close(inside)
    finally:
        os.close(top)


SAMPLED = 200  # files of a tree that are written down by themselves, and folders
MOST_TOPS = 1000  # folders directly in it that are written down
LARGEST_SAMPLED = 8 << 20  # bytes of one whose contents are digested


class Few:
    """Some of many things, chosen by their names alone; `chosen`: order, name, and what is written down of each."""

    def __init__(self) -> None:
        """None yet."""
        self.chosen = []  # type: list[tuple[bytes, bytes, list[Any]]]

    def offer(self, name: bytes, written: Callable[[], list[Any]]) -> None:
        """Keep it if it is one of those that are chosen; written: called for one that is."""
        order = hashlib.sha256(name).digest()
        if len(self.chosen) < SAMPLED or order < self.chosen[-1][0]:
            bisect.insort(self.chosen, (order, name, written()))
            del self.chosen[SAMPLED:]

    def told(self) -> dict[str, list[Any]]:
        """By name."""
        return {text(name): what for _, name, what in self.chosen}


@operation
def op_sample(path: str, excludes: Sequence[str]) -> Answer:
    """How many regular files lie below a folder, and some of them by themselves: path → mode, owner and group by name,
    bytes, seconds since 1970, sha256 ("" where it is large). Folders too ("." itself, those directly in it, some of the
    others): mode, owner, group. And the numbers without a name that something belongs to.

    No link is followed, no other file system entered; top-level names that match an exclude are left out.
    """
    top = open_folder(raw(path), path)
    some, folders, files, nameless = Few(), Few(), 0, Nameless()
    nearest = {}  # type: dict[str, list[Any]]
    try:
        for fd, folder, names in walk(top, lambda inner: b"/" in inner or bool(kept([inner], excludes)), False):
            folders.offer(folder or b".", partial(whose, os.fstat(fd)))
            nameless.add(os.fstat(fd))
            if b"/" not in folder and len(nearest) < MOST_TOPS:
                nearest[text(folder or b".")] = whose(os.fstat(fd))
            for name in names if folder else kept(names, excludes):
                state = regular_state(fd, name)
                if state is not None:
                    files += 1
                    nameless.add(state)
                    some.offer(os.path.join(folder, name), partial(as_sampled, fd, name, state))
    finally:
        os.close(top)
    return {"files": files, "sample": some.told(), "folders": {**folders.told(), **nearest}, **nameless.told()}


class Nameless:
    """Numbers of owners and groups that nobody has here."""

    def __init__(self) -> None:
        """None yet."""
        self.users = set()  # type: set[int]
        self.groups = set()  # type: set[int]

    def add(self, state: os.stat_result) -> None:
        """Look whose it is."""
        if owner_of(state.st_uid) == str(state.st_uid):
            self.users.add(state.st_uid)
        if group_of(state.st_gid) == str(state.st_gid):
            self.groups.add(state.st_gid)

    def told(self) -> dict[str, list[int]]:
        """In order."""
        return {"users": sorted(self.users), "groups": sorted(self.groups)}


@operation
def op_nameless(path: str) -> dict[str, list[int]]:
    """Numbers without a name to which something belongs directly in a folder, or directly in one of its folders."""
    found = Nameless()
    top = open_folder(raw(path), path)
    try:
        for fd, _, names in walk(top, lambda inner: b"/" not in inner):
            for name in names:
                with contextlib.suppress(OSError):
                    found.add(os.stat(name, dir_fd=fd, follow_symlinks=False))
    finally:
        os.close(top)
    return found.told()


def whose(state: os.stat_result) -> list[Any]:
    """Mode, and the names of owner and group."""
    return [stat.S_IMODE(state.st_mode), owner_of(state.st_uid), group_of(state.st_gid)]


def as_sampled(folder: int, name: bytes, state: os.stat_result) -> list[Any]:
    """What is written down of a file in an open folder."""
    digest = text(digest_of(folder, name)) if state.st_size <= LARGEST_SAMPLED else ""
    return [*whose(state), state.st_size, int(state.st_mtime), digest]


def regular_state(folder: int, name: bytes) -> os.stat_result | None:
    """The state of a regular file in an open folder; None for anything else, and what is gone meanwhile."""
    try:
        state = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return None
    return state if stat.S_ISREG(state.st_mode) else None


def instant(folder: int, name: bytes, path: bytes) -> Iterator[list[Any]]:
    """Size and time of a regular file in an open folder, with its path."""
    state = regular_state(folder, name)
    if state is not None:
        yield [text(path), state.st_size, state.st_mtime_ns]
