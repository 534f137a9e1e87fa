"""A terminal that can be scanned: one line an item, details folded, colour by meaning; in a pipe all of it, plain."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from irekae.model import printing
from irekae.model.journal import State
from irekae.model.printing import streams
from irekae.model.printing.events import Bearer, Kind, Outcome, Spot
from irekae.model.printing.terminal import Terminal

PROJECT = Path(__file__).resolve().parents[3]
IKA, TAKO = Bearer("ika", "ika"), Bearer("tako", "tako")
ONE, PAIR = Spot("5.1", (IKA,)), Spot("6.1", (IKA, TAKO))
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
DONE, FAILED = Outcome(State.DONE, "done", seconds=1.2), Outcome(State.FAILED, "FAILED", seconds=0.5)


class Screen(io.StringIO):
    """A terminal that keeps what is written; what stays on it is what was never taken away again."""

    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        """The lines that stay, without colours: those of what is under way are erased before the next is written."""
        shown: list[str] = [""]
        for piece in re.split(r"(\x1b\[2K|\x1b\[1A|\r|\n)", self.getvalue()):
            if piece == "\x1b[2K":
                shown[-1] = ""
            elif piece == "\x1b[1A":
                shown.pop()
            elif piece == "\n":
                shown.append("")
            elif piece != "\r":
                shown[-1] += ANSI.sub("", piece)
        return [line.rstrip() for line in shown if line.strip()]


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def folded(screen: Screen) -> Iterator[Terminal]:
    yield (terminal := on(screen))
    terminal.close()


def on(screen: Screen, verbose: bool = False) -> Terminal:
    console = Console(file=screen, force_terminal=True, color_system="standard", width=90, highlight=False)
    return Terminal(console, verbose)


# --- folding ----------------------------------------------------------------------------------------------------------


def test_an_item_is_one_line_that_ends_in_its_outcome(screen: Screen, folded: Terminal) -> None:
    folded.begin(ONE, "Names")
    folded.detail(ONE, "edit /etc/hostname", Kind.DETAIL)
    folded.detail(ONE, "edit /etc/hosts", Kind.DETAIL)
    folded.end(ONE, DONE)
    (line,) = screen.lines
    assert re.fullmatch(r"\d\d:\d\d:\d\d  5\.1  ika  Names +2 details  1\.2 s  done", line)
    assert len(line) == 90


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN])
def test_what_did_not_go_well_shows_all_that_it_said(screen: Screen, folded: Terminal, state: State) -> None:
    folded.begin(ONE, "Names")
    folded.detail(ONE, "edit /etc/hostname", Kind.DETAIL)
    folded.end(ONE, Outcome(state, "so it ended"))
    first, second = screen.lines
    assert first.endswith("so it ended")
    assert second.strip() == "edit /etc/hostname"
    assert second.startswith("    ")


def test_an_item_without_an_outcome_is_not_lost(screen: Screen, folded: Terminal) -> None:
    folded.begin(ONE, "Names")
    folded.detail(ONE, "edit /etc/hostname", Kind.DETAIL)
    folded.close()
    first, second = screen.lines
    assert first.endswith("no outcome")
    assert second.strip() == "edit /etc/hostname"


def test_a_warning_is_never_folded(screen: Screen, folded: Terminal) -> None:
    folded.begin(ONE, "Names")
    folded.detail(ONE, "look at each", Kind.WARNING)
    folded.end(ONE, DONE)
    assert [line.split()[-1] for line in screen.lines] == ["each", "done"]


def test_verbose_shows_everything_as_it_comes(screen: Screen) -> None:
    terminal = on(screen, verbose=True)
    terminal.begin(ONE, "Names")
    terminal.detail(ONE, "edit /etc/hostname", Kind.DETAIL)
    terminal.end(ONE, DONE)
    assert [line.split("  ")[-1] for line in screen.lines] == ["Names …", "edit /etc/hostname", "done"]
    terminal.close()


def test_what_is_said_where_nothing_is_under_way_stands_alone(screen: Screen, folded: Terminal) -> None:
    folded.detail(ONE, "waited for", Kind.WAIT)
    assert screen.lines[0].endswith("5.1  ika  waited for")


def test_a_pairs_details_name_their_host_and_its_new_name(screen: Screen, folded: Terminal) -> None:
    folded.begin(PAIR, "Exchange")
    moved = Bearer("ika", "tako")
    folded.detail(Spot("6.1", (moved,)), "confirmed", Kind.DETAIL)
    folded.end(Spot("6.1", (Bearer("tako", "ika"), moved)), FAILED)
    first, second = screen.lines
    assert "tako → ika + ika → tako  Exchange" in first
    assert second.strip() == "ika → tako: confirmed"
    folded.end(Spot("6.1", (IKA,)), DONE)
    assert "Exchange" not in screen.lines[-1], "it is under way no longer, under either name"


def test_threads_lose_no_line(screen: Screen, folded: Terminal) -> None:
    def item(number: int) -> None:
        spot = Spot(f"7.{number}", (IKA,))
        folded.begin(spot, f"Item {number}")
        for step in range(20):
            folded.detail(spot, f"step {number}.{step}", Kind.DETAIL)
        folded.line(f"beside {number}", Kind.PLAIN)
        folded.end(spot, FAILED)

    threads = [threading.Thread(target=item, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    folded.close()
    said = [line.strip() for line in screen.lines]
    for number in range(6):
        at = next(place for place, line in enumerate(said) if line.endswith("FAILED") and f"Item {number}" in line)
        assert said[at + 1 : at + 21] == [f"step {number}.{step}" for step in range(20)]
        assert f"beside {number}" in said


# --- colour -----------------------------------------------------------------------------------------------------------


def test_colours_are_by_meaning(screen: Screen, folded: Terminal) -> None:
    for state in State:
        folded.end(ONE, Outcome(state, f"<{state}>"))
    codes = {state: re.search(rf"\x1b\[([0-9;]+)m<{state}>", screen.getvalue()) for state in State}
    told = {state: found[1] for state, found in codes.items() if found}
    assert (told[State.DONE], told[State.FAILED], told[State.UNKNOWN]) == ("32", "1;31", "1;35")
    assert told[State.NOTHING] == "2"
    for line, code in (("  + added", "32"), ("  - removed", "31")):
        folded.line(line, Kind.DIFF)
        assert f"\x1b[{code}m{line}\x1b[0m" in screen.getvalue()


HOSTILE = "\x1b[2J [red]x[/red] :boom: password=hunter2"


def test_what_a_host_says_neither_steers_nor_colours_nor_tells(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    printing.begin(ONE, HOSTILE)
    printing.detail(ONE, HOSTILE)
    printing.detail(ONE, HOSTILE, Kind.WARNING)
    printing.show(HOSTILE)
    printing.show_diff(HOSTILE)
    printing.end(ONE, Outcome(State.FAILED, HOSTILE))
    printing.close()
    said = screen.getvalue()
    assert "\x1b[2J" not in said
    assert "hunter2" not in said
    assert "\n".join(screen.lines).count("\\x1b[2J [red]x[/red] :boom: password=[blanked]") >= 5


# --- where to ---------------------------------------------------------------------------------------------------------


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


def run_on_terminal(program: str, **more: str) -> str:
    """What a process of its own shows on a terminal."""
    mine, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "TERM": "xterm", **more}
    argv = [sys.executable, "-c", program]
    with subprocess.Popen(argv, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        os.write(mine, b"outage\n")
        shown = b""
        while chunk := _read(mine):
            shown += chunk
        os.close(mine)
        assert process.wait() == 0, shown
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # EIO: nobody holds the other end any more
        return b""


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


def test_no_color_wins_over_force_color(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    streams.write(screen, "  + added", Kind.DIFF)
    assert screen.getvalue() == "  + added\n"
