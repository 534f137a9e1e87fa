"""The journal: JSON lines, appended and made to last; a line that a power cut or a hand broke costs only itself."""

from __future__ import annotations

import fcntl
import json
import os
import time

from irekae.host.agent.base import MEMORY, Answer, Refused, operation, raw, write_whole
from irekae.host.agent.files import op_mkdir
from irekae.host.agent.kept import forget_programs
from irekae.host.agent.paths import Spot, names_in, open_folder

NAME = "journal.jsonl"
BUSY, AGAIN = 20.0, 0.02  # seconds to wait for another writer, and between two tries
NEEDED: dict[str, dict[str, type]] = {
    "change": {"item": str, "phase": int, "n": int, "what": str, "undo": dict},
    "change undone": {"n": int},
}


@operation
def op_append(entry: Answer) -> None:
    """Add a line to the journal and make it last; what cannot be written whole is not written at all.

    A line that a crash cut short is closed first, so that it costs no other.
    """
    if not whole(entry):
        raise Refused("argument", f"an entry of event {entry.get('event')!r} lacks something")
    with Spot(MEMORY.path(NAME), make=0o700) as spot:
        fd = spot.open(os.O_RDWR | os.O_CREAT | os.O_APPEND)
        try:
            spot.want_regular(os.fstat(fd))
            # Another operator's agent may append too: neither may cut off the other's line.
            lock_in_time(fd, spot.path)
            append_line(fd, encoded(entry))
        except OSError as error:
            error.filename = spot.path
            raise
        finally:
            os.close(fd)
        spot.sync()


def lock_in_time(fd: int, path: str) -> None:
    """Lock a file for ourselves (flock(2)).

    Raises:
        Refused: somebody else has it all the time.
    """
    deadline = time.monotonic() + BUSY
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise Refused("busy", f"{path} is locked by another process for {BUSY:.0f} s") from None
        time.sleep(AGAIN)


def append_line(fd: int, line: bytes) -> None:
    """One line at the end of an open file, whole or not at all."""
    size = os.fstat(fd).st_size
    cut = size > 0 and os.pread(fd, 1, size - 1) != b"\n"
    try:
        write_whole(fd, (b"\n" if cut else b"") + line + b"\n")
        os.fsync(fd)
    except OSError:
        os.ftruncate(fd, size)
        raise


def encoded(entry: Answer) -> bytes:
    """An entry as a line that a person can read; names that are not UTF-8 stand as the bytes they are."""
    try:
        return json.dumps(entry, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return json.dumps(entry, sort_keys=True).encode()


def read_journal() -> tuple[list[Answer], list[int]]:
    """The entries, oldest first, and the numbers of the lines that are none."""
    try:
        with Spot(MEMORY.path(NAME)) as spot:
            fd = spot.open_regular()
    except FileNotFoundError:
        return [], []
    with os.fdopen(fd, "rb") as file:
        lines = file.read().split(b"\n")
    entries, broken = [], []
    for number, line in enumerate(lines, 1):
        entry = decoded(line)
        if entry is not None:
            entries.append(entry)
        elif line.strip():
            broken.append(number)
    return entries, broken


def decoded(line: bytes) -> Answer | None:
    """A line's entry; None for one that is not."""
    try:
        entry = json.loads(line.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and whole(entry) else None


def whole(entry: Answer) -> bool:
    """Has an entry what every reader of the journal builds on; a hand may have written or shortened it."""
    needed = {"event": str, **NEEDED.get(str(entry.get("event")), {})}
    return all(isinstance(entry.get(key), kind) for key, kind in needed.items())


@operation
def op_journal(known: int | None = None) -> list[Answer] | None:
    """Every entry that can be read, in order; None when there are just so many as the seat knows already."""
    entries = read_journal()[0]
    return None if len(entries) == known else entries


@operation
def op_archive(folder: str) -> None:
    """Move what is remembered of a swap into a folder below our own, so that another swap can begin.

    The agent's program is not remembered: it is removed.
    """
    if not MEMORY.holds(folder):
        raise Refused("path", f"{folder} does not lie below {MEMORY.folder}")
    forget_programs()
    op_mkdir(folder)
    old, new = (open_folder(raw(path), path) for path in (MEMORY.folder, folder))
    try:
        for name in names_in(old):
            if name not in (b"agent", b"archive", b"locks"):
                os.rename(name, name, src_dir_fd=old, dst_dir_fd=new)
    finally:
        os.close(old)
        os.close(new)
