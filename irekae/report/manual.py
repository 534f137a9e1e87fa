"""The offline manual of 0.1, to work from on paper: per item its command, how it is done by hand, check and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from irekae.model.clock import Clock
from irekae.model.language import Lang
from irekae.model.results import ItemNumber, Mark, Record, in_order
from irekae.report.html import ENV
from irekae.report.troubles import troubles
from irekae.report.words import Speech

MOST = 8  # changes of a host that an item shows


class HostChanges(Record, frozen=True):
    """What an item will change on one host, a line each."""

    host: str
    changes: tuple[str, ...]


class ManualRow(Record, frozen=True, kw_only=True):
    """One item as the manual prints it; all but `title` and `title_ja` is in the manual's language.

    Attributes:
        command: `fab` with the item's name.
        hand: the same by hand, a line each.
        check: what to look at then.
        remedy: what to do where it is not so.
        decisions: notes such as ``D1: …``.
        changes: what the plan of this site has for it.
        undo: how it is taken back.
    """

    number: ItemNumber
    mark: Mark
    title: str
    title_ja: str
    hosts: tuple[str, ...]
    command: str = ""
    hand: tuple[str, ...] = ()
    check: str = ""
    remedy: str = ""
    decisions: tuple[str, ...] = ()
    changes: tuple[HostChanges, ...] = ()
    undo: str = ""


def render_manual(rows: Sequence[ManualRow], lang: Lang, site: str = "", wiki: str = "") -> str:
    """Return the manual as an HTML document in `lang`, to be kept and printed.

    Args:
        rows: the items, in any order.
        lang: language of all but what is typed; the other language's titles stand beside them.
        site: title of the site, for the heading.
        wiki: address of the wiki's manual page; that there is none is said.
    """
    ordered = sorted(rows, key=lambda row: in_order(row.number))
    grouped = [(phase, list(items)) for phase, items in groupby(ordered, key=lambda row: in_order(row.number)[0])]
    return ENV.get_template("manual.html.j2").render(
        say=Speech(lang),
        other=Speech("en" if lang == "ja" else "ja"),
        phases=grouped,
        site=site,
        wiki=wiki,
        troubles=troubles(lang),
        made_at=Clock.at_the_seat().said(),
        most=MOST,
    )
