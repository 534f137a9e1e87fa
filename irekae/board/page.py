"""The page of a board: the whole document, and its parts alone, as they are sent when something has changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from irekae.board import view
from irekae.board.copy import progress
from irekae.board.state import Board, at_or_none
from irekae.board.words import Speech, other
from irekae.model.clock import Clock, lasting, length, moment
from irekae.model.items import EXCHANGE_PHASE
from irekae.model.language import Lang
from irekae.model.legible import legible
from irekae.model.results import Span

# The page is made of these, each with the parts that stand below one another in it.
COLUMNS = (("top",), ("next", "work", "copy", "trouble"), ("outage",), ("grid",), ("lines",))
PARTS = tuple(name for column in COLUMNS for name in column)
RENEWED = 10  # seconds between two loads of the page where there is no JavaScript
BETWEEN = 10.0  # seconds between two looks while phase 6 is under way

ENV = Environment(
    loader=PackageLoader("irekae.board"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=lambda value: legible(value) if type(value) is str else value,
)


def parts(board: Board, lang: Lang) -> dict[str, str]:
    """The parts of the page by their ids, as HTML in which all that came from a host is escaped."""
    told = _told(board, lang)
    return {name: ENV.get_template(f"{name}.html.j2").render(told) for name in PARTS}


def page(board: Board, lang: Lang, made: Mapping[str, str]) -> str:
    """The whole document.

    Args:
        board: for its title.
        lang: of the page.
        made: its parts, as `parts` returns them.
    """
    say = Speech(lang)
    return ENV.get_template("page.html.j2").render(
        say=say, parts=made, columns=COLUMNS, done=view.progress(board), renewed=RENEWED, other=other(lang)
    )


def _told(board: Board, lang: Lang) -> dict[str, Any]:
    return {
        "board": board,
        "say": Speech(lang),
        "clock": Clock(moment(board.at)),
        "lasts": partial(_lasts, board=board, lang=lang),
        "lasting": partial(lasting, lang=lang),
        "run": Clock(moment(board.at)).date_time(at_or_none(board.run)) or board.run,
        "view": view,
        "copied": progress(board.copy),
        "grid": view.grid(board),
        "step": view.next_step(board),
        "between": f"{BETWEEN:g}",
        "exchange": EXCHANGE_PHASE,
    }


def _lasts(since: str, board: Board, lang: Lang) -> str:
    """How long something has lasted until this board, in two units; the page's script goes on counting."""
    seconds = round(length(Span(since), board.at))
    return f"{seconds} {'秒' if lang == 'ja' else 's'}" if seconds < 60 else lasting(seconds, lang)


@dataclass
class Shown:
    """A board with its pages: each language is rendered once, however many look."""

    board: Board
    _parts: dict[Lang, dict[str, str]] = field(default_factory=dict)

    def parts(self, lang: Lang) -> dict[str, str]:
        """The parts in a language."""
        if lang not in self._parts:
            self._parts[lang] = parts(self.board, lang)
        return self._parts[lang]

    def page(self, lang: Lang) -> str:
        """The whole document in a language."""
        return page(self.board, lang, self.parts(lang))
