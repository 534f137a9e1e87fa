"""postfix's queue: what lies in it (postfix's src/global/rec_type.h, mail_queue.h), and recipients marked as done.

A message is one file of records: a type, a length, contents. A recipient to come is of type R, one that is done of
type D: a byte in the R's place, as qmgr writes it. Whether he is local is decided anew at every attempt.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from typing import IO, Iterator, NamedTuple, Sequence

from irekae.host.agent.base import Answer, Refused, operation, raw, text
from irekae.host.agent.mail_queue import mark_places
from irekae.host.agent.paths import Spot, contents_at, names_in, open_folder

QUEUED = ("incoming", "active", "deferred", "hold")
SUBMITTED = "maildrop"  # by sendmail(1): not rewritten yet, taken up by pickup when postfix runs
COMPLETE = 0o100  # a file without this bit is still being written
LONGEST_RECORD = 1 << 24


class QueueRecord(NamedTuple):
    """One record: where its type stands in the file, its type, its contents."""

    at: int
    kind: bytes
    value: bytes


class QueueFile(NamedTuple):
    """What stands in a queue file. recipients: place of the mark, address, of those to come."""

    at: int
    size: int
    sender: bytes
    recipients: list[tuple[int, bytes]]


def postfix_record(file: IO[bytes]) -> QueueRecord | None:
    """The next record; None at the end of the file.

    Raises:
        ValueError: this is no file of records.
    """
    at, kind = file.tell(), file.read(1)
    if not kind:
        return None
    length, shift = 0, 0
    while True:
        part = file.read(1)
        if not part or shift > 28:
            raise ValueError
        length |= (part[0] & 0x7F) << shift
        shift += 7
        if part[0] < 0x80:
            break
    value = file.read(length) if length <= LONGEST_RECORD else b""
    if len(value) != length:
        raise ValueError
    return QueueRecord(at, kind, value)


def postfix_records(file: IO[bytes]) -> Iterator[QueueRecord]:
    """The records outside the message itself, whose length a C record tells; pointers (p) are followed.

    Raises:
        ValueError: as for `postfix_record`, or the file has no end.
    """
    size, jumps, inside = 0, set(), False
    while True:
        record = postfix_record(file)
        if record is None:
            raise ValueError
        if record.kind == b"p" and int(record.value or b"0") > 0:
            if record.at in jumps:
                raise ValueError
            jumps.add(record.at)
            file.seek(int(record.value))
            continue
        if record.kind == b"C":
            size = int(record.value.split()[0])
        if record.kind == b"M":
            inside = True
            file.seek(size, os.SEEK_CUR)
        if record.kind == b"X":
            inside = False
        if not (inside and record.kind in b"NL"):
            yield record
        if record.kind == b"E":
            return


def parsed_queue_file(file: IO[bytes]) -> QueueFile | None:
    """What stands in a queue file; None where it is none, or not written to its end."""
    at, size, sender, to_come = 0, 0, b"", []
    try:
        for record in postfix_records(file):
            if record.kind == b"T":
                at = int(record.value.split()[0])
            elif record.kind == b"C":
                size = int(record.value.split()[0])
            elif record.kind == b"S":
                sender = record.value
            elif record.kind == b"R":
                to_come.append((record.at, record.value))
        return QueueFile(at, size or os.fstat(file.fileno()).st_size, sender, to_come)
    except (ValueError, IndexError):
        return None


class PostfixQueue:
    """The queue in a folder."""

    def __init__(self, folder: str) -> None:
        """Nothing is looked at yet."""
        self.folder = folder

    def spot(self, inner: str) -> Spot:
        """A place in the queue."""
        return Spot(f"{self.folder}/{inner}")

    def files(self, part: str) -> Iterator[tuple[str, str]]:
        """Path inside the queue and name of each message that is whole; a part may be split by single letters."""
        path = f"{self.folder}/{part}"
        try:
            fd = open_folder(raw(path), path)
        except FileNotFoundError:
            return
        try:
            found = [(name, os.stat(name, dir_fd=fd, follow_symlinks=False)) for name in names_in(fd)]
        finally:
            os.close(fd)
        for name, state in found:
            inner = f"{part}/{text(name)}"
            if stat.S_ISDIR(state.st_mode) and len(name) == 1:
                yield from self.files(inner)
            elif stat.S_ISREG(state.st_mode) and state.st_mode & COMPLETE:
                yield inner, text(name)

    def read(self, inner: str) -> bytes | None:
        """A message's file; None when it has gone."""
        return contents_at(f"{self.folder}/{inner}")

    def message(self, inner: str) -> QueueFile | None:
        """What stands in it; None when it has gone, or is none."""
        try:
            with self.spot(inner) as spot:
                fd = spot.open_regular()
        except FileNotFoundError:
            return None
        with os.fdopen(fd, "rb") as file:
            return parsed_queue_file(file)

    def mark_done(self, inner: str, places: Sequence[int]) -> None:
        """As qmgr does it: a D in the R's place."""
        with self.spot(inner) as spot:
            mark_places(spot, places)

    def drop(self, inner: str) -> None:
        """Remove a message's file."""
        with self.spot(inner) as spot:
            spot.unlink()
            spot.sync()


