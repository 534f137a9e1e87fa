"""Files that a shell reads: `NAME=value` a line, as in `/etc/exim4/update-exim4.conf.conf` (item 5.1)."""

from __future__ import annotations

import re

from irekae.host.editors.draft import Draft, Span
from irekae.host.names import Edited, Exchange

_ASSIGNMENT = re.compile(
    r"""\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*=
        (?P<value>(?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"#;&|<>()`\\]|\\.)*)
        \s*(?:;\s*)?(?:\s\#.*)?$""",
    re.VERBOSE,
)
_QUOTED = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.""")


def edit(text: bytes, exchange: Exchange) -> Edited:
    """Old names in the values of assignments become new ones, the address that belongs to them likewise.

    Names of variables, comments, commands and values that go on over several lines are not touched.
    """
    draft = Draft(text, exchange)
    open_quote = ""
    spans: dict[int, list[Span]] = {}
    for number, line in draft:
        assigned = None if open_quote else _ASSIGNMENT.match(line)
        if assigned:
            spans[number] = _pieces(line, *assigned.span("value"))
        elif open_quote or not line.lstrip().startswith("#"):
            open_quote = _quote_after(line, open_quote)
    draft.exchange_lines(spans)
    return draft.finish()


def _pieces(line: str, start: int, end: int) -> list[Span]:
    """The quoted and the bare parts of a value, without their quotes; an escaped sign belongs to its word."""
    spans, at = [], start
    for quoted in _QUOTED.finditer(line, start, end):
        if quoted.group()[0] == "\\" and not quoted.group()[1].isalnum():
            continue
        inner = (quoted.start() + 1, quoted.end() - 1) if quoted.group()[0] in "'\"" else quoted.span()
        spans += [(at, quoted.start()), inner]
        at = quoted.end()
    return [*spans, (at, end)]


def _quote_after(line: str, quote: str) -> str:
    """Which quote is open at the line's end, if `quote` was open at its start."""
    at = 0
    while at < len(line):
        char = line[at]
        if char == "\\" and quote != "'":
            at += 1
        elif char in "'\"" and quote in ("", char):
            quote = "" if quote else char
        elif char == "#" and not quote and (at == 0 or line[at - 1].isspace()):
            break
        at += 1
    return quote
