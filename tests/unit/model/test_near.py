"""Names that were probably meant."""

from __future__ import annotations

import pytest

from irekae.model.near import meant, near

HOSTS = ["ika", "tako", "dennou", "outside"]
PHASES = [f"phase{number}" for number in range(12)]


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("iak", HOSTS, ["ika"]),
        ("IKA", HOSTS, ["ika"]),
        ("tkao", HOSTS, ["tako"]),
        ("squid", HOSTS, []),
        ("", HOSTS, []),
        ("phse5", PHASES, ["phase5"]),
        ("phase", PHASES, ["phase0", "phase1", "phase2"]),
        ("pop_secrets", ["pop-secrets", "pause"], ["pop-secrets"]),
        ("--plna", ["--plan", "--send"], ["--plan"]),
        ("-plna", ["--plan", "--send"], ["--plan"]),
    ],
)
def test_names_that_are_much_alike_are_offered_best_first(word: str, known: list[str], found: list[str]) -> None:
    assert near(word, known) == found


def test_nothing_is_near_where_nothing_is_known() -> None:
    assert near("ika", []) == []


def test_the_hint_offers_them_or_says_something_else() -> None:
    assert meant(["ika", "tako"]) == "was `ika` or `tako` meant?"
    assert meant([], "see hosts.ini") == "see hosts.ini"
