"""Two journals as one history that a person reads."""

from __future__ import annotations

from typing import Any

import pytest

from irekae.model.journal import Entry, State
from irekae.model.printing.events import Bearer
from irekae.report.history import events

IKA, TAKO = Bearer("ika", "tako"), Bearer("tako", "ika")


def entry(at: str, event: str, **more: Any) -> Entry:
    return {"at": f"2026-11-26T{at}+09:00", "who": "mori@seat", "item": "5.1", "name": "ika", "event": event, **more}


def said(*entries: Entry, changes: bool = False) -> list[str]:
    return [event.said for event in events({IKA: entries}, changes)]


def test_both_hosts_are_told_by_time_whatever_their_zone() -> None:
    ours = [entry("13:00:00", "started"), entry("13:00:04", "done", took=4.0)]
    theirs = [{**entry("13:00:02", "failed"), "at": "2026-11-26T04:00:02+00:00", "name": "tako"}]
    found = events({IKA: ours, TAKO: theirs})
    assert [(str(event.bearer), event.state) for event in found] == [
        ("ika", None),
        ("tako", State.FAILED),
        ("ika", State.DONE),
    ]


def test_a_machine_is_named_as_it_was_called_then() -> None:
    (found,) = events({TAKO: [entry("13:00:00", "done", name="ika")]})
    assert str(found.bearer) == "tako → ika"


def test_an_outcome_says_why() -> None:
    assert said(
        entry("13:00:00", "done", took=1.25),
        entry("13:00:01", "failed", took=0.5, detail=["qmail did not stop\n  pid 812"]),
        entry("13:00:02", "waived", why="it is being repaired"),
        entry("13:00:03", "undone", why="rolled back by mori@seat"),
    ) == [
        "done, 1.2 s",
        "FAILED, 0.5 s: qmail did not stop",
        "waived: it is being repaired",
        "taken back: rolled back by mori@seat",
    ]


def test_each_change_is_told_where_it_is_asked_for() -> None:
    entries = (
        entry("13:00:00", "change", n=1, what="edit /etc/hosts", undo={}),
        entry("13:00:01", "made", n=1),
        entry("13:00:02", "change undone", n=1),
    )
    assert said(*entries) == []
    assert said(*entries, changes=True) == ["edit /etc/hosts", "undone: edit /etc/hosts"]


@pytest.mark.parametrize("at", ["", "yesterday", "2026-11-26T13:00:00", "9999-12-31T23:59:59-23:59", "\x1b[2J"])
def test_an_entry_without_a_time_stays_where_it_was_written(at: str) -> None:
    entries = [entry("13:00:00", "started"), {**entry("", "failed"), "at": at}, entry("13:00:09", "done")]
    found = events({IKA: entries})
    assert [event.state for event in found] == [None, State.FAILED, State.DONE]
    assert [event.text((4, 4, 9)) for event in found]


def test_a_clock_that_is_put_back_does_not_turn_the_order_round() -> None:
    assert said(entry("13:00:05", "failed"), entry("13:00:01", "done")) == ["FAILED", "done"]


def test_what_somebody_wrote_there_forges_no_line() -> None:
    (found,) = events({IKA: [entry("13:00:00", "done", who="x\n13:00:01 5.1", why="a\nb\x1b[2J")]})
    assert "\n" not in found.text((4, 4, 9))
    assert "\x1b" not in found.text((4, 4, 9))
