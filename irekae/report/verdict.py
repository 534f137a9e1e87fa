"""Was the swap accepted? The verdict over a set of results, with every reason for it.

The rules, from the manual's phases 9 and 10 and from what a person who signs has to know:

- a check that failed or broke, an item that failed, or a finding (a difference from before that nobody declared,
  what a check found otherwise than it was) that no person has explained: *not accepted*;
- otherwise, an item of phases 0 to 10 without a result, not finished or of unknown outcome, or a check that was not
  made: *incomplete*;
- otherwise *accepted*.

A check counts only if it was made after its host's reboot (8.1): that is what phase 9 asks. An earlier one is shown and
judged as not made.

A person may record an item of phases 9 and 10 as done by hand or waived; that excuses checks that were not made, never
one that failed, and stays among the open points. Phase 11 announces the verdict, so it cannot be asked for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec.structs import replace

from irekae.model.clock import moment
from irekae.model.findings import Finding
from irekae.model.results import OPTIONAL, Acceptance, Check, ItemRow, Record, in_order, manual_numbers

VerdictWord = Literal["accepted", "not accepted", "incomplete"]
Since = Literal["new", "already so before", "unknown"]
PointKind = Literal[
    "check failed",
    "check broke",
    "item failed",
    "difference",
    "explained",
    "item unknown",
    "item unfinished",
    "item missing",
    "check not made",
    "evidence missing",
    "by hand",
    "waived",
    "leftover",
    "announcement",
    "other",
]

AGAINST: frozenset[PointKind] = frozenset({"check failed", "check broke", "item failed", "difference"})
LACKING: frozenset[PointKind] = frozenset(
    {"item unknown", "item unfinished", "item missing", "check not made", "evidence missing"}
)
NEWEST_FIRST: tuple[Since, ...] = ("new", "unknown", "already so before")
EXCUSED = ("by hand", "waived")


class Point(Record, frozen=True, kw_only=True):
    """One thing to know before signing.

    `anchor` is where the report shows it in full; `since` is for failures; `finding` is what `fab explain` takes.
    """

    kind: PointKind
    anchor: str
    item: str = ""
    host: str = ""
    title: str = ""
    title_ja: str = ""
    why: str = ""
    why_ja: str = ""
    since: Since = "unknown"
    finding: str = ""


class Verdict(Record, frozen=True):
    """The word, the reasons for it (none when accepted), and what else a person should look at."""

    word: VerdictWord
    reasons: tuple[Point, ...]
    others: tuple[Point, ...]


def verdict(results: Acceptance) -> Verdict:
    """Judge `results` by the rules at the head of this module."""
    results = fresh(results)
    points = [*_of_checks(results), *_of_items(results), *_of_baseline(results), *_missing(results)]
    against = sorted((p for p in points if p.kind in AGAINST), key=lambda p: NEWEST_FIRST.index(p.since))
    reasons = tuple(against) + tuple(p for p in points if p.kind in LACKING)
    others = tuple(p for p in points if p.kind not in AGAINST | LACKING) + tuple(_declared(results))
    if against:
        return Verdict("not accepted", reasons, others)
    return Verdict("incomplete" if reasons else "accepted", reasons, others)


def fresh(results: Acceptance) -> Acceptance:
    """Return `results` with every check that was made before its host's reboot (8.1) as one that was not made."""
    reboots = {row.host: row.at for row in results.items if row.number == "8.1" and row.outcome == "done" and row.at}
    return replace(results, checks=tuple(_if_after(reboots.get(check.host, ""), check) for check in results.checks))


def _if_after(reboot: str, check: Check) -> Check:
    if not reboot or moment(check.at) >= moment(reboot):
        return check
    return replace(check, outcome="not checked", found=f"made at {check.at}, before the reboot (8.1) at {reboot}")


def since(check: Check) -> Since:
    """Tell whether a failure of `check` is new with this swap, going by the baseline (0.3)."""
    if check.before in ("failed", "error"):
        return "already so before"
    return "new" if check.before == "passed" else "unknown"


def got_better(results: Acceptance) -> list[Check]:
    """Return the checks that pass now and did not before the swap."""
    return [c for c in results.checks if c.outcome == "passed" and c.before in ("failed", "error")]


def check_anchor(check: Check) -> str:
    """Return the fragment under which a report shows `check`; pytest's ids hold signs that a fragment must not."""
    return "check-" + hashlib.sha256(f"{check.host}\0{check.id}".encode()).hexdigest()[:10]


