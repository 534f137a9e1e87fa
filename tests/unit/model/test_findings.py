"""Findings: named alike everywhere, and explained for just what they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from irekae.model.findings import Explanation, Finding

FOUND = Finding(role="production", subject="listener", key="tcp/8080", was="none", found="python3 (asada)")
WORDS = st.text(max_size=20)


def said(finding: Finding, why: str = "a trial", at: str = "2026-01-01T00:00:00+09:00") -> Explanation:
    return Explanation(
        id=finding.id, values=finding.values, subject=finding.title, who="mori@seat", at=at, why=why
    )  # fmt: skip


def test_the_same_thing_has_the_same_name_whatever_its_values_are() -> None:
    assert replace(FOUND, was="x", found="y", remedy="z").id == FOUND.id
    assert len({FOUND.id, *(replace(FOUND, **{field: ""}).id for field in ("role", "subject", "key"))}) == 4


@given(st.tuples(WORDS, WORDS), st.tuples(WORDS, WORDS))
def test_other_words_are_another_name(one: tuple[str, str], other: tuple[str, str]) -> None:
    ids = [Finding(subject=subject, key=key, was="", found="").id for subject, key in (one, other)]
    assert (ids[0] == ids[1]) is (one == other)


def test_an_explanation_counts_for_this_very_pair_of_values() -> None:
    assert FOUND.explained([said(FOUND)]) is not None
    assert replace(FOUND, found="python3 (root)").explained([said(FOUND)]) is None
    assert replace(FOUND, was="sshd").explained([said(FOUND)]) is None
    assert replace(FOUND, key="tcp/8081").explained([said(FOUND)]) is None
    assert FOUND.explained([]) is None


def test_the_newest_word_counts() -> None:
    given = [said(FOUND, "new", "2026-01-02T00:00:00+09:00"), said(FOUND, "old")]
    found = FOUND.explained(given)
    assert found is not None
    assert found.why == "new"
