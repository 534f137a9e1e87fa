"""What comes next, who works on what, what failed: drawn from the rows alone."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from msgspec import structs

from irekae.board import view
from irekae.board.state import Board, board
from irekae.board.view import Step
from irekae.model.results import ItemOutcome
from tests.unit.board.example import example, heard, rows


def day(done: int, **outcomes: ItemOutcome) -> Board:
    """All is done up to a phase; outcomes: of single items, as i7_1_tako."""
    found = []
    for row in rows():
        key = f"i{row.number.replace('.', '_')}_{row.host}"
        outcome: ItemOutcome = "done" if row.phase <= done else "not done"
        found.append(structs.replace(row, outcome=outcomes.get(key, outcome), detail=()))
    return board(replace(heard(), rows=tuple(found)))


@pytest.mark.parametrize(
    ("now", "step"),
    [
        (day(0), Step("go", "fab phase1", 1)),
        (day(4), Step("plan first", "fab phase5 --plan", 5)),
        (day(4, i5_1_ika="done"), Step("go", "fab phase5", 5)),
        (day(5), Step("go", "fab phase6", 6)),
        (day(7, i7_1_tako="not done", i7_8_tako="not done"), Step("go", "fab -H tako phase7", 7)),
        (day(6), Step("go", "fab phase7", 7)),
        (day(2, i3_1_ika="running"), Step("under way", "", 3)),
        (day(2, i3_1_ika="failed"), Step("mend", "fab resume", 3)),
        (day(3, i2_1_tako="unknown"), Step("mend", "fab resume", 2)),
        (day(10, i9_4_ika="failed"), Step("mend", "fab phase9", 9)),
        (day(0, i0_4_ika="not done"), Step("go", "fab phase1", 1)),
        (day(11), Step("announce", "fab phase11.mail --send", 11)),
        (replace(day(11), announced=True), Step("finished", "fab begin")),
        (day(3, i3_2_ika="waived"), Step("go", "fab phase4", 4)),
    ],
)
def test_the_very_command_that_comes_next_is_named(now: Board, step: Step) -> None:
    assert view.next_step(now) == step


def test_in_the_middle_of_phase_6_nothing_else_comes_next() -> None:
    lost = replace(day(5, i6_1_ika="unknown", i6_1_tako="unknown"), exchanging=True)
    assert view.next_step(lost) == Step("under way", "", 6)


def test_before_any_swap_phase_0_comes_next() -> None:
    assert view.next_step(board(replace(heard(), run="", rows=()))) == Step("begin", "fab phase0")


def test_hosts_that_are_not_believed_come_before_everything() -> None:
    doubted = board(replace(heard(), refused="ika says otherwise", remedy="look at it"))
    assert view.next_step(doubted) == Step("refused", "look at it")


def test_an_item_on_both_hosts_is_worked_on_once() -> None:
    assert [(one.row.number, one.where) for one in view.running(example())] == [("3.1", "ika + tako")]


def test_what_failed_shows_what_was_said_and_its_remedy_apart() -> None:
    [trouble] = view.troubles(example())
    assert trouble.said == ("tako refuses the cron table of yamada", "line 3: bad minute")
    assert trouble.remedy == "let yamada mend it on ika, then `fab phase3.crontabs`"


def test_what_is_unknown_without_a_word_is_gone_on_with() -> None:
    [trouble] = view.troubles(day(2, i2_1_tako="unknown"))
    assert (trouble.said, trouble.remedy) == ((), "`fab resume`")


def test_what_both_hosts_say_alike_is_told_once() -> None:
    [trouble] = view.troubles(day(2, i3_1_ika="failed", i3_1_tako="failed"))
    assert trouble.where == "ika + tako"


def test_every_outcome_has_a_sign_of_its_own() -> None:
    assert set(view.SIGNS) == set(get_args(ItemOutcome))
    assert len(set(view.SIGNS.values())) == len(view.SIGNS)


def test_the_grid_has_every_phase_and_every_item_once() -> None:
    cells = [cell.row for _, hosts in view.grid(example()) for _, cells in hosts for cell in cells]
    assert sorted((row.number, row.host) for row in cells) == sorted((row.number, row.host) for row in rows())
    assert [phase for phase, _ in view.grid(example())] == list(range(12))
