"""A few rows of the matrix, one for each way of being broken; `make sabotage` does all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sabotage.bench import Bench
from tests.sabotage.judge import judge
from tests.sabotage.rows import ROWS

SELECTION = (
    "dns-tcp-only",
    "root-by-key",
    "smtp-five-of-six",
    "other-machine-s-certificate",
    "tako-bind-in-rc-local",
    "tako-one-old-domain",
    "backup-does-nothing",
    "backup-log-touched",
    "fstab-hides-home",
    "httpd-conf-broken",
    "named-other-configuration",
    "shut-http",
    "logins-of-operators-alone",
)


@pytest.fixture(scope="module")
def bench(running_lab: Any) -> Iterator[Bench]:
    """The tests' lab, in the state before the swap, prepared so that both hosts pass."""
    bench = Bench(running_lab.name)
    with bench.up(keep=True):
        yield bench


@pytest.mark.parametrize("name", SELECTION)
def test_the_suite_notices_this_and_nothing_else(bench: Bench, name: str) -> None:
    row = next(row for row in ROWS if row.name == name)
    try:
        bench.sabotage(row)
        checks, said = bench.suite(row.looked_at, row.site)
    finally:
        healed = bench.heal(row, swept=True)
    outcome = judge(row, checks)
    assert outcome.caught
    assert not outcome.missed
    assert not outcome.alarms, said
    assert healed == "undone"
