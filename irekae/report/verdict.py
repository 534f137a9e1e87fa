"""Was the swap accepted? The verdict over a set of results, with every reason for it.

The rules stand in `RULES`, each a function of the results alone. From what they tell:

- anything *against* it (a check that failed or broke, an item that failed, a finding that no person has explained):
  *not accepted*;
- otherwise, anything *lacking* (an item of phases 0 to 10 without a result, not finished or of unknown outcome, a check
  that was not made, evidence that is gone): *incomplete*;
- otherwise *accepted*.

The newest word counts, whoever spoke it: a row is the last word on its item, a check the last result of it at whichever
seat. A result that is *stale* (its host has booted since, something was changed since, it is too old) is none.

One cause is one reason: a check whose cause another one has established (`Check.follows`) stands beneath that one, as
long as that one has not passed since.

A person may record an item of phases 9 and 10 as done by hand or waived; that excuses checks that were not made, never
one that failed, and stays among the open points. Phase 11 announces the verdict, so it cannot be asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from msgspec.structs import replace

from irekae.model.clock import Clock
from irekae.model.findings import Finding
from irekae.model.results import OPTIONAL, Acceptance, Check, ItemRow, Record, in_order, manual_numbers
from irekae.report.points import (
    AGAINST,
    LACKING,
    NEWEST_FIRST,
    Point,
    PointKind,
    check_anchor,
    comparison_anchor,
    item_anchor,
    since,
)

VerdictWord = Literal["accepted", "not accepted", "incomplete"]
EXCUSED = ("by hand", "waived")
SETTLED = ("done", "nothing to do", *EXCUSED)
SUPERSEDED = {"0.4": "3.1"}
"""Items that a later one makes good, whatever became of them."""
MOST_PLACES = 20  # that one point names


class Verdict(Record, frozen=True):
    """The word, the reasons for it (none when accepted), and what else a person should look at.

    Failures before what is lacking, new ones before those of before the swap; then in the manual's order.
    """

    word: VerdictWord
    reasons: tuple[Point, ...]
    others: tuple[Point, ...]

    @property
    def all_reasons(self) -> list[Point]:
        """Return the reasons, each before those that follow from it."""
        return [one for point in self.reasons for one in (point, *point.following)]


def verdict(results: Acceptance) -> Verdict:
    """Judge `results` by the rules at the head of this module."""
    results = fresh(results)
    points = sorted((point for rule in RULES for point in rule(results)), key=_place)
    points = _by_cause(points, causes(results.checks))
    against = [p for p in points if p.kind in AGAINST]
    reasons = (*sorted(against, key=lambda p: NEWEST_FIRST.index(p.since)), *(p for p in points if p.kind in LACKING))
    others = tuple(p for p in points if p.kind not in AGAINST | LACKING)
    if against:
        return Verdict("not accepted", reasons, others)
    return Verdict("incomplete" if reasons else "accepted", reasons, others)


def _place(point: Point) -> tuple[bool, tuple[int, int], str]:
    """In the manual's order; lost evidence first, for others follow from it, and what is of no item last."""
    return point.kind != "evidence missing", in_order(point.item) if point.item else (99, 0), point.host


def causes(checks: Sequence[Check]) -> dict[str, str]:
    """Return the anchor of each check that follows from another one, with that one's, while it has not passed."""
    failed = {check.id: check for check in checks if check.outcome in ("failed", "error") and not check.follows}
    return {check_anchor(c): check_anchor(failed[c.follows]) for c in checks if c.follows in failed and _is_open(c)}


def _is_open(check: Check) -> bool:
    return check.outcome != "passed" and not check.stale


def _by_cause(points: Sequence[Point], causes: Mapping[str, str]) -> list[Point]:
    """Put each point beneath the one that it follows from, where that one is told by itself."""
    told = {point.anchor for point in points if point.anchor not in causes}
    beneath: dict[str, list[Point]] = {}
    for point in points:
        if (cause := causes.get(point.anchor)) in told:
            beneath.setdefault(str(cause), []).append(point)
    alone = [point for point in points if causes.get(point.anchor) not in told]
    return [replace(point, following=tuple(beneath.get(point.anchor, ()))) for point in alone]


def fresh(results: Acceptance) -> Acceptance:
    """Return `results` with stale checks as not made, and those whose findings are all explained as passed."""
    return replace(results, checks=tuple(_as_it_counts(check, results) for check in results.checks))


def _as_it_counts(check: Check, results: Acceptance) -> Check:
    if check.stale:
        return replace(check, outcome="not checked", found=check.stale, findings=())
    return replace(check, outcome="passed") if check.excused(results.explanations) else check


def findings(results: Acceptance) -> list[Finding]:
    """Return every finding of `results`, explained or not, each once."""
    found = [row.finding for row in results.baseline if row.verdict == "new difference"]
    found += [finding for check in fresh(results).checks for finding in check.findings]
    found += _lost(results)
    return list({finding.id: finding for finding in found}.values())


def got_better(results: Acceptance) -> list[Check]:
    """Return the checks that pass now and did not before the swap."""
    return [c for c in results.checks if c.outcome == "passed" and c.before in ("failed", "error")]


# --- the rules --------------------------------------------------------------------------------------------------------


