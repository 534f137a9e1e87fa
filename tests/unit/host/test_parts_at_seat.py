"""What comes from a host in parts, at the seat: typed, bounded, and told to stop as everything else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from irekae.host import interrupt
from irekae.host.parts import each, each_ahead
from irekae.host.side_by_side import side_by_side
from irekae.model.errors import SwapError


class Told:
    """A host whose answers the test gives."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = iter(answers)
        self.asked_by: list[int] = []

    def ask(self, op: str, **arguments: Any) -> Any:
        interrupt.heed()
        self.asked_by.append(threading.get_ident())
        return next(self.answers)

    def ask_all(self, requests: Any) -> list[Any]:
        raise NotImplementedError


def test_entries_come_one_after_the_other_until_there_are_no_more() -> None:
    link = Told({"number": 7, "part": ["a", "b"]}, {"number": 0, "part": ["c"]})
    assert list(each(link, "ika", "line", path="/x")) == ["a", "b", "c"]


def test_entries_of_another_kind_are_refused() -> None:
    with pytest.raises(SwapError, match="ika does not answer instant as our agent does"):
        list(each(Told({"number": 0, "part": [["a", "big", 1]]}), "ika", "instant"))


def test_a_host_that_says_nothing_for_ever_is_refused() -> None:
    with pytest.raises(SwapError, match="ika does not answer next_part as our agent does"):
        list(each(Told(*[{"number": 1, "part": []}] * 3), "ika", "line"))


def test_a_path_may_be_as_long_as_its_user_likes() -> None:
    path = "d/" * 50_000
    assert list(each(Told({"number": 0, "part": [[path, "dir", 1]]}), "ika", "listed")) == [[path, "dir", 1]]


def test_text_that_no_host_of_ours_says_stops_no_comparison() -> None:
    assert list(side_by_side(iter(["\ud800"]), iter(["a"]), str)) == [("a", None, "a"), ("\ud800", "\ud800", None)]


@pytest.fixture
def interrupted() -> Iterator[None]:
    """Somebody has asked to stop, in another thread."""
    asking = threading.Thread(target=interrupt.ask_to_stop)
    interrupt.forget()
    interrupt._mark().told = False
    asking.start()
    asking.join()
    yield
    interrupt.forget()


def test_whoever_waits_for_a_part_is_told_once_and_may_tidy_up(interrupted: None) -> None:
    link = Told({"number": 0, "part": ["a"]})
    with pytest.raises(KeyboardInterrupt):
        list(each_ahead(link, "ika", "line"))
    assert link.asked_by == []
    link.ask("unlock")
    assert link.asked_by == [threading.get_ident()]
