"""The journal: JSON lines, appended and made to last; a line that a power cut or a hand broke costs only itself."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import time
from typing import Mapping, Sequence

from irekae.host.agent.base import MEMORY, Answer, Refused, operation, raw, write_whole
from irekae.host.agent.checkpoints import op_checkpoint
from irekae.host.agent.files import op_mkdir
from irekae.host.agent.kept import forget_programs
from irekae.host.agent.paths import Spot, names_in, open_folder
from irekae.host.agent.words import is_whole

NAME = "journal.jsonl"
BUSY, AGAIN = 20.0, 0.02  # seconds to wait for another writer, and between two tries


@operation
def op_append(entry: Answer) -> None:
    """Add a line to the journal and make it last; what cannot be written whole is not written at all.

    A line that a crash cut short is closed first, so that it costs no other.
    """
    if not is_whole(entry):
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


def news_of_journal(known: Answer) -> Answer:
    """The journal from where the seat's knowledge ends, or all of it where that is of another one.

    Args:
        known: "size", the bytes from its beginning that the seat has, and "digest", their sha256.

    Returns:
        "since", the place in the journal, and "data", what follows, base64.
    """
    try:
        with Spot(MEMORY.path(NAME)) as spot:
            fd = spot.open_regular()
        with os.fdopen(fd, "rb") as file:
            held = file.read()
    except FileNotFoundError:
        held = b""
    size = known["size"]
    same = size <= len(held) and hashlib.sha256(held[:size]).hexdigest() == known["digest"]
    since = size if same else 0
    return {"since": since, "data": base64.b64encode(held[since:]).decode()}


@operation
def op_journal(known: Answer) -> Answer | None:
    """What is new in the journal, as `news_of_journal` says; None when nothing is."""
    news = news_of_journal(known)
    return news if news["data"] or news["since"] != known["size"] else None


@operation
def op_change(entry: Answer, paths: Sequence[str], wrote: Mapping[str, Mapping[str, str]]) -> Answer:
    """Announce a change: keep what lies at the paths, as `checkpoint` does, and write the entry into the journal.

    Args:
        entry: without "n" and without what is kept, which are put into it.
        paths, wrote: as for `checkpoint`.

    Returns:
        The number, and what was there.
    """
    kept = op_checkpoint(paths, wrote)
    op_append({**entry, "n": kept["n"], "undo": {**entry["undo"], "kept": kept["kept"]}})
    return kept


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
