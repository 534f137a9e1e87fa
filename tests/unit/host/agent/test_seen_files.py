"""Files for the survey: configuration, rights, secrets, and the sample of users' files."""

from __future__ import annotations

from pathlib import Path

import pytest

from irekae.host.agent import seen_contents, seen_files


def test_configuration_is_told_by_what_programs_heed(tree: Path) -> None:
    def told(*sets: str) -> str:
        return seen_files.op_seen_config([str(tree)], [f"{tree}/left*"], sets)["config"][f"{tree}/f"]

    (tree / "f").write_text("a 1\nb 2\n")
    (tree / "left-out").write_text("x")
    first, as_set = told(), told(f"{tree}/f")
    (tree / "f").write_text("# new\na  1\n\nb 2\n")
    assert told() == first
    (tree / "f").write_text("b 2\na 1\n")
    assert told() != first
    assert told(f"{tree}/f") == as_set
    (tree / "f").chmod(0o640)
    assert told(f"{tree}/f") != as_set
    assert f"{tree}/left-out" not in seen_files.op_seen_config([str(tree)], [f"{tree}/left*"], [])["config"]


def test_what_everybody_may_write_and_what_not_everybody_may_read_is_told(tree: Path) -> None:
    for name, mode in (("open", 0o666), ("closed", 0o600), ("usual", 0o644)):
        (tree / name).write_text("x")
        (tree / name).chmod(mode)
    found = seen_files.op_seen_config([str(tree)], [], [])
    assert found["secret"].keys() == {f"{tree}/closed"}
    assert found["rights"].keys() == {f"{tree}/open"}


def test_programs_with_another_s_rights_are_told(tree: Path) -> None:
    for name, mode in (("su", 0o4755), ("sg", 0o2755), ("no program", 0o2644), ("usual", 0o755)):
        (tree / name).write_text("x")
        (tree / name).chmod(mode)
    assert seen_files.op_seen_setuid([str(tree)], []).keys() == {f"{tree}/su", f"{tree}/sg"}
    assert seen_files.op_seen_setuid([str(tree), str(tree.parent), "/none"], []).keys() == {f"{tree}/su", f"{tree}/sg"}


def test_contents_are_read_once_and_again_when_the_file_is_another(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "asada").mkdir()
    (tree / "asada/a").write_text("one")
    (tree / "asada/b").write_text("two")
    reads: list[bytes] = []
    digest = seen_contents.content_digest

    def counted(top: int, name: bytes) -> str:
        reads.append(name)
        return digest(top, name)

    monkeypatch.setattr(seen_contents, "content_digest", counted)
    first = seen_contents.op_seen_contents(str(tree), [], 60)
    assert sorted(reads) == [b"asada/a", b"asada/b"]
    assert seen_contents.op_seen_contents(str(tree), [], 60) == first
    assert len(reads) == 2
    (tree / "asada/a").write_text("ten")
    again = seen_contents.op_seen_contents(str(tree), [], 60)
    assert reads[2:] == [b"asada/a"]
    assert again["asada/a"][2] != first["asada/a"][2]


def test_a_sample_ends_with_its_time_and_keeps_what_it_has(tree: Path) -> None:
    (tree / "a").write_text("one")
    assert seen_contents.op_seen_contents(str(tree), [], 0) == {}
    assert seen_contents.op_seen_contents(str(tree), ["/b"], 60).keys() == {"a"}
    assert seen_contents.op_seen_contents(str(tree), [], 0).keys() == {"a"}
