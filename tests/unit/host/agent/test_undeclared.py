"""Data that nothing names: found wherever something holds it, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from irekae.host.agent import undeclared


@pytest.fixture
def srv(tmp_path: Path) -> Path:
    for path, text in (("www/a/page", "x"), ("git/repo", "x"), ("empty/file", ""), ("packaged/readme", "x")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def told(top: Path, *covered: str, files: Sequence[str] = ()) -> list[str]:
    packaged = {bytes(top / "packaged/readme")}
    rules = undeclared.Declared([bytes(top / rule) for rule in covered], [bytes(top / rule) for rule in files])
    return [path for path, _ in undeclared.uncovered(bytes(top), rules, packaged, undeclared.AS_DEEP)]


NOTHING = undeclared.Declared([])


def test_a_folder_is_told_as_a_whole_where_nothing_of_it_is_named(srv: Path) -> None:
    assert told(srv) == [str(srv)]
    assert told(srv, "") == []


def test_where_a_part_is_named_the_others_are_told(srv: Path) -> None:
    assert told(srv, "www") == [str(srv / "git")]
    assert told(srv, "www", "g*") == []
    assert told(srv, "www/a/page", "git") == []
    assert told(srv, "wwwx", "git") == [str(srv / "www")]


def test_empty_files_and_those_of_packages_are_no_data(srv: Path) -> None:
    assert told(srv / "empty") == []
    assert undeclared.first_data(bytes(srv / "packaged"), NOTHING, {bytes(srv / "packaged/readme")}) == b""
    assert undeclared.first_data(bytes(srv / "packaged"), NOTHING, set()) == bytes(srv / "packaged/readme")


def test_no_link_is_followed(srv: Path) -> None:
    (srv / "empty/link").symlink_to(srv / "www")
    assert told(srv / "empty") == []


def test_one_folder_of_very_many_files_is_looked_at_for_a_while_only(
    srv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undeclared, "MOST_LOOKED_AT", 1)
    assert undeclared.first_data(bytes(srv), NOTHING, set()) == b""


def test_mailboxes_are_files_and_a_store_in_folders_beside_them_is_told(tmp_path: Path) -> None:
    (tmp_path / "alice").write_text("From bob\n")
    assert told(tmp_path, files=["*"]) == []
    store = tmp_path / "vhosts/example.org/anna/cur/1:2,S"
    store.parent.mkdir(parents=True)
    store.write_text("mail")
    assert told(tmp_path, files=["*"]) == [str(tmp_path / "vhosts")]
    assert told(tmp_path, "vhosts", files=["*"]) == []


def test_a_star_stands_for_one_step_of_a_path(srv: Path) -> None:
    assert told(srv, "*/a", "git") == []
    assert told(srv, "w*e", "git") == [str(srv / "www")]


def test_what_is_named_far_below_is_named_with_all_in_it(tmp_path: Path) -> None:
    (tmp_path / "1/2/3/4/5/6").mkdir(parents=True)
    (tmp_path / "1/2/3/4/5/6/page").write_text("x")
    assert told(tmp_path, "1/2/3/4/5") == []
    assert told(tmp_path, "1/2/3/4/4") == [str(tmp_path / "1/2/3")]


def test_a_name_with_brackets_is_named_by_itself(tmp_path: Path) -> None:
    (tmp_path / "[old]").mkdir()
    (tmp_path / "[old]/page").write_text("x")
    assert told(tmp_path, "[old]") == []


def places(monkeypatch: pytest.MonkeyPatch, folders: dict[bytes, list[bytes]]) -> list[bytes]:
    monkeypatch.setattr(undeclared, "names_below", lambda folder: folders.get(folder, []))
    return sorted(undeclared.data_places())


def test_what_others_lay_into_a_package_s_folder_is_a_place_of_data_and_its_own_files_are_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    always = places(monkeypatch, {})
    own = {
        b"/var/lib": [b"dovecot", b"private", b"dpkg"],
        b"/var/lib/dovecot": [b"instances", b"instances.lock", b"ssl-parameters.dat", b"replicator.db"],
        b"/var/lib/private": [b"systemd", b"fwupd"],
    }
    assert places(monkeypatch, own) == always
    own[b"/var/lib/dovecot"].append(b"sieve")
    own[b"/var/lib/private"].append(b"attic")
    own[b"/var/lib"].append(b"mysql-files")
    more = {b"/var/lib/dovecot/sieve", b"/var/lib/private/attic", b"/var/lib/mysql-files"}
    assert {*places(monkeypatch, own)} - {*always} == more
