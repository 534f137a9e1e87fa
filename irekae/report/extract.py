"""How much of a large site's results a document shows: what speaks against the swap first, then a sample of the rest.

A document that nobody can open says nothing. What is left out is counted where it would stand, and is in the JSON file,
which has everything; the verdict and the counts are always over everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from irekae.model.results import Acceptance, Check, Comparison, Leftover
from irekae.report.points import Point, check_anchor, comparison_anchor
from irekae.report.verdict import Verdict, got_better
from irekae.report.view import worst_first

MOST_POINTS = 200  # of each list of points
MOST_FOLLOWING = 20  # beneath one point
MOST_CHECKS = 600  # told in full, those that a listed point leads to apart
MOST_ROWS = 300  # of each table and list of results

BAD = ("failed", "error")


@dataclass(frozen=True)
class Extract:
    """What of the results a document shows, and how many it leaves to the JSON file.

    Attributes:
        reasons, others: the verdict's points, each with at most `MOST_FOLLOWING` beneath it.
        left_reasons, left_others: points that are not shown.
        bad, rest: checks that failed or broke, and all others, worst first.
        left_bad, left_rest: checks that are not shown.
        anchors: of the checks that are.
        baseline: rows with their places in the whole comparison; `left_baseline` others.
        leftovers, left_leftovers, better, left_better: alike.
    """

    reasons: tuple[Point, ...]
    others: tuple[Point, ...]
    left_reasons: int
    left_others: int
    bad: tuple[Check, ...]
    rest: tuple[Check, ...]
    left_bad: int
    left_rest: int
    anchors: frozenset[str]
    baseline: tuple[tuple[int, Comparison], ...]
    left_baseline: int
    leftovers: tuple[Leftover, ...]
    left_leftovers: int
    better: tuple[Check, ...]
    left_better: int


def extract(results: Acceptance, verdict: Verdict) -> Extract:
    """Choose what a document shows of `results`, which stale and explained checks have been taken out of (`fresh`)."""
    reasons, others = (points[:MOST_POINTS] for points in (verdict.reasons, verdict.others))
    led_to = {one.anchor for point in (*reasons, *others) for one in (point, *point.following[:MOST_FOLLOWING])}
    ordered = worst_first(results.checks)
    chosen = _chosen(ordered, led_to)
    shown = [check for check in ordered if check_anchor(check) in chosen]
    bad = tuple(check for check in shown if check.outcome in BAD)
    rest = tuple(check for check in shown if check.outcome not in BAD)
    all_bad = sum(check.outcome in BAD for check in ordered)
    rows = _rows(results, led_to)
    better = [check for check in got_better(results) if check_anchor(check) in chosen]
    return Extract(
        reasons=reasons,
        others=others,
        left_reasons=len(verdict.reasons) - len(reasons),
        left_others=len(verdict.others) - len(others),
        bad=bad,
        rest=rest,
        left_bad=all_bad - len(bad),
        left_rest=len(ordered) - all_bad - len(rest),
        anchors=frozenset(chosen),
        baseline=rows,
        left_baseline=len(results.baseline) - len(rows),
        leftovers=results.leftovers[:MOST_ROWS],
        left_leftovers=max(0, len(results.leftovers) - MOST_ROWS),
        better=tuple(better[:MOST_ROWS]),
        left_better=len(got_better(results)) - len(better[:MOST_ROWS]),
    )


def _chosen(ordered: Sequence[Check], led_to: set[str]) -> set[str]:
    """Anchors: of all that a point leads to; then the worst; of what passed some of each item on each host."""
    bad = [check for check in ordered if check.outcome != "passed"]
    passed = [check for check in ordered if check.outcome == "passed"]
    anchors = (check_anchor(check) for check in chain(bad, _in_turn(passed)))
    room = MOST_CHECKS
    chosen = led_to & {check_anchor(check) for check in ordered}
    for anchor in anchors:
        if room <= 0:
            break
        chosen.add(anchor)
        room -= 1
    return chosen


def _in_turn(checks: Iterable[Check]) -> Iterator[Check]:
    """The first of each item on each host, then the second of each, and so on."""
    groups: dict[tuple[str, str], list[Check]] = {}
    for check in checks:
        groups.setdefault((check.item, check.host), []).append(check)
    for row in zip_longest(*groups.values()):
        yield from (check for check in row if check is not None)


def _rows(results: Acceptance, led_to: set[str]) -> tuple[tuple[int, Comparison], ...]:
    """Rows of the comparison that a point leads to, then differences, then those that are the same; in their order."""
    rows = list(enumerate(results.baseline))
    rows.sort(key=lambda row: (comparison_anchor(row[0]) not in led_to, row[1].verdict == "same"))
    return tuple(sorted(rows[:MOST_ROWS], key=lambda row: row[0]))
