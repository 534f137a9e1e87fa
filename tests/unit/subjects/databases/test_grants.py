"""What of accounts' rights can be given where what they are on is not there."""

from __future__ import annotations

import pytest

from irekae.subjects.databases.far.engine import Accounts
from irekae.subjects.databases.far.mariadb_grants import givable, held_of, within

WHO = "`u`@`localhost`"
HELD = {("wiki", "", "page"): {"", "id", "o`dd"}, ("wiki", "PROCEDURE", "clear_old"): {""}}
LEFT = "SELECT, INSERT (`id`) ON `wiki`.`page`"


def of(*grants: str) -> Accounts:
    return {WHO: [(f"GRANT {grant} TO {WHO}", "") for grant in grants]}


@pytest.mark.parametrize(
    "grant",
    [
        "USAGE ON *.*",
        "SELECT ON `gone`.*",
        "SELECT, INSERT (`id`, `o``dd`) ON `wiki`.`page`",
        "SELECT ON `WIKI`.`Page`",
        "EXECUTE ON PROCEDURE `wiki`.`Clear_Old`",
        "SELECT, CREATE ON `wiki`.`future`",
        "ALL PRIVILEGES ON `wiki`.`future`",
        "`readers`",
        "PROXY ON ''@'%'",
    ],
)
def test_a_right_on_what_is_there_or_on_what_may_be_made_stays_as_it_is(grant: str) -> None:
    assert givable(of(grant), HELD) == (of(grant), [])


@pytest.mark.parametrize(
    ("grant", "left", "place"),
    [
        ("SELECT ON `wiki`.`gone`", None, "wiki.gone"),
        ("SELECT ON `wi``ki`.`page`", None, "wi`ki.page"),
        ("EXECUTE ON FUNCTION `wiki`.`clear_old`", None, "wiki.clear_old"),
        ("INSERT (`gone`) ON `wiki`.`page`", None, "wiki.page"),
        ("CREATE, INSERT (`id`) ON `wiki`.`future`", "CREATE ON `wiki`.`future`", "wiki.future"),
        ("SELECT, INSERT (`gone`, `id`), UPDATE (`gone`) ON `wiki`.`page`", LEFT, "wiki.page"),
        ("SELECT, INSERT (`a) ON ``b``.``c`` TO`, `id`) ON `wiki`.`page`", LEFT, "wiki.page"),
    ],
)  # fmt: skip
def test_a_right_that_has_outlived_what_it_is_on_is_left_out_and_told(grant: str, left: str | None, place: str) -> None:
    expected = of(left) if left else {WHO: []}
    assert givable(of(grant), HELD) == (expected, [f"{WHO} on {place}"])


def test_rights_on_things_of_a_database_that_the_other_host_lacks_are_left_and_told() -> None:
    held = of("SELECT ON `wiki`.`page`", "SELECT ON `shop`.`order`", "SELECT ON `shop`.*")
    assert within(held, ["wiki"]) == (of("SELECT ON `wiki`.`page`", "SELECT ON `shop`.*"), [f"{WHO} on shop.order"])
    assert within(held, ["wiki", "shop"]) == (held, [])


def test_a_server_is_asked_for_what_rights_are_on_and_else_for_nothing() -> None:
    asked: list[str] = []

    def rows(*questions: str) -> list[list[str]]:
        asked.extend(questions)
        return [["Wiki", "", "Page", "Id"]]

    assert held_of(rows, of("SELECT ON `wiki`.*")) == {}
    assert asked == []
    assert held_of(rows, of("SELECT ON `wiki`.`page`")) == {("wiki", "", "page"): {"id"}}
    assert all("information_schema" in question for question in asked)
