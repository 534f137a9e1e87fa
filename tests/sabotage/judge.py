"""What a run of the suite says about a row: caught, missed, false alarms. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.sabotage.row import Row, function, named, short

SINCE_THE_BOOT = (
    "test_what_booted_is_what_is_there[*]",
    "test_daemons_are_those_of_the_boot[*]",
    "test_running_system_is_as_the_boot_left_it[*]",
    "test_next_boot_mounts_and_connects_alike[*]",
    "test_configuration_is_accepted[*]",
    "test_cron_runs_what_its_tables_say[*]",
)
"""They may fail of any row that breaks something: it was not so when the host booted, and they say so, rightly."""


@dataclass
class Outcome:
    """A row after its run.

    Attributes:
        caught: checks that had to fail and did, each with what it found.
        missed: checks that had to fail and did not, each with its outcome; a pattern that names no check is among them.
        alarms: checks that had to pass and did not, each with what it found.
        excused: checks that were allowed to fail and did.
        items: the manual's items that the checks of `caught` prove.
        mended: what following the remedies came to: "" where none was, "mended", or what went wrong.
        healed: how the host was brought back.
        seconds: the whole row.
    """

    name: str
    host: str
    what: str
    caught: dict[str, str] = field(default_factory=dict)
    missed: dict[str, str] = field(default_factory=dict)
    alarms: dict[str, str] = field(default_factory=dict)
    excused: dict[str, str] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)
    harmless: bool = False
    stand_in: str = ""
    mended: str = ""
    healed: str = ""
    seconds: float = 0.0

    @property
    def is_caught(self) -> bool:
        """Whether the suite noticed all that it had to."""
        return (self.harmless or bool(self.caught)) and not self.missed

    def told(self) -> dict[str, Any]:
        """As data."""
        return asdict(self)


def judge(row: Row, checks: Sequence[dict[str, Any]]) -> Outcome:
    """Hold the results of a run (the suite's JSON) against what the row expects.

    A check that breaks ("error") or is not made proves nothing: it has not caught what it had to. But of several that
    had to and meet one cause, one tells it.
    """
    outcome = Outcome(row.name, row.host, row.what, harmless=row.harmless, stand_in=row.stand_in)
    for pattern in row.must:
        if not any(named([pattern], check["id"]) for check in checks):
            outcome.missed[pattern] = "no such check was made"
    expected = [check for check in checks if check["outcome"] == "failed" and named(row.must, check["id"])]
    tellers = tuple(f"(told by {check['item']} {check.get('title', '')})" for check in expected)
    for check in checks:
        name, result, found = short(check["id"]), check["outcome"], check["found"]
        # What could not be made for a reason that another check tells is no miss, no alarm: one cause is one finding.
        told = result == "not checked" and "(told by " in found and not row.harmless
        if named(row.must, check["id"]):
            if result == "failed":
                outcome.caught[name] = found
                outcome.items.append(check["item"])
            elif told and found.endswith(tellers):
                outcome.excused[name] = f"{result}: {found}"
            else:
                outcome.missed[name] = f"{result}: {found}"
        elif result != "passed":
            may = (*row.may, *(() if row.harmless else SINCE_THE_BOOT))
            kept = outcome.excused if told or named(may, check["id"]) else outcome.alarms
            kept[name] = f"{result}: {found}"
    outcome.items = sorted(set(outcome.items), key=_in_order)
    return outcome


def _in_order(item: str) -> list[int]:
    return [int(part) for part in item.split(".")]


def last_line(outcomes: Sequence[Outcome]) -> str:
    """The line that `make sabotage` ends with; harmless changes are no rows, but their alarms are false ones too."""
    rows = [outcome for outcome in outcomes if not outcome.harmless]
    caught = sum(outcome.is_caught for outcome in rows)
    alarms = sum(len(outcome.alarms) for outcome in outcomes)
    return f"{len(rows)} rows, {caught} caught, {len(rows) - caught} missed, {alarms} false alarms"


_TROUBLE = re.compile(
    r"n't\b|\b(?:not (?!there\b)|cannot|read-only|still|wrong|failed|error|missing|lacks)\b", re.IGNORECASE
)
_QUOTED = re.compile(r"< \d{3}[ -][^;]*|'[^']*'|\"[^\"]*\"")
"""What a server said, in its own words: it refuses as it should."""


def misread(checks: Iterable[dict[str, Any]]) -> list[str]:
    """Checks that passed and whose `found` reads like a failure: who looks through a report stops there."""
    return [
        f"{short(check['id'])} passed, and reads like a failure: {check['found']}"
        for check in checks
        if check["outcome"] == "passed" and _TROUBLE.search(_QUOTED.sub("", check["found"]))
    ]


def remedies(row: Row, checks: Iterable[dict[str, Any]]) -> list[str]:
    """What the checks that caught a row say to do."""
    return [check["remedy"] for check in checks if check["outcome"] == "failed" and named(row.must, check["id"])]


def never_failed(outcomes: Iterable[Outcome], all_checks: Iterable[str]) -> list[str]:
    """Checks of verify/ that no row makes fail, by function."""
    failed = {function(name) for outcome in outcomes for name in outcome.caught}
    return sorted({function(name) for name in all_checks} - failed)


def rows_by_item(outcomes: Iterable[Outcome], items: Iterable[str]) -> dict[str, int]:
    """How many rows each item has whose checks caught them."""
    found = dict.fromkeys(sorted(set(items), key=_in_order), 0)
    for outcome in outcomes:
        for item in outcome.items:
            found[item] = found.get(item, 0) + 1
    return found
