"""What became of each message that was queued, and mail that is stranded on the old machine."""

from __future__ import annotations

from typing import Any

import pytest

from irekae.model.results import Comparison
from irekae.proof.mail_account import Machine, fate, found_then, queued_anew


def message(number: int = 7, **counts: int) -> dict[str, Any]:
    return {"number": number, "id": f"{number}.100", "size": 5, "at": 100, "local": 0, "remote": 0, "new": 0} | counts


def machine(
    name: str = "tako", *now: dict[str, Any], held: tuple[str, ...] = (), ends: dict[str, str] | None = None
) -> Machine:
    known = {"7": "ended", "9": "ended"} if ends is None else ends
    return Machine(name, [message()], {one["id"]: one for one in now}, {name: {} for name in held}, known)


def told(old: Machine, *new: dict[str, Any], placed: int | None = None, leave: bool = False) -> Comparison:
    return fate(message(), old, machine("ika", *new), {"7.100": {"placed": placed}}, leave)


def test_a_message_that_is_gone_was_delivered_or_sent_back() -> None:
    row = told(machine())
    assert row.subject == "mail #7 (5 bytes, queued at 100)"
    assert (row.after, row.verdict) == (
        "delivered or sent back by the machine that is tako now", "expected difference",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("waits", "text"),
    [
        (False, "carried to ika as #9, and delivered or sent back there"),
        (True, "carried to ika, where it waits as #9"),
    ],
)
def test_a_carried_message_is_followed_on_the_new_machine(waits: bool, text: str) -> None:
    row = told(machine(held=("7.100",)), *([message(9, local=1)] if waits else []), placed=9)
    assert (row.after, row.verdict) == (text, "expected difference")


@pytest.mark.parametrize(("leave", "told"), [(False, ""), (True, ", as site.toml wants it")])
def test_a_held_message_that_was_not_carried_denies_acceptance_until_a_person_explains_it(
    leave: bool, told: str
) -> None:
    row = told_row(leave)
    assert (row.after, row.verdict) == (f"held on the machine that is tako now{told}", "new difference")
    assert row.finding.id == told_row(leave).finding.id, "by which `fab explain` finds it again"


def told_row(leave: bool) -> Comparison:
    return told(machine(held=("7.100",)), leave=leave)


def test_remote_mail_is_tried_on_and_local_mail_in_the_old_queue_is_a_loss() -> None:
    assert told(machine("tako", message(remote=1))).after == "tako goes on trying"
    row = told(machine("tako", message(local=1)))
    assert (row.after, row.verdict) == ("local mail in the queue of tako, the old machine", "new difference")


@pytest.mark.parametrize(
    ("end", "text", "verdict"),
    [
        (
            "known",
            "gone from the queue of the machine that is tako now; the log there knows no end of it",
            "new difference",
        ),
        ("", "delivered or sent back by the machine that is tako now; no log tells of it", "expected difference"),
        (
            "unread",
            "delivered or sent back by the machine that is tako now; "
            "no end of it stands in what could be read of its log",
            "expected difference",
        ),
    ],
)
def test_a_message_that_is_gone_without_an_end_in_the_log_is_lost(end: str, text: str, verdict: str) -> None:
    row = told(machine(ends={"7": end}))
    assert (row.after, row.verdict) == (text, verdict)


@pytest.mark.parametrize(("end", "verdict"), [("known", "new difference"), ("", "expected difference")])
def test_a_carried_message_is_looked_for_in_the_log_of_the_new_machine(end: str, verdict: str) -> None:
    new = machine("ika", ends={"9": end})
    assert fate(message(), machine(held=("7.100",)), new, {"7.100": {"placed": 9}}, leave=False).verdict == verdict


def test_its_end_there_is_looked_for_since_it_was_queued_there() -> None:
    waits = message(8) | {"placed": None, "since": 100}
    assert queued_anew({"7.100": message() | {"placed": 9, "since": 500}, "8.100": waits}) == [{"number": 9, "at": 500}]


@pytest.mark.parametrize(
    ("then", "verdict"), [(False, "new difference"), (True, "expected difference"), (None, "expected difference")]
)
def test_a_message_that_was_put_on_hold_since_is_a_difference(then: bool | None, verdict: str) -> None:
    was = message(remote=1) | ({} if then is None else {"held": then})
    old = machine("tako", message(remote=1) | {"held": True})
    assert fate(was, old, machine("ika"), {}, leave=False).verdict == verdict


def test_the_newest_account_counts() -> None:
    entries: list[dict[str, Any]] = [
        {"event": "mail", "messages": [message(1)]},
        {"event": "mail", "boxes": {}},
        {"event": "x"},
    ]
    assert found_then([*entries, {"event": "mail", "messages": []}]) == []
    assert found_then(entries) == [message(1)]
    assert found_then([]) == []
