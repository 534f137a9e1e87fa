"""What a real PostgreSQL holds and a dump makes anew: it is the same behind a copy all the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.subjects.databases.servers import Pair, call

# A dropped column, a view that was not refreshed, what an extension brought, bytes without an encoding.
MADE = r"""
CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C';
\connect bytes
CREATE TABLE t (name text DEFAULT convert_from('\xe9', 'SQL_ASCII'));
INSERT INTO t VALUES (convert_from('\xe9e3ff', 'SQL_ASCII'));
DO $$ BEGIN EXECUTE format('CREATE TABLE %I (id int DEFAULT length(%L))', convert_from('\x74e9', 'SQL_ASCII'),
    convert_from('\xff', 'SQL_ASCII')); END $$;
\connect wiki
CREATE TABLE app.worn (a int, gone int, b text COLLATE "C");
ALTER TABLE app.worn DROP COLUMN gone, ADD COLUMN c int;
INSERT INTO app.worn VALUES (1, 'x', 2);
INSERT INTO app.page (title) VALUES ('behind the view');
CREATE EXTENSION pg_stat_statements;
"""


@pytest.fixture
def postgresql(pair: Pair) -> Pair:
    if pair.production.kind != "postgresql":
        pytest.skip("PostgreSQL alone")
    return pair


def test_tables_in_the_server_s_own_database_are_told_and_what_an_extension_fills_is_not(postgresql: Pair) -> None:
    assert postgresql.production.look()["own"] == []
    try:
        postgresql.production.sql("CREATE TABLE note AS SELECT 1 AS id; CREATE TABLE bare (id int);")
        assert postgresql.production.look()["own"] == ["public.note"]
    finally:
        postgresql.production.sql("DROP TABLE note, bare;")


@pytest.fixture
def place(postgresql: Pair) -> Iterator[None]:
    """A tablespace that production alone has, with a table in it."""
    folder = postgresql.production.folder / "run/place"
    folder.mkdir()
    call("chown", "postgres:", str(folder))
    postgresql.production.sql(
        f"CREATE TABLESPACE elsewhere LOCATION '{folder}';\n"
        "\\connect wiki\nCREATE TABLE far (id int) TABLESPACE elsewhere;"
    )
    yield
    postgresql.production.sql("DROP DATABASE wiki; DROP TABLESPACE elsewhere;")
    folder.rmdir()


def test_what_a_dump_makes_anew_is_the_same(postgresql: Pair) -> None:
    postgresql.production.sql(MADE)
    assert postgresql.send("wiki", "bytes") == {"ok": True, "said": ""}
    ours, theirs = (
        server.digest("wiki", "bytes")["databases"] for server in (postgresql.production, postgresql.standby)
    )
    assert ours == theirs
    assert ours["wiki"]["tables"]["app.worn"][0] == 1
    assert set(ours["bytes"]["tables"]) == {"public.t", "public.t\xe9", "large objects"}
    assert {"view app.counted", "extension pg_stat_statements"} <= set(ours["wiki"]["objects"])
    assert not any("pg_stat_statements" in name for name in ours["wiki"]["objects"] if "extension" not in name)


def test_a_place_that_the_standby_lacks_stops_no_copy_and_comes_back_where_it_was_kept(
    postgresql: Pair, place: None
) -> None:
    production = postgresql.production
    assert postgresql.send("wiki") == {"ok": True, "said": ""}
    about = {"names": ["wiki"], "kept": str(production.folder / "kept/1"), "accounts": None}
    assert production.far("keep", **about) == {}
    assert production.far("back", **about) == {}
    asked = "SELECT spcname FROM pg_class c JOIN pg_tablespace t ON t.oid = reltablespace WHERE relname = 'far'"
    assert production.sql(f"\\connect wiki\n{asked}") == "elsewhere\n"
