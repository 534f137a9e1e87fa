"""The acceptance report as Markdown (CommonMark with the table extension)."""

from __future__ import annotations

import re

from irekae.model.language import Lang
from irekae.model.legible import legible
from irekae.model.results import Acceptance
from irekae.report.document import Block, Bullets, Heading, Paragraph, Table, Verbatim, blocks

_MEANING = re.compile(r"([\\`*_\[\]<>|#~&$])")
_STARTS = re.compile(r"^([-+=]|\d+(?=[.)]))")
_TICKS = re.compile(r"`+")


def render(results: Acceptance, lang: Lang = "en", logs: str = "") -> str:
    """Return the report on `results` as Markdown in `lang`, ending in a newline; `logs`: where the seat's logs lie."""
    return "\n\n".join(_block(block) for block in blocks(results, lang, True, logs)) + "\n"


def plain(text: str) -> str:
    """Return `text` on one line, with every sign escaped that Markdown would take for its own."""
    return _MEANING.sub(r"\\\1", " ".join(legible(text).split()))


def _line(text: str) -> str:
    """Text at the start of a line must not begin a list or a rule either."""
    return _STARTS.sub(lambda m: m[0] + "\\" if m[0].isdigit() else "\\" + m[0], plain(text))


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return "#" * level + " " + plain(text)
        case Paragraph(text):
            return _line(text)
        case Bullets(lines):
            return "\n".join(f"- {_line(line)}" for line in lines)
        case Table(head, rows):
            return "\n".join([_row(head), _row(("---",) * len(head), escape=False), *(_row(row) for row in rows)])
        case Verbatim(text):
            return _fenced(legible(text))


def _row(cells: tuple[str, ...], escape: bool = True) -> str:
    return "| " + " | ".join(plain(cell) if escape else cell for cell in cells) + " |"


def _fenced(text: str) -> str:
    """A fence longer than any run of backticks in the text cannot be ended by it."""
    fence = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(text)), default=0))
    return f"{fence}text\n{text}\n{fence}"
