"""exim's queue (its specification, chapter "Format of spool files"): what lies in it, and who is still to come.

A message is two files: ID-D, its body, and ID-H: sender, who has it already (a tree), recipients, header. Whom ID-J
names has it too: exim reads that when it begins a delivery. It decides anew at every attempt who is local.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import stat
from typing import Iterator, NamedTuple, Sequence

from irekae.host.agent.base import Answer, Refused, operation, raw, text, write_whole
from irekae.host.agent.paths import Spot, contents_at, names_in, open_folder
from irekae.host.agent.postfix_queue import is_local_mail

EXIM_ID = re.compile(r"[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}")
EXIM_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
EXIM_VARIABLE = re.compile(rb"--?acl[cm]? \S+ ([0-9]+)")
EXIM_ADDRESS = re.compile(rb'(?:"(?:[^"\\]|\\.)*"|[^\s"])+')


class EximHead(NamedTuple):
    """What an ID-H file says: sender, when it came (seconds since 1970), recipients, and those who have it."""

    sender: bytes
    at: int
    recipients: list[bytes]
    have: set[bytes]


def exim_head(data: bytes) -> EximHead | None:
    """What stands in an ID-H file; None where it is none, or is cut off."""
    try:
        _, _, sender, times, rest = data.split(b"\n", 4)
        lines = iter(without_variables(rest).split(b"\n"))
        have: set[bytes] = set()
        for line in lines:
            if line.isdigit():
                recipients = [EXIM_ADDRESS.match(next(lines)) for _ in range(int(line))]
                people = [found[0] for found in recipients if found]
                return EximHead(sender[1:-1], int(times.split()[0]), people, have) if all(recipients) else None
            if re.match(rb"[YN]{2} ", line):
                have.add(line[3:])
        return None
    except (ValueError, IndexError, StopIteration, RuntimeError):
        return None


def without_variables(rest: bytes) -> bytes:
    """The lines without the values of ACL variables, which may have lines of their own."""
    kept, at = [], 0
    while at < len(rest):
        end = rest.find(b"\n", at)
        end = len(rest) if end < 0 else end
        line = rest[at:end]
        variable = EXIM_VARIABLE.fullmatch(line)
        at = end + 1 + (int(variable[1]) + 1 if variable else 0)
        kept.append(line)
        if line.isdigit():
            return b"\n".join([*kept, rest[at:]])
    return b"\n".join(kept)


class EximQueue:
    """The queue in a spool folder; its input may be split by single letters (split_spool_directory)."""

    def __init__(self, folder: str) -> None:
        """Nothing is looked at yet."""
        self.folder = folder

    def spot(self, inner: str) -> Spot:
        """A place in the spool."""
        return Spot(f"{self.folder}/{inner}")

    def messages(self, inner: str = "input") -> Iterator[tuple[str, str]]:
        """Folder inside the spool, and id, of each message that is whole."""
        path = f"{self.folder}/{inner}"
        fd = open_folder(raw(path), path)
        try:
            names = [text(name) for name in names_in(fd)]
            folders = [name for name in names if len(name) == 1 and stat.S_ISDIR(os.stat(raw(name), dir_fd=fd).st_mode)]
        finally:
            os.close(fd)
        for name in names:
            if name.endswith("-H") and EXIM_ID.fullmatch(name[:-2]) and f"{name[:-2]}-D" in names:
                yield inner, name[:-2]
        for name in folders:
            yield from self.messages(f"{inner}/{name}")

    def read(self, inner: str) -> bytes | None:
        """A file; None when it is not there."""
        return contents_at(f"{self.folder}/{inner}")

    def head(self, place: str) -> EximHead | None:
        """A message's head, with those whom its journal names among them that have it."""
        found = exim_head(self.read(f"{place}-H") or b"")
        journal = (self.read(f"{place}-J") or b"").split(b"\n")
        return found._replace(have={*found.have, *journal}) if found else None

    def to_come(self, place: str) -> list[bytes]:
        """Its recipients that don't have it."""
        head = self.head(place)
        return [one for one in head.recipients if one not in head.have] if head else []

    def is_busy(self, place: str) -> bool:
        """Is it being delivered just now: exim locks its body meanwhile."""
        try:
            with self.locked(place):
                return False
        except Refused:
            return True

    @contextlib.contextmanager
    def locked(self, place: str) -> Iterator[int]:
        """Nobody delivers it meanwhile; a descriptor of its body: closing another one would end the lock (fcntl(2)).

        Raises:
            Refused: somebody does.
        """
        with self.spot(f"{place}-D") as spot:
            fd = spot.open(os.O_RDWR)
        try:
            fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield fd
        except (BlockingIOError, PermissionError):
            raise Refused("running", f"exim runs, and is at {self.folder}/{place}") from None
        finally:
            os.close(fd)

    def write(self, inner: str, data: bytes, flags: int = os.O_TRUNC) -> None:
        """Write a file as exim has them: its folder's owner, mode 0640."""
        with self.spot("input") as folder, self.spot(inner) as spot:
            owner, fd = folder.state(), spot.open(os.O_WRONLY | os.O_CREAT | flags, 0o600)
            try:
                write_whole(fd, data)
                if owner is not None:
                    os.fchown(fd, owner.st_uid, owner.st_gid)
                os.fchmod(fd, 0o640)
                os.fsync(fd)
            finally:
                os.close(fd)
            spot.sync()

    def drop(self, inner: str) -> None:
        """Remove a file, if it is there."""
        with self.spot(inner) as spot:
            spot.unlink()
            spot.sync()

    def fresh_id(self, name: str) -> str:
        """An id like a message's own that nobody has here, or has had: the last part of it is free to choose."""
        taken = {found for _, found in self.messages()}
        stem, _, last = name.rpartition("-")
        for number in range(len(EXIM_DIGITS) ** 2):
            high, low = divmod(number, len(EXIM_DIGITS))
            found = f"{stem}-{(EXIM_DIGITS[-1 - high] + EXIM_DIGITS[-1 - low]).rjust(len(last), EXIM_DIGITS[-1])}"
            if found not in taken and self.read(f"msglog/{found}") is None:
                return found
        raise Refused("queue", f"{self.folder} has no room for {name}")


def exim_at(folder: str) -> EximQueue | None:
    """The queue in a folder; None when nothing of exim's layout lies there."""
    found = EximQueue(folder)
    for part in ("input", "msglog"):
        with found.spot(part) as spot:
            if spot.state() is None:
                return None
    return found


@operation
def op_exim_queue(queue: str, domains: Sequence[str]) -> list[Answer] | None:
    """Each message: number (exim's id), id, size, at, and how many recipients are to come, local and remote.

    busy: it is being tried just now. None when the queue is laid out otherwise.

    Args:
        queue: the spool folder.
        domains: those whose mail is local, in small letters.
    """
    found = exim_at(queue)
    if found is None:
        return None
    answers = []
    for folder, name in found.messages():
        head, place = found.head(f"{folder}/{name}"), f"{folder}/{name}"
        if head is None:
            continue
        left = found.to_come(place)
        ours = sum(is_local_mail(address, domains) for address in left)
        counts = {"local": ours, "remote": len(left) - ours, "new": 0}
        size = len(found.read(f"{place}-D") or b"")
        told = dict(counts, number=name, id=f"{name}.{head.at}", size=size, at=head.at, busy=found.is_busy(place))
        answers.append(told)
    return answers
