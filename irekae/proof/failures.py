"""What a person reads of checks that have not passed: expected, found, remedy; what follows from one beneath it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from irekae.model.results import Check


def line(check: Check) -> str:
    """Return a check that has not passed as one line, for the journal."""
    return f"{check.item} {check.host}: {check.title}: {check.found or check.outcome}"


def told(failed: Sequence[Check], remedies: bool = True) -> Iterator[str]:
    """Yield the lines for checks that failed: each cause once, with how many follow from it and where."""
    ids = {check.id for check in failed if not check.follows}
    for check in failed:
        if check.follows in ids:
            continue
        yield f"{check.item} {check.host}: {_folded(check.title)}"
        yield f"  expected: {_folded(check.expected)}"
        yield f"  found: {_folded(check.found) or check.outcome}"
        if check.remedy and remedies:
            yield f"  remedy: {_folded(check.remedy)}"
        if following := Counter(f"{one.item} {one.host}" for one in failed if one.follows == check.id):
            places = [f"{place} ({count})" if count > 1 else place for place, count in following.items()]
            yield f"  {following.total()} more follow from it: {', '.join(places)}"


def _folded(text: str) -> str:
    """In one line: what a host says has as many as it likes."""
    return " ".join(text.split())
