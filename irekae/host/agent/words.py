"""What the seat and the agent must agree on: the seat imports this module, and no other of the agent's."""

from __future__ import annotations

import re

ANSWER = 128 << 20  # bytes of one answer: a list of every path below /home
# Bytes of a file that are read as a whole: as base64 they must fit into an answer, and into memory several times.
LARGEST = 90 << 20


def unescape(path: str) -> str:
    """A path as rsync logs it: odd bytes stand as \\#ooo."""
    whole = re.sub(rb"\\#([0-7]{3})", lambda found: bytes([int(found[1], 8)]), path.encode("utf-8", "surrogateescape"))
    return whole.decode("utf-8", "surrogateescape")
