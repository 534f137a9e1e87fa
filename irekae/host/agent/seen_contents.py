"""What is in users' files, for the survey: digests of a sample that grows from call to call, alike on both hosts."""

from __future__ import annotations

import base64
import hashlib
import heapq
import json
import os
import stat
import time
from typing import Dict, Iterator, List, Sequence, Union

from irekae.host.agent.base import MEMORY, operation, raw, text
from irekae.host.agent.digests import PIECE, left_out
from irekae.host.agent.files import op_read, op_write
from irekae.host.agent.homes import descend
from irekae.host.agent.paths import open_folder
from irekae.host.agent.seen import sealed
from irekae.host.agent.walk import walk

Content = List[Union[str, int]]  # size, time in seconds since 1970, digest
Noted = Dict[str, List[Union[str, int]]]  # path → digest, inode number, size, times in nanoseconds

NOTE_OF_CONTENTS = "survey.contents"
SAMPLE = 20000  # files
PIECES = 16  # of 1 MiB: what lies further behind in a file is not read


@operation
def op_seen_contents(path: str, skip: Sequence[str], seconds: float) -> dict[str, Content]:
    """Digests of what is in files below a folder: path → size, time (seconds since 1970), digest.

    Which files, and in what order, their names alone decide. What a call before has read, and is the same file with the
    same times still, is not read again.

    Args:
        path: the folder.
        skip: what is left out, as in `digests`.
        seconds: for how long files are read.
    """
    deadline, known = time.monotonic() + seconds, noted()
    kept: Noted = {}
    top = open_folder(raw(path), path)
    try:
        sample = heapq.nsmallest(SAMPLE, ((sealed(name), name, identity) for name, identity in plain_files(top, skip)))
        for _, name, identity in sample:
            before = known.get(text(name), [])
            if before[1:] == identity:
                kept[text(name)] = before
            elif time.monotonic() < deadline:
                kept[text(name)] = [content_digest(top, name), *identity]
    finally:
        os.close(top)
    note = base64.b64encode(json.dumps(kept).encode()).decode()
    op_write(MEMORY.path(NOTE_OF_CONTENTS), note, 0o600, os.geteuid(), os.getegid())
    return {name: [size, int(mtime) // 10**9, digest] for name, (digest, _, size, mtime, _) in kept.items() if digest}


def noted() -> Noted:
    """What an earlier call has read; nothing where its note is none."""
    held = op_read(MEMORY.path(NOTE_OF_CONTENTS))
    try:
        found = json.loads(base64.b64decode(held["data"])) if held else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def plain_files(top: int, skip: Sequence[str]) -> Iterator[tuple[bytes, list[int]]]:
    """Every regular file below an open folder, on its file system, and what tells whether it is still the same."""
    rules = [rule.split("/") for rule in skip]
    for fd, folder, names in walk(top, lambda inner: not left_out(inner, rules), other_devices=False):
        for inner in names:
            name = os.path.join(folder, inner)
            if left_out(name, rules):
                continue
            try:
                state = os.stat(inner, dir_fd=fd, follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISREG(state.st_mode):
                yield name, [state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns]


def content_digest(top: int, name: bytes) -> str:
    """A keyed digest of a file below an open folder; "" when it is gone, or something else by now."""
    *steps, last = name.split(b"/")
    folder = descend(top, steps)
    if folder is None:
        return ""
    try:
        fd = os.open(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY, dir_fd=folder)
    except OSError:
        return ""
    finally:
        os.close(folder)
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return ""
        hashed = hashlib.sha256()
        for _ in range(PIECES):
            hashed.update(file.read(PIECE))
        return sealed(hashed.digest())
