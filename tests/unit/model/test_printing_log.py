"""What was printed is kept at the seat with its times: whole, blanked, for the operator alone, and not without end."""

from __future__ import annotations

import re
import stat
import sys
from pathlib import Path

import pytest

from irekae.model import printing
from irekae.model.journal import State
from irekae.model.printing import log as module
from irekae.model.printing.events import Bearer, Outcome, Spot
from irekae.model.printing.log import Log, logs
from tests.unit.screen import Screen

SPOT = Spot("5.1", (Bearer("ika", "ika"),))


@pytest.fixture(autouse=True)
def _no_log_before_or_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "_logs", [])


def begin(folder: Path, typed: str = "fab -H ika phase5 --yes") -> Log:
    log = Log(folder, typed, "mori@seat")
    printing.keep_log(log)
    return log


def kept(folder: Path) -> list[str]:
    (path,) = logs(folder)
    return path.read_text(encoding="utf-8").splitlines()


def say_everything() -> None:
    printing.begin(SPOT, "Names")
    printing.detail(SPOT, "edit /etc/hosts password=hunter2 \x1b[2J")
    printing.end(SPOT, Outcome(State.DONE, "done"))
    printing.show("one\ntwo")
    printing.complain("irekae: what")


@pytest.mark.parametrize("terminal", [False, True])
def test_what_is_printed_is_kept_with_its_times_folded_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    if terminal:
        monkeypatch.setattr(sys, "stdout", Screen())
    begin(tmp_path)
    say_everything()
    printing.close()
    command, who, day, *lines = kept(tmp_path)
    assert (command, who) == ("# fab -H ika phase5 --yes", "# mori@seat")
    assert re.fullmatch(r"# \d{4}-\d\d-\d\d, \S+ \([+-]\d{4}\)", day)
    assert all(re.match(r"\d\d:\d\d:\d\d ", line) for line in lines)
    assert [line[9:] for line in lines] == [
        "  5.1 ika: Names …",
        "  5.1 ika: edit /etc/hosts password=[blanked] \\x1b[2J",
        "  5.1 ika: done",
        "one",
        "two",
        "irekae: what",
    ]


def test_a_question_is_kept_with_its_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(tmp_path)
    answer = tmp_path / "stdin"
    answer.write_text("outage\n")
    with answer.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        printing.ask("Type outage to go on:")
    assert kept(tmp_path)[-1].endswith("Type outage to go on: outage")


def test_it_is_the_operators_alone(tmp_path: Path) -> None:
    log = begin(tmp_path / ".irekae")
    assert not (tmp_path / ".irekae").exists(), "nothing is made before something is said"
    printing.show("x")
    assert log.path is not None
    assert re.fullmatch(r"\d{8}-\d{6}-ika-phase5-\d+\.log", log.path.name)
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.folder.stat().st_mode) == 0o700


def test_a_log_has_a_largest_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 200)
    begin(tmp_path)
    for _ in range(50):
        printing.show("x" * 20)
    lines = kept(tmp_path)
    assert lines[-1].startswith("# more was said")
    assert sum(map(len, lines)) < 400


def test_the_oldest_logs_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    folder = tmp_path / "logs"
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"2026110{day}-000000-phase1-1.log").write_text("x")
    (folder / "mine.txt").write_text("a person's own")
    begin(tmp_path)
    printing.show("x")
    assert [path.name[:8] for path in logs(tmp_path)][:2] == ["20261104", "20261105"]
    assert len(logs(tmp_path)) == 3
    assert (folder / "mine.txt").exists()


def test_a_log_that_cannot_be_kept_stops_nobody_and_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    begin(tmp_path)
    printing.show("one")
    printing.show("two")
    out, err = capsys.readouterr()
    assert out == "one\ntwo\n"
    assert err.count("the log of this command is not kept any more") == 1
