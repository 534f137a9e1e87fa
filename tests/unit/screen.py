"""A terminal that keeps what is written to it, and a process of its own on one."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from irekae.model.printing.terminal import Terminal

PROJECT = Path(__file__).resolve().parents[2]
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


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


def on(screen: Screen, verbose: bool = False) -> Terminal:
    console = Console(file=screen, force_terminal=True, color_system="standard", width=90, highlight=False)
    return Terminal(console, verbose)


def run_on_terminal(program: str, status: int = 0, **more: str) -> str:
    """What a process of its own shows on a terminal; it stands in the project, and ends with this status."""
    mine, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "TERM": "xterm", **more}
    argv = ["env", "--default-signal=INT", sys.executable, "-c", program]  # a run in the background ignores it
    with subprocess.Popen(argv, cwd=PROJECT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        os.write(mine, b"outage\n")
        shown = b""
        while chunk := _read(mine):
            shown += chunk
        os.close(mine)
        assert process.wait() == status, shown
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # EIO: nobody holds the other end any more
        return b""
