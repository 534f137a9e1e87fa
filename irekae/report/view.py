"""What every rendering shows, in the order in which it shows it: results arranged by phase, item and host."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from irekae.model.clock import Clock
from irekae.model.results import (
    MANUAL,
    Acceptance,
    Check,
    CheckOutcome,
    Fingerprint,
    ItemRow,
    PhaseSpan,
    Signature,
    in_order,
    manual_numbers,
)
from irekae.report.points import NEWEST_FIRST, check_anchor, item_anchor, since
from irekae.report.words import Speech

Tone = Literal["good", "bad", "lacking", "note", "plain"]

TONES: dict[str, Tone] = {
    "passed": "good",
    "done": "good",
    "nothing to do": "good",
    "failed": "bad",
    "error": "bad",
    "unknown": "lacking",
    "running": "lacking",
    "not done": "lacking",
    "not checked": "lacking",
    "missing": "lacking",
    "by hand": "note",
    "waived": "note",
    "same": "plain",
    "expected difference": "plain",
    "new difference": "bad",
    "better": "good",
}
SIGNS: dict[Tone, str] = {"good": "✓", "bad": "✗", "lacking": "–", "note": "!", "plain": "·"}
MOST_LINES = 120
MOST_DETAILS = 12
MOST_LINKS = 40
WORST_FIRST: tuple[CheckOutcome, ...] = ("failed", "error", "not checked", "passed")


@dataclass(frozen=True)
class Link:
    """A check as an item's row names it."""

    title: str
    anchor: str
    tone: Tone


@dataclass(frozen=True)
class Line:
    """One item on one host. `outcome` is already a word of the report's language; `left` checks are not named."""

    host: str
    machine: str
    outcome: str
    tone: Tone
    anchor: str
    who: str = ""
    at: str = ""
    took: float = 0.0
    why: str = ""
    detail: tuple[str, ...] = ()
    checks: tuple[Link, ...] = ()
    left: int = 0


@dataclass(frozen=True)
class ItemView:
    """One row of the manual, with a line for every host."""

    number: str
    mark: str
    title: str
    lines: tuple[Line, ...]

    @property
    def anchor(self) -> str:
        """Return the fragment of the row."""
        return item_anchor(self.number)


@dataclass(frozen=True)
class PhaseView:
    """A phase with its items; `span` where it was measured."""

    number: int
    title: str
    span: PhaseSpan | None
    items: tuple[ItemView, ...]


def phases(results: Acceptance, say: Speech, anchors: Collection[str]) -> list[PhaseView]:
    """Return the phases with all items of the manual that the site has, also those that have no result.

    Of an item's checks on a host at most `MOST_LINKS` are named, those that did not pass first, and only such as the
    document shows: those of `anchors`.
    """
    spans = {span.phase: span for span in results.phases}
    by_item: dict[str, list[Check]] = {}
    for check in results.checks:
        by_item.setdefault(check.item, []).append(check)
    return [
        PhaseView(number, say.phase(number), spans.get(number), tuple(items))
        for number in MANUAL
        if (items := _items(number, results, by_item, say, anchors))
    ]


def rests_on(results: Acceptance, say: Speech) -> list[str]:
    """What the verdict rests on, a line each: the subjects that are not part of this site; site.toml alone."""
    lines = [say("not part", subjects=", ".join(results.lacking))] if results.lacking else []
    return [*lines, *([say("site alone")] if results.site_alone else [])]


def worst_first(checks: Sequence[Check]) -> list[Check]:
    """Return `checks` with failures first, those that are new first among them, then in the manual's order."""

    def rank(check: Check) -> tuple[int, int]:
        age = NEWEST_FIRST.index(since(check)) if check.outcome in ("failed", "error") else 0
        return WORST_FIRST.index(check.outcome), age

    return sorted(checks, key=lambda c: (rank(c), in_order(c.item), c.host))


def excerpt(text: str, say: Speech) -> str:
    """Return evidence as documents show it: a very long answer ends with a note; the JSON file has it whole."""
    lines = text.split("\n")
    if len(lines) <= MOST_LINES:
        return text
    return "\n".join([*lines[:MOST_LINES], say("more lines", count=len(lines) - MOST_LINES)])


