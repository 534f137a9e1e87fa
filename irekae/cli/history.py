"""`fab log`: what the hosts remember of this swap, as a history; followed while it goes on."""

from collections.abc import Iterator, Sequence
from typing import Any

from irekae.cli import session
from irekae.host.interrupt import pause
from irekae.model.clock import zone
from irekae.model.errors import Status, SwapError, again
from irekae.model.journal import Entry
from irekae.model.printing import show
from irekae.model.printing.events import Bearer
from irekae.report.history import Event, events
from irekae.swap import heard
from irekae.swap.swap import Swap

LOOK = 2.0  # seconds between two looks at the journals
PATIENCE = 20.0  # seconds for an answer; the host is asked again after that


def log(c: Any, follow: bool = False, verbose: bool = False) -> None:
    """What was done, by whom, with which outcome: both journals by time; --follow goes on, -v has each change."""
    swap = session.connected(hosts=session.hosts_of(c), some=True)
    told = Told(verbose)
    told.tell(swap)
    if not follow:
        if away := heard.silent(swap):
            raise SwapError(
                "one host is silent: only the other's is shown", "\n".join(away), again(), Status.INCOMPLETE
            )
        return
    try:
        for _ in _looks(swap):
            told.tell(swap)
    except KeyboardInterrupt:
        return


def _looks(swap: Swap) -> Iterator[None]:
    """Look again and again what was written since; a host that does not answer is asked again later, and told once."""
    silent: set[str] = set()
    while True:
        pause(LOOK)
        for entry in swap.inventory.pair:
            if _catches_up(swap, entry.name):
                silent.discard(entry.name)
            elif entry.name not in silent:
                silent.add(entry.name)
                show(f"{entry.name} does not answer; asked again every {LOOK:g} s")
        yield


def _catches_up(swap: Swap, name: str) -> bool:
    try:
        if name not in swap.links:
            swap.join(swap.inventory.named(name))
            return name in swap.links
        with swap.links[name].patience(PATIENCE):
            swap.catch_up(name)
    except SwapError:
        swap.drop(name)
        return False
    return True


class Told:
    """What of the journals was told already: of each machine so many lines."""

    def __init__(self, changes: bool) -> None:
        """Nothing was; changes: tell each change too."""
        self.changes = changes
        self._lines: dict[str, int] = {}
        self._day = ""

    def tell(self, swap: Swap) -> None:
        """Show what is new, by time, with its day and the zone where the day begins."""
        fresh: list[Event] = []
        for name in list(swap.links):
            bearer, entries = Bearer(swap.origin(name), name), swap.entries[name]
            begin = self._lines.get(bearer.first, 0)
            known = begin if begin <= len(entries) else 0  # the swap was closed, and another begun
            self._lines[bearer.first] = len(entries)
            fresh += _since(bearer, entries, known, self.changes)
        fresh.sort(key=lambda event: event.at)
        widths = _widths(fresh)
        for event in fresh:
            if (day := f"{event.at:%Y-%m-%d}") != self._day:
                self._day = day
                show(f"{day}, {zone()}")
            show(event.text(widths), event.state)


def _since(bearer: Bearer, entries: Sequence[Entry], known: int, changes: bool) -> list[Event]:
    """The events of the entries behind the first `known` ones: those are read too, for what they name."""
    before = len(events({bearer: entries[:known]}, changes))
    return events({bearer: entries}, changes)[before:]


def _widths(found: Sequence[Event]) -> tuple[int, int, int]:
    return (
        max((len(event.item) for event in found), default=0),
        max((len(str(event.bearer)) for event in found), default=0),
        max((len(event.who) for event in found), default=0),
    )
