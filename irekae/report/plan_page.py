"""`fab plan --html`: the plan as one HTML file, to be read together: no network, no script, its style inside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from irekae.host.record import PlannedChange
from irekae.model import seat_files
from irekae.model.clock import moment
from irekae.model.items import ITEMS
from irekae.model.journal import now
from irekae.model.language import Lang
from irekae.procedure.plan_view import Arranged, PlannedFile, arranged, in_order_of_work
from irekae.report.html import ENV
from irekae.report.words import Speech
from irekae.swap.swap import Swap

TEAMS = ("www", "dns", "mail", "")


def write_page(swap: Swap, path: Path, lang: Lang, publish: bool) -> Path:
    """Write the page on a swap that is planned; where it lies.

    Raises:
        SwapError: it cannot be written (exit status 2).
    """
    run = str((swap.run or {}).get("id", ""))
    page = render_plan(swap.plan, lang, swap.site.site.title, run, now())
    seat_files.write(path, page.encode(), seat_files.PUBLISHED if publish else seat_files.OWN)
    return path.absolute()


def render_plan(changes: Sequence[PlannedChange], lang: Lang, site: str = "", run: str = "", made_at: str = "") -> str:
    """Return the plan as an HTML document in `lang`.

    Args:
        changes: of the whole plan, in any order. What may not be quoted of a file is not in them.
        lang: language of headings and of the items' titles.
        site: title of the site.
        run: of this swap, "" before it has begun.
        made_at: when it was made, ISO 8601 with a zone.
    """
    plan, say = arranged(in_order_of_work(changes)), Speech(lang)
    return ENV.get_template("plan.html.j2").render(
        say=say,
        site=site,
        run=run,
        made_at=moment(made_at).strftime("%Y-%m-%d %H:%M %z") if made_at else "",
        plan=plan,
        hosts=list(_by_host(plan.files)),
        teams=list(_by_team(plan)),
        phases=[(phase, list(of)) for phase, of in groupby(plan.others, key=lambda change: ITEMS[change.item].phase)],
        title=lambda number: say.of(ITEMS[number].en, ITEMS[number].ja),
        by_item=lambda found: [(number, list(of)) for number, of in groupby(found, key=lambda change: change.item)],
        kind=kind,
        anchor=lambda file: f"file-{plan.files.index(file)}",
    )


def _by_host(files: Sequence[PlannedFile]) -> Iterator[tuple[str, bool, list[PlannedFile]]]:
    for (behind, host), of in groupby(files, key=lambda file: (file.behind, file.host)):
        yield host, behind, list(of)


def _by_team(plan: Arranged) -> Iterator[tuple[str, list[PlannedFile]]]:
    """Each team's files, so that it finds them; what belongs to no team last."""
    for team in TEAMS:
        if found := [file for file in plan.files if file.team == team]:
            yield team, found


def kind(line: str) -> str:
    """What a line of a unified diff is: its class on the page."""
    if line.startswith(("--- ", "+++ ")):
        return "name"
    return {"+": "add", "-": "del", "@": "hunk", "$": "run"}.get(line[:1], "")
