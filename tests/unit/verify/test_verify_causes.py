"""One cause is one finding: what follows from a failure that a check has established, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from irekae.model.findings import Finding
from irekae.model.results import Check
from verify.causes import Told, with_causes
from verify.finding import NoRights, Silent, Unreachable


def check(name: str, outcome: str = "failed", host: str = "ika", **more: Any) -> Check:
    told: Any = outcome
    return Check(
        id=name, item="9.4", host=host, title=name, outcome=told, expected="x", found="y",
        at="2012-11-09T13:00:00+09:00", took=0.1, **more,
    )  # fmt: skip


def follows(*told: Told) -> dict[str, str]:
    return {one.id: one.follows for one in with_causes(told) if one.follows}


RUNS = Told(check("runs"), proves="apache2")


def page(outcome: str = "failed", **more: Any) -> Told:
    return Told(check("page", outcome, **more), stands_on=("apache2",))


@pytest.mark.parametrize("outcome", ["failed", "error"])
def test_what_asks_through_a_stopped_service_follows_from_it(outcome: str) -> None:
    assert follows(RUNS, page(outcome)) == {"page": "runs"}


@pytest.mark.parametrize(
    "told",
    [
        (page(),),
        (Told(check("runs", "passed"), proves="apache2"), page()),
        (Told(check("runs", "not checked"), proves="apache2"), page()),
        (Told(check("runs", host="tako"), proves="apache2"), page()),
        (Told(check("runs"), proves="bind"), page()),
        (RUNS, page("passed")),
        (RUNS, page("not checked")),
        (RUNS, Told(check("certificate"))),
        (RUNS, page(findings=(Finding(subject="page", was="a", found="b"),))),
    ],
    ids=lambda told: ", ".join(one.check.id + " " + one.check.outcome for one in told),
)
def test_nothing_is_guessed(told: tuple[Told, ...]) -> None:
    assert follows(*told) == {}


def test_what_could_not_be_asked_of_a_host_follows_from_the_check_that_has_told_so() -> None:
    asked = Told(check("asked"), unasked="tako")
    other = Told(check("other", "not checked"), unasked="tako")
    apart = Told(check("apart", "not checked"), unasked="dennou")
    assert follows(asked, other, apart) == {"other": "asked"}


def test_a_service_that_could_not_be_asked_about_is_no_cause() -> None:
    silent = Told(check("runs"), unasked="ika", proves="apache2")
    assert follows(silent, page()) == {}


DOWN = Told(check("asked"), unasked="ika (198.51.100.21)", down="ika")


def test_what_asks_over_the_network_follows_from_a_host_that_is_down() -> None:
    attempts = Told(check("root by key"), unasked="ssh of ika")
    others = Told(check("root by password", "not checked"), unasked="ssh of ika")
    elsewhere = Told(check("page of tako", host="tako"), stands_on=("apache2",))
    told = follows(DOWN, page(), attempts, others, elsewhere)
    assert told == {"page": "asked", "root by key": "asked", "root by password": "asked"}


def test_a_host_that_answers_and_does_not_let_us_in_is_not_down() -> None:
    refused = Told(check("asked"), unasked="ika (198.51.100.21)")
    assert follows(refused, page()) == {}


@pytest.mark.parametrize(
    ("why", "down"),
    [
        ("ssh: connect to host 198.51.100.21 port 22: No route to host", "ika"),
        ("Connection timed out", "ika"),
        ("Connection refused", ""),
        ("Permission denied (publickey)", ""),
        ("Host key verification failed.", ""),
    ],
)
def test_only_where_nobody_answers_a_host_is_down(why: str, down: str) -> None:
    assert Unreachable("ika (198.51.100.21)", why).down == down
    assert NoRights("ika", "root", why).down == Silent("ika", "reading its state", 60).down == ""
