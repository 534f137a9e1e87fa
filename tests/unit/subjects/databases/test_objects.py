"""What is another than was copied is told by the suite, what ordinary use changes is not; asked of real servers."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from irekae.model.copied import Copied, CopiedDatabase, Made
from irekae.site.site import Database
from tests.unit.subjects.databases.servers import Pair
from verify.databases import Answer, lost, others
from verify.far.databases import main

KEY = "0f"


def write_down(pair: Pair, state: Path) -> Copied:
    """As 3.6 leaves it on the host."""
    server = pair.production
    names = list(server.look()["databases"])
    digest, told = server.digest(*names), server.far("objects", names=names, key=KEY)
    made = msgspec.structs.replace(msgspec.convert(told, Made), program=_sum(server.program().read_bytes()))
    databases = {
        name: CopiedDatabase({t: r for t, (r, _) in one["tables"].items()}, one["columns"], sorted(one["objects"]))
        for name, one in digest["databases"].items()
    }
    copied = Copied(server.kind, "x", databases, sorted(digest["accounts"]), digest["rights"], made)
    (state / "databases").mkdir(parents=True)
    (state / "databases/objects.program").write_bytes(server.program().read_bytes())
    (state / "databases/objects.key").write_text(KEY)
    text = msgspec.json.encode(copied)
    (state / "evidence").mkdir()
    (state / f"evidence/{_sum(text)}.json.gz").write_bytes(gzip.compress(text))
    entry = {"event": "evidence", "kind": "databases", "digest": _sum(text)}
    (state / "journal.jsonl").write_text(json.dumps(entry) + "\n")
    return copied


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def told(pair: Pair, state: Path) -> list[str]:
    """What the check says: what is gone, and the findings by name."""
    server = {**pair.production.entry, "label": "x", "names": [], "excludes": []}
    found = main({"state": str(state), "servers": [server]})
    answer, copied = msgspec.convert(found["servers"]["x"], Answer), msgspec.convert(found["copied"]["x"], Copied)
    assert not answer.error
    entry = Database(pair.production.kind, "x")  # type: ignore[arg-type]
    findings = [
        f"{finding.title} {finding.found}".removeprefix(f"{entry.label} ") for finding in others(entry, answer, copied)
    ]
    return [*lost(answer, copied), *findings]


MARIADB = (
    ("ALTER USER wiki@localhost ACCOUNT UNLOCK", "account `wiki`@`localhost` another password, lock"),
    ("ALTER USER wiki@localhost IDENTIFIED BY 'y'", "account `wiki`@`localhost` another password, lock"),
    ("GRANT ALL ON *.* TO `o'dd`@'10.%'", "`o'dd`@`10.%` on *.* ALTER, ALTER ROUTINE, "),
    ("GRANT INSERT ON wiki.* TO readers", "`readers` on wiki.* INSERT besides"),
    ("CREATE OR REPLACE VIEW wiki.titles AS SELECT 'a' AS title", "wiki view titles content "),
    ("CREATE OR REPLACE TRIGGER wiki.on_link BEFORE INSERT ON wiki.link FOR EACH ROW SET NEW.target = 'x'",
     "wiki trigger on_link content "),
    ("CREATE OR REPLACE FUNCTION wiki.Twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 3",
     "wiki routine Twice content "),
    ("ALTER EVENT wiki.nightly DISABLE", "wiki event nightly content "),
    ("ALTER TABLE wiki.page DROP INDEX title", "wiki table page index title it is gone"),
    ("ALTER TABLE wiki.link DROP FOREIGN KEY link_ibfk_1", "wiki table link key link_ibfk_1 it is gone"),
    ("ALTER TABLE wiki.page ALTER kind SET DEFAULT 'b'", "wiki table page column kind content "),
    ("ALTER TABLE wiki.page MODIFY title VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL",
     "wiki table page column title content "),
    ("ALTER TABLE wiki.old ENGINE=InnoDB", "wiki table old content "),
    ("ALTER DATABASE wiki CHARACTER SET latin1", "wiki settings content "),
    ("DELETE FROM wiki.page WHERE id > 1; ALTER TABLE wiki.page AUTO_INCREMENT = 2",
     "wiki table page value a lower one"),
    ("SELECT SETVAL(wiki.numbers, 5); ALTER SEQUENCE wiki.numbers RESTART 5", "wiki sequence numbers value a lower"),
)  # fmt: skip
POSTGRESQL = (
    ("SELECT setval('app.page_id_seq', 1, false)", "wiki sequence app.page_id_seq value the next value may be there"),
    ("SELECT setval('app.page_id_seq', 3, false)", "wiki sequence app.page_id_seq value a lower one"),
    ("ALTER TABLE app.link DROP CONSTRAINT link_page_fkey", "wiki table app.link"),
    ("ALTER TABLE app.page DROP CONSTRAINT page_price_check", "wiki table app.page constraint page_price_check it "),
    ("DROP INDEX app.page_title_idx", "wiki table app.page index page_title_idx it is gone"),
    ("ALTER ROLE wiki NOLOGIN", "account wiki another password, lock"),
    ("ALTER ROLE wiki PASSWORD 'y'", "account wiki another password, lock"),
    ("ALTER ROLE wiki SUPERUSER", "account wiki an administrator"),
    ("REVOKE CONNECT ON DATABASE \"odd =name\" FROM PUBLIC",
     "a right is gone: odd =name: PUBLIC CONNECT on database odd =name"),
    ("REVOKE INSERT ON app.link FROM wiki, postgres", "a right is gone: wiki: the owner INSERT on app.link"),
    ("GRANT DELETE ON app.page TO readers", "wiki readers on app.page DELETE besides"),
    ("GRANT pg_read_all_data TO readers", "readers on pg_read_all_data role besides"),
    ("CREATE OR REPLACE VIEW app.titles AS SELECT title || '' AS title FROM app.page", "wiki view app.titles "),
    ("CREATE OR REPLACE FUNCTION app.twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 3'",
     "wiki routine app.twice(n integer) content "),
    ("ALTER TABLE app.page DISABLE TRIGGER on_page", "wiki trigger on_page on app.page content "),
    ("DROP TRIGGER on_page ON app.page", "wiki trigger on_page on app.page it is gone"),
    ("ALTER TABLE app.page ALTER seen DROP DEFAULT", "wiki table app.page column seen content "),
    ("ALTER TABLE app.page DISABLE ROW LEVEL SECURITY", "wiki table app.page content "),
    ("DROP POLICY own ON app.page", "wiki policy own on app.page it is gone"),
    ("ALTER DATABASE wiki SET timezone = 'UTC'", "wiki settings content "),
)  # fmt: skip


def change(pair: Pair, text: str) -> None:
    pair.production.sql(text if pair.production.kind == "mariadb" else f"\\connect wiki\n{text}")


@pytest.mark.timeout(900)
def test_whatever_was_made_otherwise_is_told_and_nothing_else(pair: Pair, tmp_path: Path) -> None:
    write_down(pair, tmp_path / "state")
    before = told(pair, tmp_path / "state")
    assert before == []
    for text, line in MARIADB if pair.production.kind == "mariadb" else POSTGRESQL:
        change(pair, text)
        found = told(pair, tmp_path / "state")
        new = [one for one in found if one not in before]
        assert {one[: len(line)] for one in new} == {line}, (text, new)  # of a table and its partition
        before = found
    if pair.production.kind == "postgresql":
        change(pair, "ALTER ROLE wiki NOSUPERUSER")  # so that it goes with the next test


USED_MARIADB = """
INSERT INTO wiki.page (title) VALUES ('new'); SELECT NEXTVAL(wiki.numbers);
CREATE USER guest@localhost IDENTIFIED BY 'g'; GRANT SELECT ON wiki.page TO guest@localhost;
CREATE TABLE wiki.later (id INT AUTO_INCREMENT PRIMARY KEY); CREATE VIEW wiki.latest AS SELECT * FROM wiki.later;
CREATE INDEX later ON wiki.page (price); ANALYZE TABLE wiki.page; OPTIMIZE TABLE wiki.page;
"""
USED_POSTGRESQL = """
INSERT INTO app.page (title) VALUES ('new'); SELECT nextval('app.page_id_seq');
CREATE ROLE guest LOGIN PASSWORD 'g'; GRANT SELECT ON app.page TO guest; GRANT CONNECT ON DATABASE wiki TO guest;
CREATE TABLE app.later (id serial PRIMARY KEY, page int REFERENCES app.page); ALTER TABLE app.later OWNER TO wiki;
CREATE INDEX ON app.page (price); ANALYZE app.page; REFRESH MATERIALIZED VIEW app.counted; REINDEX TABLE app.page;
GRANT guest TO postgres;
"""


def test_what_use_and_an_administrator_s_own_additions_change_is_not_told(pair: Pair, tmp_path: Path) -> None:
    write_down(pair, tmp_path / "state")
    change(pair, USED_MARIADB if pair.production.kind == "mariadb" else USED_POSTGRESQL)
    pair.production.rest()
    pair.production.begin()
    assert told(pair, tmp_path / "state") == []
    pair.production.sql("DROP USER guest@localhost" if pair.production.kind == "mariadb" else "\\connect wiki\n"
                        "DROP OWNED BY guest; DROP ROLE guest")  # fmt: skip


def test_a_thing_that_stays_as_it_is_keeps_its_finding_s_values(pair: Pair, tmp_path: Path) -> None:
    write_down(pair, tmp_path / "state")
    mariadb = pair.production.kind == "mariadb"
    change(pair, MARIADB[0][0] if mariadb else POSTGRESQL[0][0])
    before = told(pair, tmp_path / "state")
    change(pair, "SELECT 1" if mariadb else "SELECT nextval('app.page_id_seq')")
    assert told(pair, tmp_path / "state") == before


def test_without_what_was_left_one_is_told_to_look_himself(pair: Pair, tmp_path: Path) -> None:
    write_down(pair, tmp_path / "state")
    (tmp_path / "state/databases/objects.program").write_text("other")
    (line,) = told(pair, tmp_path / "state")
    assert line.endswith("objects.program is not what 3.6 has left")
    (tmp_path / "state/databases/objects.key").unlink()
    assert len(told(pair, tmp_path / "state")) == 1


@pytest.mark.parametrize("release", [[1], None])
def test_a_record_of_an_earlier_version_or_of_another_release_is_held_against_names(
    pair: Pair, tmp_path: Path, release: Any
) -> None:
    copied = write_down(pair, tmp_path / "state")
    assert copied.made
    made = msgspec.structs.replace(copied.made, release=release) if release else None
    text = msgspec.json.encode(msgspec.structs.replace(copied, made=made))
    (tmp_path / f"state/evidence/{_sum(text)}.json.gz").write_bytes(gzip.compress(text))
    with (tmp_path / "state/journal.jsonl").open("a") as journal:
        journal.write(json.dumps({"event": "evidence", "kind": "databases", "digest": _sum(text)}) + "\n")
    change(pair, MARIADB[4][0] if pair.production.kind == "mariadb" else POSTGRESQL[4][0])
    assert told(pair, tmp_path / "state") == []
