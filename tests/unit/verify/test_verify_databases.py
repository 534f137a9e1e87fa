"""What the suite finds out of a database server, and what of it is less than was copied."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from irekae.model.copied import Copied, CopiedDatabase
from irekae.site.site import Database
from verify.databases import Answer, Held, fewer, lost
from verify.far.databases import main, records

ENTRY = Database("mariadb", "mariadb")
COPIED = Copied(
    "mariadb", "mariadb",
    {"wiki": CopiedDatabase({"page": 2}, {"page": ["id int(11)"]}, ["table page", "view titles"])}, ["`wiki`@`%`"],
)  # fmt: skip
HELD = Held({"page": 3}, {"page": ["id int(11)"]}, ["view titles"])
ANSWER = Answer("", "10.11", {"wiki": HELD}, ["`wiki`@`%`", "`root`@`localhost`"], True)


def with_wiki(**changed: Any) -> Answer:
    return structs.replace(ANSWER, databases={"wiki": structs.replace(HELD, **changed)})


def test_what_has_grown_has_lost_nothing() -> None:
    assert list(lost(ANSWER, COPIED)) == []
    assert list(fewer(ENTRY, ANSWER, COPIED)) == []


def test_whatever_is_gone_or_another_is_named() -> None:
    assert list(lost(structs.replace(ANSWER, databases={}), COPIED)) == ["database wiki is gone"]
    assert list(lost(with_wiki(columns={}), COPIED)) == ["wiki: table page is gone"]
    assert list(lost(with_wiki(columns={"page": ["id bigint(20)"]}), COPIED)) == ["wiki: table page has other columns"]
    assert list(lost(with_wiki(things=[]), COPIED)) == ["wiki: view titles is gone"]
    assert list(lost(structs.replace(ANSWER, accounts=[]), COPIED)) == ["account `wiki`@`%` is gone"]


def test_fewer_rows_are_for_a_person_to_explain() -> None:
    (finding,) = fewer(ENTRY, with_wiki(rows={"page": 1}), COPIED)
    assert (finding.key, finding.was, finding.found) == ("page", "2 rows were copied", "1 rows")


def keep(state: Path, value: object, name: str = "") -> None:
    text = msgspec.json.encode(value)
    digest = name or hashlib.sha256(text).hexdigest()
    (state / "evidence").mkdir(exist_ok=True)
    (state / f"evidence/{digest}.json.gz").write_bytes(gzip.compress(text))
    with (state / "journal.jsonl").open("a") as journal:
        journal.write(json.dumps({"event": "evidence", "kind": "databases", "digest": digest}) + "\n")


def test_what_was_kept_is_read_and_what_was_altered_is_not(tmp_path: Path) -> None:
    assert list(records(str(tmp_path))) == []
    keep(tmp_path, COPIED)
    keep(tmp_path, structs.replace(COPIED, accounts=[]), "0" * 64)
    with (tmp_path / "journal.jsonl").open("a") as journal:
        journal.write('{"event": "change", "kind": "databases"}\n"databases" without json\n')
    (record,) = records(str(tmp_path))
    assert msgspec.convert(record, Copied) == COPIED


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    for kind in ("mariadb", "postgresql"):
        usual: dict[str, Any] = {"port": 1, "cluster": "", "names": [], "excludes": []}
        server = {"label": "x", "kind": kind, "socket": str(tmp_path), **usual}
        answer = msgspec.convert(main({"state": str(tmp_path), "servers": [server]})["servers"]["x"], Answer)
        assert answer.error
        assert not answer.writes
