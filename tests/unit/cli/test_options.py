"""Each phase and item takes the options that mean something there."""

from __future__ import annotations

import inspect

import pytest

import tasks
from irekae.cli import work
from irekae.cli.options import taken_by
from irekae.model.items import ITEMS, items_of

ALWAYS = {"plan", "all_files", "verbose"}


@pytest.mark.parametrize("phase", tasks.PHASES)
def test_the_options_of_a_phase(phase: int) -> None:
    wanted = ALWAYS | ({"as_planned"} if 1 <= phase <= 8 else set())
    wanted |= {"yes"} if phase in (1, 6, 8, 11) else set()
    wanted |= {"unwatched"} if phase == 1 else set()
    wanted |= {"send"} if phase == 11 else set()
    assert set(taken_by(items_of(phase))) == wanted


@pytest.mark.parametrize(
    ("number", "options"),
    [
        ("0.3", ["plan"]),
        ("1.5", ["plan", "as_planned"]),
        ("1.1", ["plan", "as_planned", "yes", "unwatched"]),
        ("3.2", ["plan", "as_planned"]),
        ("6.1", ["plan", "as_planned", "yes"]),
        ("9.4", ["plan"]),
        ("11.1", ["plan", "send", "yes"]),
        ("11.2", ["plan"]),
    ],
)
def test_the_options_of_an_item_are_what_fabric_reads(number: str, options: list[str]) -> None:
    options = [*options, "all_files", "verbose"]
    assert taken_by([ITEMS[number]]) == options
    assert list(inspect.signature(work.item_command(ITEMS[number])).parameters) == ["c", *options]


@pytest.mark.parametrize("phase", tasks.PHASES)
def test_a_phase_takes_what_one_of_its_items_takes(phase: int) -> None:
    items = items_of(phase)
    assert set(taken_by(items)) == {name for item in items for name in taken_by([item])}
