"""Logs of mail programs, with those that they were rotated to, as far as they can be read.

A log may go, be rotated or be packed while it is read, and one that is damaged lies there for weeks: none of that
breaks the answer of whoever reads. What could not be read is never taken for read, though: `is_whole` says so.
"""

from __future__ import annotations

import gzip
import math
import os
import re
import stat
import time
import zlib
from typing import IO, Any, Iterator

from irekae.host.agent.base import raw, text

LOG_LINE = 4096  # bytes of a line that are looked at
LOG_FAILS = (OSError, EOFError, zlib.error)  # what reading one may end with, a damaged .gz too
UNREADABLE_PACKED = (".bz2", ".xz", ".zst")


class LogReading:
    """What is read of logs.

    Args:
        most: bytes, unpacked, that are gone through at most; of a log that is longer than what is left of them its end.
        patience: seconds that it may take.

    Attributes:
        is_whole: all that was asked for could be read so far.
    """

    def __init__(self, most: int, patience: float = math.inf) -> None:
        """Nothing is read yet."""
        self.is_whole = True
        self.left = most
        self.until = time.monotonic() + patience
        self.files: dict[str, tuple[int, int]] = {}

    def rotations(self, folder: str, name: str, since: float) -> list[tuple[float, str]]:
        """A log and those it was rotated to (`.1`, `.2.gz`, `-20110220`), if written to since: when, path; in order."""
        pattern, found = rotation_of(name), []
        try:
            entries = [entry for entry in os.scandir(raw(folder)) if pattern.fullmatch(text(entry.name))]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError:
            self.is_whole = False
            return []
        for entry in entries:
            try:
                state = entry.stat()
            except OSError:  # rotated this very moment, say
                self.is_whole = False
                continue
            if stat.S_ISREG(state.st_mode) and state.st_mtime >= since:
                found.append((state.st_mtime, text(entry.path)))
                self.files[text(entry.path)] = (state.st_dev, state.st_ino)
        return sorted(found)

    def lines(self, path: str) -> Iterator[bytes]:
        """The lines of a log that `rotations` has told, of long ones the beginning."""
        try:
            with open_log(path) as file:
                state = os.fstat(file.fileno())
                if self.files.get(path) != (state.st_dev, state.st_ino):  # the next one: it was rotated meanwhile
                    self.is_whole = False
                if path.endswith(UNREADABLE_PACKED):
                    self.is_whole = False
                elif path.endswith(".gz"):
                    with gzip.GzipFile(fileobj=file) as unpacked:
                        yield from self._beginnings(unpacked)
                elif state.st_size > self.left:
                    self.is_whole = False
                    file.seek(state.st_size - self.left - 1)  # the end of the line before what is read
                    yield from self._beginnings(file, is_new=False)
                else:
                    yield from self._beginnings(file)
        except LOG_FAILS:
            self.is_whole = False

    def _beginnings(self, stream: Any, is_new: bool = True) -> Iterator[bytes]:
        """The beginnings of the lines: what follows in a long one is no line, and anybody may have written it."""
        while True:
            if self.left <= 0 or time.monotonic() > self.until:
                self.is_whole = self.is_whole and not stream.readline(1)
                return
            part = stream.readline(LOG_LINE)
            if not part:
                return
            if is_new:
                yield part
            self.left -= len(part)
            is_new = part.endswith(b"\n")


def rotation_of(name: str) -> Any:
    """What a log and those that it was rotated to are called; `current` by multilog and svlogd, at the time."""
    dated = r"|@[0-9a-f]{24}\.[su]" if name == "current" else ""
    return re.compile(rf"(?:{re.escape(name)}(?:[.-](?:\d+|old))*{dated})(?:\.gz|\.bz2|\.xz|\.zst)?")


def open_log(path: str) -> IO[bytes]:
    """A log; no pipe is waited for.

    Raises:
        OSError: it is no plain file, or cannot be read.
    """
    file = os.fdopen(os.open(raw(path), os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(path)
    return file
