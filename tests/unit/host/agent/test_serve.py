"""The conversation: whatever is asked is answered, and nothing but the end of the input ends it."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from irekae.host.agent import serve
from irekae.host.agent.base import MEMORY, OPERATIONS, Refused
from tests.unit.host.agent.test_program import ask, start


def say(op: str, **arguments: object) -> bytes:
    return json.dumps({"op": op, **arguments}).encode()


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (b"not JSON", "JSONDecodeError"),
        (b"5", "AttributeError"),
        (b"{}", "KeyError"),
        (say("no_such_operation"), "KeyError"),
        (say("read"), "TypeError"),
        (say("read", path=5), "AttributeError"),
        (say("read", path="/x", strange=1), "TypeError"),
        (b"\xff\xfe", "DecodeError"),
    ],
)
def test_nonsense_is_a_bug_that_kills_nothing(line: bytes, word: str) -> None:
    answer = serve.answer_to(line)
    assert answer["kind"] == "bug"
    assert word in answer["error"]


def test_a_bug_tells_its_type_and_place_never_what_it_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(secret: str) -> None:
        raise KeyError(secret)

    monkeypatch.setitem(OPERATIONS, "broken", broken)
    answer = serve.answer_to(say("broken", secret="$6$hash"))
    assert answer["kind"] == "bug"
    assert "KeyError" in answer["error"]
    assert "broken:" in answer["error"]
    assert "$6$" not in answer["error"]


def test_an_answer_that_is_no_json_is_a_bug_too() -> None:
    answer = json.loads(serve.encoded_answer({"ok": b"bytes"}))
    assert answer["kind"] == "bug"


def test_errors_of_the_system_name_path_and_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/etc/hosts")

    monkeypatch.setitem(OPERATIONS, "full", full)
    assert serve.answer_to(say("full")) == {"error": "/etc/hosts: No space left on device", "kind": "ENOSPC"}
    assert serve.answer_to(say("run", argv=["/no/such"])) == {
        "error": "/no/such: No such file or directory",
        "kind": "ENOENT",
    }


def test_a_refusal_keeps_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise Refused("changed", "it changed")

    monkeypatch.setitem(OPERATIONS, "refuse", refuse)
    assert serve.answer_to(say("refuse")) == {"error": "it changed", "kind": "changed"}


def test_several_operations_are_answered_one_by_one_and_none_behind_one_that_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []

    def refuse() -> None:
        raise Refused("changed", "it changed")

    monkeypatch.setitem(OPERATIONS, "refuse", refuse)
    asked = [{"op": "note_down", "word": "a"}, {"op": "refuse"}, {"op": "note_down", "word": "b"}]
    monkeypatch.setitem(OPERATIONS, "note_down", lambda word: done.append(word))
    found = serve.answer_to(say("all", requests=asked))
    assert found == {"ok": [{"ok": None}, {"error": "it changed", "kind": "changed"}]}
    assert done == ["a"]


def test_the_seat_names_the_memory_once(tmp_path: Path) -> None:
    serve.answer_to(say("stat", path="/", state=str(tmp_path / "one")))
    serve.answer_to(say("append", entry={"event": "note"}))
    assert MEMORY.folder == str(tmp_path / "one")
    assert (tmp_path / "one" / "journal.jsonl").exists()


def test_every_request_has_one_answer_line() -> None:
    answers = io.BytesIO()
    serve.serve(io.BytesIO(say("stat", path="/") + b"\nnonsense\n" + say("stat", path="/none") + b"\n"), answers)
    lines = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert [line.get("kind", "ok") for line in lines] == ["ok", "bug", "ok"]


def test_an_answer_larger_than_the_seat_takes_is_a_sentence_and_the_next_one_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(OPERATIONS, "large", lambda: "x" * 100)
    monkeypatch.setattr(serve, "ANSWER", 90)
    answers = io.BytesIO()
    serve.serve(io.BytesIO(say("large") + b"\n" + say("list", path="/none") + b"\n"), answers)
    lines = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert [line.get("kind", "ok") for line in lines] == ["size", "ok"]
    assert "more than the 0 that one may have" in lines[0]["error"]


def wait_for(path: Path) -> None:
    """Until a file is there; the test's own deadline is a minute."""
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def close(process: subprocess.Popen[bytes]) -> None:
    """Both ends, as when the connection is lost."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    process.stdout.close()


def test_an_operation_is_finished_though_the_seat_went_away(tmp_path: Path) -> None:
    code = f"touch {tmp_path}/began; while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; touch {tmp_path}/finished"
    with start() as process:
        assert process.stdin is not None
        process.stdin.write(say("run", argv=["sh", "-c", code]) + b"\n")
        process.stdin.flush()
        wait_for(tmp_path / "began")
        os.kill(process.pid, signal.SIGHUP)
        close(process)
        (tmp_path / "go").touch()
        assert process.wait(60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert (tmp_path / "finished").exists()


def test_what_is_started_can_be_hung_up(tmp_path: Path) -> None:
    with start() as process:
        answer = ask(process, say("run", argv=["sh", "-c", "kill -HUP $$; echo immune"]))
        found = answer["ok"]
        assert isinstance(found, dict)
        assert found["status"] == -signal.SIGHUP
        close(process)
        process.wait(60)


def test_locks_end_with_the_agent(tmp_path: Path) -> None:
    with start() as first, start() as second:
        assert ask(first, say("lock", name="5.1", who="hayashi", state=str(tmp_path))) == {"ok": None}
        held = ask(second, say("lock", name="5.1", who="mori", state=str(tmp_path)))["ok"]
        assert isinstance(held, dict)
        assert (held["who"], held["pid"]) == ("hayashi", first.pid)
        assert ask(second, say("end_agent", pid=first.pid)) == {"ok": []}
        first.wait(60)
        assert ask(second, say("lock", name="5.1", who="mori")) == {"ok": None}
        for process in (first, second):
            close(process)
            process.wait(60)


def test_an_agent_whose_seat_says_nothing_ends_and_its_locks_with_it(tmp_path: Path) -> None:
    """The other end of its pipe stays open, as a dead network leaves it."""
    with start() as process, start() as other:
        assert ask(process, say("lock", name="1.1", who="mori", state=str(tmp_path), silence=3))["ok"] is None
        assert ask(other, say("lock", name="1.1", who="hayashi", state=str(tmp_path)))["ok"]
        assert process.wait(60) == 0
        assert ask(other, say("lock", name="1.1", who="hayashi"))["ok"] is None
        other.communicate()


def test_a_seat_that_lives_says_so_by_empty_lines_which_are_not_answered(tmp_path: Path) -> None:
    with start() as process:
        assert process.stdin is not None
        ask(process, say("stat", path="/", state=str(tmp_path), silence=1))
        for _ in range(8):
            process.stdin.write(b"\n")
            process.stdin.flush()
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.25)
        assert ask(process, say("stat", path="/none")) == {"ok": None}
        process.communicate()


def test_answers_begin_with_the_mark_that_the_seat_named(tmp_path: Path) -> None:
    with start() as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(say("stat", path="/none", state=str(tmp_path), mark="m4rk") + b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b'm4rk{"ok": null}\n'
        process.communicate()
