"""The manual for reading offline (0.1): every item with the exact commands that it will run on this site."""

import inspect
from pathlib import Path

from irekae.items import ITEMS, Item
from irekae.journal import now
from irekae.record import PlannedChange
from irekae.report.manual import HostCommands, ManualRow, render_manual
from irekae.report.wiki import fetch, save_wiki
from irekae.report.words import LANGS
from irekae.swap import Swap

FOLDER = Path("report")


def save_manual(swap: Swap) -> list[str]:
    """Write the manual in both languages, and the wiki's pages if site.toml has an address; the paths written."""
    if swap.planned:
        return ["(under --plan nothing is written)"]
    FOLDER.mkdir(exist_ok=True)
    plan = whole_plan(swap)
    rows = [_row(swap, item, plan) for item in sorted(ITEMS.values(), key=lambda item: item.order)]
    saved = []
    for lang in LANGS:
        path = FOLDER / ("manual.html" if lang == "en" else f"manual.{lang}.html")
        path.write_text(render_manual(rows, lang, swap.site.site.title, now()), encoding="utf-8")
        saved.append(str(path))
    if swap.site.site.wiki:
        save_wiki(fetch, swap.site.site.wiki, FOLDER / "wiki")
        saved.append(str(FOLDER / "wiki"))
    return saved


def whole_plan(swap: Swap) -> list[PlannedChange]:
    """What the whole swap would change, from real reads over the connections that are open."""
    from irekae.runner import plan_before

    view = swap.as_plan()
    plan_before(view, 12)
    return view.plan


def _row(swap: Swap, item: Item, plan: list[PlannedChange]) -> ManualRow:
    commands: dict[str, list[str]] = {}
    for change in plan:
        if change.item == item.number:
            commands.setdefault(change.host, []).extend([change.what, *change.lines])
    return ManualRow(
        number=item.number,
        mark=item.mark,
        title=item.en,
        title_ja=item.ja,
        hosts=tuple(swap.name_in(item.phase, role) for role in item.roles),
        text=inspect.cleandoc(item.act.__doc__ or ""),
        commands=tuple(HostCommands(host, tuple(lines)) for host, lines in commands.items()),
        undo=item.undo,
    )
