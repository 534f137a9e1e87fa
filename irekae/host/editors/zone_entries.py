"""The entries of a zone file (RFC 1035 section 5): fields, parentheses, `;` comments, an owner that is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_FIELD = re.compile(r""";.*|"(?:[^"\\]|\\.)*"|[()]|(?:[^\s;()"\\]|\\.)+""")


@dataclass(frozen=True)
class Field:
    """A word of an entry: in which line (from 0), from which character to which."""

    line: int
    start: int
    end: int
    text: str


def entries(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[list[Field], bool]]:
    """Each entry's fields, over several lines where it has parentheses, and whether it begins without an owner."""
    fields: list[Field] = []
    depth, owner_left_out = 0, False
    for number, line in lines:
        if not fields and not depth:
            owner_left_out = line[:1].isspace()
        for found in _FIELD.finditer(line):
            word = found.group()
            if word in "()":
                depth = depth + 1 if word == "(" else max(depth - 1, 0)
            elif not word.startswith(";"):
                fields.append(Field(number, found.start(), found.end(), word))
        if fields and not depth:
            yield fields, owner_left_out
            fields = []
