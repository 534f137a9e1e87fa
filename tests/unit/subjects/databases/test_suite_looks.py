"""The suite's own look at a server finds what the copy wrote down; asked of real servers."""

from __future__ import annotations

from pathlib import Path

import msgspec

from irekae.model.copied import Copied, CopiedDatabase
from irekae.site.site import Database
from tests.unit.subjects.databases.servers import Pair
from verify.databases import Answer, fewer, lost
from verify.far.databases import main


def looked_at(pair: Pair, state: Path) -> Answer:
    server = {**pair.production.entry, "label": "x", "names": [], "excludes": []}
    return msgspec.convert(main({"state": str(state), "servers": [server]})["servers"]["x"], Answer)


def copied(pair: Pair) -> Copied:
    digest = pair.production.digest(*pair.production.look()["databases"])
    databases = {
        name: CopiedDatabase({t: r for t, (r, _) in one["tables"].items()}, one["columns"], sorted(one["objects"]))
        for name, one in digest["databases"].items()
    }
    return Copied(pair.production.kind, "x", databases, sorted(digest["accounts"]), digest["rights"])


def test_a_server_that_nobody_touched_has_lost_nothing_and_takes_what_is_written(pair: Pair, tmp_path: Path) -> None:
    answer = looked_at(pair, tmp_path)
    assert answer.error == ""
    assert answer.writes
    was = copied(pair)
    assert list(lost(answer, was)) == []
    entry = Database(pair.production.kind, "x")  # type: ignore[arg-type]
    assert list(fewer(entry, answer, was)) == []
    mariadb = pair.production.kind == "mariadb"
    assert was.rights
    connect, drop = ("", "DROP VIEW wiki.titles") if mariadb else ("\\connect wiki\n", "DROP VIEW app.titles")
    link = "wiki.link" if mariadb else "app.link"
    pair.production.sql(f"{connect}{drop}; DELETE FROM {link};")
    now = looked_at(pair, tmp_path)
    assert [line.partition(": view ")[0] for line in lost(now, was)] == ["wiki"]
    assert len(list(fewer(entry, now, was))) == 1


def test_a_right_that_was_taken_away_is_told(pair: Pair, tmp_path: Path) -> None:
    was = copied(pair)
    if pair.production.kind == "mariadb":
        taken = "REVOKE EXECUTE ON PROCEDURE wiki.clear_old FROM readers; REVOKE readers FROM `o'dd`@'10.%';"
    else:
        taken = "REVOKE readers FROM wiki;\n\\connect wiki\nREVOKE SELECT ON app.page FROM readers;"
    pair.production.sql(taken)
    told = list(lost(looked_at(pair, tmp_path), was))
    assert len(told) >= 2
    assert all(line.startswith("a right is gone: ") and "readers" in line for line in told), told
