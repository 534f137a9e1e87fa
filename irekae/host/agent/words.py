"""What the seat and the agent must agree on: the seat imports this module, and no other of the agent's."""

from __future__ import annotations

import re
from typing import Any, Mapping

ANSWER = 128 << 20  # bytes of one answer: a list of every path below /home
# Bytes of a file that are read as a whole: as base64 they must fit into an answer, and into memory several times.
LARGEST = 90 << 20
# Of a table: nobody waited so long, or it is broken; it is there.
NOT_COUNTED = "not counted"
# What an entry of the journal holds, by its event, for every reader to build on.
NEEDED: dict[str, dict[str, type]] = {
    "change": {"item": str, "phase": int, "n": int, "what": str, "undo": dict},
    "change undone": {"n": int},
}


def is_whole(entry: Mapping[str, Any]) -> bool:
    """Has an entry of the journal what every reader builds on; a hand may have written or shortened it."""
    needed = {"event": str, **NEEDED.get(str(entry.get("event")), {})}
    return all(isinstance(entry.get(key), kind) for key, kind in needed.items())


def unescape(path: str) -> str:
    """A path as rsync logs it: odd bytes stand as \\#ooo."""
    whole = re.sub(rb"\\#([0-7]{3})", lambda found: bytes([int(found[1], 8)]), path.encode("utf-8", "surrogateescape"))
    return whole.decode("utf-8", "surrogateescape")
