"""The faults that are known, each with its name, what it breaks, where, and what must hold afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.faults.bench import Bench

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
        selected: part of the representative selection of `make test`.
        seconds: about how long it takes on an idle machine.
    """

    name: str
    fault: str
    at: str
    promise: str
    act: Act
    selected: bool
    seconds: int


FAULTS: list[Fault] = []


def fault(
    name: str, what: str, at: str, promise: str, *, selected: bool = False, seconds: int = 40
) -> Callable[[Act], Act]:
    """Declare the decorated function as a fault; the order of declaration is the order of injection."""

    def declare(act: Act) -> Act:
        if any(known.name == name for known in FAULTS):
            raise ValueError(f"two faults are called {name}")
        FAULTS.append(Fault(name, what, at, promise, act, selected, seconds))
        return act

    return declare


def every(bench: Bench) -> Iterator[Fault]:
    """All faults; those at each line of the journal too, of which an undisturbed swap says how many there are."""
    from tests.faults import single

    yield from FAULTS
    for phase in range(1, 9):
        yield from single.of_phase(phase, bench.lines(phase))


def each_resumed(bench: Bench) -> Iterator[Fault]:
    """The chains of kills taken apart: not injected unless they are asked for."""
    from tests.faults import single

    for phase in range(1, 9):
        yield from single.of_phase_resumed(phase, bench.lines(phase))
