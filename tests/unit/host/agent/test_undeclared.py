"""Data that nothing names: found wherever something holds it, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from irekae.host.agent import undeclared


@pytest.fixture
def srv(tmp_path: Path) -> Path:
    for path, text in (("www/a/page", "x"), ("git/repo", "x"), ("empty/file", ""), ("packaged/readme", "x")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def told(top: Path, *covered: str) -> list[str]:
    packaged = {bytes(top / "packaged/readme")}
    rules = [str(top / rule).encode() for rule in covered]
    return [path for path, _ in undeclared.uncovered(bytes(top), rules, packaged, undeclared.AS_DEEP)]


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
    assert undeclared.first_data(bytes(srv / "packaged"), [], {bytes(srv / "packaged/readme")}) == b""
    assert undeclared.first_data(bytes(srv / "packaged"), [], set()) == bytes(srv / "packaged/readme")


def test_no_link_is_followed(srv: Path) -> None:
    (srv / "empty/link").symlink_to(srv / "www")
    assert told(srv / "empty") == []


def test_one_folder_of_very_many_files_is_looked_at_for_a_while_only(
    srv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undeclared, "MOST_LOOKED_AT", 1)
    assert undeclared.first_data(bytes(srv), [], set()) == b""
