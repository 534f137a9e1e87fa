"""What the lines of a journal say of each item."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.entries import entry_in
from irekae.model.journal import ItemState, State, states, undoable

ITEMS = st.sampled_from(["1.1", "5.1", "6.1"])
ENDS = ["done", "nothing", "failed", "unknown", "by hand", "waived", "undone"]


def line(event: str, item: str = "5.1", **more: Any) -> dict[str, Any]:
    return {"event": event, "item": item, "who": "mori@seat", "at": "2026-01-01T00:00:00+09:00", **more}


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], State.NOT_DONE),
        (["started"], State.UNKNOWN),
        (["started", "change"], State.UNKNOWN),
        (["started", "done"], State.DONE),
        (["started", "nothing"], State.NOTHING),
        (["started", "failed"], State.FAILED),
        (["started", "failed", "started"], State.UNKNOWN),
        (["started", "failed", "started", "done"], State.DONE),
        (["started", "done", "undone"], State.NOT_DONE),
        (["by hand"], State.BY_HAND),
        (["failed", "waived"], State.WAIVED),
        (["done", "unknown", "change undone"], State.UNKNOWN),
        (["something newer"], State.NOT_DONE),
    ],
)
def test_the_last_word_counts(events: list[str], state: State) -> None:
    entries = [line(event, n=1, what="", undo={}) for event in events]
    assert states(entries, {}).get("5.1", ItemState()).state is state


def test_who_when_how_long_and_why_are_told() -> None:
    found = states([line("failed", took=2.5, why="because", detail=["one", "two"], boot="b1")], {})["5.1"]
    assert found == ItemState(
        State.FAILED, "mori@seat", "2026-01-01T00:00:00+09:00", 2.5, "because", ("one", "two"), "b1"
    )


def test_a_held_lock_means_running_whatever_was_written() -> None:
    found = states([line("done")], {"5.1": {"who": "hayashi", "since": "now"}, "5.2": {}})
    assert (found["5.1"].state, found["5.1"].who, found["5.1"].at) == (State.RUNNING, "hayashi", "now")
    assert (found["5.2"].state, found["5.2"].who) == (State.RUNNING, "?")


@pytest.mark.parametrize(
    "entry",
    [
        {"event": "started", "item": "5.1"},
        {"event": "done", "item": "5.1", "took": "long", "detail": "one line", "why": None},
        {"event": "done", "item": None},
        {"event": "done"},
    ],
)
def test_a_line_written_by_hand_does_no_harm(entry: dict[str, Any]) -> None:
    states([entry], {})
    undoable([entry])


def test_only_settled_items_let_a_gate_pass() -> None:
    assert {state for state in State if state.settled} == {State.DONE, State.NOTHING, State.BY_HAND, State.WAIVED}


def test_changes_are_undone_newest_first_and_once() -> None:
    entries = [line("change", n=n, phase=5, what=str(n), undo={}) for n in (1, 3, 2)]
    entries.append(line("change undone", n=3))
    entries.append(line("change undone", n=9))
    assert [entry["n"] for entry in undoable(entries)] == [2, 1]


steps = st.one_of(
    st.builds(lambda item, event: line(event, item), ITEMS, st.sampled_from(["started", *ENDS, "note"])),
    st.builds(lambda item, n: line("change", item, n=n, phase=5, what="", undo={}), ITEMS, st.integers(1, 9)),
    st.builds(lambda item, n: line("change undone", item, n=n), ITEMS, st.integers(1, 9)),
)


@given(st.lists(steps, max_size=30))
def test_states_depend_on_each_items_own_lines_alone(entries: list[dict[str, Any]]) -> None:
    whole = states(entries, {})
    for item in {entry["item"] for entry in entries}:
        own = states([entry for entry in entries if entry["item"] == item], {})
        assert whole.get(item) == own.get(item)


@given(st.lists(steps, max_size=30))
def test_what_can_be_undone_is_in_order_and_not_undone(entries: list[dict[str, Any]]) -> None:
    numbers = [entry["n"] for entry in undoable(entries)]
    assert numbers == sorted(set(numbers), reverse=True)
    for number in numbers:
        last = [entry["event"] for entry in entries if entry.get("n") == number][-1]
        assert last == "change"


@given(st.lists(steps, max_size=10), st.binary(max_size=30))
def test_a_torn_end_leaves_every_line_before_it(entries: list[dict[str, Any]], torn: bytes) -> None:
    text = b"\n".join(json.dumps(entry).encode() for entry in entries) + b"\n" + torn.replace(b"\n", b"")
    found = [entry for part in text.split(b"\n") if (entry := entry_in(part)) is not None]
    assert found[: len(entries)] == entries
