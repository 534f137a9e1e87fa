"""`fab board`: what it serves, what it tells, how it ends."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from irekae.board import serve
from irekae.cli import session, watching
from irekae.model.errors import Status, SwapError
from irekae.site.inventory import Inventory

C = SimpleNamespace()
ADDRESS = "http://127.0.0.1:8710/tokentokentoken-_token/"


@pytest.fixture
def ends(inventory: Inventory, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], list[Any]]:
    monkeypatch.setattr(watching, "load_inventory", lambda: inventory)

    def whether(ended: bool) -> list[Any]:
        left: list[Any] = []

        def served(look: Any, pause: Any, close: Any, listening: Any, told: Callable[[str], None]) -> bool:
            left.append(listening.getsockname()[0])
            listening.close()
            told(ADDRESS)
            assert pause() > 0
            return ended

        monkeypatch.setattr(serve, "serve", served)
        monkeypatch.setattr(os, "_exit", left.append)
        return left

    return whether


def test_it_tells_its_whole_address_once_and_is_seen_here_alone(
    ends: Callable[[bool], list[Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    left = ends(True)
    watching.board(C, port=0)
    said = capsys.readouterr().out
    assert said.count(ADDRESS) == 1
    assert said.endswith("the board is ended\n")
    assert left == ["127.0.0.1"]


def test_it_ends_with_0_also_while_a_host_is_waited_for(ends: Callable[[bool], list[Any]]) -> None:
    left = ends(False)
    watching.board(C, port=0)
    assert left[-1] == Status.DONE


def test_it_is_about_both_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "named_hosts", lambda c: ["ika"])
    with pytest.raises(SwapError) as failure:
        watching.board(C)
    assert failure.value.status is Status.WRONG_USE
