"""Long answers, a part at a time: what they come from, a walk or a file, stays open between two requests."""

from __future__ import annotations

import itertools
from typing import Any, Callable, Iterator

from irekae.host.agent.base import Answer, Refused, operation

EACH: dict[str, Callable[..., Iterator[Any]]] = {}
UNDER_WAY: dict[int, Iterator[Any]] = {}
NUMBERS = itertools.count(1)
# Entries of a part, and characters of their paths: what is held of a tree at once, here and at the seat.
PART, LONG = 5000, 1 << 20
MOST = 16  # answers that are under way; the oldest was given up


def parted(call: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """Let the seat ask for what the decorated function `each_NAME` yields as NAME, in parts.

    It yields lines, or lists that begin with a path.
    """
    EACH[call.__name__[5:]] = call
    return call


@operation
def op_parts(of: str, **arguments: Any) -> Answer:
    """The first part of a long answer: see `next_part`."""
    number = next(NUMBERS)
    UNDER_WAY[number] = EACH[of](**arguments)
    while len(UNDER_WAY) > MOST:
        UNDER_WAY.pop(min(UNDER_WAY))
    return op_next_part(number)


@operation
def op_next_part(number: int) -> Answer:
    """The next part of an answer, and the number to ask for what follows it with; 0 where nothing does."""
    if number not in UNDER_WAY:
        raise Refused("parts", "what was asked for in parts is not under way any more")
    source = UNDER_WAY.pop(number)
    part: list[Any] = []
    size = 0
    for entry in source:
        part.append(entry)
        size += len(entry if isinstance(entry, str) else entry[0])
        if len(part) >= PART or size >= LONG:
            UNDER_WAY[number] = source
            return {"number": number, "part": part}
    return {"number": 0, "part": part}
