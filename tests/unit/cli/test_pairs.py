"""The same command on many pairs: each by itself, all told in one table, none begun without a word."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from irekae.cli import pairs
from irekae.cli.pairs import pairs_in, run_on, without_pairs
from irekae.model.errors import Status, SwapError
from tests.unit.cli.typed import PROJECT, run, seat

# What stands in for `fab`: it shows whose inventory it was given and its words, and ends as the pair's folder says.
FAB = """\
import os, pathlib, sys
own = pathlib.Path(os.environ["IREKAE_INVENTORY"]).parent
assert os.environ["IREKAE_SITE"] == str(own / "site.toml") and pathlib.Path.cwd() == own
print("words", sys.argv[1:], flush=True)
print("  next: `fab phase2` of", own.name, flush=True)
sys.exit(int((own / "ends").read_text()))
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three pairs, of which the first succeeds."""
    monkeypatch.setattr(pairs, "COMMAND", (sys.executable, "-c", FAB))
    for number, (name, status) in enumerate({"one": 0, "two": 3, "three": 1}.items(), 1):
        folder = tmp_path / name
        folder.mkdir()
        text = (PROJECT / "hosts.ini").read_text().replace("133.30.109.", f"127.0.{number}.")
        (folder / "hosts.ini").write_text(text.replace("198.51.100.", f"127.0.{number}."))
        (folder / "ends").write_text(str(status))
    (tmp_path / "pairs").write_text("one/hosts.ini  # the first\n\ntwo/hosts.ini\nthree/hosts.ini\n")
    return tmp_path / "pairs"


def test_each_pair_is_told_with_its_next_step_and_the_worst_counts(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_on(pairs_in(file), ["phase1", "--yes"], asks=True) is Status.FAILED
    said = capsys.readouterr().out.splitlines()
    rows = said[-3:]
    assert [("one" in rows[0], "done" in rows[0]), ("two" in rows[1], "refused" in rows[1])] == [(True, True)] * 2
    assert "FAILED" in rows[2]
    assert rows[2].endswith("`fab phase2` of three")
    [log] = (file.parent / "two" / ".irekae" / "logs").iterdir()
    assert "words ['phase1', '--yes']" in log.read_text()
    assert any(str(log) in line for line in said)


def test_what_is_asked_for_is_asked_once(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = ["yes", "no"]
    monkeypatch.setattr(pairs, "is_attended", lambda: True)
    monkeypatch.setattr(pairs, "ask", lambda question: answers.pop(0))
    run_on(pairs_in(file), ["phase1"], asks=True)
    [log] = (file.parent / "one" / ".irekae" / "logs").iterdir()
    assert "['phase1', '--yes']" in log.read_text()
    assert str(file.parent / "three") in capsys.readouterr().out.partition("words")[0]
    with pytest.raises(SwapError, match="nothing was begun") as raised:
        run_on(pairs_in(file), ["phase1"], asks=True)
    assert raised.value.status is Status.REFUSED
    assert not answers


def test_without_anybody_to_ask_each_command_refuses_by_itself(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "is_attended", lambda: False)
    run_on(pairs_in(file), ["phase1"], asks=True)
    [log] = (file.parent / "one" / ".irekae" / "logs").iterdir()
    assert "['phase1']" in log.read_text()


WAITS = """\
import os, pathlib, signal, sys
def end(*_):
    print("  next: `fab status`", flush=True)
    os._exit(4)
signal.signal(signal.SIGINT, end)
(pathlib.Path.cwd() / "begun").touch()
signal.pause()
"""


def test_ctrl_c_reaches_every_pair_once_and_begins_no_other(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pairs, "COMMAND", (sys.executable, "-c", WAITS))
    monkeypatch.setattr(pairs, "AT_ONCE", 2)
    begun = [file.parent / name / "begun" for name in ("one", "two")]
    real = pairs._until_all_ended
    monkeypatch.setattr(pairs, "_until_all_ended", lambda some, ends: real(some, _typed_first(begun, ends)))
    assert run_on(pairs_in(file), ["phase3"], asks=False) is Status.INCOMPLETE
    rows = capsys.readouterr().out.splitlines()[-3:]
    assert all("incomplete" in row for row in rows[:2])
    assert not (file.parent / "three" / "begun").exists()


def test_one_that_ends_at_ctrl_c_gives_its_turn_to_nobody(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "COMMAND", (sys.executable, "-c", WAITS))
    monkeypatch.setattr(pairs, "AT_ONCE", 1)
    second, real, send = file.parent / "two" / "begun", pairs._until_all_ended, subprocess.Popen.send_signal

    def slowly(process: subprocess.Popen[str], number: int) -> None:
        """The first has ended, and whoever is next has had time to begin, before the others are looked at."""
        send(process, number)
        process.wait()
        end = time.monotonic() + 2
        while time.monotonic() < end and not second.exists():
            pass

    monkeypatch.setattr(subprocess.Popen, "send_signal", slowly)
    begun = [file.parent / "one" / "begun"]
    monkeypatch.setattr(pairs, "_until_all_ended", lambda some, ends: real(some, _typed_first(begun, ends)))
    assert run_on(pairs_in(file), ["phase3"], asks=False) is Status.INCOMPLETE
    assert not second.exists()


def _typed_first(begun: list[Path], ends: list[Callable[[], None]]) -> list[Callable[[], None]]:
    """Ctrl-C once the commands have begun, then what is waited for."""
    done: list[bool] = []

    def typed() -> None:
        while not all(path.exists() for path in begun):
            pass
        if not done:
            done.append(True)
            raise KeyboardInterrupt

    return [typed, *ends]


def test_a_list_that_cannot_be_right_is_refused(file: Path) -> None:
    for text, said in {
        "": "lists no pair",
        "one/hosts.ini\none/hosts.ini\n": "is in two pairs",
        "none/hosts.ini": "cannot be read",
    }.items():
        file.write_text(text)
        with pytest.raises(SwapError, match=said) as raised:
            pairs_in(file)
        assert raised.value.status is Status.WRONG_USE


def test_the_rest_of_the_command_line_goes_to_each_pair() -> None:
    assert without_pairs(["--pairs", "FILE", "phase1", "--plan"]) == ["phase1", "--plan"]
    assert without_pairs(["--pairs=FILE", "phase1"]) == ["phase1"]


@pytest.mark.parametrize("words", [("-H", "ika", "status"), ("trust",), ("board",)])
def test_what_is_about_one_pair_is_refused(file: Path, words: tuple[str, ...]) -> None:
    found = run(file.parent / "one", seat(file.parent / "one"), "--pairs", str(file), *words)
    assert found.returncode == 2, found
    assert "leave" in found.stderr
