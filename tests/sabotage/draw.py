"""Rows that nobody wrote: drawn anew for each run from what a healthy host has, by a seed that is printed.

A generator says what can be broken (by a look at the lab) and how one of these is (a row). The same seed draws the same
rows from the same hosts: `--seed` gives a run again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.sabotage.bench import Bench
from tests.sabotage.row import Row


@dataclass(frozen=True)
class Generator:
    """A kind of damage.

    Attributes:
        name: begins the names of its rows.
        look: what there is to be broken, on the healthy hosts of a lab; in an order that is the same each time.
        row: how one of these is broken; None where this one can't be.
    """

    name: str
    look: Callable[[Bench], Sequence[Any]]
    row: Callable[[Random, Any], Row | None]


def drawn(generators: Sequence[Generator], bench: Bench, seed: int, each: int) -> list[Row]:
    """So many rows of each generator, none twice.

    Args:
        generators: which.
        bench: its lab is up and healthy.
        seed: of the draw.
        each: rows of a generator; fewer where there are no more.
    """
    rows: dict[str, Row] = {}
    for generator in generators:
        random = Random(f"{seed} {generator.name}")
        things = list(generator.look(bench))
        random.shuffle(things)
        own: dict[str, Row] = {}
        for thing in things:
            if len(own) == each:
                break
            row = generator.row(random, thing)
            if row is not None:
                own[row.name] = row
        rows |= own
    return list(rows.values())
