"""A folder is copied as it is, by descriptors, as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

import pytest

from irekae.host.agent import digests, trees
from irekae.host.agent.base import Refused
from tests.unit.exchanging import exchanging


def made(tree: Path) -> Path:
    source = tree / "namedb"
    (source / "slave" / "deep").mkdir(parents=True)
    (source / "slave").chmod(0o2775)
    (source / "zone").write_bytes(b"x" * (3 << 20))
    (source / "zone").chmod(0o640)
    (source / "slave" / "deep" / "caf\udce9").write_bytes(b"y")
    (source / "link").symlink_to("/etc/shadow")
    os.setxattr(source / "zone", "user.origin", b"ika")
    for path in (source / "zone", source / "slave", source):
        os.utime(path, ns=(5, 1_000_000_000))
    return source


def test_a_copy_of_a_folder_is_as_the_folder(tree: Path) -> None:
    source, copy = made(tree), tree / "namedb-20260101"
    os.mkfifo(source / "pipe")
    os.utime(source, ns=(5, 1_000_000_000))
    trees.op_copy_tree(str(source), str(copy))
    (source / "pipe").unlink()
    listed = [digests.each_listed(str(tree), path.name, contents=True) for path in (source, copy)]
    one, other = ([(name.partition("/")[2], line) for name, line, _ in found] for found in listed)
    assert one == other
    assert (copy / "zone").stat().st_mtime_ns == (copy / "slave").stat().st_mtime_ns == 1_000_000_000
    assert copy.stat().st_mtime_ns == 1_000_000_000
    assert stat.S_IMODE((copy / "slave").stat().st_mode) == 0o2775
    assert os.getxattr(copy / "zone", "user.origin") == b"ika"
    assert sorted(entry.name for entry in tree.iterdir()) == ["namedb", "namedb-20260101"]
    with pytest.raises(Refused, match="exists"):
        trees.op_copy_tree(str(source), str(copy))


def test_one_that_fails_leaves_nothing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(trees, "write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        trees.op_copy_tree(str(made(tree)), f"{tree}/copy")
    assert [entry.name for entry in tree.iterdir()] == ["namedb"]


def test_one_that_takes_too_long_is_ended_and_leaves_nothing(tree: Path) -> None:
    with pytest.raises(Refused, match="did not end within 0 s"):
        trees.op_copy_tree(str(made(tree)), f"{tree}/copy", timeout=0)
    assert [entry.name for entry in tree.iterdir()] == ["namedb"]


def test_what_its_owner_exchanges_meanwhile_leads_nowhere(tree: Path) -> None:
    secret = tree / "secret" / "deep"
    secret.mkdir(parents=True)
    (secret / "shadow").write_bytes(b"root")
    (tree / "link").symlink_to(tree / "secret")
    source = made(tree)
    with exchanging(source / "slave", tree / "link"):
        for number in range(100):
            with contextlib.suppress(Refused):
                trees.op_copy_tree(str(source), f"{tree}/copy{number}")
    assert not [path for path in tree.glob("copy*/**/*") if path.name == "shadow" and not path.is_symlink()]
    assert not list(tree.glob(".copy*"))
