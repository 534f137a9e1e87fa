"""Moments as people read them: one form, one zone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from irekae.model.clock import Clock, here

JST = timezone(timedelta(hours=9))
NOON = Clock(datetime(2012, 11, 9, 12, 0, 0, tzinfo=JST))


@pytest.fixture
def in_kobe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as away:
        away.setenv("TZ", "JST-9")
        time.tzset()
        yield
    time.tzset()


def test_a_clock_shows_every_moment_in_its_own_zone_and_another_day_with_its_date() -> None:
    assert NOON.time("2012-11-09T04:02:14+00:00") == "13:02:14"
    assert NOON.time("2012-11-08T04:02:14.123+00:00") == "11-08 13:02:14"
    assert NOON.date_time("2012-11-09T04:02:14Z") == "2012-11-09 13:02:14 +0900"
    assert NOON.said() == "2012-11-09 12:00:00 +0900"
    assert NOON.time("") == NOON.date_time("") == ""


@pytest.mark.usefixtures("in_kobe")
@pytest.mark.parametrize("at", ["2012-11-09T04:02:14.123+00:00", "2012-11-09T13:02:14+0900", "2012-11-09T04:02:14Z"])
def test_a_message_shows_a_moment_in_the_seats_zone_whoever_wrote_it(at: str) -> None:
    assert here(at) == "2012-11-09 13:02:14 +0900"


@pytest.mark.parametrize("at", ["noon", "?", "9999-99-99T00:00:00", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_moment_is_shown_as_it_is(at: str) -> None:
    assert here(at)[:4] == at[:4]
    assert here("") == "unknown"
