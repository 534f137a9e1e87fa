"""`fab status`: phases and hosts at a glance, then what is not simply done."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from irekae.model.clock import Clock
from irekae.model.items import phases_left_out
from irekae.model.language import Lang
from irekae.model.results import MANUAL, ItemOutcome, ItemRow, in_order
from irekae.report.columns import cut, pad, width
from irekae.report.words import Speech

SIGNS: dict[ItemOutcome, str] = {
    "done": "+",
    "nothing to do": "=",
    "failed": "X",
    "unknown": "?",
    "running": ">",
    "by hand": "h",
    "waived": "w",
    "not done": ".",
}
"""One sign for each outcome, in ASCII so that every terminal and every log shows them."""

QUIET: tuple[ItemOutcome, ...] = ("done", "nothing to do", "not done")
NARROWEST = 40
MOST_DETAILS = 8


def table(
    rows: Sequence[ItemRow],
    lang: Lang = "en",
    columns: int = 80,
    clock: Clock | None = None,
    phases: Container[int] = range(len(MANUAL)),
) -> str:
    """Return the state of a swap as text, at most `columns` wide (never narrower than 40), ending in a newline.

    One line for each phase, with one sign for each item under each host, in the manual's order; then, in words, only
    the items that a person should know of: failed, unknown, running, done by hand, waived, and the first that is not
    done yet. The first line names the moment of `clock` (the seat's by default) with its zone; all times are in it.
    `phases` are those that have a line; what a person should know of is told of all.
    """
    clock = clock or Clock.at_the_seat()
    say, columns = Speech(lang), max(columns, NARROWEST)
    rows = sorted(rows, key=lambda row: (in_order(row.number), row.host))
    hosts = list(dict.fromkeys(row.host for row in sorted(rows, key=lambda row: row.host)))
    lines = [
        cut(say("as of", at=clock.said()), columns),
        *_glance(rows, hosts, say, columns, phases),
        "",
        *_legend(rows, say, columns),
    ]
    if details := _details(rows, say, columns, clock):
        lines += ["", *details]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _glance(
    rows: Sequence[ItemRow], hosts: Sequence[str], say: Speech, columns: int, phases: Container[int]
) -> list[str]:
    signs = {(phase, host): _signs(rows, phase, host) for phase in MANUAL for host in hosts}
    widths = {host: max(width(host), *(len(signs[phase, host]) for phase in MANUAL)) for host in hosts}
    room = max(8, columns - 4 - sum(widths.values()) - 2 * len(hosts))
    there = set(MANUAL) - phases_left_out()
    titles = {phase: cut(say.phase(phase), room) for phase in MANUAL if phase in phases and phase in there}
    room = min(room, max((width(title) for title in titles.values()), default=room))
    lines = ["    " + " " * room + "".join("  " + pad(host, widths[host]) for host in hosts)]
    for phase, title in titles.items():
        cells = "".join("  " + pad(signs[phase, host], widths[host]) for host in hosts)
        lines.append(f"{phase:>2}  {pad(title, room)}{cells}")
    return lines


def _signs(rows: Sequence[ItemRow], phase: int, host: str) -> str:
    return "".join(SIGNS[row.outcome] for row in rows if row.phase == phase and row.host == host)


def _legend(rows: Iterable[ItemRow], say: Speech, columns: int) -> list[str]:
    """Explain the signs that occur, several to a line."""
    seen = {row.outcome for row in rows}
    return _filled([f"{sign} {say(outcome)}" for outcome, sign in SIGNS.items() if outcome in seen], columns)


def _filled(words: Iterable[str], columns: int) -> list[str]:
    lines = [""]
    for word in words:
        if lines[-1] and width(lines[-1]) + 3 + width(word) > columns:
            lines.append("")
        lines[-1] += ("   " if lines[-1] else "") + word
    return lines


def _details(rows: Sequence[ItemRow], say: Speech, columns: int, clock: Clock) -> list[str]:
    told = [row for row in rows if row.outcome not in QUIET]
    told += [row for row in rows if row.outcome == "not done"][:1]
    lines: list[str] = []
    for row in sorted(told, key=lambda row: (in_order(row.number), row.host)):
        told_of = f"{SIGNS[row.outcome]} {row.number} {row.host} {say(row.outcome)}{_who(row, clock)} "
        lines.append(cut(told_of + say.of(row.title, row.title_ja), columns))
        lines += ["    " + cut(text, columns - 4) for text in (row.why, *_cause(row)) if text]
    return lines


def _who(row: ItemRow, clock: Clock) -> str:
    return f" ({row.who} {clock.time(row.at)}".rstrip() + ")" if row.who else ""


def _cause(row: ItemRow) -> tuple[str, ...]:
    """The detail of what went wrong belongs here; that of work that was done, in the report."""
    return row.detail[:MOST_DETAILS] if row.outcome in ("failed", "unknown") else ()