def of_checks(results: Acceptance) -> Iterator[Point]:
    """A check that did not pass speaks, one that was not made only where nobody has vouched for its item."""
    kinds: dict[str, PointKind] = {"failed": "check failed", "error": "check broke", "not checked": "check not made"}
    vouched = {(row.number, row.host) for row in results.items if row.outcome in EXCUSED}
    for check in results.checks:
        excused = check.outcome == "not checked" and (check.item, check.host) in vouched
        if check.outcome != "passed" and not excused and not check.findings:
            yield Point(
                kind=kinds[check.outcome],
                anchor=check_anchor(check),
                item=check.item,
                host=check.host,
                title=check.title,
                title_ja=check.title_ja,
                why=check.found or check.cause,
                since=since(check),
                remedy=check.remedy,
            )


def of_findings(results: Acceptance) -> Iterator[Point]:
    """A finding speaks against it until a person has explained it."""
    for check in results.checks:
        for finding in check.findings:
            yield _of_finding(finding, results, check_anchor(check), check.item, check.host)
    for index, row in enumerate(results.baseline):
        if row.verdict == "new difference":
            yield _of_finding(row.finding, results, comparison_anchor(index))


def _of_finding(
    finding: Finding,
    results: Acceptance,
    anchor: str,
    item: str = "",
    host: str = "",
    speaks: PointKind = "difference",
) -> Point:
    said = finding.explained(results.explanations)
    return Point(
        kind="explained" if said else speaks,
        anchor=anchor,
        item=item,
        host=host,
        title=finding.title,
        why=f"{finding.was} → {finding.found}" + (f" ({said.who}: {said.why})" if said else ""),
        finding=finding.id,
        remedy="" if said else finding.remedy,
    )


def of_items(results: Acceptance) -> Iterator[Point]:
    """A row is the last word on its item; where its checks say the same already, it is not said twice."""
    told = {(point.item, point.host) for point in (*of_checks(results), *of_findings(results))}
    for row in results.items:
        kind = _kind_of(row, results)
        if kind is None or (kind not in EXCUSED and _is_told(row, told)):
            continue
        yield Point(
            kind=kind,
            anchor=item_anchor(row.number, row.host),
            item=row.number,
            host=row.host,
            title=row.title,
            title_ja=row.title_ja,
            why=row.why,
        )


def _is_told(row: ItemRow, told: set[tuple[str, str]]) -> bool:
    # Phase 10 is checked on the backup host, and remembered by production.
    return (row.number, row.host) in told or (row.phase == 10 and any(number == row.number for number, _ in told))


def _kind_of(row: ItemRow, results: Acceptance) -> PointKind | None:
    match row.outcome:
        case "done" | "nothing to do":
            return None
        case "by hand" | "waived":
            return row.outcome
        case _ if row.number in OPTIONAL and (row.outcome == "not done" or _is_superseded(row.number, results)):
            return None
        case _ if row.phase == 11:
            return "announcement"
        case "failed":
            return "item failed"
        case "unknown":
            return "item unknown"
        case "running" | "not done":
            return "item unfinished"


def _is_superseded(number: str, results: Acceptance) -> bool:
    later = [row.outcome in SETTLED for row in results.items if row.number == SUPERSEDED.get(number)]
    return bool(later) and all(later)


def of_what_is_missing(results: Acceptance) -> Iterator[Point]:
    """Items of phases 0 to 8 need a row, those of 9 and 10 a check, or a person's word in a row."""
    carried_out = {row.number for row in results.items}
    answered = {check.item for check in results.checks} | {r.number for r in results.items if r.outcome in EXCUSED}
    for number in manual_numbers(range(11)):
        proof = answered if in_order(number)[0] >= 9 else carried_out
        if number not in proof | OPTIONAL and number not in results.left_out:
            yield Point(kind="item missing", anchor=item_anchor(number), item=number)


def of_lost_evidence(results: Acceptance) -> Iterator[Point]:
    """Evidence needs a copy on one host at least; first among the reasons, for others follow from it."""
    for finding in _lost(results):
        yield _of_finding(finding, results, "open-points", speaks="evidence missing")


def _lost(results: Acceptance) -> list[Finding]:
    return [
        Finding(subject="evidence", key=record, was="kept on both hosts", found="gone from both")
        for record in results.evidence_missing
    ]


def of_what_is_left(results: Acceptance) -> Iterator[Point]:
    """Old names that a person has to judge, and whatever else was noted; these never speak against it."""
    clock = Clock.of(results)
    for host in dict.fromkeys(left.host for left in results.leftovers):
        places = [f"{left.path}:{left.line}" for left in results.leftovers if left.host == host]
        if len(places) > MOST_PLACES:
            places[MOST_PLACES:] = [f"+ {len(places) - MOST_PLACES}"]
        yield Point(kind="leftover", anchor="leftovers", item="5.2", host=host, title=", ".join(places))
    for span in results.unwatched:
        yield Point(
            kind="outage unwatched", anchor="outages", title=f"{clock.time(span.start)} – {clock.time(span.end or '')}"
        )
    for point in results.open_points:
        yield Point(kind="other", anchor="open-points", title=point.kind, why=point.text, why_ja=point.text_ja)


RULES: tuple[Callable[[Acceptance], Iterator[Point]], ...] = (
    of_lost_evidence,
    of_checks,
    of_items,
    of_findings,
    of_what_is_missing,
    of_what_is_left,
)
