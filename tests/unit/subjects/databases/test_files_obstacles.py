"""Why a data directory cannot be copied: by what both servers say of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec import structs

from irekae.site.databases import Database, wrong_databases
from irekae.subjects.databases.far.data_folder import folder_look, stands_in
from irekae.subjects.databases.far.mariadb_files import mariadb_against, mariadb_left
from irekae.subjects.databases.obstacles import obstacles
from irekae.subjects.databases.said import Files, Held, Look, Room

GB = 1 << 30
FILES = Files("/var/lib/mysql", "/var/lib/.irekae-databases/x", GB, 2 * GB, [], [], {"libc": "glibc 2.41"}, [], [], [])
LOOK = Look("11.8.3", [11, 8], Room("/", 0, 1), Room("/", 0, 1), {"wiki": Held(1, [], {"page": True}, [])}, [], {}, [],
            False, [], FILES)  # fmt: skip
ENTRY = Database("mariadb", "mariadb", by="files")
PLAIN = {
    "datadir": "/var/lib/mysql/", "innodb_fast_shutdown": "1", "innodb_undo_directory": "./",
    "innodb_data_home_dir": "", "innodb_log_group_home_dir": "./", "aria_log_dir_path": "/var/lib/mysql/",
    "innodb_data_file_path": "ibdata1:12M",
}  # fmt: skip


def told(ours: Look = LOOK, theirs: Look = LOOK, entry: Database = ENTRY, covered: tuple[str, ...] = ()) -> list[str]:
    return [str(one) for one in obstacles(entry, ours, theirs, "ika", "tako", covered)]


def with_files(**changed: object) -> Look:
    return structs.replace(LOOK, files=structs.replace(FILES, **changed))


def test_two_that_agree_may_be_copied() -> None:
    assert told() == []


@pytest.mark.parametrize("version", ["11.4.5", "11.8.2", "12.0.1"])
def test_another_release_is_refused_with_another_way(version: str) -> None:
    release = [int(word) for word in version.split(".")[:2]]
    (line,) = told(theirs=structs.replace(LOOK, version=version, release=release))
    assert version in line
    assert ('by = "dump"' in line) == (version != "11.8.2")


def test_a_newer_patch_of_the_same_release_is_fine() -> None:
    assert told(theirs=structs.replace(LOOK, version="11.8.10")) == []


def test_a_release_whose_end_nobody_can_see_is_refused() -> None:
    old = structs.replace(LOOK, version="10.6.1", release=[10, 6])
    assert "nobody can see" in told(old, old)[0]


@pytest.mark.parametrize(
    "kind",
    [
        "mount",
        "place",
        "link",
        "outside",
        "tablespace",
        "elsewhere",
        "encrypted",
        "shutdown",
        "maintenance",
        "slot",
        "archive",
    ],
)
def test_whatever_a_host_finds_has_its_remedy(kind: str) -> None:
    (line,) = told(with_files(against=[(kind, "WHAT")]))
    assert "ika" in line
    assert kind == "maintenance" or "WHAT" in line


def test_another_library_sorts_text_otherwise() -> None:
    (line,) = told(theirs=with_files(same={"libc": "glibc 2.36"}))
    assert "sorted otherwise" in line


def test_another_page_size_cannot_be_read() -> None:
    (line,) = told(with_files(same={"innodb_page_size": "16384"}), with_files(same={"innodb_page_size": "4096"}))
    assert "cannot read" in line


def test_a_second_copy_needs_room() -> None:
    (line,) = told(theirs=with_files(free=GB))
    assert "needs 1280 MiB more below /var/lib, 1024 MiB are free" in line


def test_libraries_that_production_s_tables_name_must_be_there() -> None:
    (line,) = told(with_files(needs=["plugin auth_x.so"]))
    assert "auth_x.so" in line


def test_data_of_the_standby_alone_must_be_told_to_go_whole_databases_too() -> None:
    theirs = structs.replace(LOOK, databases={**LOOK.databases, "own": Held(1, [], {"kept": True, "empty": False}, [])})
    (line,) = told(theirs=theirs)
    assert "own has data in tables that production lacks: kept" in line
    assert told(theirs=theirs, covered=("own",)) == []
    assert told(theirs=theirs, entry=structs.replace(ENTRY, may_delete=["own"])) == []


def test_administrators_come_along() -> None:
    held = {"wiki": Held(1, ["administrator boss"], {"page": True}, [])}
    assert told(structs.replace(LOOK, databases=held)) == []


@pytest.mark.parametrize("more", [{"names": ["wiki"]}, {"excludes": ["x"]}, {"roles": False}])
def test_a_part_of_a_server_has_no_files_of_its_own(more: dict[str, object]) -> None:
    entry = Database("mariadb", "mariadb", by="files", **more)  # type: ignore[arg-type]
    ((key, why),) = wrong_databases([entry], ["mariadb"], {})
    assert key == "by"
    assert "all of the server goes over" in why


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("innodb_undo_directory", "/srv/undo"),
        ("innodb_data_home_dir", "/srv/data"),
        ("aria_log_dir_path", "../aria"),
        ("innodb_log_group_home_dir", "/srv/redo"),
        ("innodb_log_group_home_dir", "./redo"),
        ("innodb_data_file_path", "ibdata1:12M;/srv/ibdata2:12M:autoextend"),
    ],
)
def test_data_outside_the_directory_are_found(setting: str, value: str) -> None:
    ((kind, what),) = mariadb_against({**PLAIN, setting: value}, "/var/lib/mysql", ["InnoDB"])
    assert kind == "outside"
    assert setting in what


def test_a_server_that_does_not_write_all_at_its_end_and_engines_elsewhere_are_found() -> None:
    found = dict(mariadb_against({**PLAIN, "innodb_fast_shutdown": "2"}, "/var/lib/mysql", ["InnoDB", "CONNECT"]))
    assert set(found) == {"shutdown", "outside"}
    assert list(mariadb_against(PLAIN, "/var/lib/mysql", ["InnoDB", "Aria", "MyISAM"])) == []


def test_logs_and_files_of_the_process_are_left_where_the_server_names_them() -> None:
    named = {
        "log_error": "./mars.err", "general_log_file": "mars.log", "pid_file": "/run/mysqld/mysqld.pid",
        "log_bin_basename": "/var/lib/mysql/mars-bin", "slow_query_log_file": "/var/log/mysql/slow.log",
    }  # fmt: skip
    left = mariadb_left(named, "/var/lib/mysql")
    assert {"/mars.err", "/mars.log", "/mars-bin.*"} < set(left)
    assert not any("mysqld" in one or "slow" in one for one in left)


def test_links_and_what_says_that_data_lie_elsewhere_are_found(tmp_path: Path) -> None:
    (tmp_path / "wiki").mkdir()
    (tmp_path / "wiki/t.isl").write_text("/srv/t.ibd")
    (tmp_path / "wiki/u.MYD").symlink_to("/srv/u.MYD")
    (tmp_path / "mars.log").symlink_to("/var/log/mars.log")
    found = folder_look(str(tmp_path), ["/mars.log"], (".isl",))["against"]
    assert ("outside", f"{tmp_path}/wiki/t.isl") in found
    assert ("link", f"{tmp_path}/wiki/u.MYD → /srv/u.MYD") in found
    assert len(found) == 2


def test_a_server_that_works_elsewhere_is_found() -> None:
    cwd = str(Path("/proc/self/cwd").readlink())
    assert stands_in(cwd, str(os.getpid())) == []
    assert stands_in("/var/lib/mysql", str(os.getpid())) == [("elsewhere", f"/var/lib/mysql ({cwd})")]
    assert stands_in("/var/lib/mysql", "")[0][0] == "elsewhere"
