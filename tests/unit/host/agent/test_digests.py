"""Digests of metadata: what changes them, what does not, what is left out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from irekae.host.agent.digests import each_listed, op_digests


@pytest.fixture
def home(tmp_path: Path) -> Path:
    top = tmp_path / "home"
    for name in ("asada/src", "asada/Maildir/new", "ueno"):
        (top / name).mkdir(parents=True)
    for name in ("asada/src/a.txt", "asada/Maildir/new/1", "ueno/b", "aquota.user"):
        (top / name).write_text(name)
        os.utime(top / name, (1000, 1000))
    return top


def digests(home: Path, *skip: str, contents: bool = False) -> dict[str, str]:
    return {name: found["digest"] for name, found in op_digests(str(home), skip, contents).items()}


def listed(home: Path, name: str, skip: Sequence[str] = ()) -> list[str]:
    return [path for path, _, _ in each_listed(str(home), name, skip)]


def test_every_name_in_the_folder_has_its_own(home: Path) -> None:
    found = op_digests(str(home))
    assert list(found) == ["aquota.user", "asada", "ueno"]
    assert found["asada"]["paths"] == 6
    assert found["asada"]["bytes"] == len("asada/src/a.txt" + "asada/Maildir/new/1")
    assert found["ueno"]["newest"] == 1000


def test_what_is_not_there_is_empty(tmp_path: Path) -> None:
    assert op_digests(str(tmp_path / "no")) == {}
    (tmp_path / "x").mkdir()
    assert list(each_listed(str(tmp_path / "x"), "nobody")) == []


@pytest.mark.parametrize("change", ["mode", "size", "time", "name", "link", "kind"])
def test_it_changes_with_every_kind_of_change(home: Path, change: str) -> None:
    before = digests(home)
    path = home / "asada/src/a.txt"
    if change == "mode":
        path.chmod(0o600)
    elif change == "size":
        path.write_text("longer than before")
        os.utime(path, (1000, 1000))
    elif change == "time":
        os.utime(path, (1001, 1001))
    elif change == "name":
        path.rename(path.with_name("c.txt"))
    elif change == "link":
        path.with_name("link").symlink_to("elsewhere")
    else:
        path.unlink()
        path.mkdir()
    after = digests(home)
    assert after["asada"] != before["asada"]
    assert after["ueno"] == before["ueno"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_it_changes_with_owner_and_group(home: Path) -> None:
    seen = {digests(home)["ueno"]}
    os.chown(home / "ueno/b", 65534, -1)
    seen.add(digests(home)["ueno"])
    os.chown(home / "ueno/b", -1, 65534)
    seen.add(digests(home)["ueno"])
    assert len(seen) == 3


def test_the_time_of_a_folder_does_not_count(home: Path) -> None:
    before = digests(home)
    os.utime(home / "asada/src", (5, 5))
    assert digests(home) == before


def test_contents_count_where_they_are_asked_for(home: Path) -> None:
    before, inside = digests(home), digests(home, contents=True)
    (home / "ueno/b").write_text("UENO/B")
    os.utime(home / "ueno/b", (1000, 1000))
    assert digests(home) == before
    assert digests(home, contents=True)["ueno"] != inside["ueno"]
    assert digests(home, contents=True)["asada"] == inside["asada"]


def test_pipes_are_left_out_as_by_the_copy(home: Path) -> None:
    before = digests(home)
    os.mkfifo(home / "asada/pipe")
    os.mkfifo(home / "top-pipe")
    assert digests(home) == before


def test_rules_leave_out_what_they_name_and_no_more(home: Path) -> None:
    deep = home / "asada/src/Maildir"
    deep.mkdir()
    assert listed(home, "asada", ["/*/Maildir"]) == ["asada", "asada/src", "asada/src/Maildir", "asada/src/a.txt"]
    assert "asada/src/Maildir" not in listed(home, "asada", ["Maildir"])
    assert list(op_digests(str(home), ["/a*", "/ueno"])) == []


def test_links_out_of_home_are_not_followed(home: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("x")
    (home / "asada/way-out").symlink_to(outside)
    (home / "way-out").symlink_to(outside)
    assert listed(home, "way-out") == ["way-out"]
    assert not [name for name in listed(home, "asada") if "secret" in name]


def test_names_that_are_not_utf8_are_told_apart(home: Path) -> None:
    Path(os.fsdecode(os.fsencode(home / "asada") + b"/\xe9")).write_text("")
    before = digests(home)["asada"]
    Path(os.fsdecode(os.fsencode(home / "asada") + b"/\xe9")).rename(
        os.fsdecode(os.fsencode(home / "asada") + b"/\xe8")
    )
    assert digests(home)["asada"] != before
    assert "asada/\udce8" in listed(home, "asada")
