"""Logs that were rotated a moment ago."""

from __future__ import annotations

import gzip
import lzma
import os
import time
from pathlib import Path

import pytest

from verify.far import logs


def texts(log: Path, since: float = 3600) -> list[str]:
    answer = logs.main({"logs": [str(log)], "since": since})["logs"][str(log)]
    return [one.get("text", one.get("error")) for one in answer]


@pytest.mark.parametrize("name", ["x.log.1", "x.log-20110220", "x-20110220.log", "x.log.0"])
def test_what_a_log_was_rotated_to_is_read_before_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "x.log").write_text("new")
    (tmp_path / name).write_text("old")
    (tmp_path / "x.log.conf").write_text("no log")
    (tmp_path / "y.log.1").write_text("another's")
    assert texts(tmp_path / "x.log") == ["old", "new"]


def test_compressed_logs_are_read_too_in_the_order_of_their_times(tmp_path: Path) -> None:
    for number, pack in ((1, gzip.compress), (2, lzma.compress)):
        path = tmp_path / f"x.log.{number}.{'gz' if number == 1 else 'xz'}"
        path.write_bytes(pack(f"old {number}".encode()))
        os.utime(path, (time.time() - number * 60,) * 2)
    assert texts(tmp_path / "x.log") == ["old 2", "old 1", "No such file or directory"]
    assert texts(tmp_path / "x.log", since=90) == ["old 1", "No such file or directory"], "the older one is too old"


def test_a_damaged_log_says_so_and_a_long_one_ends_with_its_end(tmp_path: Path) -> None:
    (tmp_path / "x.log.1.gz").write_bytes(b"\x1f\x8bno")
    (tmp_path / "x.log").write_bytes(b"a" * logs.TAIL + b"end")
    damaged, long = texts(tmp_path / "x.log")
    assert damaged != "no"
    assert len(long) == logs.TAIL
    assert long.endswith("aend")


def test_one_that_is_damaged_inside_or_goes_keeps_none_of_the_others_from_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(os.urandom(99_999).hex().encode())
    (tmp_path / "x.log").write_text("now\n")
    (tmp_path / "x.log.2.gz").write_bytes(packed[:20_000] + bytes(20_000) + packed[40_000:])
    gone = tmp_path / "x.log.1"
    monkeypatch.setattr(logs, "rotated", lambda log, name: [gone, tmp_path / "x.log.2.gz"] if name == "x.log" else [])
    monkeypatch.setattr(Path, "is_file", lambda path: True)
    found = logs.generations(str(tmp_path / "x.log"), 0)
    assert {one["path"].rpartition("/")[2] for one in found if "error" in one} == {"x.log.1", "x.log.2.gz"}
    assert found[-1]["text"] == "now\n"
