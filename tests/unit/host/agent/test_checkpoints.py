"""Checkpoints: the way back is exact, and never removes what nobody asked to be removed."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest

from irekae.host.agent import boot, checkpoints, files
from irekae.host.agent.base import Answer, Refused


def keep(path: str) -> tuple[int, Answer | None]:
    found = checkpoints.op_checkpoint([path])
    return found["n"], found["kept"][path]


def test_a_changed_file_comes_back_as_it_was(tree: Path) -> None:
    path = tree / "file"
    path.write_bytes(b"old")
    path.chmod(0o640)
    os.utime(path, ns=(7, 1_234_567_890_123_456_789))
    n, was = keep(str(path))
    before = path.stat()
    files.op_write(str(path), base64.b64encode(b"new").decode(), 0o600)
    checkpoints.op_restore(n, str(path), was)
    checkpoints.op_restore(n, str(path), was)
    after = path.stat()
    assert path.read_bytes() == b"old"
    assert [getattr(after, name) for name in ("st_mode", "st_uid", "st_gid", "st_mtime_ns")] == [
        getattr(before, name) for name in ("st_mode", "st_uid", "st_gid", "st_mtime_ns")
    ]


def test_the_copy_lies_under_its_whole_path_for_a_person_to_take_back(tree: Path, memory: Path) -> None:
    (tree / "caf\udce9").write_bytes(b"old")
    n, _ = keep(f"{tree}/caf\udce9")
    assert Path(f"{memory}/checkpoints/{n:06d}{tree}/caf\udce9").read_bytes() == b"old"
    assert base64.b64decode((checkpoints.op_kept(n, f"{tree}/caf\udce9") or {})["data"]) == b"old"


def test_what_was_not_there_goes_again(tree: Path) -> None:
    n, was = keep(f"{tree}/file")
    assert was is None
    (tree / "file").write_bytes(b"new")
    checkpoints.op_restore(n, f"{tree}/file", None)
    checkpoints.op_restore(n, f"{tree}/file", None)
    checkpoints.op_restore(n, f"{tree}/folder/that/never/was", None)
    assert not list(tree.iterdir())


def test_links_come_back_as_links(tree: Path) -> None:
    (tree / "link").symlink_to("/etc/shadow")
    n, was = keep(f"{tree}/link")
    (tree / "link").unlink()
    (tree / "link").write_bytes(b"a file now")
    checkpoints.op_restore(n, f"{tree}/link", was)
    assert (tree / "link").readlink() == Path("/etc/shadow")


def test_a_file_that_became_a_link_comes_back_and_the_target_is_left_alone(tree: Path) -> None:
    (tree / "target").write_bytes(b"target")
    (tree / "file").write_bytes(b"old")
    n, was = keep(f"{tree}/file")
    (tree / "file").unlink()
    (tree / "file").symlink_to("target")
    checkpoints.op_restore(n, f"{tree}/file", was)
    assert not (tree / "file").is_symlink()
    assert ((tree / "file").read_bytes(), (tree / "target").read_bytes()) == (b"old", b"target")


def test_folders_get_their_mode_back_and_their_contents_are_never_touched(tree: Path) -> None:
    (tree / "folder").mkdir(mode=0o750)
    (tree / "folder" / "file").write_bytes(b"x")
    n, was = keep(f"{tree}/folder")
    (tree / "folder").chmod(0o700)
    checkpoints.op_restore(n, f"{tree}/folder", was)
    assert stat.S_IMODE((tree / "folder").stat().st_mode) == 0o750
    assert (tree / "folder" / "file").exists()


@pytest.mark.parametrize("was", [None, {"kind": "file", "mode": 0o600, "uid": 0, "gid": 0, "mtime": 0}])
def test_a_folder_in_the_way_is_not_removed(tree: Path, was: Answer | None) -> None:
    (tree / "path").mkdir()
    (tree / "path" / "somebodys").write_bytes(b"work")
    with pytest.raises(Refused, match="is a folder now: move it away"):
        checkpoints.op_restore(1, f"{tree}/path", was)
    assert (tree / "path" / "somebodys").exists()


def test_a_copy_that_is_gone_is_told_before_anything_is_changed(tree: Path, memory: Path) -> None:
    (tree / "file").write_bytes(b"old")
    n, was = keep(f"{tree}/file")
    files.op_remove(f"{memory}/checkpoints/{n:06d}")
    (tree / "file").write_bytes(b"new")
    with pytest.raises(Refused, match="nothing to restore"):
        checkpoints.op_restore(n, f"{tree}/file", was)
    assert (tree / "file").read_bytes() == b"new"


def test_numbers_rise_and_pass_over_what_a_person_put_there(memory: Path) -> None:
    assert checkpoints.op_checkpoint([])["n"] == 1
    (memory / "checkpoints" / "000007").mkdir()
    (memory / "checkpoints" / "notes by hand").write_bytes(b"")
    assert [checkpoints.op_checkpoint([])["n"] for _ in range(6)] == [2, 3, 4, 5, 6, 8]
    checkpoints.LAST_NUMBER.clear()  # another agent
    (memory / "checkpoints" / "000012").mkdir()
    assert checkpoints.op_checkpoint([])["n"] == 13
    assert checkpoints.op_checkpoint([])["n"] == 14


def test_boot_links_become_exactly_what_they_were(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boot, "ETC", str(tree))
    for level in "02":
        (tree / f"rc{level}.d").mkdir()
    (tree / "rc2.d" / "S01bind").symlink_to("../init.d/bind")
    (tree / "rc2.d" / "S02cron").symlink_to("../init.d/cron")
    (tree / "rc2.d" / "README").write_bytes(b"no link")
    before = boot.op_links()
    assert before == {"rc2.d/S01bind": "../init.d/bind", "rc2.d/S02cron": "../init.d/cron"}
    (tree / "rc2.d" / "S01bind").rename(tree / "rc0.d" / "K01bind")
    (tree / "rc2.d" / "S02cron").unlink()
    (tree / "rc2.d" / "S02cron").symlink_to("../init.d/other")
    boot.op_set_links(before)
    assert boot.op_links() == before
    assert (tree / "rc2.d" / "README").exists()
    for name in ("rc2.d/../passwd", "passwd", "rc2.d/S01a/b", "/etc/rc2.d/S01x"):
        with pytest.raises(Refused, match="no boot link"):
            boot.op_set_links({name: "x"})
    assert boot.op_links() == before
