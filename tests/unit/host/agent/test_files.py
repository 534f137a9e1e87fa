"""Looking and writing: in one step, never through a link that a user planted, never waiting."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.agent import checkpoints, files, replace, search, trees, words
from irekae.host.agent.base import MEMORY, Refused, raw, text

NAMES = ["x", "with space", "-rf", "$(id)", "new\nline", "quote'\"", "日本", "caf\udce9", "a" * 255, "\udcff" * 255]


WAYS: list[tuple[str, Callable[[str], object]]] = [
    ("stat", lambda path: files.op_stat(path)),
    ("read", lambda path: files.op_read(path)),
    ("write", lambda path: files.op_write(path, b64(b"evil"))),
    ("mode", lambda path: files.op_mode(path, 0o777)),
    ("remove", lambda path: files.op_remove(path)),
    ("rename", lambda path: files.op_rename(path, path + ".bk")),
    ("mkdir", lambda path: files.op_mkdir(path + "/new")),
    ("copy", lambda path: trees.op_copy_tree(path, path + ".copy")),
    ("checkpoint", lambda path: checkpoints.op_checkpoint([path])),
    ("restore", lambda path: checkpoints.op_restore(1, path, None)),
    ("list", lambda path: files.op_list(path)),
]
AT_THE_END = [call for name, call in WAYS if name in ("read", "write", "mode")]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def data_of(path: str) -> bytes:
    held = files.op_read(path)
    assert held is not None
    return base64.b64decode(held["data"])


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_read_whatever_the_name(tree: Path, name: str) -> None:
    path = f"{tree}/{name}"
    files.op_write(path, b64(b"one\n"), 0o640, os.geteuid(), os.getegid(), 1_000_000_007)
    held = files.op_read(path)
    assert held is not None
    assert (data_of(path), held["mode"], held["mtime"]) == (b"one\n", 0o640, 1_000_000_007)
    assert [entry.name for entry in tree.iterdir()] == [os.fsdecode(raw(name))]
    assert list(files.op_list(str(tree)) or {}) == [name]
    files.op_rename(path, f"{tree}/other")
    files.op_remove(f"{tree}/other")
    assert not list(tree.iterdir())


@given(st.binary(min_size=1, max_size=30))
def test_names_keep_their_bytes(name: bytes) -> None:
    assert raw(text(name)) == name


def test_state_tells_kind_owner_and_target(tree: Path) -> None:
    (tree / "link").symlink_to("nowhere")
    link = files.op_stat(f"{tree}/link")
    assert link is not None
    assert (link["kind"], link["target"]) == ("link", "nowhere")
    os.mkfifo(tree / "pipe")
    assert (files.op_stat(f"{tree}/pipe") or {})["kind"] == "other"
    assert (files.op_stat(str(tree)) or {})["kind"] == "dir"
    assert files.op_stat(f"{tree}/none") is None
    assert files.op_stat(f"{tree}/pipe/below") is None


def test_pipes_and_devices_are_refused_and_never_waited_for(tree: Path) -> None:
    os.mkfifo(tree / "pipe")
    for path in (f"{tree}/pipe", "/dev/null", "/dev/tty", str(tree)):
        with pytest.raises(Refused, match="is not a regular file"):
            files.op_read(path)
        with pytest.raises(Refused, match="is not a regular file"):
            files.op_write(path, b64(b"x"))
    with pytest.raises(Refused, match="is not a regular file"):
        files.op_mode(f"{tree}/pipe", 0o600)
    assert search.op_grep([str(tree)], [], ["x"]) == []


def test_a_link_at_the_end_is_refused_with_its_target(tree: Path) -> None:
    (tree / "file").write_bytes(b"x")
    (tree / "link").symlink_to("file")
    for call in AT_THE_END:
        with pytest.raises(Refused, match=r"link is a symbolic link \(to file\)"):
            call(f"{tree}/link")
    assert (tree / "file").read_bytes() == b"x"


def test_links_of_root_on_the_way_are_followed(tree: Path) -> None:
    (tree / "real").mkdir()
    (tree / "real" / "file").write_bytes(b"x")
    (tree / "relative").symlink_to("real")
    (tree / "absolute").symlink_to(tree / "relative")
    (tree / "loop").symlink_to("loop")
    assert data_of(f"{tree}/absolute/../absolute//./file") == b"x"
    with pytest.raises(OSError, match="symbolic links") as raised:
        files.op_read(f"{tree}/loop/file")
    assert raised.value.filename == f"{tree}/loop/file"


@pytest.mark.parametrize(("name", "call"), WAYS, ids=[name for name, _ in WAYS])
def test_nothing_goes_through_a_link_that_a_user_planted(
    planted: Path, name: str, call: Callable[[str], object]
) -> None:
    before = snapshot(planted.parent / "secret")
    with pytest.raises(Refused, match="leads through “way”, a symbolic link of"):
        call(f"{planted}/way/shadow")
    assert snapshot(planted.parent / "secret") == before


def test_a_link_in_place_of_a_users_file_is_refused(planted: Path) -> None:
    before = snapshot(planted.parent / "secret")
    for call in AT_THE_END:
        with pytest.raises(Refused, match="is a symbolic link"):
            call(f"{planted}/file")
    with pytest.raises(Refused):
        files.op_mkdir(f"{planted}/way")
    assert snapshot(planted.parent / "secret") == before


def snapshot(folder: Path) -> list[tuple[str, int, bytes]]:
    return [(path.name, path.stat().st_mode, path.read_bytes()) for path in sorted(folder.iterdir())]


def test_relative_paths_are_refused() -> None:
    for path in ("etc/passwd", "", "/etc/\0passwd"):
        with pytest.raises(Refused, match="no absolute path"):
            files.op_read(path)


def test_expectation_guards_a_write(tree: Path) -> None:
    path = f"{tree}/file"
    files.op_write(path, b64(b"one"), expect="")
    with pytest.raises(Refused, match="changed while we looked"):
        files.op_write(path, b64(b"two"), expect="")
    files.op_write(path, b64(b"two"), expect=hashlib.sha256(b"one").hexdigest())
    assert data_of(path) == b"two"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tree: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path = f"{tree}/file"
    files.op_write(path, b64(b"old"))

    def full(fd: int, data: bytes) -> None:
        os.write(fd, data[:2])
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(replace, "write_whole", full)
    with pytest.raises(OSError, match=os.strerror(number)) as raised:
        files.op_write(path, b64(b"new contents"))
    assert (raised.value.errno, raised.value.filename) == (number, path)
    assert [entry.name for entry in tree.iterdir()] == ["file"]
    assert data_of(path) == b"old"


def test_what_a_power_cut_left_beside_a_file_goes_with_the_next_write(tree: Path) -> None:
    gone = 2**22 + 1  # above the kernel's largest process id
    (tree / f".file.irekae-{gone}").write_bytes(b"half")
    (tree / f".file.irekae-{os.getpid()}").write_bytes(b"half, by a process that had our number")
    (tree / f".other.irekae-{gone}").write_bytes(b"not ours to remove now")
    (tree / ".file.irekae-backup").write_bytes(b"a person's")
    files.op_write(f"{tree}/file", b64(b"new"))
    assert sorted(entry.name for entry in tree.iterdir()) == [
        ".file.irekae-backup",
        f".other.irekae-{gone}",
        "file",
    ]


def test_temporary_files_are_nobodys_to_read(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def watch(fd: int, data: bytes) -> None:
        seen.append(stat.S_IMODE(os.fstat(fd).st_mode))

    monkeypatch.setattr(replace, "write_whole", watch)
    files.op_write(f"{tree}/file", b64(b"secret"), 0o644)
    assert seen == [0o600]


def test_extended_attributes_of_a_file_stay(tree: Path) -> None:
    path = tree / "file"
    path.write_bytes(b"old")
    try:
        os.setxattr(path, b"user.irekae", b"kept")
    except OSError:
        pytest.skip("this file system has no user attributes")
    files.op_write(str(path), b64(b"new"), 0o640)
    assert os.getxattr(path, b"user.irekae") == b"kept"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_rename_takes_no_other_files_place(tree: Path) -> None:
    (tree / "a").write_bytes(b"a")
    (tree / "b").write_bytes(b"b")
    with pytest.raises(Refused, match="b exists"):
        files.op_rename(f"{tree}/a", f"{tree}/b")
    assert (tree / "b").read_bytes() == b"b"


@pytest.mark.parametrize("path", ["/", "//", "/etc", "/etc/"])
def test_whole_top_folders_are_never_removed(path: str) -> None:
    with pytest.raises(Refused, match="too much"):
        files.op_remove(path)


def test_removing_a_folder_removes_links_not_their_targets(tree: Path) -> None:
    (tree / "kept").mkdir()
    (tree / "kept" / "file").write_bytes(b"x")
    (tree / "gone").mkdir()
    (tree / "gone" / "link").symlink_to(tree / "kept")
    files.op_remove(f"{tree}/gone")
    files.op_remove(f"{tree}/gone")
    assert [entry.name for entry in tree.iterdir()] == ["kept"]
    assert (tree / "kept" / "file").exists()


def test_folders_of_our_memory_are_made_for_root_alone(memory: Path) -> None:
    os.umask(0o022)
    files.op_write(MEMORY.path("door", "deadline"), b64(b"1"), 0o600)
    assert stat.S_IMODE(memory.stat().st_mode) == 0o700
    assert stat.S_IMODE((memory / "door").stat().st_mode) == 0o700
    files.op_mkdir(f"{memory}/copy", 0o750)
    assert stat.S_IMODE((memory / "copy").stat().st_mode) == 0o750
    files.op_mkdir(f"{memory}/copy")


def test_elsewhere_a_missing_folder_is_an_error_with_the_whole_path(tree: Path) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        files.op_write(f"{tree}/none/below/file", b64(b"x"))
    assert raised.value.filename == f"{tree}/none/below/file"


def test_only_the_end_of_a_file_can_be_asked_for(tree: Path) -> None:
    (tree / "log").write_bytes(b"0123456789")
    assert base64.b64decode((files.op_read(f"{tree}/log", 4) or {})["data"]) == b"6789"
    assert base64.b64decode((files.op_read(f"{tree}/log", 40) or {})["data"]) == b"0123456789"


def test_what_is_too_large_is_refused_not_read(tree: Path) -> None:
    with (tree / "large").open("wb") as file:
        file.truncate(words.LARGEST + 1)
    with pytest.raises(Refused, match="more than"):
        files.op_read(f"{tree}/large")
