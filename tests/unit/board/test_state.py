"""What the board shows of what hosts answer, whatever they answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from irekae.board import view
from irekae.board.page import PARTS, Shown
from irekae.board.state import LINES, Heard, Host, Line, at_or_none, board, line_of
from irekae.host.entries import entries_of
from irekae.model.language import LANGS
from irekae.model.legible import legible
from irekae.model.results import ItemOutcome, ItemRow
from irekae.proof.outage.live import Seen, Service
from tests.unit.board.example import AT, AWAY, DAY, HOSTS, heard, rows

LATER = f"{DAY}13:30:00+09:00"


def one_host(*names: str) -> tuple[ItemRow, ...]:
    return tuple(row for row in rows() if row.host in names)


def test_what_a_silent_host_said_before_stands_and_is_marked() -> None:
    before = board(heard())
    after = board(replace(heard(), at=LATER, hosts=AWAY, rows=one_host("tako"), journals={}), before)
    assert after.rows == before.rows
    assert after.kept == {(row.number, "ika") for row in before.rows if row.host == "ika"}
    assert {one.host for one in after.lines} == {"ika"}


def test_a_silent_host_is_silent_since_it_was_last_heard_of() -> None:
    after = board(replace(heard(), at=LATER, hosts=AWAY), board(heard()))
    assert (after.hosts[0].heard, after.hosts[0].machine) == (AT, HOSTS[0].machine)


def test_a_host_that_was_never_heard_of_here_has_the_seat_s_own_memory() -> None:
    away = (replace(AWAY[0], heard=AT), AWAY[1])
    assert board(replace(heard(), hosts=away)).hosts[0].heard == AT


def test_nothing_is_kept_of_another_swap() -> None:
    after = board(Heard(LATER, AWAY, run="another", rows=one_host("tako")), board(heard()))
    assert after.kept == frozenset()
    assert {row.host for row in after.rows} == {"tako"}


def test_where_nobody_answers_all_of_it_is_kept() -> None:
    both = tuple(replace(host, silent="away") for host in HOSTS)
    before = board(heard())
    after = board(Heard(LATER, both), before)
    assert (after.run, after.rows, after.lines, after.outside) == (
        before.run,
        before.rows,
        before.lines,
        before.outside,
    )
    assert len(after.kept) == len(before.rows)


def test_the_last_lines_of_both_journals_stand_in_their_order() -> None:
    times = [f"{DAY}13:{minute:02d}:00+09:00" for minute in range(30)]
    journal = [{"event": "done", "item": "1.1", "at": at, "who": "x"} for at in times]
    found = board(replace(heard(), journals={"ika": journal[::2], "tako": journal[1::2]})).lines
    assert [one.at for one in found] == times[-LINES:]


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ({"event": "change", "what": "edit /etc/hosts"}, "edit /etc/hosts"),
        ({"event": "failed", "detail": ["it is full\n  next: `fab resume`"]}, "it is full"),
        ({"event": "failed", "detail": "it is full"}, "it is full"),
        ({"event": "waived", "why": "dennou is being repaired"}, "dennou is being repaired"),
        ({"event": "change", "what": "password=hunter2\nforged"}, "password=[blanked]\\x0aforged"),
    ],
)
def test_a_line_tells_what_its_entry_says_of_itself(entry: dict[str, Any], text: str) -> None:
    told = line_of("ika", {"at": AT, "item": "1.1", "who": "a@b", **entry})
    assert told == Line(AT, "ika", "1.1", "a@b", entry["event"], text)


def test_what_is_for_an_undo_alone_is_no_line() -> None:
    assert line_of("ika", {"at": AT, "event": "mail", "boxes": {}}) is None
    assert line_of("ika", {"event": "done"}) is None


def test_that_the_announcement_is_sent_is_known_also_while_its_host_is_silent() -> None:
    sent = [{"at": AT, "event": "announced", "who": "x"}]
    found = board(replace(heard(), journals={"ika": sent}))
    assert found.announced
    assert board(replace(heard(), hosts=AWAY, journals={}), found).announced
    assert not board(heard()).announced


@pytest.mark.parametrize("at", ["", "?", "2026-11-22", "2026-11-22T13:00:00", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_moment_is_shown_as_none(at: str) -> None:
    assert at_or_none(at) == ""


# --- whatever they answer ---------------------------------------------------------------------------------------------

NASTY = st.sampled_from(
    ["<script>alert(1)</script>", '"><img src=x>', "\x1b[31mred", "‮evil", "`fab x", "{{ 7*7 }}", "a\nb", "\udc80"]
)
TEXT = st.text(max_size=40) | NASTY
MOMENT = st.sampled_from([AT, LATER, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-22"]) | TEXT
OUTCOME = st.sampled_from(get_args(ItemOutcome))
ROW = st.builds(
    lambda row, outcome, who, at, why, detail: structs.replace(
        row, outcome=outcome, who=who, at=at, why=why, detail=tuple(detail)
    ),
    st.sampled_from(rows()), OUTCOME, TEXT, MOMENT, TEXT, st.lists(TEXT, max_size=3),
)  # fmt: skip
ENTRY = st.fixed_dictionaries(
    {"event": st.sampled_from(["done", "failed", "change", "mail"]) | TEXT},
    optional={"at": MOMENT, "who": TEXT, "item": TEXT, "what": TEXT, "why": TEXT, "detail": TEXT | st.lists(TEXT)},
)
SERVICE = st.builds(Service, TEXT, TEXT, st.none() | st.booleans(), st.just("") | st.just(AT), TEXT, st.integers(0, 9))
HEARD = st.builds(
    lambda rows, journal, run, copy, services, silent, machine, refused: Heard(
        AT,
        tuple(Host(host.name, host.address, machine, machine, AT, silent) for host in HOSTS),
        run,
        tuple(rows),
        {"ika": entries_of(journal)[0], "tako": journal},
        copy,
        Seen(tuple(services), copy),
        refused=refused,
        remedy=refused,
    ),
    st.lists(ROW, max_size=6), st.lists(ENTRY, max_size=4), st.none() | TEXT, TEXT, st.lists(SERVICE, max_size=2), TEXT,
    TEXT, TEXT,
)  # fmt: skip


@given(HEARD, HEARD)
def test_whatever_hosts_answer_becomes_a_page_in_which_none_of_it_is_markup(first: Heard, second: Heard) -> None:
    shown = Shown(board(second, board(first)))
    for lang in LANGS:
        made = shown.page(lang)
        assert made.count("<script") == 1
        assert "<img" not in made
        assert legible(made) == made
        assert list(shown.parts(lang)) == list(PARTS)


@given(HEARD, HEARD)
def test_the_same_answers_make_the_same_board_and_no_row_is_lost_or_doubled(first: Heard, second: Heard) -> None:
    before = board(first)
    after = board(second, before)
    assert after == board(second, before)
    fresh = {(row.number, row.host) for row in second.rows}
    assert fresh <= {(row.number, row.host) for row in after.rows}
    assert not after.kept & fresh
    assert view.next_step(after).kind
    settled, wanted = view.progress(after)
    assert 0 <= settled <= wanted
