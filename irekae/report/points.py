"""What a person should know before signing: points, their kinds, and where the report shows each in full."""

from __future__ import annotations

import hashlib
from typing import Literal

from irekae.model.results import Check, Record

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
    "outage unwatched",
    "other",
]

AGAINST: frozenset[PointKind] = frozenset({"check failed", "check broke", "item failed", "difference"})
LACKING: frozenset[PointKind] = frozenset(
    {"item unknown", "item unfinished", "item missing", "check not made", "evidence missing"}
)
NEWEST_FIRST: tuple[Since, ...] = ("new", "unknown", "already so before")


class Point(Record, frozen=True, kw_only=True):
    """One thing to know before signing.

    `anchor` is where the report shows it in full; `since` is for failures; `finding` is what `fab explain` takes;
    `remedy` mends what was found; `following` are the points that it is the cause of.
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
    remedy: str = ""
    following: tuple[Point, ...] = ()


def since(check: Check) -> Since:
    """Tell whether a failure of `check` is new with this swap, going by the baseline (0.3)."""
    if check.before in ("failed", "error"):
        return "already so before"
    return "new" if check.before == "passed" else "unknown"


def check_anchor(check: Check) -> str:
    """Return the fragment under which a report shows `check`; pytest's ids hold signs that a fragment must not."""
    return "check-" + hashlib.sha256(f"{check.host}\0{check.id}".encode()).hexdigest()[:10]


def item_anchor(number: str, host: str = "") -> str:
    """Return the fragment of an item's row."""
    return f"item-{number}-{host}" if host else f"item-{number}"


def comparison_anchor(index: int) -> str:
    """Return the fragment of the baseline's row `index`, counted from 0."""
    return f"baseline-{index}"
