"""The manual for reading offline (0.1), with the facts of this site and what its plan has for each item."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from irekae.host.record import PlannedChange
from irekae.host.services import choose as services_of
from irekae.model import seat_files
from irekae.model.items import ITEMS, WHOLE, Item, On
from irekae.model.language import LANGS, Lang, in_language
from irekae.report.decisions import decisions
from irekae.report.steps import USUAL, By, by_hand, filled, on_both, steps, undo, values_of
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
    roles = (On.PRODUCTION, On.STANDBY)
    one, other = (_by(swap, role) for role in roles)
    both = on_both(one, other, [swap.host(ITEMS["0.1"], role).name for role in roles])
    by: dict[tuple[On, ...], By] = {roles: both, roles[:1]: one, roles[1:]: other}
    saved = []
    for lang in LANGS:
        rows = [_row(swap, item, plan, lang, by[item.roles]) for item in items]
        path = FOLDER / ("manual.html" if lang == "en" else f"manual.{lang}.html")
        general = swap.site.site
        seat_files.write(path, render_manual(rows, lang, general.title, general.wiki).encode())
        saved.append(f"saved {path}")
    if not swap.site.site.wiki:
        return [*saved, "the wiki's pages are not saved: [site] wiki in site.toml has no address"]
    return [*saved, *_save_wiki(swap.site.site.wiki)]


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


def _row(swap: Swap, item: Item, plan: list[PlannedChange], lang: Lang, by: By) -> "ManualRow":
    from irekae.report.manual import HostChanges, ManualRow

    changes: dict[str, list[str]] = {}
    for change in plan:
        if change.item == item.number:
            changes.setdefault(change.host, []).append(in_language(change.what, lang))
    step = steps(swap.site.mail.system if swap.site.mail else USUAL)[item.number]
    values = values_of(swap.inventory, swap.site, swap.today, by)
    in_lang = [step.check_ja, step.remedy_ja] if lang == "ja" else [step.check, step.remedy]
    check, remedy = ("\n".join(filled(text, values)) for text in in_lang)
    hosts = tuple(swap.name_in(item.phase, role) for role in item.roles)
    return ManualRow(
        number=item.number,
        mark=item.mark,
        title=item.en,
        title_ja=item.ja,
        hosts=hosts,
        command=command_of(item, hosts),
        hand=tuple(line for text in by_hand(step, lang) for line in filled(text, values)),
        check=check,
        remedy=remedy,
        decisions=decisions(item.number, lang, swap.site.has),
        changes=tuple(HostChanges(host, tuple(lines)) for host, lines in changes.items()),
        undo=undo(item.undo, lang),
    )


def _by(swap: Swap, role: On) -> By:
    """What carries things out on the host that has the role."""
    from irekae.subjects.network.live_file import interface_of
    from irekae.subjects.network.managers import choose

    host = swap.host(ITEMS["0.1"], role)
    services, interface = services_of(host.link.facts), interface_of(host, swap)
    pair = (swap.inventory.production, swap.inventory.standby)
    holders = "; ".join(f"arping -D -I {interface} {entry.address}" for entry in pair)
    return By(services, choose(host, interface).by_hand(interface, services), holders)


def command_of(item: Item, hosts: Sequence[str]) -> str:
    """The command of an item, as it is typed; the host is named where there is but one to act on."""
    where = f"-H {hosts[0]} " if len(hosts) == 1 and item.on is not On.SEAT and item.phase < WHOLE else ""
    return f"fab {where}phase{item.phase}.{item.name.replace('_', '-')}"
