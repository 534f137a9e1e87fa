"""Reads the ends of logs, and of those that they were rotated to, compressed or not."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import time
import zlib
from pathlib import Path
from typing import IO, Any

from verify.far.why import why

TAIL = 1_000_000
"""Bytes at the end of a log that are kept."""
MOST = 256 << 20
"""Bytes of an unpacked log that are read through."""
CHUNK = 1 << 20
UNPACKED_BY: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Read each of `logs`, and its rotated ones that were written to within the last `since` seconds, oldest first."""
    now = time.time()
    return {"clock": now, "logs": {path: generations(path, now - request["since"]) for path in request["logs"]}}


def generations(path: str, since: float) -> list[dict[str, Any]]:
    """The log and those that it was rotated to: `x.log.1`, `x.log.2.gz`, `x.log-20110220`, `x-20110220.log`."""
    log = Path(path)
    found = [*rotated(log, log.name), *rotated(log, log.stem)] if log.parent.is_dir() else []
    states = {one: changed_at(one) for one in found if one.is_file() and one != log}
    older = [one for one, changed in states.items() if changed >= since]
    return [told(one) for one in (*sorted(older, key=lambda one: states[one]), log)]


def changed_at(log: Path) -> float:
    """When it was written to last; one that is rotated on this very moment counts as new, and `told` says how it is."""
    try:
        return log.stat().st_mtime
    except OSError:
        return time.time()


def rotated(log: Path, name: str) -> list[Path]:
    """Files beside the log whose name goes on behind `name` as logrotate, savelog and cronolog let it."""
    beside = (one for one in log.parent.iterdir() if one.name.startswith((f"{name}.", f"{name}-", f"{name}_")))
    return [one for one in beside if any(sign.isdigit() for sign in one.name[len(name) :])]


def told(log: Path) -> dict[str, Any]:
    """The end of a log, or why it can't be read."""
    try:
        with UNPACKED_BY.get(log.suffix, open)(log, "rb") as stream:
            tail, changed = end_of(stream), log.stat().st_mtime
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        return {"path": os.fspath(log), "error": why(error)}
    return {"path": os.fspath(log), "text": tail.decode("utf-8", "backslashreplace"), "changed": changed}


def end_of(stream: IO[bytes]) -> bytes:
    """The last TAIL bytes of a stream that may not be sought in."""
    tail, read = b"", 0
    while read < MOST:
        chunk = stream.read(CHUNK)
        if not chunk:
            break
        tail, read = (tail + chunk)[-TAIL:], read + len(chunk)
    return tail
