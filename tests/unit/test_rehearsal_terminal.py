"""The rehearsal before a person: its commands have a terminal, and nothing but their own drawing reaches ours."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lab import terminal
from tests.unit.screen import run_on_terminal

DRAWN = "\x1b[32mdone\x1b[0m\r\x1b[2K\x1b[1A\x1b[?25l"
PROGRAM = f"""
import sys
from pathlib import Path
from lab import terminal
said = "import sys; print(sys.stdout.isatty()); print('verdict: accepted'); sys.exit(3)"
print(terminal.is_there(), terminal.stream([{sys.executable!r}, "-c", said], Path("/")))
"""


def test_a_command_has_a_terminal_and_what_it_said_is_read() -> None:
    shown = run_on_terminal(PROGRAM)
    assert "True (3, 'True\\nverdict: accepted\\n')" in shown


def test_a_command_draws_and_steers_nothing_else() -> None:
    assert terminal.shown(DRAWN) == DRAWN
    assert terminal.shown("\x1b]0;owned\x07\x1b[6n\x1b[2J\u202e") == "\\x1b]0;owned\\x07\\x1b[6n\\x1b[2J\\u202e"


def test_what_is_drawn_may_come_in_pieces(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    pieces = ["\x1b", "[3", "2mdone\x1b[", "0m\n"]
    program = f"import sys\nfor piece in {pieces!r}: sys.stdout.write(piece); sys.stdout.flush()"
    status, said = terminal.stream([sys.executable, "-c", program], Path("/"))
    assert (status, said) == (0, "done\n")
    assert capfdbinary.readouterr().out == b"\x1b[32mdone\x1b[0m\r\n"


def test_a_pipe_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert not terminal.is_there()
