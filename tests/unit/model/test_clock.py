"""Moments as the operator reads them: the seat's own zone, said once."""

import re
import time
from collections.abc import Iterator

import pytest

from irekae.model.clock import local, zone


@pytest.fixture(autouse=True)
def _in_kobe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_every_seat_reads_its_own_time_and_the_zone_once() -> None:
    assert local("2012-11-09T04:02:14.123+00:00") == "2012-11-09 13:02:14"
    assert re.fullmatch(r"JST \(\+0900\)", zone())


@pytest.mark.parametrize("said", ["", "unknown", "?", "2012-13-45T00:00", "0001-01-01T00:00:00+23:00"])
def test_what_a_host_calls_a_time_and_is_none_is_shown_as_it_is(said: str) -> None:
    assert local(said) == said
