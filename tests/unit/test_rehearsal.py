"""The rehearsal's driver, without a lab."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab import rehearsal
from lab.errors import LabError
from lab.layout import Lab
from lab.profile import load
from lab.stream import stream

PROJECT = Path(__file__).parents[2]


def test_output_is_shown_as_it_comes_with_a_prefix_on_each_line(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    program = "import sys; print('one'); print('two', file=sys.stderr); print('.', end=''); print('.'); sys.exit(3)"
    status, said = stream([sys.executable, "-c", program], Path("/"), lambda: "0:01 | ")
    assert (status, said) == (3, "one\ntwo\n..\n")
    assert capfdbinary.readouterr().out == b"0:01 | one\n0:01 | two\n0:01 | ..\n"


def test_what_a_host_says_steers_no_terminal(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    said = b"\x1b]0;title\x07 caf\xc3\xa9 \xe2\x80\xae \xff\rforged\n"
    pieces = [said[:15], said[15:]]  # in the middle of a character
    program = f"import sys\nfor piece in {pieces!r}: sys.stdout.buffer.write(piece); sys.stdout.flush()"
    stream([sys.executable, "-c", program], Path("/"), str)
    assert capfdbinary.readouterr().out.decode() == "\\x1b]0;title\\x07 café \\u202e \\xff\\x0dforged\n"


@pytest.mark.parametrize(
    ("charset", "shown"),
    [("utf-8", "入替え …"), ("euc_jp", "入替え …"), ("iso-8859-1", "\\u5165\\u66ff\\u3048 \\u2026")],
)
def test_every_character_set_can_show_it(charset: str, shown: str) -> None:
    """Of the command, and of the rehearsal's own."""
    program = "from lab.stream import stream, write; import sys; write('入替え …\\n'); sys.stdout.buffer.flush(); "
    program += "stream([sys.executable, '-c', \"print('入替え …')\"], __import__('pathlib').Path('/'), str)"
    environment = {**os.environ, "PYTHONIOENCODING": charset}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=PROJECT, capture_output=True, check=True
    )
    assert done.stdout.decode(charset) == f"{shown}\n" * 2


def test_a_signal_that_ended_the_command_is_seen() -> None:
    assert stream([sys.executable, "-c", "import os; os.abort()"], Path("/"), str)[0] < 0


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(rehearsal, "REPORT", tmp_path / "report")
    (tmp_path / "report").mkdir()
    return tmp_path / "report"


def test_a_rehearsals_report_makes_room_for_the_next(report: Path) -> None:
    (report / "acceptance.json").write_text('{"address": "198.51.100.21"}')
    rehearsal._set_aside()
    assert list(report.parent.iterdir()) == []


def test_the_report_of_a_real_swap_is_kept(report: Path) -> None:
    (report / "acceptance.json").write_text('{"address": "133.30.109.21"}')
    rehearsal._set_aside()
    (kept,) = report.parent.iterdir()
    assert kept.name.startswith("report-")
    assert "133.30.109.21" in (kept / "acceptance.json").read_text()


def test_a_second_rehearsal_in_the_same_lab_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "LOCKS", tmp_path)
    with rehearsal.alone(Lab("lab", load())):
        with pytest.raises(LabError, match=f"process .* in {rehearsal.PROJECT}") as refused:
            rehearsal.alone(Lab("lab", load())).__enter__()
        with rehearsal.alone(Lab("another", load())):
            pass
    assert refused.value.status == 2
    with rehearsal.alone(Lab("lab", load())):
        pass


def test_what_went_wrong_and_what_was_not_measured_is_in_the_summary(report: Path) -> None:
    lines = rehearsal.Rehearsal(
        Lab("lab", load()), {rehearsal.VERIFY: 21.5}, ["fab phase3 ended with status 1"]
    ).summary()
    assert "not as it must be: fab phase3 ended with status 1" in lines
    assert "verdict: none" in lines
    assert "verify both hosts: 21.5 s (should be under 30 s)" in lines
    assert "nothing left to do: not measured (should be under 1 s)" in lines
