"""Perl files of assignments: `/etc/gate/gate.conf` (item 5.1).

Understood are strings that begin and end on one line ('…', "…", q(), qq(), qw()) and bare words before `=>`. Not
understood, so left and listed: comments, POD, here documents, strings over several lines, lines with a match operator.
"""

from __future__ import annotations

import re

from irekae.host.editors.draft import Draft, Span
from irekae.host.names import Edited, Exchange

_PIECE = re.compile(
    r"""(?P<special>\$[^\w\s{]) | [$@%]\w+
      | (?P<comment>\#.*)
      | '(?P<single>(?:[^'\\]|\\.)*)'
      | "(?P<double>(?:[^"\\]|\\.)*)"
      | \bq[qwx]?\s*(?: \((?P<round>[^()\\]*)\) | \{(?P<curly>[^{}\\]*)\} | \[(?P<square>[^][\\]*)\]
                      | /(?P<slash>[^/\\]*)/ | !(?P<bang>[^!\\]*)! | \|(?P<bar>[^|\\]*)\| )
      | <<~?\s*(?P<mark>["']?)(?P<here>[A-Za-z_]\w*)(?P=mark)
      | (?P<key>[A-Za-z_]\w*)(?=\s*=>)
      | (?P<open>['"])
      | \w+ | .""",
    re.VERBOSE,
)
_STRINGS = ("single", "round", "curly", "square", "slash", "bang", "bar", "key")
_ESCAPE = re.compile(r"\\(.)")
_MATCH_OPERATOR = re.compile(r"[=!]~|\b(?:split|grep)\b")


def edit(text: bytes, exchange: Exchange) -> Edited:
    """Old names in strings become new ones, in URLs and behind the @ of mail addresses too."""
    draft = Draft(text, exchange)
    until: re.Pattern[str] | None = None
    strings: dict[int, list[Span]] = {}
    for number, line in draft:
        if until is not None:
            # The rest of a line that ends a foreign stretch is not understood either, but may open the next one.
            closed = until.match(line)
            until = _parse(line, closed.end())[1] if closed else until
        elif re.match(r"=[a-zA-Z]", line):
            until = re.compile(r"=cut\b.*")
        elif re.match(r"__(?:END|DATA)__\b", line):
            break
        elif not _MATCH_OPERATOR.search(line):
            strings[number], until = _parse(line, 0)
    draft.exchange_lines(strings)
    return draft.finish()


def _parse(line: str, start: int) -> tuple[list[Span], re.Pattern[str] | None]:
    """The strings on the line, and what ends the stretch that the line opens, if it opens one."""
    spans: list[Span] = []
    until = None
    for piece in _PIECE.finditer(line, start):
        if piece["here"]:
            until = re.compile(rf"\s*{re.escape(piece['here'])}\Z")
        elif piece["open"]:
            return [], re.compile(rf"(?:[^{piece['open']}\\]|\\.)*{piece['open']}")
        elif piece["double"]:
            spans += _between_escapes(line, *piece.span("double"))
        elif piece.lastgroup in _STRINGS:
            spans.append(piece.span(piece.lastgroup))
    return spans, until


def _between_escapes(line: str, start: int, end: int) -> list[Span]:
    """The stretches between `\\n`, `\\t` …, whose letter would stick to the name behind it."""
    spans, at = [], start
    for escape in _ESCAPE.finditer(line, start, end):
        if escape[1].isalpha():
            spans.append((at, escape.start()))
            at = escape.end()
    return [*spans, (at, end)]
