"""An address that changes hands: who is there still is waited out, who comes next is waited for, neither for ever."""

from __future__ import annotations

import pytest

from irekae.site.inventory import Inventory
from irekae.subjects.network import knocking
from irekae.subjects.network.watchdog import words


class Clock:
    """Time that passes while it is waited; somebody greets outside of a span of it."""

    def __init__(self, gone: float, back: float) -> None:
        self.now, self.gone, self.back = 0.0, gone, back
        self.knocks: list[float] = []

    def greets(self, _: object, seconds: float) -> bool:
        self.knocks.append(self.now)
        if self.gone <= self.now < self.back:
            self.now = min(self.now + seconds, max(self.back, self.now))
            return self.now >= self.back
        return True

    def pause(self, seconds: float) -> None:
        self.now += seconds


def waited(monkeypatch: pytest.MonkeyPatch, inventory: Inventory, clock: Clock, soon: float = 15.0) -> float:
    monkeypatch.setattr(knocking, "greets", clock.greets)
    monkeypatch.setattr(knocking, "pause", clock.pause)
    monkeypatch.setattr("irekae.subjects.network.knocking.time.monotonic", lambda: clock.now)
    knocking.wait_until_taken(inventory.production, soon)
    return clock.now


def test_the_next_holder_is_met_as_soon_as_he_is_there(monkeypatch: pytest.MonkeyPatch, inventory: Inventory) -> None:
    assert waited(monkeypatch, inventory, Clock(0.5, 2.2)) == pytest.approx(2.2, abs=0.2)


def test_nobody_is_waited_for_without_end(monkeypatch: pytest.MonkeyPatch, inventory: Inventory) -> None:
    assert waited(monkeypatch, inventory, Clock(0.5, 1e9), soon=3.0) < 6
    assert waited(monkeypatch, inventory, Clock(1e9, 1e9)) < words.GOODBYE + knocking.LETTING_GO + 1


def test_who_lets_go_is_not_knocked_at_often(monkeypatch: pytest.MonkeyPatch, inventory: Inventory) -> None:
    clock = Clock(2.0, 3.5)
    waited(monkeypatch, inventory, clock)
    assert sum(knock < 2.0 for knock in clock.knocks) <= 2.0 / knocking.KNOCKS + 1
