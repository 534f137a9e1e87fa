"""What the host remembers: a journal that costs no line but the broken one, locks that die with their agent."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.agent import facts, journal, locks
from irekae.host.agent.base import MEMORY, Refused
from irekae.host.entries import entry_in
from irekae.host.memory import Copy
from irekae.model.journal import Entry

ENTRY = {"event": "started", "item": "5.1"}


def read() -> tuple[list[Entry], list[int]]:
    """The journal as a seat reads it that knows nothing: its entries, and the lines that are none."""
    copy = Copy()
    return copy.take(journal.news_of_journal(copy.known())), copy.broken


def test_entries_come_back_in_order_with_bytes_that_are_no_text(memory: Path) -> None:
    entries = [{"event": "note", "what": word} for word in ("caf\udce9", "日本", "a\u2028b\x0bc\nd", "\ud800")]
    for entry in entries:
        journal.op_append(entry)
    assert read() == (entries, [])
    assert "日本" in (memory / "journal.jsonl").read_bytes().decode("utf-8", "replace")


words = st.text(st.characters(exclude_categories=()), max_size=20)


@given(st.dictionaries(words, st.one_of(words, st.integers(), st.lists(words))))
def test_any_entry_is_one_line_that_is_read_again(more: dict[str, object]) -> None:
    entry = {**more, "event": "note"}
    line = journal.encoded(entry)
    assert b"\n" not in line
    assert entry_in(line) == entry


def test_a_torn_last_line_costs_only_itself(memory: Path) -> None:
    journal.op_append(ENTRY)
    with (memory / "journal.jsonl").open("ab") as file:
        file.write(b'{"event": "done", "it')
    assert read() == ([ENTRY], [2])
    journal.op_append({"event": "done"})
    assert read() == ([ENTRY, {"event": "done"}], [2])


def test_lines_that_are_no_entries_are_named(memory: Path) -> None:
    journal.op_append(ENTRY)
    with (memory / "journal.jsonl").open("ab") as file:
        file.write(b'\n# a note by hand\n5\n{"item": "1.1"}\n\xff\n' + b"[" * 100_000 + b"\n")
    journal.op_append(ENTRY)
    assert read() == ([ENTRY, ENTRY], [3, 4, 5, 6, 7])


@pytest.mark.parametrize("key", ["item", "phase", "n", "what", "undo"])
def test_a_change_that_lacks_something_is_no_entry(key: str) -> None:
    change = {"event": "change", "item": "5.1", "phase": 5, "n": 1, "what": "edit", "undo": {}}
    assert entry_in(json.dumps(change).encode()) == change
    assert entry_in(json.dumps({**change, key: None}).encode()) is None
    del change[key]
    assert entry_in(json.dumps(change).encode()) is None
    with pytest.raises(Refused, match="lacks something"):
        journal.op_append(change)


def test_a_full_disk_leaves_no_half_line(memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal.op_append(ENTRY)

    def full(fd: int, data: bytes) -> None:
        os.write(fd, data[:5])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(journal, "write_whole", full)
    with pytest.raises(OSError, match="No space left") as raised:
        journal.op_append({"event": "done"})
    assert raised.value.filename == f"{memory}/journal.jsonl"
    assert read() == ([ENTRY], [])


def _append_many(folder: str, who: int) -> None:
    MEMORY.folder = folder
    for number in range(50):
        journal.op_append({"event": "note", "who": str(who), "number": number, "filler": "x" * 5000})


def test_two_agents_never_cut_each_others_lines(memory: Path) -> None:
    forked = multiprocessing.get_context("fork")
    agents = [forked.Process(target=_append_many, args=(str(memory), who)) for who in range(2)]
    for agent in agents:
        agent.start()
    for agent in agents:
        agent.join()
    entries, broken = read()
    assert broken == []
    for who in range(2):
        assert [entry["number"] for entry in entries if entry["who"] == str(who)] == list(range(50))


def test_archive_moves_all_but_locks_and_archives(memory: Path) -> None:
    journal.op_append(ENTRY)
    locks.op_lock("5.1", "me")
    journal.op_archive(f"{memory}/archive/one")
    assert sorted(path.name for path in memory.iterdir()) == ["archive", "locks"]
    assert (memory / "archive" / "one" / "journal.jsonl").exists()
    assert read() == ([], [])
    with pytest.raises(Refused, match="does not lie below"):
        journal.op_archive("/etc/elsewhere")


@pytest.mark.parametrize(("text", "said"), [("{", "Expecting"), ("", "Expecting"), ("[" * 100_000, "recursion")])
def test_a_broken_run_file_is_told_and_kills_nothing(memory: Path, text: str, said: str) -> None:
    assert facts.read_run() == (None, "")
    memory.mkdir()
    (memory / "run.json").write_text(text)
    found = facts.op_facts(Copy().known())
    assert found["run"] is None
    assert said in found["broken_run"]


def test_facts_that_cannot_be_read_are_empty(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert facts.text_of(str(tmp_path / "pipe")) == ""
    assert facts.text_of(str(tmp_path)) == ""
    assert facts.text_of(str(tmp_path / "none")) == ""


# --- locks ---


def _hold(folder: str, ready: Event, leave: Event) -> None:
    MEMORY.folder = folder
    locks.LOCKS.clear()
    locks.op_lock("5.1", "mori@seat")
    ready.set()
    leave.wait()


def test_a_lock_is_refused_while_its_agent_lives_and_free_when_it_died(memory: Path) -> None:
    forked = multiprocessing.get_context("fork")
    ready, leave = forked.Event(), forked.Event()
    other = forked.Process(target=_hold, args=(str(memory), ready, leave))
    other.start()
    assert ready.wait(30)
    holder = locks.op_lock("5.1", "me")
    assert holder is not None
    assert (holder["who"], holder["pid"]) == ("mori@seat", other.pid)
    assert holder["since"]
    assert list(locks.op_holders()) == ["5.1"]
    assert locks.op_lock("5.2", "me") is None, "another item is free"
    other.kill()
    other.join()
    assert locks.op_holders() == {}
    assert locks.op_lock("5.1", "me") is None, "a file that is left says nothing"


@pytest.mark.parametrize("left", [b"", b"{", b"\xff", b"5", b'{"who": "dead", "pid": 1}' + b" " * 9000])
def test_what_is_left_in_a_locks_file_does_no_harm(memory: Path, left: bytes) -> None:
    (memory / "locks").mkdir(parents=True)
    (memory / "locks" / "5.1").write_bytes(left)
    assert locks.op_holders() == {}
    assert locks.op_lock("5.1", "me") is None
    assert json.loads((memory / "locks" / "5.1").read_bytes())["who"] == "me"
    locks.op_unlock("5.1")
    locks.op_unlock("5.1")


@pytest.mark.parametrize("name", ["", ".", "..", "../journal.jsonl"])
def test_a_locks_name_is_no_path(name: str) -> None:
    with pytest.raises(Refused, match="no item"):
        locks.op_lock(name, "me")


def test_a_holder_whose_note_was_cut_short_is_still_a_holder(memory: Path) -> None:
    forked = multiprocessing.get_context("fork")
    ready, leave = forked.Event(), forked.Event()
    other = forked.Process(target=_hold, args=(str(memory), ready, leave))
    other.start()
    assert ready.wait(30)
    (memory / "locks" / "5.1").write_bytes(b'{"wh')
    assert locks.op_lock("5.1", "me") == {"who": "somebody"}
    assert locks.op_holders() == {"5.1": {}}
    leave.set()
    other.join()


def test_only_another_agent_can_be_ended() -> None:
    for pid in (os.getpid(), 1, 2**22 + 1):
        with pytest.raises(Refused, match="no other agent"):
            locks.op_end_agent(pid)
