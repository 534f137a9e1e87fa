"""Tables counted for the survey, by clients that answer, are late, or do not answer."""

from __future__ import annotations

import sys
import time

import pytest

from irekae.host.agent import seen_databases
from irekae.host.agent.seen_databases import counted_tables
from irekae.host.agent.words import NOT_COUNTED

NAMED = {"wiki.page": "`wiki`.`page`", "wiki.o`dd": "`wiki`.`o``dd`", "wiki.broken": "`wiki`.`broken`"}
# It answers each statement with its number and 7, but for the broken one, as mysql --force does.
CLIENT = """import sys, time
for line in sys.stdin:
    number = line.split()[1].rstrip(",")
    if "broken" not in line:
        print(number, 7, sep=%r, flush=True)
    elif %r:
        time.sleep(60)
sys.exit(1)
"""


def client(separator: str = "\t", late: bool = False) -> list[str]:
    return [sys.executable, "-c", CLIENT % (separator, late)]


def found(argv: list[str]) -> dict[str, str]:
    return dict(counted_tables(argv, NAMED, 0, time.monotonic() + 100))


@pytest.mark.parametrize("separator", ["\t", "|"])
def test_each_table_is_counted_by_itself_and_a_broken_one_takes_no_other_along(separator: str) -> None:
    expected = {"wiki.page": "7 rows", "wiki.o`dd": "7 rows", "wiki.broken": NOT_COUNTED}
    assert found(client(separator)) == expected


def test_what_was_counted_in_time_stays_and_the_rest_is_said_not_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_databases, "COUNTS_IN", (3.0, 1 << 20, 9.0))
    assert found(client(late=True))["wiki.broken"] == NOT_COUNTED
    assert found(client(late=True))["wiki.page"] == "7 rows"


def test_a_client_that_is_not_there_counts_nothing_and_no_table_is_gone() -> None:
    assert found(["/nowhere/mysql"]) == dict.fromkeys(NAMED, NOT_COUNTED)


def test_thousands_of_tables_fit_as_no_argument_is_made_of_them() -> None:
    many = {f"wiki.t{number}": f"`wiki`.`t{number}`" for number in range(20000)}
    assert set(dict(counted_tables(client(), many, 0, time.monotonic() + 100)).values()) == {"7 rows"}
