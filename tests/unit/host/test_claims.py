"""What a host says is data: each answer has its type, and what is none is one clear refusal."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irekae.host import claims, tree_claims
from irekae.host.agent.base import OPERATIONS
from irekae.host.agent.parts import EACH
from irekae.host.entries import entries_of
from irekae.model.errors import Status, SwapError
from irekae.model.journal import states, undoable
from tests.unit.farend import FarEnd

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def test_every_operation_of_the_agent_says_what_it_answers() -> None:
    from irekae.host import agent

    for module in agent.MODULES:
        __import__(f"irekae.host.agent.{module}")
    assert claims.ANSWERS.keys() == OPERATIONS.keys()
    assert tree_claims.IN_PARTS.keys() == {*EACH, "copy_left"}


def refused(op: str, answer: Any) -> SwapError:
    with pytest.raises(SwapError) as raised:
        claims.typed("tako", op, answer)
    assert raised.value.status is Status.REFUSED
    assert "tako" in raised.value.what
    return raised.value


@pytest.mark.parametrize("op", ["facts", "stat", "read", "list", "holders", "run", "checkpoint", "mailboxes"])
@pytest.mark.parametrize("answer", [[], 5, "x", {"a": None}, [[]], True])
def test_anything_else_is_refused(op: str, answer: Any) -> None:
    refused(op, answer)


def test_what_it_says_of_itself_is_typed_and_bounded(ika: FarEnd) -> None:
    facts = ika.ask("facts", known=ika.copy.known())
    wrong: dict[str, list[Any]] = {
        "machine_id": [None, 5, "x" * 256],
        "boot_id": [None, []],
        "time": [math.nan, math.inf, -1.0, "now"],
        "exchange": ["done", None, 5],
        "run": [[], 5, "x", {}, {"id": "x"}, {"id": "../..", "today": "20260101", "name_before": "ika"}],
        "journal": [None, {}, [5], {"since": -1, "data": ""}, {"since": 0, "data": "no base64!"}],
        "holders": [[], {"1.1": None}, {"1.1": {"pid": "x"}}, {"1.1": {"pid": -1}}, {"1.1": {"who": 5}}],
    }
    for key, values in wrong.items():
        for value in values:
            refused("facts", {**facts, key: value})
        refused("facts", {name: value for name, value in facts.items() if name != key})


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(JSON)
def test_no_answer_whatever_ends_in_a_traceback(answer: Any) -> None:
    for op in claims.ANSWERS:
        with contextlib.suppress(SwapError):
            claims.typed("tako", op, answer)


# --- journals ---

AT = "2026-01-01T00:00:00+09:00"
GOOD: list[dict[str, Any]] = [
    {"event": "started", "item": "1.3", "phase": 1, "at": AT, "who": "mori@seat"},
    {"event": "done", "item": "1.3", "at": AT, "took": 1, "detail": ["x"], "boot": "b"},
    {"event": "undone", "item": "2.1", "phase": 2, "at": "2026-01-01T00:00:00+0900", "who": "lease"},
    {"event": "change", "item": "5.1", "phase": 5, "n": 3, "what": "edit", "undo": {"kind": "restore", "kept": {}}},
    {"event": "mail", "item": "1.6", "phase": 1, "queue": "0", "boxes": {"asada": [1, 2]}},
    {"event": "closed", "at": AT, "who": "x", "why": ""},
]


@pytest.mark.parametrize("entry", GOOD)
def test_what_was_ever_written_is_an_entry(entry: dict[str, Any]) -> None:
    assert entries_of([entry]) == ([entry], 0)


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"event": None},
        {"event": "done", "item": None},
        {"event": "done", "item": "../x"},
        {"event": "done", "item": "1.3", "phase": "1"},
        {"event": "done", "item": "1.3", "phase": 12},
        {"event": "done", "item": "1.3", "at": "now"},
        {"event": "done", "item": "1.3", "at": "2026-01-01T00:00:00"},
        {"event": "done", "item": "1.3", "who": ["x"]},
        {"event": "done", "item": "1.3", "took": "x"},
        {"event": "change", "item": "5.1", "n": 3, "what": "x", "undo": []},
        {"event": "change", "item": "5.1", "n": "3", "what": "x", "undo": {}},
        {"event": "change", "item": "5.1", "n": 3, "what": "x", "undo": {"kept": []}},
        {"event": "change", "item": "5.1", "n": 3, "what": "x", "undo": {"kind": "run", "argv": "rm -r /"}},
        {"event": "change undone"},
        {"event": "mail", "item": "1.6", "boxes": {"asada": [1]}},
        {"event": "mail", "item": "1.6"},
    ],
)
def test_what_is_none_is_passed_over_and_counted(entry: dict[str, Any]) -> None:
    assert entries_of([GOOD[0], entry]) == ([GOOD[0]], 1)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(st.sampled_from(["event", "item", "n", "undo", "at", "phase", "took"]), JSON)))
def test_whatever_a_journal_holds_its_readers_do_not_stumble(journal: list[dict[str, Any]]) -> None:
    entries, _ = entries_of(journal)
    states(entries, {})
    undoable(entries)


# --- programs and files of ours ---


def test_what_a_program_of_ours_says_is_typed_too() -> None:
    assert claims.told("tako", "it", b'{"a": 1}', dict[str, int]) == {"a": 1}
    for text in (b"", b"[]", b"null", b'{"a": "x"}', b"\xff", b"[" * 100_000):
        with pytest.raises(SwapError, match="it of tako does not say what it should"):
            claims.told("tako", "it", text, dict[str, int])
    assert msgspec.convert(5, claims.Count) == 5
