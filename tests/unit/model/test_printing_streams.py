"""In a pipe every line is there, plain; colours only where they can be seen and are wanted."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from irekae.model import printing
from irekae.model.journal import State
from irekae.model.printing import streams
from irekae.model.printing.events import Bearer, Kind, Outcome, Spot
from tests.unit.screen import ANSI, PROJECT, Screen, run_on_terminal

IKA, TAKO = Bearer("ika", "ika"), Bearer("tako", "tako")
ONE, PAIR = Spot("5.1", (IKA,)), Spot("6.1", (IKA, TAKO))
DONE, FAILED = Outcome(State.DONE, "done", seconds=1.2), Outcome(State.FAILED, "FAILED", seconds=0.5)


def test_in_a_pipe_everything_is_there_and_plain(capsys: pytest.CaptureFixture[str]) -> None:
    printing.begin(PAIR, "Exchange")
    printing.detail(ONE, "edit /etc/hosts")
    printing.detail(ONE, "look", Kind.WARNING)
    printing.end(ONE, DONE)
    printing.end(ONE, Outcome(State.DONE, "done already (mori)", "Names", before=True))
    assert capsys.readouterr().out.splitlines() == [
        "  6.1 ika + tako: Exchange …",
        "  5.1 ika: edit /etc/hosts",
        "  5.1 ika: look",
        "  5.1 ika: done, 1.2 s",
        "  5.1 ika: Names: done already (mori)",
    ]


class Gone(Screen):
    """A terminal whose other end is closed."""

    def write(self, text: str) -> int:
        raise OSError(5, "Input/output error")


def test_a_terminal_that_is_gone_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Gone())
    monkeypatch.setenv("TERM", "xterm")
    printing.begin(ONE, "Names")
    printing.detail(ONE, "edit")
    printing.end(ONE, FAILED)
    printing.close()


PROGRAM = """
from irekae.model import printing
from irekae.model.journal import State
from irekae.model.printing.events import Bearer, Kind, Outcome, Spot
spot = Spot("5.1", (Bearer("ika", "ika"),))
printing.begin(spot, "Names")
printing.detail(spot, "edit /etc/hosts")
printing.end(spot, Outcome(State.DONE, "done"))
printing.ask("Type outage to go on:")
printing.close()
"""


def test_a_process_colours_and_folds_on_a_terminal() -> None:
    shown = run_on_terminal(PROGRAM)
    assert "\x1b[32mdone\x1b[0m" in shown
    assert "1 detail" in shown
    assert shown.rstrip().endswith("Type outage to go on:"), "nothing is drawn behind a question"
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h"), "the cursor is there again"


def test_no_color_is_honoured() -> None:
    shown = run_on_terminal(PROGRAM, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*m", shown)
    assert "1 detail" in shown


def test_a_dumb_terminal_gets_plain_lines() -> None:
    shown = run_on_terminal(PROGRAM, TERM="dumb").replace("\r\n", "\n")
    assert "\x1b" not in shown
    assert "  5.1 ika: Names …\n  5.1 ika: edit /etc/hosts\n  5.1 ika: done\n" in shown


@pytest.mark.parametrize(("more", "colours"), [({}, False), ({"FORCE_COLOR": "1", "TERM": "xterm"}, True)])
def test_a_pipe_is_plain_unless_colours_are_forced(more: dict[str, str], colours: bool) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), **more}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, input="", capture_output=True, text=True, check=True
    )
    assert ("\x1b[32m  5.1 ika: done\x1b[0m\n" in done.stdout) is colours
    assert ANSI.sub("", done.stdout).startswith("  5.1 ika: Names …\n  5.1 ika: edit /etc/hosts\n  5.1 ika: done\n")


def test_no_color_wins_over_force_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    screen = Screen()
    streams.write(screen, "  + added", Kind.DIFF)
    assert screen.getvalue() == "  + added\n"
