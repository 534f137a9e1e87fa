"""Long answers come a part at a time, and lists of ours are written so."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Any

import pytest

from irekae.host.agent import commands, copy_notes, files, parts
from irekae.host.agent.base import MEMORY, Refused


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(MEMORY, "folder", str(tmp_path / "state"))
    return tmp_path / "state"


def all_parts(of: str, **arguments: Any) -> list[list[Any]]:
    found, answer = [], parts.op_parts(of, **arguments)
    found.append(answer["part"])
    while answer["number"]:
        answer = parts.op_next_part(answer["number"])
        found.append(answer["part"])
    return found


def test_all_lines_of_a_file_come_each_once_in_their_order(tmp_path: Path) -> None:
    lines = [f"line {number} caf\udce9" for number in range(2 * parts.PART + 1)]
    (tmp_path / "list").write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))
    found = all_parts("line", path=str(tmp_path / "list"))
    assert [len(part) for part in found] == [parts.PART, parts.PART, 1]
    assert [line for part in found for line in part] == lines


def test_lines_that_are_long_come_fewer_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "list").write_text(f"{'x' * (parts.LONG // 2)}\n" * 5)
    assert [len(part) for part in all_parts("line", path=str(tmp_path / "list"))] == [2, 2, 1]


def test_only_the_lines_that_begin_so_are_told_and_no_file_has_none(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("*deleting   a\n>f b\r\n*deleting   c\nlast without an end")
    assert all_parts("line", path=str(tmp_path / "list"), beginning="*") == [["*deleting   a", "*deleting   c"]]
    assert all_parts("line", path=str(tmp_path / "list"))[0][1::2] == [">f b\r", "last without an end"]
    assert all_parts("line", path=str(tmp_path / "none")) == [[]]


def test_what_is_given_up_is_forgotten_and_what_follows_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("x\n" * (parts.PART + 1))
    first = parts.op_parts("line", path=str(tmp_path / "list"))["number"]
    for _ in range(parts.MOST):
        parts.op_parts("line", path=str(tmp_path / "list"))
    assert len(parts.UNDER_WAY) <= parts.MOST
    with pytest.raises(Refused, match="not under way any more"):
        parts.op_next_part(first)
    parts.UNDER_WAY.clear()


def test_a_list_has_its_name_when_all_of_it_is_there(memory: Path) -> None:
    path = memory / "copy/list"
    copy_notes.op_write_part(str(path), "a\udce9\n", first=True, last=False)
    assert not path.exists()
    copy_notes.op_write_part(str(path), "b\n", first=False, last=True)
    assert path.read_bytes() == b"a\xe9\nb\n"
    copy_notes.op_write_part(str(path), "anew\n", first=True, last=True)
    assert path.read_bytes() == b"anew\n"
    assert oct(path.stat().st_mode)[-3:] == "600"
    assert [entry.name for entry in path.parent.iterdir()] == ["list"]


def test_one_that_was_cut_short_before_is_begun_anew(memory: Path) -> None:
    path = memory / "list"
    copy_notes.op_write_part(str(path), "of an earlier one\n", first=True, last=False)
    copy_notes.op_write_part(str(path), "a\n", first=True, last=True)
    assert path.read_bytes() == b"a\n"


def test_lists_lie_where_the_host_remembers_and_nowhere_else(memory: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="none of our lists"):
        copy_notes.op_write_part(str(tmp_path / "list"), "x", first=True, last=True)
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_says_much_says_it_into_a_file(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "OUTPUT", 100_000)
    path = memory / "listing"
    argv = ["/bin/sh", "-c", "seq 100000; echo sorry >&2; exit 3"]
    found = commands.op_run(argv, into=str(path))
    assert (found["status"], found["out"], found["err"]) == (3, "", "c29ycnkK")
    assert path.read_text().splitlines()[-1] == "100000"
    commands.op_run(["/bin/echo", "anew"], into=str(path))
    assert path.read_text() == "anew\n"


def test_one_whose_output_finds_no_room_has_failed_whatever_it_says_itself(memory: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))  # as a full disk, of this process alone
    try:
        with pytest.raises(OSError, match="too large") as raised:
            commands.op_run(["/bin/sh", "-c", "seq 1000000; exit 0"], into=str(memory / "listing"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert raised.value.filename == str(memory / "listing")


def test_the_file_that_takes_it_is_no_link_that_lies_there(memory: Path, tmp_path: Path) -> None:
    memory.mkdir()
    (tmp_path / "other").write_text("untouched")
    (memory / "listing").symlink_to(tmp_path / "other")
    commands.op_run(["/bin/echo", "x"], into=str(memory / "listing"))
    assert (tmp_path / "other").read_text() == "untouched"
    assert files.op_read(str(memory / "listing")) is not None


def test_what_was_expected_is_told_apart_by_whether_the_copy_makes_it() -> None:
    told = copy_notes.Told()
    told.note("made", True)
    told.note("written", False)
    assert told.has("made", True)
    assert told.has("made", False)
    assert told.has("written", False)
    assert not told.has("written", True), "it is the copy's to remove: something went meanwhile"
    assert not told.has("other", False)


def test_before_a_copy_what_it_makes_is_what_is_not_there_yet(memory: Path, tmp_path: Path) -> None:
    home, path = tmp_path / "home", memory / "1.before"
    home.mkdir()
    (home / "there").write_text("x")
    (home / "mode").write_text("x")
    (home / "link").symlink_to("there")
    os.utime(home / "mode", ns=(7, 7))
    copy_notes.op_note_expected(str(home), str(path), ["there", "new"], [], [], first=True, last=False)
    copy_notes.op_note_expected(str(home), str(path), [], ["x"], ["mode", "link", "gone"], first=False, last=True)
    *lines, (name, made, state) = copy_notes.listed_in(str(path))
    assert lines == [["there", False, None], ["new", True, None], ["x", False, None]]
    assert (name, made, state[3]) == ("mode", False, 7)
