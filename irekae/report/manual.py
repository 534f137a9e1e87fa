"""The offline manual of item 0.1: every item with the commands that it will run on this site, as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from irekae.model.language import Lang
from irekae.model.results import ItemNumber, Mark, Record, in_order
from irekae.report.html import ENV
from irekae.report.words import Speech


class HostCommands(Record, frozen=True):
    """What an item does on one host, one command or change a line; a command may be long and hold newlines."""

    host: str
    commands: tuple[str, ...]


class ManualRow(Record, frozen=True, kw_only=True):
    """One item as the manual prints it. `text` is its docstring; `decisions` are notes such as ``D1: …``."""

    number: ItemNumber
    mark: Mark
    title: str
    title_ja: str
    hosts: tuple[str, ...]
    text: str = ""
    text_ja: str = ""
    decisions: tuple[str, ...] = ()
    commands: tuple[HostCommands, ...] = ()
    undo: str = ""


def render_manual(rows: Sequence[ManualRow], lang: Lang, site: str = "", made_at: str = "") -> str:
    """Return the manual as an HTML document in `lang`, to be kept and printed.

    Args:
        rows: the items, in any order.
        lang: language of headings and titles; the other language's titles stand beside them.
        site: title of the site, for the heading.
        made_at: when the commands were computed, ISO 8601 with a zone.
    """
    ordered = sorted(rows, key=lambda row: in_order(row.number))
    grouped = [(phase, list(items)) for phase, items in groupby(ordered, key=lambda row: in_order(row.number)[0])]
    page = ENV.get_template("manual.html.j2")
    return page.render(say=Speech(lang), other=Speech("en" if lang == "ja" else "ja"), phases=grouped, site=site,
                       made_at=made_at)  # fmt: skip
