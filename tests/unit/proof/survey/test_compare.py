"""Rows of before and of now: the same counted, each difference told by itself."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from irekae.model.results import Comparison
from irekae.proof.survey.compare import compare, contents
from irekae.proof.survey.looking import NOT_SEEN, Kinds
from irekae.proof.survey.reasons import Sight
from irekae.site.inventory import load_inventory
from irekae.site.site import load_site
from tests.unit.proof.survey.test_reasons import NOW, PROJECT

SITE = load_site(load_inventory(Path(PROJECT, "hosts.ini")), Path(PROJECT, "site.toml"))
SIGHT = Sight(SITE, True, NOW, pairs={"ika": "tako", "tako": "ika"})
KINDS: Kinds = {
    kind: {f"{kind} {number}": f"value {number}" for number in range(3)}
    for kind in ("alias", "zone record", "daemon", "account", "page", "port", "cron", "firewall", "limit")
}


def compared(before: Kinds, now: Kinds, standby: Kinds | None = None) -> list[Comparison]:
    was = {"production": before, "standby": standby or {}, "outside": {}}
    # The machine that was production holds what it held.
    is_ = {"production": now, "standby": before, "outside": {}}
    return list(compare(SIGHT, was, is_))


def new(rows: list[Comparison]) -> list[str]:
    return [row.subject for row in rows if row.verdict == "new difference"]


def test_what_is_the_same_is_counted() -> None:
    rows = compared(KINDS, KINDS)
    assert {row.verdict for row in rows} == {"same"}
    assert "alias: 3 of 3" in {row.subject for row in rows}


@pytest.mark.parametrize("kind", KINDS)
def test_each_row_that_is_removed_altered_or_added_is_told_and_no_other(kind: str) -> None:
    row = random.choice(list(KINDS[kind]))
    for after in ({}, {row: "another"}):
        rest = {key: value for key, value in KINDS[kind].items() if key != row}
        assert new(compared(KINDS, {**KINDS, kind: {**rest, **after}})) == [f"{kind} {row}"]
    assert new(compared(KINDS, {**KINDS, kind: {**KINDS[kind], "more": "x"}})) == [f"{kind} more"]


def test_a_difference_says_where_the_row_still_is() -> None:
    sight = Sight(SITE, True, NOW, old="tako")
    before: dict[str, Kinds] = {"production": {"alias": {"a": "x"}}, "standby": {}, "outside": {"page": {"u": "x"}}}
    now: dict[str, Kinds] = {"production": {"alias": {}}, "standby": {}, "outside": {"page": {"u": "y"}}}
    alias, page = compare(sight, before, now)
    assert "tako, which was production, still has it" in alias.remedy
    assert "from outside" in page.remedy


def test_a_kind_that_can_no_longer_be_seen_is_told_once() -> None:
    assert new(compared(KINDS, {**KINDS, "alias": {NOT_SEEN: "cannot be seen: x"}})) == ["alias: all"]
    assert new(compared(KINDS, {kind: rows for kind, rows in KINDS.items() if kind != "page"})) == ["page: all"]
    assert new(compared({**KINDS, "alias": {NOT_SEEN: "x"}}, KINDS)) == []


def test_a_line_that_always_named_the_other_host_here_is_left_to_5_2() -> None:
    before, now = ({"mail control": {f"idhost: {name}": "1 time"}} for name in ("ika", "tako"))
    assert new(compared(before, now, standby=now)) == []
    assert new(compared(before, now)) == ["mail control idhost: ika", "mail control idhost: tako"]


def test_a_certificate_that_is_soon_over_is_told_even_if_it_is_the_same() -> None:
    for day, told in (("2026-11-26T15:00+00:00", 1), ("2036-01-01T00:00+00:00", 0)):
        kinds: Kinds = {"certificate": {"tcp/443 x: last day": day}}
        assert len(new(compared(kinds, kinds))) == told


def test_contents_are_compared_where_size_and_time_say_that_they_are_the_same() -> None:
    was = {"asada/a": (5, 10, "x"), "asada/b": (5, 10, "x"), "kato/c": (5, 10, "x"), "kato/gone": (5, 10, "x")}
    is_ = {"asada/a": (5, 10, "y"), "asada/b": (6, 20, "y"), "kato/c": (5, 10, "x"), "kato/new": (5, 10, "z")}
    rows = list(contents(was, is_))
    assert new(rows) == ["contents of asada"]
    assert "asada/a" in rows[-1].after
    again = list(contents(was, {**is_, "asada/a": (5, 10, "z")}))
    assert again[-1].after != rows[-1].after, "an explanation counts for these very contents"
