"""Which results follow from a failure that another check has established: one cause is one finding.

Nothing is guessed. A check follows from another one of the same run only

- where it could not be made because a host does not answer, and the other one has failed for just that;
- where it failed on a host, declares that it is asked through a service (`stands_on`), and the check that this service
  runs there has failed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from irekae.model.results import Check

BAD = ("failed", "error")


def stands_on(*services: str) -> pytest.MarkDecorator:
    """Mark a check that asks through these services of the host, by their names in site.toml."""
    return pytest.mark.stands_on(*services)


@dataclass(frozen=True)
class Told:
    """A result, with what is known of its cause.

    Attributes:
        unasked: what could not be asked, where that is why.
        proves: the service of which it says whether it runs.
        stands_on: the services through which it asks.
    """

    check: Check
    unasked: str = ""
    proves: str = ""
    stands_on: tuple[str, ...] = ()


def with_causes(told: Collection[Told]) -> list[Check]:
    """The results, those that follow from another one with its id (`follows`)."""
    unanswered = {one.unasked: one.check.id for one in told if one.unasked and one.check.outcome in BAD}
    stopped = {
        (one.check.host, one.proves): one.check.id
        for one in told
        if one.proves and not one.unasked and one.check.outcome in BAD
    }
    return [replace(one.check, follows=_cause(one, unanswered, stopped)) for one in told]


def _cause(one: Told, unanswered: dict[str, str], stopped: dict[tuple[str, str], str]) -> str:
    if one.unasked:
        first = unanswered.get(one.unasked, "")
        return first if first != one.check.id else ""
    if one.check.outcome not in BAD or one.check.findings:
        return ""
    return next((stopped[key] for name in one.stands_on if (key := (one.check.host, name)) in stopped), "")
