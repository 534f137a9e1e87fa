"""What the suite finds out of a database server, and what of it is less than was copied."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from msgspec import structs

from irekae.model.copied import Copied, CopiedDatabase, Made
from irekae.site.site import Database
from verify import test_databases
from verify.databases import Answer, Databases, Held, fewer, lost, others
from verify.evidence import start
from verify.far import databases as far
from verify.far.databases import main, records
from verify.record import Record

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
    was = structs.replace(COPIED, rights=["'wiki'@'%' SELECT wiki.*"])
    assert list(lost(ANSWER, was)) == ["a right is gone: 'wiki'@'%' SELECT wiki.*"]


def test_fewer_rows_are_for_a_person_to_explain() -> None:
    (finding,) = fewer(ENTRY, with_wiki(rows={"page": 1}), COPIED)
    assert (finding.key, finding.was, finding.found) == ("page", "2 rows were copied", "1 rows")


MADE = Made(
    [10, 11], {"wiki": "s"}, {"wiki": {"table page": {"": "t", "index name": "i"}, "view titles": {"": "v"}}},
    {"wiki": {"table page": (7, None)}}, {"`wiki`@`%`": "a"}, [("", "`wiki`@`%`", "SELECT", "wiki.*")],
)  # fmt: skip


def made(**changed: Any) -> tuple[list[str], list[str]]:
    """What fails the check, and the findings by name, of a server that is made so by now."""
    answer = structs.replace(ANSWER, made=structs.replace(MADE, **changed))
    was = structs.replace(COPIED, made=MADE)
    return list(lost(answer, was)), [f"{one.subject} {one.key}: {one.found}" for one in others(ENTRY, answer, was)]


def test_what_is_made_otherwise_is_for_a_person_to_explain() -> None:
    assert made() == ([], [])
    assert made(settings={"wiki": "x"}) == ([], ["mariadb wiki settings: content x"])
    table = {"table page": {"": "t", "index name": "i", "column new": "n"}}
    assert made(objects={"wiki": {**table, "view titles": {"": "x"}, "view new": {"": "n"}}, "later": {}}) == (
        [],
        ["mariadb wiki view titles: content x"],
    )
    assert made(objects={"wiki": {"table page": {"": "t"}, "view titles": {"": "v"}}}) == (
        [],
        ["mariadb wiki table page index name: it is gone"],
    )
    (other,) = made(accounts={"`wiki`@`%`": "x"})[1]
    assert other.endswith("another password, lock, attribute or setting: content x")
    more = [*MADE.rights, ("", "`wiki`@`%`", "DROP", "*.*"), ("", "`new`@`%`", "DROP", "*.*")]
    assert made(rights=more) == ([], ["mariadb `wiki`@`%` on *.*: DROP besides"])


def test_a_right_on_what_is_there_that_nobody_had_to_say_is_missed() -> None:
    right = ("", "`wiki`@`%`", "INSERT", "wiki.*")
    answer = structs.replace(ANSWER, made=MADE)
    was = structs.replace(COPIED, made=structs.replace(MADE, rights=[*MADE.rights, right]))
    assert list(lost(answer, was)) == ["a right is gone: `wiki`@`%` INSERT wiki.*"]


@pytest.mark.parametrize(
    ("then", "now", "found"),
    [
        ((7, None), (9, None), []),
        ((7, None), (6, None), ["a lower one"]),
        ((7, 6), (3, 6), ["the next value may be there already"]),
        ((7, 9), (8, 9), []),  # it was behind already when it was copied
        ((7, 6), (8, 7), []),
    ],
)
def test_what_counts_may_go_on_and_not_back(
    then: tuple[int, int | None], now: tuple[int, int | None], found: list[str]
) -> None:
    was = structs.replace(COPIED, made=structs.replace(MADE, counters={"wiki": {"sequence s": then}}))
    answer = structs.replace(ANSWER, made=structs.replace(MADE, counters={"wiki": {"sequence s": now}}))
    assert [one.found for one in others(ENTRY, answer, was)] == found


def test_another_release_or_a_record_without_digests_is_held_against_names_alone() -> None:
    assert made(release=[11, 4], settings={"wiki": "x"}) == ([], [])
    answer = structs.replace(ANSWER, made=structs.replace(MADE, settings={"wiki": "x"}))
    assert list(others(ENTRY, answer, COPIED)) == []


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


def test_a_count_has_the_longer_the_more_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []

    def run(argv: list[str], *, timeout: float, **_: Any) -> SimpleNamespace:
        given.append(timeout)
        return SimpleNamespace(returncode=0, stdout=b"")

    monkeypatch.setattr("verify.far.databases.subprocess.run", run)
    far.said(["psql"], "", {})
    far.said(["psql"], "", {}, 40 << 30)
    assert given == [600, 600 + 40 * 1024]


def checked(check: Callable[..., None], answer: Answer, copied: dict[str, Copied]) -> Record:
    """A check, made of a server that answers so."""
    found = Databases("mars", {ENTRY.label: answer}, copied, start())
    record = Record("9.17", "mars", "x.", "ｘ")
    services = {ENTRY.service: SimpleNamespace(init="database")}
    server = SimpleNamespace(
        databases=SimpleNamespace(result=lambda: found),
        facts=SimpleNamespace(systemd=True),
        world=SimpleNamespace(site=SimpleNamespace(services=services)),
    )
    check(server, ENTRY, record)
    return record


def test_a_sound_server_passes_both_checks() -> None:
    kept = {ENTRY.label: COPIED}
    checked(test_databases.test_database_server_answers_and_can_be_written_to, ANSWER, kept)
    assert checked(test_databases.test_database_holds_what_was_copied, ANSWER, kept).findings == []


@pytest.mark.parametrize("answer", [Answer("it is not there"), structs.replace(ANSWER, writes=False)])
def test_a_server_that_is_away_or_takes_nothing_fails(answer: Answer) -> None:
    with pytest.raises(AssertionError):
        checked(test_databases.test_database_server_answers_and_can_be_written_to, answer, {ENTRY.label: COPIED})


@pytest.mark.parametrize(
    "answer", [Answer("it is not there"), with_wiki(things=[]), structs.replace(ANSWER, accounts=[])]
)
def test_what_was_copied_and_is_gone_fails(answer: Answer) -> None:
    with pytest.raises(AssertionError):
        checked(test_databases.test_database_holds_what_was_copied, answer, {ENTRY.label: COPIED})


def test_without_a_record_of_the_copy_nothing_is_said_to_be_whole() -> None:
    with pytest.raises(pytest.skip.Exception, match=r"3\.6 has written nothing down"):
        checked(test_databases.test_database_holds_what_was_copied, ANSWER, {})
