"""What the seat has of a host's journal: whatever happens to either, it is what lies there, and only news is sent."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from irekae.host.agent import journal
from irekae.host.agent.base import MEMORY
from irekae.host.memory import Copy


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(MEMORY, "folder", str(tmp_path / "state"))
    return tmp_path / "state"


def news(copy: Copy) -> dict[str, Any]:
    return journal.news_of_journal(copy.known())


def taken(copy: Copy) -> list[str]:
    return [str(entry["what"]) for entry in copy.take(news(copy))]


def write(*words: str) -> None:
    for word in words:
        journal.op_append({"event": "note", "what": word})


def test_only_what_is_new_is_sent_and_all_of_it_is_known(memory: Path) -> None:
    copy = Copy()
    write("a", "b")
    assert taken(copy) == ["a", "b"]
    write("c")
    assert base64.b64decode(news(copy)["data"]).count(b"\n") == 1
    assert taken(copy) == ["a", "b", "c"]
    assert journal.op_journal(copy.known()) is None


def test_what_the_seat_kept_is_not_sent_to_the_next_command(memory: Path, tmp_path: Path) -> None:
    kept = tmp_path / "seat" / "journal.jsonl"
    write("a", "b")
    assert taken(Copy(kept)) == ["a", "b"]
    write("c")
    copy = Copy(kept)
    assert base64.b64decode(news(copy)["data"]).count(b"\n") == 1
    assert taken(copy) == ["a", "b", "c"]
    assert kept.read_bytes() == (memory / "journal.jsonl").read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("spoilt", [b"", b"torn", b'{"event": "note", "what": "x"}\n' * 9])
def test_a_seats_file_that_is_not_what_lies_there_is_made_anew(memory: Path, tmp_path: Path, spoilt: bytes) -> None:
    kept = tmp_path / "journal.jsonl"
    write("a", "b")
    kept.write_bytes(spoilt)
    assert taken(Copy(kept)) == ["a", "b"]
    assert kept.read_bytes() == (memory / "journal.jsonl").read_bytes()


def test_a_journal_that_was_edited_or_put_away_is_read_anew(memory: Path) -> None:
    copy, path = Copy(), memory / "journal.jsonl"
    write("a", "b")
    assert taken(copy) == ["a", "b"]
    path.write_bytes(path.read_bytes().replace(b'"a"', b'"A"'))
    assert taken(copy) == ["A", "b"]
    path.unlink()
    assert journal.op_journal(copy.known()) is not None
    assert taken(copy) == []
    write("c")
    assert taken(copy) == ["c"]


def test_a_line_without_an_end_is_read_again_with_its_end(memory: Path) -> None:
    copy, path = Copy(), memory / "journal.jsonl"
    write("a")
    with path.open("ab") as file:
        file.write(b'{"event": "note", "what": "b"}')
    assert taken(copy) == ["a", "b"]
    write("c")
    assert taken(copy) == ["a", "b", "c"]
    with path.open("ab") as file:
        file.write(b'{"event": "no')
    assert (taken(copy), copy.broken) == (["a", "b", "c"], [4])
    write("d")
    assert (taken(copy), copy.broken) == (["a", "b", "c", "d"], [4])
