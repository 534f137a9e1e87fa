"""Records that change in the swap have a short TTL from 0.5 until 11.3, as another computer is answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.faults.bench import Bench
from tests.lab_today.today_lab import MARS, TodayLab

pytestmark = [pytest.mark.lab, pytest.mark.faults]
ZONE = "example.org"
CHANGES, STAYS = f"help.{ZONE}", f"wiki.{ZONE}"
BEFORE, DURING = 300, 60  # seconds; the latter is ttl_during of site.toml


class Answered(NamedTuple):
    """TTL of a record that changes, its value, TTL of one that stays, and the zone's serial."""

    changes: int
    value: str
    stays: int
    serial: int


def answered(bench: Bench) -> Answered:
    """What production's address answers pluto."""

    def dig(name: str, kind: str) -> list[str]:
        return bench.on("outside", f"dig +norecurse +noall +answer {name} {kind} @{MARS}").split()

    changes, stays, soa = dig(CHANGES, "CNAME"), dig(STAYS, "CNAME"), dig(ZONE, "SOA")
    return Answered(int(changes[1]), changes[4], int(stays[1]), int(soa[6]))


@pytest.fixture
def bench(lab: TodayLab) -> Iterator[Bench]:
    lab.reset()
    yield Bench(lab.name, "today")
    lab.reset()


def test_it_is_short_during_the_swap_and_long_again_behind_it(bench: Bench) -> None:
    before = answered(bench)
    assert (before.changes, before.value, before.stays) == (BEFORE, "files.example.com.", BEFORE)
    assert "+help" in bench.fab("phase0.ttl", "--plan")
    assert answered(bench) == before
    bench.fab("phase0")
    short = answered(bench)
    assert (short.changes, short.value, short.stays) == (DURING, before.value, BEFORE)
    assert short.serial > before.serial
    bench.fab("resume", "--through", "10")
    swapped = answered(bench)
    assert (swapped.changes, swapped.value, swapped.stays) == (DURING, f"www.{ZONE}.", BEFORE)
    bench.fab("phase11.ttl")
    after = answered(bench)
    assert (after.changes, after.value, after.stays) == (BEFORE, f"www.{ZONE}.", BEFORE)
    assert after.serial > swapped.serial
