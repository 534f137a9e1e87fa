"""qmail's queue (INTERNALS of qmail 1.03): what lies in it, and recipients moved from one of its parts to the other.

A message is called by the inode of its file in mess. Its recipients lie in local and remote, `T` those to come and `D`
those that are done, where qmail-send put them when it took the message out of todo: it never decides anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import stat
from typing import Iterator, Sequence

from irekae.host.agent.base import Answer, Refused, operation, raw, text, write_whole
from irekae.host.agent.paths import Spot, contents_at, names_in, open_folder

RECIPIENT = re.compile(rb"([TD])([^\0]*)\0")


def mark_places(spot: Spot, places: Sequence[int]) -> None:
    """Write a D at some places of a queue's file: those recipients have it. No crash can halve a mark."""
    fd = spot.open(os.O_WRONLY)
    try:
        for place in places:
            os.pwrite(fd, b"D", place)
        os.fsync(fd)
    finally:
        os.close(fd)


class MailQueue:
    """The queue in a folder."""

    def __init__(self, folder: str) -> None:
        """Learn its layout: how often it is split (conf-split), and whether todo is split as well (big-todo)."""
        self.folder = folder
        self.split = sum(name.isdigit() for name in self.names("mess"))
        self.parts = {"mess", "info", "local", "remote"}
        if any(self.is_folder(f"todo/{name}") for name in self.names("todo")[:1]):
            self.parts |= {"todo", "intd"}

    def names(self, inner: str) -> list[str]:
        """What lies in a folder of the queue."""
        path = f"{self.folder}/{inner}"
        fd = open_folder(raw(path), path)
        try:
            return [text(name) for name in names_in(fd)]
        finally:
            os.close(fd)

    def is_folder(self, inner: str) -> bool:
        """Is it a folder."""
        with self.spot(inner) as spot:
            state = spot.state()
        return state is not None and stat.S_ISDIR(state.st_mode)

    def spot(self, inner: str) -> Spot:
        """A place in the queue."""
        return Spot(f"{self.folder}/{inner}")

    def place(self, part: str, number: int) -> str:
        """Where a message lies in a part of the queue."""
        return f"{part}/{number % self.split}/{number}" if part in self.parts else f"{part}/{number}"

    def numbers(self, part: str) -> list[int]:
        """The messages in a part."""
        folders = [f"{part}/{name}" for name in self.names(part) if name.isdigit()] if part in self.parts else [part]
        return sorted(int(name) for folder in folders for name in self.names(folder) if name.isdigit())

    def state(self, part: str, number: int) -> os.stat_result | None:
        """What lies there; None when nothing does."""
        try:
            with self.spot(self.place(part, number)) as spot:
                return spot.state()
        except FileNotFoundError:
            return None

    def read(self, part: str, number: int) -> bytes:
        """The file; empty when there is none."""
        return contents_at(f"{self.folder}/{self.place(part, number)}") or b""

    def to_come(self, part: str, number: int) -> list[tuple[int, bytes]]:
        """The recipients in a part that are not done: place of the mark in the file, address."""
        found = RECIPIENT.finditer(self.read(part, number))
        return [(match.start(), match[2]) for match in found if match[1] == b"T"]

    def mark_done(self, part: str, number: int, places: list[int]) -> None:
        """As qmail-send does it: a D in the T's place, which no crash can halve."""
        with self.spot(self.place(part, number)) as spot:
            mark_places(spot, places)

    def add(self, part: str, number: int, addresses: list[bytes]) -> None:
        """Recipients to come, in a part, behind those that are there; made as qmail-send makes it."""
        owner = self.state("info", number)
        with self.spot(self.place(part, number)) as spot:
            fd = spot.open(os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                if owner is not None:
                    os.fchown(fd, owner.st_uid, owner.st_gid)
                write_whole(fd, b"".join(b"T%s\0" % address for address in addresses))
                os.fsync(fd)
            finally:
                os.close(fd)
            spot.sync()

    def make_info(self, number: int, sender: bytes, at: float) -> None:
        """What stands for a preprocessed message: its sender, and by its time when it came."""
        with self.spot("info") as folder, self.spot(self.place("info", number)) as spot:
            owner, fd = folder.state(), spot.open(os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                if owner is not None:
                    os.fchown(fd, owner.st_uid, owner.st_gid)
                write_whole(fd, b"F%s\0" % sender)
                os.utime(fd, (at, at))
                os.fsync(fd)
            finally:
                os.close(fd)
            spot.sync()

    def drop(self, part: str, number: int) -> None:
        """Remove what lies there, if anything does."""
        with contextlib.suppress(FileNotFoundError), self.spot(self.place(part, number)) as spot:
            spot.unlink()
            spot.sync()

    def pull_trigger(self) -> None:
        """Tell qmail-send that something is new; one that does not run finds it when it starts."""
        with contextlib.suppress(OSError), self.spot("lock/trigger") as spot:
            fd = spot.open(os.O_WRONLY)
            try:
                os.write(fd, b"\0")
            finally:
                os.close(fd)


def queue_at(folder: str) -> MailQueue | None:
    """The queue in a folder; None when nothing of qmail's layout lies there."""
    try:
        found = MailQueue(folder)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found if found.split else None


@contextlib.contextmanager
def resting(queue: MailQueue) -> Iterator[None]:
    """Nobody delivers meanwhile: the lock that qmail-send holds while it runs.

    Raises:
        Refused: it runs.
    """
    with queue.spot("lock/sendmutex") as spot:
        fd = spot.open(os.O_WRONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused("running", f"qmail-send runs, and {queue.folder} is its own meanwhile") from None
    finally:
        os.close(fd)


@operation
def op_mail_queue(queue: str) -> list[Answer] | None:
    """Each message: number, id, size, at (arrival, seconds since 1970), how many recipients are to come.

    local, remote: of a preprocessed message; new: of one that is in todo. None when the queue is laid out otherwise.
    """
    found = queue_at(queue)
    if found is None:
        return None
    new = set(found.numbers("todo"))
    messages = [queued(found, number, number in new) for number in sorted({*found.numbers("info"), *new})]
    return [message for message in messages if message]


def queued(queue: MailQueue, number: int, is_new: bool) -> Answer | None:
    """A message as `op_mail_queue` tells of it; None when it has gone meanwhile."""
    mess, info = queue.state("mess", number), queue.state("info", number)
    if mess is None or (info is None and not is_new):
        return None
    at = int(mess.st_mtime if is_new or info is None else info.st_mtime)
    counts = {part: 0 if is_new else len(queue.to_come(part, number)) for part in ("local", "remote")}
    fresh = sum(field.startswith(b"T") for field in queue.read("todo", number).split(b"\0")) if is_new else 0
    return dict(counts, number=number, id=f"{number}.{at}", size=mess.st_size, at=at, new=fresh)