def postfix_at(folder: str) -> PostfixQueue | None:
    """The queue in a folder; None when nothing of postfix's layout lies there."""
    found = PostfixQueue(folder)
    for part in (*QUEUED, SUBMITTED):
        with found.spot(part) as spot:
            if spot.state() is None:
                return None
    return found


@contextlib.contextmanager
def postfix_resting(queue: PostfixQueue) -> Iterator[None]:
    """Nobody delivers meanwhile: the lock that master holds while it runs.

    Raises:
        Refused: it runs.
    """
    try:
        with queue.spot("pid/master.pid") as spot:
            fd = spot.open(os.O_RDWR)
    except FileNotFoundError:
        yield  # it has never run
        return
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused("running", f"postfix runs, and {queue.folder} is its own meanwhile") from None
    finally:
        os.close(fd)


def is_local_mail(address: bytes, domains: Sequence[str]) -> bool:
    """Is it one of the domains, or none at all."""
    domain = address.rpartition(b"@")[2] if b"@" in address else b""
    return not domain or text(domain).lower() in domains


@operation
def op_postfix_queue(queue: str, domains: Sequence[str]) -> list[Answer] | None:
    """Each message: number (its name in the queue), id, size, at, and how many recipients are to come.

    local, remote: by their domain; new: of one that pickup has not taken up yet. busy: it is being tried just now.
    held: somebody has it wait. None when the queue is laid out otherwise.

    Args:
        queue: the folder.
        domains: those whose mail is local, in small letters.
    """
    found = postfix_at(queue)
    if found is None:
        return None
    answers = []
    for part in (*QUEUED, SUBMITTED):
        for inner, name in found.files(part):
            message = found.message(inner)
            if message is not None:
                answers.append(told_of_message(part, name, message, domains))
    return sorted(answers, key=lambda one: (one["at"], one["number"]))


def told_of_message(part: str, name: str, message: QueueFile, domains: Sequence[str]) -> Answer:
    """A message as `op_postfix_queue` tells of it."""
    ours = sum(is_local_mail(address, domains) for _, address in message.recipients)
    everybody = len(message.recipients)
    fresh = part == SUBMITTED
    counts: dict[str, int] = {
        "local": 0 if fresh else ours,
        "remote": 0 if fresh else everybody - ours,
        "new": everybody if fresh else 0,
    }
    busy = part in ("incoming", "active", SUBMITTED)
    told = dict(counts, number=name, id=f"{name}.{message.at}", size=message.size, at=message.at, busy=busy)
    return dict(told, held=part == "hold")
