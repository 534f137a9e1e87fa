from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from irekae.model.clock import Clock
from irekae.model.language import LANGS, Lang
from irekae.model.results import ItemOutcome, ItemRow
from irekae.report.columns import cut, pad, width
from irekae.report.status import SIGNS, table
from tests.unit.report.sample import START, sample

ROWS = sample().items


def rows(**outcomes: ItemOutcome) -> list[ItemRow]:
    named = {key.removeprefix("i").replace("_", "."): outcome for key, outcome in outcomes.items()}
    return [replace(row, outcome=named.get(row.number, "done")) for row in ROWS]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(lang: Lang, columns: int) -> None:
    text = table([replace(r, why="長い理由 " * 30, title="long title " * 9) for r in ROWS], lang, columns)
    assert [line for line in text.splitlines() if width(line) > columns] == []


@pytest.mark.parametrize("lang", LANGS)
def test_signs_stand_under_their_host_also_in_japanese(lang: Lang) -> None:
    lines = table(rows(), lang).splitlines()[1:]
    column = width(lines[0][: lines[0].index("tako")])
    phase2 = next(line for line in lines if line.startswith(" 2"))
    assert width(phase2[: phase2.index("++")]) == column


def test_every_phase_has_one_line() -> None:
    lines = table(rows()).splitlines()[2:14]
    assert [int(line[:2]) for line in lines] == list(range(12))


def test_every_outcome_has_a_sign_of_its_own() -> None:
    assert set(SIGNS) == set(get_args(ItemOutcome))
    assert len(set(SIGNS.values())) == len(SIGNS)


def test_signs_follow_the_manuals_order() -> None:
    phase7 = next(line for line in table(rows(i7_2="failed", i7_6="waived")).splitlines() if line.startswith(" 7"))
    assert "X+++w+" in phase7  # 7.2 to 7.7 on ika


def test_details_name_only_what_a_person_must_know_of() -> None:
    text = table(rows(i3_4="unknown", i5_1="running", i7_4="by hand", i1_5="waived"))
    told = [
        line.split()[1] for line in text.splitlines() if line[:1] in "?>hwX." and line[1:2] == " " and line[2].isdigit()
    ]
    assert told == ["1.5", "3.4", "5.1", "5.1", "7.4"]


def test_a_running_item_names_who_and_since_when() -> None:
    assert "> 5.3 ika running (hayashi 13:02:12)" in table(rows(i5_3="running"), clock=Clock(START))


def test_times_are_in_one_zone_which_is_named_once_whoever_wrote_them() -> None:
    elsewhere = [replace(row, at="2012-11-09T04:02:12+00:00") for row in rows(i5_3="running") if row.number == "5.3"]
    text = table(elsewhere, clock=Clock(START))
    assert text.splitlines()[0] == "As of 2012-11-09 13:00:00 +0900"
    assert "ika running (hayashi 13:02:12)" in text
    assert text.count("+0900") == 1
    yesterday = replace(elsewhere[0], at="2012-11-08T04:02:12+00:00")
    assert "(hayashi 11-08 13:02:12)" in table([yesterday], clock=Clock(START))


def test_a_failure_shows_its_reason_and_detail() -> None:
    failed = [replace(r, outcome="failed", why="did not stop", detail=("pid 812",)) for r in ROWS if r.number == "1.3"]
    text = table(failed)
    assert "    did not stop\n    pid 812\n" in text


def test_only_the_next_item_that_is_not_done_is_named() -> None:
    text = table(rows(i7_5="not done", i7_6="not done", i8_1="not done"))
    assert ". 7.5 ika" in text
    assert "7.6 ika" not in text


def test_a_swap_of_which_all_is_done_has_no_details() -> None:
    text = table(rows())
    assert text.splitlines()[-1] == "+ done"


def test_nothing_known_yet_is_a_table_too() -> None:
    assert len(table([]).splitlines()) >= 13


def test_control_signs_from_a_host_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in table([replace(ROWS[0], outcome="failed", why="\x1b[2J gone")])


@given(st.text(max_size=60), st.integers(0, 40))
@example("0\u109a0", 2)
def test_cut_text_fits_and_padded_text_fills(text: str, columns: int) -> None:
    assert width(cut(text, columns)) <= columns
    assert width(pad(cut(text, columns), columns)) == columns
