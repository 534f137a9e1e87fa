"""What a real MariaDB holds that a dump or an account's rights do not tell as it is."""

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


def test_a_view_that_no_dump_understands_is_named(mariadb: Pair) -> None:
    mariadb.production.sql("CREATE VIEW wiki.lame AS SELECT id FROM wiki.old; DROP TABLE wiki.old;")
    (why,) = mariadb.production.far("rehearse", names=["wiki"])["against"]
    assert why.startswith("mariadb-dump: ")
    assert "View 'wiki.lame' references invalid table(s)" in why


def test_a_blob_that_is_longer_in_a_dump_than_a_statement_may_be_comes_over_and_back(mariadb: Pair) -> None:
    def packet() -> int:
        return int(mariadb.standby.sql("SELECT @@GLOBAL.max_allowed_packet"))

    usual = packet()
    note = mariadb.standby.folder / f"state/packet{str(mariadb.standby.socket).replace('/', '+')}.json"
    blob = "(8, REPEAT('x', 700000))"
    mariadb.production.sql(f"INSERT INTO wiki.page (title, image) VALUES {blob}")
    mariadb.standby.sql("SET GLOBAL max_allowed_packet=1048576; ALTER TABLE wiki.page ADD COLUMN image LONGBLOB;")
    mariadb.standby.sql(f"INSERT INTO wiki.page (id, image) VALUES {blob}")
    about = {"names": ["wiki", ODD], "kept": str(mariadb.standby.folder / "kept/1"), "accounts": None}
    try:
        assert mariadb.standby.far("keep", **about) == {}
        assert mariadb.send("wiki", ODD) == {"ok": True, "said": ""}
        assert packet() == 1048576
        note.write_text(json.dumps({"packet": 2097152}))  # of one that was killed
        assert mariadb.standby.far("back", **about) == {}
        assert packet() == 2097152
        assert not note.exists()
    finally:
        mariadb.standby.sql(f"SET GLOBAL max_allowed_packet={usual}")
    assert mariadb.standby.sql("SELECT LENGTH(image) FROM wiki.page WHERE id = 8") == "700000\n"


def test_an_account_that_cannot_be_made_is_named_and_nothing_of_it_quoted(mariadb: Pair) -> None:
    folder = mariadb.standby.folder / "kept/accounts"
    folder.mkdir(parents=True)
    accounts = {
        "`a`@`localhost`": [["CREATE USER `a`@`localhost` IDENTIFIED BY 'x'", ""]],
        "`b`@`localhost`": [["CREATE USER `b`@`localhost` IDENTIFIED VIA nonsense USING 'hidden'", ""]],
    }  # fmt: skip
    (folder / "contents.json").write_text(json.dumps({"members": [], "accounts": accounts}))
    said = mariadb.standby.far("back", names=[], kept=str(folder), accounts=list(accounts))["failed"]
    assert said.startswith("`b`@`localhost` cannot be made as on the other host: ERROR ")
    assert "hidden" not in said
