"""A few rows of the matrix, one for each way of being broken; `make sabotage` does all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sabotage.bench import Bench
from tests.sabotage.judge import judge
from tests.sabotage.pairs import load

PAIR = load()
TODAY = load("today")


@pytest.fixture(scope="module")
def bench(running_lab: Any) -> Iterator[Bench]:
    """The tests' lab, in the state before the swap, prepared so that both hosts pass."""
    bench = Bench(running_lab.name, PAIR)
    with bench.up(keep=True):
        yield bench


@pytest.fixture(scope="module")
def today() -> Iterator[Bench]:
    """A lab of its own, of the pair of today."""
    bench = Bench(f"{os.environ.get('IREKAE_TEST_LAB', 'test')}-today", TODAY)
    with bench.up():
        yield bench


@pytest.mark.parametrize("name", PAIR.selection)
def test_the_suite_notices_this_and_nothing_else(bench: Bench, name: str) -> None:
    notices(bench, name)


@pytest.mark.parametrize("name", TODAY.selection)
def test_the_suite_notices_this_on_a_pair_of_today(today: Bench, name: str) -> None:
    notices(today, name)


def notices(bench: Bench, name: str) -> None:
    """One row, as the matrix does it."""
    row = next(row for row in bench.pair.rows if row.name == name)
    try:
        bench.sabotage(row)
        checks, said = bench.suite(row.looked_at, row.site)
    finally:
        healed = bench.heal(row, swept=True)
    outcome = judge(row, checks)
    assert outcome.caught
    assert not outcome.missed
    assert not outcome.alarms, said
    assert healed in ("undone", "reset")
