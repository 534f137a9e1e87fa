"""The faults that are known, each with its name, what it breaks, where, and what must hold afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.faults.bench import Bench
from tests.faults.cast import Cast

Act = Callable[[Bench], str | None]


@dataclass(frozen=True)
class Fault:
    """A fault to inject.

    Attributes:
        name: unique; what stands before the slash is its group.
        fault: what is broken.
        at: where.
        promise: what must hold afterwards.
        act: prepares, breaks, mends, and raises NotSurvived where the promise does not hold; what was seen, in a line.
        seconds: about how long it takes on an idle machine.
        needs: what a pair must have for it (`Cast.plays`).
    """

    name: str
    fault: str
    at: str
    promise: str
    act: Act
    seconds: int
    needs: tuple[str, ...] = ()


# What some faults need.
SYSVINIT, QMAIL, IFUPDOWN = "sysvinit", "qmail", "ifupdown"

FAULTS: list[Fault] = []


def fault(
    name: str,
    what: str,
    at: str,
    promise: str,
    *,
    seconds: int = 40,
    needs: tuple[str, ...] = (),
) -> Callable[[Act], Act]:
    """Declare the decorated function as a fault; the order of declaration is the order of injection."""

    def declare(act: Act) -> Act:
        if any(known.name == name for known in FAULTS):
            raise ValueError(f"two faults are called {name}")
        FAULTS.append(Fault(name, what, at, promise, act, seconds, needs))
        return act

    return declare


def of_pair(cast: Cast) -> list[Fault]:
    """The faults that concern a pair."""
    return [fault for fault in FAULTS if cast.plays(fault.needs)]


def selected(cast: Cast) -> list[Fault]:
    """The representative ones of a pair, which `make test` injects: those that its cast names."""
    return [fault for fault in of_pair(cast) if fault.name in cast.facts["selection"]]


def every(bench: Bench) -> Iterator[Fault]:
    """All of a pair's faults; those at each line of the journal too: an undisturbed swap says how many there are."""
    from tests.faults import single

    yield from of_pair(bench.cast)
    for phase in range(1, 9):
        yield from single.of_phase(phase, bench.lines(phase))


def each_resumed(bench: Bench) -> Iterator[Fault]:
    """The chains of kills taken apart: not injected unless they are asked for."""
    from tests.faults import single

    for phase in range(1, 9):
        yield from single.of_phase_resumed(phase, bench.lines(phase))