def item_anchor(number: str, host: str = "") -> str:
    """Return the fragment of an item's row."""
    return f"item-{number}-{host}" if host else f"item-{number}"


def comparison_anchor(index: int) -> str:
    """Return the fragment of the baseline's row `index`, counted from 0."""
    return f"baseline-{index}"


def _of_checks(results: Acceptance) -> Iterator[Point]:
    kinds: dict[str, PointKind] = {"failed": "check failed", "error": "check broke", "not checked": "check not made"}
    excused = {(row.number, row.host) for row in results.items if row.outcome in EXCUSED}
    for check in results.checks:
        if check.outcome == "passed" or (check.outcome == "not checked" and (check.item, check.host) in excused):
            continue
        if check.outcome == "failed" and check.findings:
            for finding in check.findings:
                yield _of_finding(finding, results, check_anchor(check), check.item, check.host)
            continue
        yield Point(
            kind=kinds[check.outcome],
            anchor=check_anchor(check),
            item=check.item,
            host=check.host,
            title=check.title,
            title_ja=check.title_ja,
            why=check.found or check.cause,
            since=since(check),
        )


def _of_items(results: Acceptance) -> Iterator[Point]:
    checked = {(check.item, check.host) for check in results.checks}
    for row in results.items:
        if (row.number, row.host) in checked and row.outcome not in EXCUSED:
            continue  # its checks speak for it
        if (kind := _kind_of(row)) is not None:
            yield Point(
                kind=kind,
                anchor=item_anchor(row.number, row.host),
                item=row.number,
                host=row.host,
                title=row.title,
                title_ja=row.title_ja,
                why=row.why,
            )


def _kind_of(row: ItemRow) -> PointKind | None:
    match row.outcome:
        case "done" | "nothing to do":
            return None
        case "not done" if row.number in OPTIONAL:
            return None
        case "by hand" | "waived":
            return row.outcome
        case _ if row.phase == 11:
            return "announcement"
        case "failed":
            return "item failed"
        case "unknown":
            return "item unknown"
        case "running" | "not done":
            return "item unfinished"


def _of_baseline(results: Acceptance) -> Iterator[Point]:
    for index, row in enumerate(results.baseline):
        if row.verdict == "new difference":
            yield _of_finding(row.finding, results, comparison_anchor(index))


def _of_finding(finding: Finding, results: Acceptance, anchor: str, item: str = "", host: str = "") -> Point:
    said = finding.explained(results.explanations)
    return Point(
        kind="explained" if said else "difference",
        anchor=anchor,
        item=item,
        host=host,
        title=finding.title,
        why=f"{finding.was} → {finding.found}" + (f" ({said.who}: {said.why})" if said else ""),
        finding=finding.id,
    )


def findings(results: Acceptance) -> list[Finding]:
    """Return every finding of `results`, explained or not, each once."""
    found = [row.finding for row in results.baseline if row.verdict == "new difference"]
    found += [finding for check in results.checks if check.outcome == "failed" for finding in check.findings]
    return list({finding.id: finding for finding in found}.values())


def _missing(results: Acceptance) -> Iterator[Point]:
    """Items of phases 0 to 8 need a row, those of 9 and 10 a check, or a person's word in a row; evidence a copy."""
    carried_out = {row.number for row in results.items}
    answered = {check.item for check in results.checks} | _numbers(r for r in results.items if r.outcome in EXCUSED)
    for number in manual_numbers(range(11)):
        proof = answered if in_order(number)[0] >= 9 else carried_out
        if number not in proof | OPTIONAL:
            yield Point(kind="item missing", anchor=item_anchor(number), item=number)
    for record in results.evidence_missing:
        yield Point(kind="evidence missing", anchor="open-points", title=record)


def _numbers(rows: Iterable[ItemRow]) -> set[str]:
    return {row.number for row in rows}


def _declared(results: Acceptance) -> Iterator[Point]:
    for host in dict.fromkeys(left.host for left in results.leftovers):
        places = [f"{left.path}:{left.line}" for left in results.leftovers if left.host == host]
        yield Point(kind="leftover", anchor="leftovers", item="5.2", host=host, title=", ".join(places))
    for point in results.open_points:
        yield Point(kind="other", anchor="open-points", title=point.kind, why=point.text, why_ja=point.text_ja)
