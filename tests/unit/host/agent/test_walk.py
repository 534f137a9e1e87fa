"""Folders of users: as deep as they like, with paths longer than the kernel takes, exchanged and moved meanwhile."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from irekae.host.agent import copies, digests, files, search
from irekae.host.agent.base import Refused
from irekae.host.agent.paths import FOLDER
from irekae.host.agent.walk import remove_tree, walk
from tests.unit.exchanging import exchanging
from tests.unit.host.agent.taking_back import take_back

DEEP = 1200  # more than Python's recursion and than a process' usual open files
NAME = b"n" * 200  # so that the whole path has 240,000 bytes: Linux takes 4096


def dig(folder: Path, levels: int = DEEP, name: bytes = NAME) -> None:
    """A file below so many folders."""
    here = os.open(folder, FOLDER)
    for _ in range(levels):
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, FOLDER, dir_fd=here)
        os.close(here)
        here = inner
    fd = os.open(b"bottom", os.O_CREAT | os.O_WRONLY, dir_fd=here)
    os.write(fd, b"tako")
    os.close(fd)
    os.close(here)


@pytest.fixture
def home(tree: Path) -> Iterator[Path]:
    """Removed by rm(1) at the end: pytest's own way does not get so deep."""
    (tree / "asada").mkdir()
    yield tree
    subprocess.run(["rm", "-rf", str(tree)], check=True)


def test_digests_reach_the_deepest_file(home: Path) -> None:
    dig(home / "asada")
    found = digests.op_digests(str(home), contents=True)["asada"]
    assert (found["paths"], found["bytes"]) == (DEEP + 2, 4)
    listing = digests.each_listed(str(home), "asada")
    assert max(len(path) for path, _, _ in listing) > DEEP * 200


def test_lists_of_paths_and_the_search_for_words_reach_it_too(home: Path) -> None:
    dig(home / "asada")
    assert len(list(search.each_path(str(home)))) == DEEP + 2
    (found,) = search.op_grep([str(home)], [], ["TAKO"])
    assert found["path"].endswith("/bottom")


def test_a_deep_folder_is_removed(home: Path) -> None:
    dig(home / "asada")
    (home / "asada" / "link").symlink_to("/etc")
    files.op_remove(str(home / "asada"))
    assert [*home.iterdir()] == []
    assert Path("/etc/passwd").exists()


def test_a_deep_folder_that_the_copy_replaced_comes_back(home: Path) -> None:
    kept = home / ".irekae-replaced/3.1/asada"
    kept.mkdir(parents=True)
    dig(kept)
    dig(home / "asada", DEEP - 10)
    take_back(home, ".irekae-replaced/3.1", [])
    assert len(list(digests.each_listed(str(home), "asada"))) == DEEP + 3, (
        "one file at the bottom, one ten folders above"
    )
    assert not (home / ".irekae-replaced").exists()


def test_what_was_added_in_the_depth_is_removed_again(home: Path) -> None:
    dig(home / "asada", 300)
    path = "/".join(["asada", *[NAME.decode()] * 300])
    take_back(home, ".irekae-replaced/3.1", [f"{path}/bottom", f"{path}/"])
    assert len(list(search.each_path(str(home)))) == 300


def test_what_others_have_mounted_or_forbidden_is_left_out(home: Path) -> None:
    (home / "asada/private/x").mkdir(parents=True)
    top = os.open(home, FOLDER)
    seen = [path for _, path, _ in walk(top, lambda path: path != b"asada/private")]
    os.close(top)
    assert seen == [b"", b"asada"]


def test_a_folder_that_is_moved_meanwhile_is_passed_over_and_the_rest_is_seen(home: Path) -> None:
    for name in ("a/1/2", "b/3"):
        (home / "asada" / name).mkdir(parents=True)
    top, seen = os.open(home, FOLDER), []
    for _, path, _ in walk(top):
        seen.append(path)
        if path == b"asada/a/1/2":
            (home / "asada/a").rename(home / "elsewhere")
    os.close(top)
    assert seen == [b"", b"asada", b"asada/a", b"asada/a/1", b"asada/a/1/2", b"asada/b", b"asada/b/3"]


