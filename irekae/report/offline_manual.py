"""The manual for reading offline (0.1): every item with the exact commands that it will run on this site."""

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

from irekae.host.record import PlannedChange
from irekae.model import seat_files
from irekae.model.items import ITEMS, Item
from irekae.model.journal import now
from irekae.model.language import LANGS, Lang, in_language
from irekae.report.decisions import decisions
from irekae.report.wiki import fetch, save_wiki
from irekae.swap.swap import Swap

if TYPE_CHECKING:
    from irekae.report.manual import ManualRow

FOLDER = Path("report")


def save_manual(swap: Swap) -> list[str]:
    """Write the manual in both languages, and the wiki's pages if site.toml has an address.

    Returns:
        A line for each thing saved, and for each page of the wiki that could not be.

    Raises:
        SwapError: the wiki's manual page cannot be had.
    """
    if swap.planned:
        return ["(under --plan nothing is written)"]
    # Imported here, for it takes long and most commands do without.
    from irekae.report.manual import render_manual

    plan = whole_plan(swap)
    items = sorted(ITEMS.values(), key=lambda item: item.order)
    saved = []
    for lang in LANGS:
        rows = [_row(swap, item, plan, lang) for item in items]
        path = FOLDER / ("manual.html" if lang == "en" else f"manual.{lang}.html")
        seat_files.write(path, render_manual(rows, lang, swap.site.site.title, now()).encode())
        saved.append(f"saved {path}")
    return [*saved, *_save_wiki(swap.site.site.wiki)] if swap.site.site.wiki else saved


def _save_wiki(address: str) -> list[str]:
    found = save_wiki(fetch, address, FOLDER / "wiki")
    left_out = [f"not saved: {page}: {why}" for page, why in found.left_out.items()]
    return [f"saved {len(found.pages)} pages of the wiki, from {found.first} on", *left_out]


def whole_plan(swap: Swap) -> list[PlannedChange]:
    """What the whole swap would change, from real reads over the connections that are open."""
    from irekae.procedure.runner import plan_before

    view = swap.as_plan()
    plan_before(view, 12)
    return view.plan


def _row(swap: Swap, item: Item, plan: list[PlannedChange], lang: Lang) -> "ManualRow":
    from irekae.report.manual import HostCommands, ManualRow

    commands: dict[str, list[str]] = {}
    text = "\n\n".join(" ".join(one.split()) for one in inspect.cleandoc(item.act.__doc__ or "").split("\n\n"))
    for change in plan:
        if change.item == item.number:
            commands.setdefault(change.host, []).extend([in_language(change.what, lang), *change.lines])
    return ManualRow(
        number=item.number,
        mark=item.mark,
        title=item.en,
        title_ja=item.ja,
        hosts=tuple(swap.name_in(item.phase, role) for role in item.roles),
        text=text,
        text_ja=in_language(text, "ja"),
        decisions=decisions(item.number, lang),
        commands=tuple(HostCommands(host, tuple(lines)) for host, lines in commands.items()),
        undo=in_language(item.undo, lang),
    )
