"""The only place that writes to the operator's terminal, and that reads from it.

Everything passes `blanked` and `legible`: no password is shown, and whatever a host, a user or a file says steers
nothing. What the terminal's own character set lacks is spelled out too, so that no locale makes a command fail.

Callers say what a line means, never its colour. In a pipe all lines are there, plain, one form for all; on a terminal
(`terminal.py`) an item is one line that ends in its outcome, and what its verbs said is folded.
"""

import contextlib
import io
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from irekae.model.errors import SwapError
from irekae.model.journal import State
from irekae.model.language import in_language
from irekae.model.legible import legible
from irekae.model.printing import streams
from irekae.model.printing.events import Kind, Outcome, Progress, Recap, Spot
from irekae.model.secrecy import blanked

if TYPE_CHECKING:
    from irekae.model.printing.log import Log
    from irekae.model.printing.terminal import Terminal

PACE = 10.0  # seconds from one line of a progress to the next, where there is no bar
# One each: what went wrong is said even while a thread waits for a pipe that nobody reads.
_showing, _complaining = threading.Lock(), threading.Lock()
_terminals: "list[Terminal]" = []
_all_shown = [False]
_logs: "list[Log]" = []


def unfold(everything: bool) -> None:
    """Show what the verbs say as they say it (-v), instead of folding it into the item's line."""
    _all_shown[0] = everything


def keep_log(log: "Log") -> None:
    """Keep from now on what is printed and answered."""
    if not _logs:
        _logs.append(log)


# --- lines of their own -----------------------------------------------------------------------------------------------


def show(text: str, state: State | None = None) -> None:
    """Print a text, whole, whichever thread it comes from; it may have several lines. state: what it tells of."""
    _said(text, Kind.PLAIN, state)


def confide(text: str) -> None:
    """Print a text for whoever sits here, and for nobody later: it holds a token, and no log keeps it."""
    _shown(fit(text), Kind.PLAIN)


def show_diff(line: str) -> None:
    """Print a line of a diff."""
    _said(line, Kind.DIFF)


def complain(text: str) -> None:
    """Print a text on standard error: what went wrong."""
    text = fit(text)
    with _complaining, _aside():
        streams.write(sys.stderr, text, Kind.COMPLAINT)
    _keep(text)


def fail(error: SwapError) -> None:
    """Print on standard error why a command ends: what happened, the detail, the next step."""
    complain(f"irekae: {error}")


def ask(question: str) -> str:
    """Put a question to the operator; the answer without blanks around it, empty where none can be read."""
    question, answer = fit(question), ""
    with _aside():
        with _showing:
            streams.write(sys.stdout, question, Kind.PLAIN, end=" ")
        with contextlib.suppress(UnicodeDecodeError):
            answer = sys.stdin.readline().strip()
    _keep(f"{question} {fit(answer)}")
    return answer


def is_attended() -> bool:
    """Is somebody there who can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def spell_out() -> None:
    """Let what others print here (Fabric's help) be spelled out too where the character set lacks it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


# --- what becomes of items --------------------------------------------------------------------------------------------


def begin(spot: Spot, title: str, taken_back: bool = False) -> None:
    """An item begins, or is taken back from now on; title: what it is called."""
    if shown := _terminal():
        shown.begin(spot, fit(title))
        _keep(fit(f"  {spot}: {title} …"))
    elif not taken_back:
        _said(f"  {spot}: {title} …", Kind.PLAIN)


def detail(spot: Spot, text: str, kind: Kind = Kind.DETAIL) -> None:
    """What a verb did or saw; folded on a terminal until the item fails, but for a RESULT or a WARNING."""
    if shown := _terminal():
        shown.detail(spot, fit(text), kind)
        _keep(fit(f"  {spot}: {text}"))
    else:
        _said(f"  {spot}: {text}", kind)


def end(spot: Spot, outcome: Outcome) -> None:
    """An item has ended, or had before."""
    if shown := _terminal():
        shown.end(spot, outcome.fit(fit))
        _keep(fit(f"  {spot}: {outcome}"))
    else:
        _said(f"  {spot}: {outcome}", Kind.PLAIN, outcome.state)


@contextlib.contextmanager
def progressing(what: str) -> Iterator[Callable[[Progress], None]]:
    """Show how far something is: a bar on a terminal, and where there is none a line now and then.

    Args:
        what: of which the progress is.

    Returns:
        What tells the progress.
    """
    what, last = fit(what), float("-inf")

    def tell(progress: Progress) -> None:
        nonlocal last
        is_due = time.monotonic() - last >= PACE
        last = time.monotonic() if is_due else last
        if shown := _terminal():
            shown.progress(what, replace(progress, said=fit(progress.said)))
            if is_due:
                _keep(fit(f"  {what}: {progress}"))
        elif is_due:
            _said(f"  {what}: {progress}", Kind.PLAIN)

    try:
        yield tell
    finally:
        if shown := _terminal():
            shown.progress(what, None)


def recap(told: Recap) -> None:
    """The end of a command: what became of its items, what comes next."""
    if shown := _terminal():
        shown.recap(told)
        _keep("\n".join(map(fit, told.lines())))
    else:
        for line in told.lines():
            _said(line, Kind.PLAIN)


def close() -> None:
    """The command ends: what is folded of items without an outcome is shown, and the terminal is left as it was."""
    with _showing:
        while _terminals:
            with contextlib.suppress(OSError, ValueError):
                _terminals.pop().close()


def fit(text: str, kind: Kind = Kind.PLAIN) -> str:
    """A text as it may be shown, in the language of whoever reads; what is quoted stays as it is."""
    shown = legible(blanked(text))
    return shown if kind is Kind.DIFF else in_language(shown, charset=streams.charset_of(sys.stdout))


# --- where to ---------------------------------------------------------------------------------------------------------


def _said(text: str, kind: Kind, state: State | None = None) -> None:
    text = fit(text, kind)
    _shown(text, kind, state)
    _keep(text)


def _shown(text: str, kind: Kind, state: State | None = None) -> None:
    if terminal := _terminal():
        terminal.line(text, kind, state)
    else:
        with _showing:
            streams.write(sys.stdout, text, kind, state)


def _keep(text: str) -> None:
    """Into the log, if one is kept; that it cannot be written is said once."""
    for log in _logs:
        if why := log.keep(text):
            _logs.clear()
            complain(f"irekae: the log of this command is not kept any more: {why}")


def _aside() -> contextlib.AbstractContextManager[None]:
    """The lines that change are taken away while something else is written, or read, on the same terminal."""
    return _terminals[0].paused() if _terminals else contextlib.nullcontext()


def _terminal() -> "Terminal | None":
    """Standard output as a terminal on which lines may change, or None: it is a pipe, a file, a dumb terminal."""
    stream: TextIO | None = sys.stdout
    if stream is None or not streams.can_fold(stream):
        return None
    with _showing:
        if not _terminals:
            from irekae.model.printing.terminal import Terminal  # it takes long to import, and most commands do without

            _terminals.append(Terminal(streams.console(stream), _all_shown[0]))
        return _terminals[0]
