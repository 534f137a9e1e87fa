"""The only place that writes to the operator's terminal, and that reads from it.

Everything passes `blanked` and `legible`: no password is shown, and whatever a host, a user or a file says steers
nothing. What the terminal's own character set lacks is spelled out too, so that no locale makes a command fail.
"""

import contextlib
import sys
import threading
from typing import TextIO

from irekae.model.legible import legible
from irekae.model.secrecy import blanked

# One each: what went wrong is said even while a thread waits for a pipe that nobody reads.
_showing, _complaining = threading.Lock(), threading.Lock()


def show(text: str) -> None:
    """Print a text, whole, whichever thread it comes from; it may have several lines."""
    with _showing:
        _write(sys.stdout, text)


def confide(text: str) -> None:
    """Print a text for whoever sits here, and for nobody later: it holds a token, and no record keeps it."""
    with _showing:
        _write(sys.stdout, text)


def complain(text: str) -> None:
    """Print a text on standard error: what went wrong."""
    with _complaining:
        _write(sys.stderr, text)


def ask(question: str) -> str:
    """Put a question to the operator; the answer without blanks around it, empty where none can be read."""
    with _showing:
        _write(sys.stdout, question, end=" ")
    try:
        return sys.stdin.readline().strip()
    except UnicodeDecodeError:
        return ""


def is_attended() -> bool:
    """Is somebody there who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def _write(stream: TextIO | None, text: str, end: str = "\n") -> None:
    # A terminal or a pipe that is gone must not leave an item half done: the journal remembers what it said.
    with contextlib.suppress(OSError, ValueError):
        print(_in_charset_of(stream, legible(blanked(text))), end=end, file=stream, flush=True)


def _in_charset_of(stream: TextIO | None, text: str) -> str:
    charset = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(charset, "backslashreplace").decode(charset)
