"""What differs between two servers, and what stands in the way of a copy, by what they say of themselves."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from irekae.site.databases import Database, wrong_databases
from irekae.subjects.databases.differences import differing, differing_accounts
from irekae.subjects.databases.far import postgresql_files
from irekae.subjects.databases.obstacles import obstacles
from irekae.subjects.databases.said import Contents, Digest, Held, Look, Room
from irekae.subjects.databases.undeclared import undeclared
from irekae.subjects.preflight.undeclared import declared
from irekae.swap.swap import Swap

MIB = 1 << 20
HELD = Held(10 * MIB, ["engine InnoDB"], {"page": True}, [])
LOOK = Look(
    "10.11.6", [10, 11], Room("/var/lib/mysql", 900 * MIB, 1), Room("/var/lib/irekae", 900 * MIB, 1), {"wiki": HELD},
    ["engine InnoDB"], {"max_allowed_packet": 16 * MIB}, [], False, ["wiki"],
)  # fmt: skip
ENTRY = Database("mariadb", "mariadb")
ONE = Contents("utf8", {"page": (2, "11")}, {"page": ["id int"]}, {"table page": "a", "view titles": "b"})


def found(entry: Database = ENTRY, ours: Look = LOOK, theirs: Look = LOOK) -> list[str]:
    return [str(obstacle) for obstacle in obstacles(entry, ours, theirs, "ika", "tako")]


def with_wiki(look: Look, **changed: Any) -> Look:
    return structs.replace(look, databases={"wiki": structs.replace(HELD, **changed)})


def test_two_servers_of_one_kind_have_no_obstacle() -> None:
    assert found() == []


def test_a_standby_with_an_older_release_is_one_and_with_a_newer_one_is_none() -> None:
    (line,) = found(theirs=structs.replace(LOOK, version="10.5.1", release=[10, 5]))
    assert "10.5.1, older than production's 10.11.6" in line
    assert found(theirs=structs.replace(LOOK, version="11.8.1", release=[11, 8])) == []


def test_what_production_needs_and_the_standby_does_not_offer_is_named_with_whose_it_is() -> None:
    for need, remedy in {
        "engine RocksDB": "install the package", "collation utf8mb4_uca1400_ai_ci": "same release",
        "extension postgis": "install the package", "locale ja_jp.utf8": "dpkg-reconfigure locales",
        "encoding EUC_JP": "same release", "administrator boss": "createuser --superuser",
        "lower_case_table_names 1": "before they hold data",
    }.items():  # fmt: skip
        (line,) = found(ours=with_wiki(LOOK, needs=[need]))
        assert f"lacks {need}, which wiki needs" in line
        assert remedy in line


def test_a_smaller_packet_than_productions_is_one() -> None:
    (line,) = found(theirs=structs.replace(LOOK, limits={"max_allowed_packet": MIB}))
    assert "max_allowed_packet" in line


def test_room_is_counted_for_the_data_and_for_what_is_kept() -> None:
    tight = structs.replace(LOOK, room=Room("/var/lib/mysql", 260 * MIB, 1))
    assert "needs 266 MiB more below /var/lib/mysql, 260 MiB are free" in found(theirs=tight)[0]
    apart = structs.replace(LOOK, own_room=Room("/var/lib/irekae", MIB, 2))
    assert "below /var/lib/irekae" in found(theirs=apart)[0]


def test_what_site_toml_says_nothing_of_is_one_until_it_does() -> None:
    def lines(entry: Database, look: Look = LOOK, left: Sequence[str] = ()) -> list[str]:
        return [str(one) for one in undeclared([(entry, look)], left, "ika")]

    named = structs.replace(ENTRY, names=["shop"])
    assert "the database wiki stays behind" in lines(named)[0]
    assert lines(structs.replace(named, excludes=["wiki"])) == []
    assert lines(structs.replace(named, names=["wiki"])) == []
    assert lines(ENTRY) == []
    assert lines(named, with_wiki(LOOK, tables={"page": False})) == []
    own = structs.replace(LOOK, own=["cron.job"])
    assert "tables in the database postgres stay behind: cron.job" in lines(ENTRY, own)[0]
    assert lines(structs.replace(ENTRY, excludes=["postgres"]), own) == []
    assert lines(structs.replace(ENTRY, by="files"), own) == []


def test_another_server_that_runs_is_one_unless_it_is_named_or_left() -> None:
    look = structs.replace(LOOK, room=Room("/pg/17/main", 0, 1), others=["/pg/15/old"])
    other = structs.replace(LOOK, room=Room("/pg/15/old", 0, 1), others=["/pg/17/main"])
    (line,) = undeclared([(ENTRY, look)], (), "ika")
    assert "another server runs on /pg/15/old, and stays behind" in str(line)
    assert list(undeclared([(ENTRY, look)], ["/pg/15"], "ika")) == []
    assert list(undeclared([(ENTRY, look), (ENTRY, other)], (), "ika")) == []


def test_a_cluster_that_runs_is_told_from_one_that_rests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, process in {"main": os.getpid(), "second": os.getpid(), "old": 2**22 + 1}.items():
        (tmp_path / "17" / name).mkdir(parents=True)
        (tmp_path / "17" / name / "postmaster.pid").write_text(f"{process}\n")
    monkeypatch.setattr(postgresql_files, "CLUSTERS", f"{tmp_path}/*/*/postmaster.pid")
    assert postgresql_files.other_clusters(f"{tmp_path}/17/main") == []
    comm = Path("/proc/self/comm").read_text().strip()
    monkeypatch.setattr(postgresql_files, "SERVERS", (comm,))
    assert postgresql_files.other_clusters(f"{tmp_path}/17/main") == [f"{tmp_path}/17/second"]


def test_what_has_come_already_is_asked_no_room_a_second_time() -> None:
    def again(covered: Sequence[str], last: bool) -> list[str]:
        after = structs.replace(LOOK, room=Room("/var/lib/mysql", 260 * MIB, 1))
        return [str(one) for one in obstacles(ENTRY, LOOK, after, "ika", "tako", covered, last=last)]

    assert "needs 266 MiB more" in again([], False)[0]
    assert again(["wiki"], False) == []
    assert again([], True) == []


def test_data_that_the_standby_alone_has_goes_only_where_it_is_said() -> None:
    theirs = with_wiki(LOOK, tables={"page": True, "notes": True, "empty": False})
    (line,) = found(theirs=theirs)
    assert "wiki has data in tables that production lacks: notes" in line
    assert "empty" not in line
    assert found(structs.replace(ENTRY, may_delete=["wiki"]), theirs=theirs) == []
    assert found(structs.replace(ENTRY, excludes=["wiki"]), theirs=theirs) == []


def test_replication_skipped_grants_a_missing_name_and_what_no_dump_takes_are_some() -> None:
    assert "replica" in found(theirs=structs.replace(LOOK, against=["it is a replica of another server"]))[0]
    assert "no database shop" in found(structs.replace(ENTRY, names=["shop"]))[0]
    assert "the history of the table x" in found(ours=with_wiki(LOOK, lost=["the history of the table x"]))[0]


def test_every_difference_is_told_by_name() -> None:
    def lines(theirs: Contents | None, alike: bool = True) -> list[str]:
        databases = {"wiki": theirs} if theirs else {}
        return differing(Digest({"wiki": ONE}, {}), Digest(databases, {}), ["wiki"], alike).get("wiki", [])

    assert lines(ONE) == []
    assert lines(None) == ["not on the standby"]
    assert lines(structs.replace(ONE, tables={"page": (1, "11")})) == ["table page: 2 rows, on the standby 1"]
    assert lines(structs.replace(ONE, tables={"page": (2, "12")})) == ["table page: other values"]
    assert lines(structs.replace(ONE, tables={})) == ["table page: only on production"]
    assert lines(structs.replace(ONE, columns={"page": ["id bigint"]})) == ["table page: other columns"]
    assert lines(structs.replace(ONE, objects={"table page": "a"})) == ["view titles: only on production"]
    other = structs.replace(ONE, objects={"table page": "a", "view titles": "c"}, settings="latin1")
    assert lines(other) == ["other settings: encoding, collation, owner or rights", "view titles: not the same"]
    assert lines(other, alike=False) == []


def test_accounts_are_compared_by_digest_and_of_another_release_by_name() -> None:
    ours, theirs = Digest({}, {"a": "1", "b": "2"}), Digest({}, {"a": "9", "c": "3"})
    assert differing_accounts(ours, theirs, True) == ["a", "b"]
    assert differing_accounts(ours, theirs, False) == ["b"]


def test_a_server_that_an_earlier_item_stops_is_a_mistake_of_site_toml() -> None:
    def why(*databases: Database) -> list[str]:
        return [f"{key}: {said}" for key, said in wrong_databases(databases, ["mariadb"], {"pause": ["mariadb"]})]

    assert why(ENTRY) == ["service: mariadb is stopped by pause of [service_items]; 3.6 needs it running"]
    assert "no service 'other'" in why(structs.replace(ENTRY, service="other"))[0]
    assert "names: mysql is the server's own" in why(structs.replace(ENTRY, names=["mysql"]))[1]
    assert "twice" in why(ENTRY, ENTRY)[-1]
    other = Database("postgresql", "mariadb", excludes=["postgres", "template1"])
    assert [line for line in why(other) if "own" in line] == ["excludes: template1 is the server's own"]


def test_where_a_server_keeps_its_data_is_nothing_that_stays_behind_unsaid(swap: Swap) -> None:
    assert "/var/lib/mysql" not in declared(swap.site)
    assert "/var/lib/mysql" in declared(structs.replace(swap.site, databases=[ENTRY]))
