"""A terminal with a person before it: one line an item, details folded, and below them what is under way.

Threads print at the same time. Whatever changes here is done under one lock; the thread of Rich that draws what is
under way takes none of ours, and reads what it finds.
"""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from rich.cells import cell_len
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from irekae.model.journal import State
from irekae.model.language import in_language
from irekae.model.printing.colours import DIM, STATES, coloured
from irekae.model.printing.events import Kind, Outcome, Progress, Recap, Spot

WIDEST = 110  # columns: an outcome farther away is not seen to belong to its item
NEVER_FOLDED = (Kind.RESULT, Kind.WARNING)
BAR = 24  # columns
INDENT = " " * 10  # the width of the time of day, and the gap behind it
Key = tuple[str, str]  # an item, and the first name of a machine


@dataclass
class _Running:
    """An item that has begun: what it has said so far, and since when."""

    spot: Spot
    title: str
    began: float = field(default_factory=time.monotonic)
    details: list[tuple[Spot, str, Kind]] = field(default_factory=list)


class Terminal:
    """What is shown on one terminal.

    Args:
        console: Rich's.
        verbose: are details shown as they come, and nothing folded.
    """

    def __init__(self, console: Console, verbose: bool = False) -> None:
        """Nothing is under way."""
        self.console = console
        self.verbose = verbose
        self._lock = threading.RLock()
        self._running: dict[Key, _Running] = {}
        self._bars: dict[str, Progress] = {}
        self._paused = 0
        self._live = Live(
            console=console,
            get_renderable=self._under_way,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    # --- lines ---

    def line(self, text: str, kind: Kind, state: State | None = None) -> None:
        """A line of its own, above what is under way."""
        with self._lock:
            self._print(coloured(text, kind, state))

    def begin(self, spot: Spot, title: str) -> None:
        """An item is under way from now on."""
        running = _Running(spot, title)
        with self._lock:
            self._running |= dict.fromkeys(_keys(spot), running)
            if self.verbose:
                self._print(self._stamped(spot, f"{title} …"))
            self._draw()

    def detail(self, spot: Spot, text: str, kind: Kind) -> None:
        """What a verb of an item said; at once where it must not be folded, or nothing is under way there."""
        with self._lock:
            running = self._running.get(_keys(spot)[0])
            if running and not self.verbose and kind not in NEVER_FOLDED:
                running.details.append((spot, text, kind))
                return
            self._print(self._stamped(spot, text, kind))

    def end(self, spot: Spot, outcome: Outcome) -> None:
        """The line of an item, with its outcome at the end; what failed shows all that was said."""
        with self._lock:
            running = self._take(spot)
            title = outcome.title or (running.title if running else "")
            folded = running.details if running else []
            opened = outcome.state in (State.FAILED, State.UNKNOWN)
            self._print(self._outcome(spot, title, outcome, 0 if opened else len(folded)))
            if opened:
                self._unfold(spot, folded)
            self._draw()

    def progress(self, what: str, progress: Progress | None) -> None:
        """How far something is; None: it has ended."""
        with self._lock:
            if progress:
                self._bars[what] = progress
            else:
                self._bars.pop(what, None)
            self._draw()

    def recap(self, told: Recap) -> None:
        """What became of the items on each machine, what comes next and whose it is."""
        with self._lock:
            widest = max((cell_len(str(bearer)) for bearer, _ in told.hosts), default=0)
            for bearer, said in told.hosts:
                line = Text().append(str(bearer).ljust(widest), "bold").append("  ")
                self._print(
                    line.append_text(Text(", ").join(Text(in_language(text), STATES[state]) for state, text in said))
                )
            if told.comes:
                following = Text().append(in_language("next")).append(": ").append(told.comes, "bold")
                self._print(following.append(f"  {in_language(told.who)}"))
            self._print(Text(in_language(f"times are {told.zone}"), DIM))

    def close(self) -> None:
        """Nothing is drawn any more; what was folded of items that never ended is shown."""
        with self._lock:
            self._live.stop()
            self._bars.clear()
            for running in {id(one): one for one in self._running.values()}.values():
                self._print(
                    self._outcome(running.spot, running.title, Outcome(State.UNKNOWN, in_language("no outcome")), 0)
                )
                self._unfold(running.spot, running.details)
            self._running.clear()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing is drawn meanwhile: somebody is asked, or another stream writes here."""
        with self._lock:
            self._paused += 1
            self._live.stop()
        try:
            yield
        finally:
            with self._lock:
                self._paused -= 1
                self._draw()

    # --- how they look ---

    def _take(self, spot: Spot) -> _Running | None:
        """What is under way there, which it is no longer; the names may have moved since it began."""
        found = [running for key in _keys(spot) if (running := self._running.pop(key, None))]
        for key in [key for key, running in self._running.items() if running in found]:
            del self._running[key]
        return found[0] if found else None

    def _unfold(self, spot: Spot, details: list[tuple[Spot, str, Kind]]) -> None:
        for at, text, kind in details:
            host = f"{at.named}: " if len(spot.bearers) > 1 else ""
            self._print(Text(INDENT + "    ").append(host, DIM).append_text(coloured(text, kind)))

    def _stamped(self, spot: Spot, text: str, kind: Kind = Kind.DETAIL) -> Text:
        return _head(spot).append("  ").append_text(coloured(text, kind))

    def _outcome(self, spot: Spot, title: str, outcome: Outcome, folded: int) -> Text:
        left = _head(spot).append(f"  {title}" if title else "")
        right = Text("")
        if folded:
            right.append(in_language(f"{folded} details" if folded > 1 else "1 detail")).append("  ", DIM)
        if outcome.seconds is not None:
            right.append(f"{outcome.seconds:.1f} s  ", DIM)
        right.append(outcome.said, STATES[State.NOTHING if outcome.before else outcome.state])
        room = min(self.console.width, WIDEST) - cell_len(left.plain) - cell_len(right.plain)
        return left.append(" " * max(room, 2)).append_text(right)

    def _print(self, text: Text) -> None:
        self.console.print(text, soft_wrap=True)

    # --- what is under way ---

    def _draw(self) -> None:
        if (self._running or self._bars) and not self._paused:
            self._live.start(refresh=True)
        else:
            self._live.stop()

    def _under_way(self) -> Group:
        # Read by Rich's own thread, without our lock: a copy of what is there at one moment.
        running = {id(one): one for one in list(self._running.values())}.values()
        lines = [self._line_of(one) for one in running]
        return Group(*lines, *(_bar(what, progress) for what, progress in list(self._bars.items())))

    @staticmethod
    def _line_of(running: _Running) -> Text:
        line = Text(INDENT, no_wrap=True, overflow="ellipsis")
        line.append(f"{running.spot.item:<4} {running.spot.named}").append(f"  {running.title} … ")
        line.append(f"{time.monotonic() - running.began:.0f} s", STATES[State.RUNNING])
        if running.details:
            _, text, kind = running.details[-1]
            line.append("  ").append(text, DIM if kind is not Kind.WAIT else STATES[State.RUNNING])
        return line


def _bar(what: str, progress: Progress) -> Table:
    """A line with a bar; one that runs to and fro while nobody knows how far it is."""
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(no_wrap=True, max_width=40)
    table.add_column(width=BAR)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    share = "" if progress.share is None else f"{progress.share:4.0%}  "
    bar = ProgressBar(
        total=None if progress.share is None else 1.0,
        completed=progress.share or 0.0,
        width=BAR,
        complete_style=STATES[State.DONE],
        finished_style=STATES[State.DONE],
        pulse_style=STATES[State.RUNNING],
    )
    table.add_row(Text(f"{INDENT}{what}"), bar, Text(f"{share}{progress.said}"))
    return table


def _keys(spot: Spot) -> list[Key]:
    return [(spot.item, bearer.first) for bearer in spot.bearers]


def _head(spot: Spot) -> Text:
    return Text().append(f"{datetime.now():%H:%M:%S}  ", DIM).append(f"{spot.item:<4} {spot.named}", "bold")
