"""Which results follow from a failure that another check has established: one cause is one finding.

Nothing is guessed. A check follows from another one of the same run only

- where it could not be made because a host does not answer, and the other one has failed for just that;
- where it failed on a host, declares that it asks through a service (`stands_on`), and the check that this service runs
  there has failed, or nobody at all answers there.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from irekae.model.results import Check
from verify.kinds import Kind

BAD = ("failed", "error")


def stands_on(*kinds: Kind) -> pytest.MarkDecorator:
    """Mark a check that asks through services of these kinds of the host, whatever site.toml calls them."""
    return pytest.mark.stands_on(*kinds)


@dataclass(frozen=True)
class Told:
    """A result, with what is known of its cause.

    Attributes:
        unasked: what could not be asked, where that is why.
        down: the host where nobody answered, where that is why.
        proves: the service of which it says whether it runs.
        stands_on: the services through which it asks.
    """

    check: Check
    unasked: str = ""
    down: str = ""
    proves: str = ""
    stands_on: tuple[str, ...] = ()


def with_causes(told: Collection[Told]) -> list[Check]:
    """The results, those that follow from another one with its id (`follows`)."""
    known = _Known.of([one for one in told if one.check.outcome in BAD])
    causes = {one.check.id: known.cause(one) for one in told}
    return [replace(one.check, follows=_first(one.check.id, causes)) for one in told]


def _first(id_: str, causes: dict[str, str]) -> str:
    """The cause that has none itself: all that a host that is down is the cause of is one finding."""
    cause = causes[id_]
    while cause and causes[cause]:
        cause = causes[cause]
    return cause


@dataclass(frozen=True)
class _Known:
    """Ids of the checks that have established what others stand on: what cannot be asked, hosts, services of a host."""

    unasked: dict[str, str]
    down: dict[str, str]
    stopped: dict[tuple[str, str], str]

    @classmethod
    def of(cls, failed: Collection[Told]) -> _Known:
        unasked = {one.unasked: one.check.id for one in failed if one.unasked}
        # The check of that very host has told it; one that meets it from elsewhere is none of its own.
        down = {one.down: one.check.id for one in failed if one.down == one.check.host}
        ran = [one for one in failed if one.proves and not one.unasked]
        return cls(unasked, down, {(one.check.host, one.proves): one.check.id for one in ran})

    def cause(self, one: Told) -> str:
        host, mine = one.check.host, one.check.id
        if one.unasked and (first := self.unasked.get(one.unasked, "")) != mine:
            return first
        if one.check.outcome not in BAD or one.check.findings or self.down.get(host) == mine:
            return ""
        stopped = (self.stopped.get((host, name), "") for name in one.stands_on)
        down = self.down.get(host, "") if one.unasked or one.stands_on else ""
        return next(filter(None, stopped), down)
