"""The acceptance report in Hiki's syntax, to be pasted into the team's log page.

Hiki has no escape sign, so where host text holds a pair of signs that Hiki would act on (``{{`` calls a plugin, ``||``
ends a cell, …) the pair is set apart by a blank.
"""

from __future__ import annotations

import re

from irekae.model.language import Lang
from irekae.model.legible import legible
from irekae.model.results import Acceptance
from irekae.report.document import Block, Bullets, Heading, Paragraph, Table, Verbatim, blocks

_PAIR = re.compile(r"([{}\[\]'=`|])(?=\1)")
_PLUGIN = re.compile(r"([{}])(?=\1)")
_LINE_SIGN = re.compile(r'^([!*#:|"<>\s/^-])')


def render(results: Acceptance, lang: Lang = "ja") -> str:
    """Return the report on `results` as Hiki text in `lang`; evidence only of the checks that failed."""
    return "\n\n".join(_block(block) for block in blocks(results, lang, evidence_of_all=False)) + "\n"


def plain(text: str) -> str:
    """Return `text` on one line, without any pair of signs that Hiki would act on."""
    return _PAIR.sub(r"\1 ", " ".join(legible(text).split()))


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return "!" * level + " " + plain(text)
        case Paragraph(text):
            return _LINE_SIGN.sub(r". \1", plain(text))
        case Bullets(lines):
            return "\n".join(f"* {plain(line)}" for line in lines)
        case Table(head, rows):
            return "\n".join(["||" + "||".join("!" + _cell(c) for c in head), *(_row(row) for row in rows)])
        case Verbatim(text):
            # every line, an empty one too, starts with a blank: nothing in the text can end the block
            return "\n".join(" " + _PLUGIN.sub(r"\1 ", line) for line in legible(text).split("\n"))


def _row(cells: tuple[str, ...]) -> str:
    return "||" + "||".join(_cell(cell) for cell in cells)


def _cell(text: str) -> str:
    """Blanks around the text keep a leading ! ^ > from being a header or a span, and empty cells from vanishing."""
    return f" {plain(text)} "
