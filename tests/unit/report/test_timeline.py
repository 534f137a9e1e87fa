from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from irekae.model.clock import Clock, lasting, moment
from irekae.model.results import Outage, PhaseSpan, Span
from irekae.report.timeline import MOST_TICKS, Timeline, timeline
from tests.unit.report.sample import clock, sample


def drawn(phases: list[PhaseSpan], *spans: Any) -> Timeline:
    outage = Outage("http", "198.51.100.21:80", tuple(Span(*span) for span in spans))
    line = timeline(replace(sample(), phases=tuple(phases), outages=(outage,)))
    assert line
    return line


def test_bars_lie_where_the_outage_was() -> None:
    line = drawn([PhaseSpan(1, clock(0), clock(100))], (clock(25), clock(75)))
    assert [(bar.left, bar.width) for bar in line.rows[0].bars] == [(25.0, 50.0)]
    assert line.rows[0].away == 50.0


def test_preparation_days_before_does_not_squeeze_the_day_itself() -> None:
    line = drawn([PhaseSpan(0, clock(-172800), clock(-172000)), PhaseSpan(1, clock(0), clock(100))])
    assert [(p.label, p.left, p.width) for p in line.phases] == [("1", 0.0, 100.0)]


def test_a_phase_that_began_earlier_is_cut_at_the_edge() -> None:
    line = drawn([PhaseSpan(0, clock(-50), clock(10)), PhaseSpan(1, clock(0), clock(100))])
    assert [(p.label, p.left, p.width) for p in line.phases] == [("0", 0.0, 10.0), ("1", 0.0, 100.0)]


def test_an_outage_without_an_end_lasts_until_the_report() -> None:
    results = replace(sample(), generated_at=clock(100))
    line = timeline(replace(results, phases=(), outages=(Outage("dns", "x", (Span(clock(20)),)),)))
    assert line
    assert line.rows[0].away == 80.0
    assert not line.rows[0].back
    assert line.rows[0].bars[0].width == 100.0


def test_nothing_measured_gives_no_time_line() -> None:
    assert timeline(replace(sample(), phases=(), outages=())) is None


@given(st.integers(2, 400_000), st.integers(-90_000, 90_000))
def test_ticks_are_few_and_on_the_line(seconds: int, start: int) -> None:
    line = drawn([PhaseSpan(1, clock(start), clock(start + seconds))])
    places = [tick.left for tick in line.ticks]
    assert len(places) <= MOST_TICKS + 1
    assert places == sorted(places)
    assert all(0 < place < 100 for place in places)


@pytest.mark.parametrize(
    ("seconds", "en", "ja"),
    [
        (0.0, "0.00 s", "0.00 秒"),
        (9.996, "10.0 s", "10.0 秒"),
        (59.94, "59.9 s", "59.9 秒"),
        (59.96, "1 min 00 s", "1 分 00 秒"),
        (119.7, "2 min 00 s", "2 分 00 秒"),
        (3599.9, "1 h 00 min", "1 時間 00 分"),
        (7500, "2 h 05 min", "2 時間 05 分"),
    ],
)
def test_durations_read_well(seconds: float | int, en: str, ja: str) -> None:
    assert lasting(seconds, "en") == en
    assert lasting(seconds, "ja") == ja


def test_moments_are_shown_in_the_reports_zone_and_with_the_day_only_when_it_differs() -> None:
    shown = Clock(moment("2012-11-09T13:07:00+09:00"))
    assert shown.time("2012-11-09T04:00:00Z") == "13:00:00"
    assert shown.time("2012-11-07T13:00:00+09:00") == "11-07 13:00:00"
    assert shown.time("") == ""
    assert shown.date_time("2012-11-09T04:00:00Z") == "2012-11-09 13:00:00 +0900"