def test_what_is_moved_while_it_is_removed_takes_nothing_along(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "asada/old/inner").mkdir(parents=True)
    (home / "other").mkdir()
    (home / "other/precious").write_text("keep")
    real = os.open

    def moving(path: bytes, *arguments: object, **more: object) -> int:
        if path == b".." and (home / "asada/old/inner").exists():
            (home / "asada/old/inner").rename(home / "other/inner")
        return real(path, *arguments, **more)  # type: ignore[arg-type]

    (home / "asada/old/inner/x").write_text("x")
    top = os.open(home / "asada", FOLDER)
    monkeypatch.setattr(os, "open", moving)
    with pytest.raises(Refused, match="was moved"):
        remove_tree(top, b"old")
    monkeypatch.undo()
    os.close(top)
    assert (home / "other/precious").read_text() == "keep"


# --- a user who exchanges a folder for a link as fast as he can ---


@pytest.fixture
def victim(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of root's, and beside it a link of a user's that leads there; the homes are that user's too."""
    folder = tmp_path / "victim"
    (folder / "cur").mkdir(parents=True)
    for path in (folder / "shadow", folder / "cur/shadow"):
        path.write_text("root:SECRET")
        path.chmod(0o600)
    (tmp_path / "link").symlink_to(folder)
    (home / "asada/cur").mkdir()
    if os.geteuid() == 0:
        for path in (home, home / "asada", home / "asada/cur", tmp_path / "link"):
            os.chown(path, 65534, 65534, follow_symlinks=False)
    else:
        monkeypatch.setattr("irekae.host.agent.paths.TRUSTED", {0})
    return folder


def state(victim: Path) -> list[tuple[str, int, int, float]]:
    found = [path.stat() for path in sorted(victim.rglob("*"))]
    return [(oct(one.st_mode), one.st_uid, one.st_ino, one.st_mtime) for one in found]


def test_a_racing_user_is_read_through_by_no_digest_and_no_search(home: Path, victim: Path) -> None:
    with exchanging(home / "asada", victim.parent / "link"):
        for _ in range(300):
            assert all("shadow" not in path for path, _, _ in digests.each_listed(str(home), "asada", contents=True))
            assert "asada/shadow" not in list(search.each_path(str(home)))
            assert search.op_grep([str(home)], [], ["SECRET"]) == []


def test_a_racing_user_has_nothing_of_root_s_changed_by_the_undo_of_a_copy(home: Path, victim: Path) -> None:
    before = state(victim)
    with exchanging(home / "asada", victim.parent / "link"):
        for number in range(200):
            kept = home / f".irekae-replaced/{number}/asada/cur"
            kept.mkdir(parents=True)
            (kept / "shadow").write_text("evil")
            altered = {"asada/cur/shadow": [0o666, 65534, 65534, 0, (victim / "cur/shadow").stat().st_ino]}
            replaced = f".irekae-replaced/{number}"
            take_back(home, replaced, ["asada/shadow", "asada/cur/shadow"], altered)
    assert state(victim) == before
    assert (victim / "cur/shadow").read_text() == "root:SECRET"


def test_a_racing_user_has_nothing_of_root_s_removed_with_his_folder(home: Path, victim: Path) -> None:
    before = state(victim)
    with exchanging(home / "asada", victim.parent / "link"):
        for _ in range(200):
            (home / "tree/cur").mkdir(parents=True)
            (home / "tree/cur/shadow").write_text("x")
            with contextlib.suppress(Refused):
                files.op_remove(str(home / "asada/cur"))
            files.op_remove(str(home / "tree"))
    assert state(victim) == before


def test_a_hard_link_to_another_s_file_is_neither_read_nor_changed(planted: Path) -> None:
    secret = planted.parent / "secret/shadow"
    os.link(secret, planted / "bouncer")
    before = secret.stat()
    if os.geteuid() == 0:
        with pytest.raises(Refused, match="is a hard link of"):
            files.op_read(str(planted / "bouncer"))
    was = [0o666, 65534, 65534, 0, before.st_ino + 1]
    take_back(planted, ".irekae-replaced/3.1", [], {"bouncer": was})
    after = secret.stat()
    assert (after.st_mode, after.st_uid, after.st_mtime) == (before.st_mode, before.st_uid, before.st_mtime)


def test_what_is_moved_aside_finds_a_place_behind_a_link_of_its_folders_name(home: Path, victim: Path) -> None:
    before = state(victim)
    aside = copies.Aside(str(home / ".irekae-edited/now"))
    folder = os.open(home, os.O_RDONLY)
    try:
        (home / "first").symlink_to(victim)
        aside.take(folder, b"first", b"first")
        (home / "second").write_text("mine")
        aside.take(folder, b"second", b"first/cur/second")
    finally:
        os.close(folder)
    assert aside.kept == ["first", "first/cur/second"]
    assert (home / ".irekae-edited/now/first.2/cur/second").read_text() == "mine"
    assert state(victim) == before
