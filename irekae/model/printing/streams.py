"""Standard output and standard error: what they can show, and a text written to them whatever they are."""

import contextlib
import os
from typing import TYPE_CHECKING, TextIO, cast

from irekae.model.journal import State
from irekae.model.printing.events import Kind

if TYPE_CHECKING:
    from rich.console import Console


def can_fold(stream: TextIO) -> bool:
    """Is it a terminal on which lines may be changed after they are written."""
    return _is_terminal(stream) and os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


def _can_colour(stream: TextIO) -> bool:
    """May the text have colours: on a terminal that has them, or where FORCE_COLOR says so; never under NO_COLOR."""
    return not os.environ.get("NO_COLOR") and (can_fold(stream) or bool(os.environ.get("FORCE_COLOR")))


def charset_of(stream: TextIO | None) -> str:
    """The character set in which a stream is written."""
    return getattr(stream, "encoding", None) or "utf-8"


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (AttributeError, OSError, ValueError):  # it is closed, or no file at all
        return False


def console(stream: TextIO) -> "Console":
    """Rich's console for a stream; without NO_COLOR's colours there are no other attributes either."""
    from rich.console import Console

    class Seat(Console):
        """A console that leaves the cursor alone: a command that is killed could not bring it back."""

        def show_cursor(self, show: bool = True) -> bool:
            """Do nothing."""
            return False

    shown = can_fold(stream) or _can_colour(stream)
    return Seat(
        file=cast(TextIO, Lasting(stream)),
        force_terminal=shown,
        color_system="auto" if _can_colour(stream) else None,
        highlight=False,
        emoji=False,
        markup=False,
    )


def write(stream: TextIO | None, text: str, kind: Kind, state: State | None = None, end: str = "\n") -> None:
    """Write a text that is legible already; with the colour of its meaning where there are colours."""
    if stream is None:
        return
    if (kind is Kind.PLAIN and state is None) or not _can_colour(stream):
        Lasting(stream).write(text + end)
        return
    from irekae.model.printing.colours import coloured

    console(stream).print(coloured(text, kind, state), end=end, soft_wrap=True)


class Lasting:
    """A stream that takes whatever is written: what its character set lacks is spelled out.

    A terminal or a pipe that is gone must not leave an item half done: the journal remembers what it said.
    """

    def __init__(self, stream: TextIO) -> None:
        """Nothing is written yet."""
        self.stream = stream
        self.encoding = charset_of(stream)

    def write(self, text: str) -> int:
        """Write it and send it off."""
        with contextlib.suppress(OSError, ValueError):
            self.stream.write(text.encode(self.encoding, "backslashreplace").decode(self.encoding))
            self.stream.flush()
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        """Is it a terminal."""
        return _is_terminal(self.stream)

    def fileno(self) -> int:
        """Where its size can be asked for."""
        return self.stream.fileno()