def _brief(details: tuple[str, ...], say: Speech) -> tuple[str, ...]:
    if len(details) <= MOST_DETAILS:
        return details
    return (*details[:MOST_DETAILS], say("more lines", count=len(details) - MOST_DETAILS))


def sign_off(seal: Signature, say: Speech, clock: Clock) -> str:
    """Return one earlier signature as a line: what it says, of which report, by whom, when, with which key."""
    who = f"{say(seal.word + ' by')}: {seal.signed_by}, {clock.date_time(seal.signed_at)}"
    despite = f", {say('named points')}: {', '.join(seal.despite)}" if seal.despite else ""
    return f"{who}, {seal.digest[:12]}, {seal.key or say('no key')}{despite}"


def unwatched(results: Acceptance, say: Speech, clock: Clock) -> str:
    """Return when nobody watched, as a sentence; empty where somebody did all the time."""
    spans = spans_unwatched(results, clock)
    return say("nobody watched", spans=spans) if spans else ""


def spans_unwatched(results: Acceptance, clock: Clock) -> str:
    """Return from when to when nobody watched."""
    return ", ".join(f"{clock.time(span.start)} – {clock.time(span.end or '')}" for span in results.unwatched)


def never(results: Acceptance, say: Speech) -> str:
    """Return what is said of a service that was never seen away."""
    return say("not while watched" if results.unwatched else "never away")


def keys_by_name(results: Acceptance) -> list[tuple[str, str, Fingerprint | None, Fingerprint | None]]:
    """Return (name, key type, key before, key after): what a user of the name sees change."""
    before = {(f.name_before, f.key_type): f for f in results.fingerprints if f.name_before}
    after = {(f.name_after, f.key_type): f for f in results.fingerprints if f.name_after}
    return [(*key, before.get(key), after.get(key)) for key in sorted(before.keys() | after.keys())]


def _items(
    phase: int, results: Acceptance, checks: Mapping[str, Sequence[Check]], say: Speech, anchors: Collection[str]
) -> list[ItemView]:
    numbers = set(manual_numbers(range(phase, phase + 1)))
    numbers |= {row.number for row in results.items if row.phase == phase}
    known = sorted(numbers - set(results.left_out), key=in_order)
    return [_item(number, results, checks.get(number, ()), say, anchors) for number in known]


def _item(number: str, results: Acceptance, checks: Sequence[Check], say: Speech, anchors: Collection[str]) -> ItemView:
    rows = [row for row in results.items if row.number == number]
    checked = {check.host for check in checks}
    lines = [_line_of_row(row, say) for row in rows if row.host not in checked or row.outcome in ("by hand", "waived")]
    lines += [
        _line_of_checks(number, host, checks, say, anchors) for host in dict.fromkeys(check.host for check in checks)
    ]
    if not lines:
        lines = [Line("", "", say("missing"), "lacking", item_anchor(number, "none"))]
    title = say.of(rows[0].title, rows[0].title_ja) if rows else say.item(number)
    return ItemView(number, rows[0].mark if rows else "", title, tuple(lines))


def _line_of_row(row: ItemRow, say: Speech) -> Line:
    return Line(
        host=row.host,
        machine=row.machine,
        outcome=say(row.outcome),
        tone=TONES[row.outcome],
        anchor=item_anchor(row.number, row.host),
        who=row.who,
        at=row.at,
        took=row.took,
        why=row.why,
        detail=_brief(row.detail, say),
    )


def _line_of_checks(number: str, host: str, checks: Sequence[Check], say: Speech, anchors: Collection[str]) -> Line:
    here = [check for check in checks if check.host == host]
    passed = sum(check.outcome == "passed" for check in here)
    worst = min(here, key=lambda c: WORST_FIRST.index(c.outcome)).outcome
    named = [check for check in here if check_anchor(check) in anchors]
    if len(named) > MOST_LINKS:
        named = sorted(named, key=lambda c: WORST_FIRST.index(c.outcome))[:MOST_LINKS]
    return Line(
        host=host,
        machine="",
        outcome=say("some passed", passed=passed, all=len(here)),
        tone=TONES[worst],
        anchor=f"checks-{number}-{host}",
        at=min(check.at for check in here),
        took=sum(check.took for check in here),
        checks=tuple(Link(say.of(c.title, c.title_ja), check_anchor(c), TONES[c.outcome]) for c in named),
        left=len(here) - len(named),
    )
