"""Accounts of a real MariaDB: rights that have outlived what they are on, and what is told of one that cannot be."""

from __future__ import annotations

import json

import pytest

from tests.unit.subjects.databases.servers import Pair

ODD = "odd `name"  # wiki has a view into it


@pytest.fixture
def mariadb(pair: Pair) -> Pair:
    if pair.production.kind != "mariadb":
        pytest.skip("rights of PostgreSQL go with what they are on")
    return pair


def test_rights_on_what_is_not_there_stop_no_copy_and_are_told(mariadb: Pair) -> None:
    mariadb.production.sql(
        "CREATE DATABASE shop; CREATE TABLE shop.item (id INT); GRANT SELECT ON shop.item TO wiki@localhost;"
    )
    assert mariadb.send("wiki", ODD) == {"ok": True, "said": ""}
    ours, theirs = (server.digest("wiki", ODD) for server in (mariadb.production, mariadb.standby))
    assert ours["accounts"].items() <= theirs["accounts"].items()
    places = [line.rpartition(" on ")[2] for line in ours["left"]]
    assert places == ["shop.item", "wiki.gone", "wiki.page"]
    assert "`wiki`.`page`" in mariadb.standby.sql("SHOW GRANTS FOR wiki@localhost")


def test_values_of_float_that_a_dump_has_no_digits_for_are_told_and_seen(mariadb: Pair) -> None:
    def lost() -> list[str]:
        found: list[str] = mariadb.production.look()["databases"]["wiki"]["lost"]
        return found

    assert lost() == []
    mariadb.production.sql("UPDATE wiki.page SET near = 0.1234567 WHERE id = 1")
    assert lost() == ["digits of FLOAT in the table page, behind the sixth"]
    assert mariadb.send("wiki", ODD)["ok"]
    ours, theirs = (server.digest("wiki")["databases"]["wiki"] for server in (mariadb.production, mariadb.standby))
    assert [name for name, told in ours["tables"].items() if theirs["tables"][name] != told] == ["page"]
    assert ours["objects"] == theirs["objects"]


def test_an_account_that_cannot_be_made_is_named_and_nothing_of_it_quoted(mariadb: Pair) -> None:
    folder = mariadb.standby.folder / "kept/1"
    folder.mkdir(parents=True)
    accounts = {
        "`a`@`localhost`": [["CREATE USER `a`@`localhost` IDENTIFIED BY 'x'", ""]],
        "`b`@`localhost`": [["CREATE USER `b`@`localhost` IDENTIFIED VIA nonsense USING 'hidden'", ""]],
    }  # fmt: skip
    (folder / "contents.json").write_text(json.dumps({"members": [], "accounts": accounts}))
    said = mariadb.standby.far("back", names=[], kept=str(folder), accounts=list(accounts))["failed"]
    assert said.startswith("`b`@`localhost` cannot be made as on the other host: ERROR ")
    assert "hidden" not in said
