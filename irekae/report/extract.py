"""How much of a large site's results a document shows: what speaks against the swap first, then a sample of the rest.

A document that nobody can open says nothing. What is left out is counted where it would stand, and is in the JSON file,
which has everything; the verdict and the counts are always over everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Generic, TypeVar

from irekae.model.results import Acceptance, Check, Comparison, Leftover
from irekae.report.points import Point, check_anchor, comparison_anchor
from irekae.report.verdict import Verdict, got_better
from irekae.report.view import worst_first

MOST_POINTS = 200  # of each list of points
MOST_FOLLOWING = 20  # beneath one point
MOST_CHECKS = 600  # told in full, those that a listed point leads to apart
MOST_ROWS = 300  # of each table and list of results

BAD = ("failed", "error")
T = TypeVar("T")


@dataclass(frozen=True)
class Part(Generic[T]):
    """What a document shows of some results, in its order, and how many it leaves to the JSON file."""

    shown: tuple[T, ...]
    left: int


@dataclass(frozen=True)
class Extract:
    """What of the results a document shows.

    Attributes:
        reasons, others: the verdict's points, each with at most `MOST_FOLLOWING` beneath it.
        bad, rest: checks that failed or broke, and all others, worst first.
        anchors: of the checks that are shown.
        baseline: rows with their places in the whole comparison.
        leftovers: old names that are left.
        better: checks that pass now and did not before.
    """

    reasons: Part[Point]
    others: Part[Point]
    bad: Part[Check]
    rest: Part[Check]
    anchors: frozenset[str]
    baseline: Part[tuple[int, Comparison]]
    leftovers: Part[Leftover]
    better: Part[Check]


def extract(results: Acceptance, verdict: Verdict) -> Extract:
    """Choose what a document shows of `results`, which stale and explained checks have been taken out of (`fresh`)."""
    reasons, others = _first(verdict.reasons, MOST_POINTS), _first(verdict.others, MOST_POINTS)
    points = (*reasons.shown, *others.shown)
    led_to = {one.anchor for point in points for one in (point, *point.following[:MOST_FOLLOWING])}
    ordered = [(check, check_anchor(check)) for check in worst_first(results.checks)]
    anchors = _chosen(ordered, led_to)
    bad = [(check, anchor) for check, anchor in ordered if check.outcome in BAD]
    rest = [(check, anchor) for check, anchor in ordered if check.outcome not in BAD]
    better = [(check, check_anchor(check)) for check in got_better(results)]
    return Extract(
        reasons=reasons,
        others=others,
        bad=_among(bad, anchors),
        rest=_among(rest, anchors),
        anchors=anchors,
        baseline=_rows(results, led_to),
        leftovers=_first(results.leftovers, MOST_ROWS),
        better=_among(better, anchors),
    )


def _first(found: Sequence[T], most: int) -> Part[T]:
    return Part(tuple(found[:most]), max(0, len(found) - most))


def _among(checks: Sequence[tuple[Check, str]], anchors: Collection[str]) -> Part[Check]:
    """Those of the checks whose anchors are shown."""
    shown = tuple(check for check, anchor in checks if anchor in anchors)
    return Part(shown, len(checks) - len(shown))


def _chosen(ordered: Sequence[tuple[Check, str]], led_to: Collection[str]) -> frozenset[str]:
    """Anchors: of all that a point leads to; then the worst; of what passed some of each item on each host."""
    bad = [(check, anchor) for check, anchor in ordered if check.outcome != "passed"]
    passed = [(check, anchor) for check, anchor in ordered if check.outcome == "passed"]
    first = islice(chain(bad, _in_turn(passed)), MOST_CHECKS)
    return frozenset(anchor for _, anchor in first) | {anchor for _, anchor in ordered if anchor in led_to}


def _in_turn(checks: Iterable[tuple[Check, str]]) -> Iterator[tuple[Check, str]]:
    """The first of each item on each host, then the second of each, and so on."""
    groups: dict[tuple[str, str], list[tuple[Check, str]]] = {}
    for check, anchor in checks:
        groups.setdefault((check.item, check.host), []).append((check, anchor))
    for row in zip_longest(*groups.values()):
        yield from (one for one in row if one is not None)


def _rows(results: Acceptance, led_to: Collection[str]) -> Part[tuple[int, Comparison]]:
    """Rows of the comparison that a point leads to, then differences, then those that are the same; in their order."""
    rows = list(enumerate(results.baseline))
    rows.sort(key=lambda row: (comparison_anchor(row[0]) not in led_to, row[1].verdict == "same"))
    first = _first(rows, MOST_ROWS)
    return Part(tuple(sorted(first.shown, key=lambda row: row[0])), first.left)
