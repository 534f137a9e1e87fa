"""YAML as people write it for netplan, taken apart: each word with the keys above it.

Blocks by indentation, `- ` lists, `{…}` and `[…]` over one line or several, quoted and plain words, comments. Not
understood, so nothing is found in it: tabs before a word, texts of several lines (`|`, `>`), anchors, tags. Whoever
needs more certainty asks netplan itself what it makes of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SCALAR = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s\[\]{},#&*!|>'"%@`](?:[^\[\]{},#:]|:(?=\S)|(?<=\S)\#)*)"""
_TOKEN = re.compile(
    rf"\s+\#.*|(?P<open>[\[{{])|(?P<close>[\]}}])|(?P<comma>,)|(?P<word>{_SCALAR})(?P<key>\s*:(?=\s|$))?"
)


@dataclass(frozen=True)
class Word:
    """A scalar. path: the keys above it; line: from 0; start, end: in it, quotes left out."""

    path: tuple[str, ...]
    line: int
    start: int
    end: int


@dataclass
class _Block:
    """A key whose value is what is indented below it."""

    indent: int
    key: str
    dash: bool = False


def words(lines: Sequence[str]) -> Iterator[Word]:
    """Every scalar of a file, keys too: a key's path is what stands above it."""
    blocks: list[_Block] = []
    flow: list[str] = []  # the key of each bracket that is open, "" where it has none
    for number, line in enumerate(lines):
        at = 0
        if not line.strip() or line.lstrip().startswith("#") or line.strip() in ("---", "..."):
            continue
        if not flow:
            at = _enter(blocks, line)
        yield from _line(number, line, at, blocks, flow)


def _enter(blocks: list[_Block], line: str) -> int:
    """Leave the blocks that end before the line; where its first word stands, behind its dashes."""
    at = len(line) - len(line.lstrip(" "))
    while True:
        dash = line.startswith(("- ", "-\t"), at) or line[at:] == "-"
        while blocks and (blocks[-1].indent > at or (blocks[-1].indent == at and (not dash or blocks[-1].dash))):
            blocks.pop()
        if not dash:
            return at
        blocks.append(_Block(at, "", dash=True))
        rest = line[at + 1 :]
        at += 1 + len(rest) - len(rest.lstrip(" "))


def _line(number: int, line: str, at: int, blocks: list[_Block], flow: list[str]) -> Iterator[Word]:
    """The scalars of a line from a place on."""
    pending = ""  # the key of a flow mapping whose value comes next
    while at < len(line):
        found = _TOKEN.match(line, at)
        if found is None:
            at += 1
            continue
        at = found.end() if found.end() > at else at + 1
        if found["open"]:
            flow.append(pending)
            pending = ""
        elif found["close"]:
            if flow:
                flow.pop()
            pending = ""
        elif found["comma"]:
            pending = ""
        elif found["word"]:
            start, end = _bare(line, *found.span("word"))
            path = tuple(key for key in (*(block.key for block in blocks), *flow, pending) if key)
            yield Word(path, number, start, end)
            if found["key"] is not None and flow:
                pending = line[start:end]
            elif found["key"] is not None:
                blocks.append(_Block(_indent(line, start), line[start:end]))


def _indent(line: str, start: int) -> int:
    """The column at which a key of a block stands: its quote's, where it has one."""
    return start - 1 if start and line[start - 1] in "'\"" else start


def _bare(line: str, start: int, end: int) -> tuple[int, int]:
    """A scalar without its quotes, or without the blanks behind it."""
    if line[start] in "'\"":
        return start + 1, end - 1
    return start, start + len(line[start:end].rstrip())
