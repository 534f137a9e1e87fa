"""The outage as it lasts: a running prober's log, and a computer outside that may not answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from irekae.model.errors import SwapError
from irekae.proof.outage import live
from irekae.proof.outage.live import Outside, Seen, Service, services
from irekae.proof.outage.outages import read_log
from irekae.swap.swap import Swap
from tests.unit.proof.outage.test_outages import SEAT, at, begin, log, state

WANTED = [("http", "198.51.100.21"), ("pop", "198.51.100.21")]


def seen(*lines: dict[str, Any]) -> tuple[Service, ...]:
    return services(WANTED, read_log(log(*lines)), SEAT, at(1200))


def test_what_is_away_is_away_since_its_outage_began() -> None:
    http, _ = seen(begin(5), state(5, True), state(100, False))
    assert (http.up, http.since, http.times, http.longest) == (False, at(1100), 1, 100.0)


def test_what_is_back_says_since_when_and_how_often_it_was_away() -> None:
    http, _ = seen(begin(5), state(5, True), state(100, False), state(130, True), state(150, False), state(160, True))
    assert (http.up, http.since, http.times, http.longest) == (True, at(1160), 2, 30.0)


def test_what_was_never_looked_at_is_not_known() -> None:
    _, pop = seen(begin(5), state(5, True))
    assert pop == Service("pop", "198.51.100.21")


def test_nothing_of_an_earlier_swap_is_shown() -> None:
    assert services(WANTED, [], SEAT, at(1200)) == tuple(Service(*one) for one in WANTED)


@pytest.mark.parametrize("lives", [True, False])
def test_what_a_prober_saw_counts_while_one_runs(swap: Swap, monkeypatch: pytest.MonkeyPatch, lives: bool) -> None:
    link = SimpleNamespace(entry=SimpleNamespace(name="outside"))
    seen = read_log(log(begin(5, run=""), state(5, True), state(100, False)))
    monkeypatch.setattr(live, "running", lambda swap, link: {"/folder": {}} if lives else {})
    monkeypatch.setattr(live, "log_of", lambda swap, link: seen)
    monkeypatch.setattr(live, "offset_of", lambda link: SEAT)
    found = live._seen(swap, cast(Any, link))
    if lives:
        assert [(one.name, one.up) for one in found.services if one.up is not None] == [("http", False)]
        assert not found.unmeasured
    else:
        assert found == Seen(unmeasured="no prober runs on outside")


def test_without_a_computer_outside_nothing_is_measured(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "place", lambda inventory: None)
    assert Outside().look(swap) == Seen(unmeasured="hosts.ini names no computer outside")


def test_a_computer_that_cannot_be_reached_is_left_alone_for_a_while(
    swap: Swap, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def away(swap: Swap) -> None:
        tries.append(1)
        raise SwapError("outside cannot be reached")

    monkeypatch.setattr(live, "outside", away)
    watch = Outside()
    found = [watch.look(swap) for _ in range(3)]
    assert found == [Seen(unmeasured="outside cannot be reached")] * 3
    assert len(tries) == 1


def test_the_connection_is_kept_until_it_is_ended(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []

    class Link:
        @contextmanager
        def patience(self, seconds: float) -> Iterator[None]:
            yield

    @contextmanager
    def there(swap: Swap) -> Iterator[Link]:
        told.append("open")
        yield Link()
        told.append("closed")

    monkeypatch.setattr(live, "outside", there)
    monkeypatch.setattr(live, "_seen", lambda swap, link: Seen(unmeasured="no prober runs"))
    watch = Outside()
    for _ in range(3):
        watch.look(swap)
    watch.close()
    assert told == ["open", "closed"]
