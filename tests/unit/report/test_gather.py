"""What the seat adds to the hosts' word: when somebody outside watched."""

from __future__ import annotations

import pytest

from irekae.model import seat_files
from irekae.model.results import PhaseSpan, Span
from irekae.proof.outage.prober import WATCHED
from irekae.report import gather
from irekae.swap.swap import Swap


def at(minute: int, zone: str = "+09:00") -> str:
    return f"2026-01-01T{10 if zone == '+09:00' else 1:02d}:{minute:02d}:00.000{zone}"


PHASES = (PhaseSpan(0, at(0), at(5)), PhaseSpan(1, at(10, "+00:00"), at(12)), PhaseSpan(9, at(20), at(30, "+00:00")))
"""The outage lasts from 10:10 to 10:30; two seats, in two zones, have written it down. Phase 0 is none of it."""


@pytest.mark.parametrize(
    ("watched", "unwatched"),
    [
        (None, []),
        ([(0, 40)], []),
        ([(0, 15)], [(15, 30)]),
        ([(0, 15), (20, 40)], [(15, 20)]),
        ([(0, 8)], [(10, 30)]),
        ([], [(10, 30)]),
    ],
)
def test_what_nobody_watched_of_the_outage(
    swap: Swap, watched: list[tuple[int, int]] | None, unwatched: list[tuple[int, int]]
) -> None:
    if watched is not None:
        seat_files.write_json(swap.inventory.state / WATCHED, [Span(at(start), at(end)) for start, end in watched])
    found = gather._unwatched(swap, PHASES)
    told = [(moment(span.start), moment(span.end or "")) for span in found]
    assert told == unwatched
    assert gather._nobody_watched(found, PHASES) is (unwatched == [(10, 30)])


def moment(text: str) -> int:
    return int(text[14:16])


def test_before_the_outage_nothing_is_unwatched(swap: Swap) -> None:
    seat_files.write_json(swap.inventory.state / WATCHED, [])
    assert gather._unwatched(swap, PHASES[:1]) == []
    assert not gather._nobody_watched([], PHASES[:1])
