"""The journals of both hosts as one history, by time: who did what, and what became of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from irekae.model.clock import moment
from irekae.model.items import DECLARED
from irekae.model.journal import ENDS, Entry, State
from irekae.model.legible import line
from irekae.model.printing.events import Bearer

CHANGES = ("change", "change undone")
WORDS = {
    "failed": "FAILED", "undone": "taken back", "suite": "the acceptance suite runs", "announced": "the mail is sent",
    "closed": "the swap is closed",
}  # fmt: skip
# What is no word to people: what an undo needs, what is counted, where evidence lies.
SILENT = ("made", "mail", "clash", "mended", "evidence")
_EARLIEST = datetime.fromtimestamp(0, UTC).astimezone()


@dataclass(frozen=True)
class Event:
    """One line of a host's journal, as it is read.

    Attributes:
        at: when, in this seat's zone; of an entry without a time, the time of the one before it.
        item: the manual's number, or empty.
        bearer: the machine, with the name that it bore then.
        who: the operator, or the host's own lease.
        said: what happened, in words.
        state: what that means, or None for what is no outcome.
    """

    at: datetime
    item: str
    bearer: Bearer
    who: str
    said: str
    state: State | None

    def text(self, widths: Sequence[int]) -> str:
        """One line with its time of day; widths: of item, machine and operator."""
        cells = (
            f"{text:<{width}}" for text, width in zip((self.item, str(self.bearer), self.who), widths, strict=True)
        )
        return f"{self.at:%H:%M:%S}  {'  '.join(cells)}  {self.said}"


def events(journals: Mapping[Bearer, Sequence[Entry]], changes: bool = False) -> list[Event]:
    """What the journals tell people, oldest first; those of one host stay in their order.

    Args:
        journals: of each machine, by the names that it bore first and bears now.
        changes: tell each change too.
    """
    found = [event for bearer, entries in journals.items() for event in _of_one(bearer, entries, changes)]
    return sorted(found, key=lambda event: event.at)


def _of_one(bearer: Bearer, entries: Iterable[Entry], changes: bool) -> Iterator[Event]:
    at = _EARLIEST
    named: dict[int, str] = {}
    for entry in entries:
        # A clock that is put back must not turn the order of one host's work round.
        at = max(at, _moment(entry) or at)
        event = str(entry.get("event", ""))
        if event == "change":
            named[int(entry["n"])] = str(entry.get("what", ""))
        if event in SILENT or (event in CHANGES and not changes):
            continue
        there = Bearer(bearer.first, line(str(entry.get("name") or bearer.now)))
        item, who = line(str(entry.get("item", ""))), line(str(entry.get("who", "?")))
        yield Event(at, item, there, who, line(_said(event, entry, named)), ENDS.get(event))


def _moment(entry: Entry) -> datetime | None:
    try:
        found = moment(str(entry.get("at", "")))
        return found.astimezone() if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _said(event: str, entry: Entry, named: Mapping[int, str]) -> str:
    if event == "change":
        return str(entry.get("what", ""))
    if event == "change undone":
        return f"undone: {named.get(int(entry['n']), '')}"
    if event == "started":
        item = DECLARED.get(str(entry.get("item", "")))
        return f"begins: {item.en}" if item else "begins"
    word = WORDS.get(event, event)
    took = f", {entry['took']:.1f} s" if isinstance(entry.get("took"), (int, float)) else ""
    why = [str(entry["why"])] if entry.get("why") else _detail(entry) if event in ("failed", "refuted") else []
    return f"{word}{took}: {'; '.join(why)}" if why else f"{word}{took}"


def _detail(entry: Entry) -> list[str]:
    """What an item that failed said: its first line says what happened."""
    detail = entry.get("detail", [])
    return [str(text).split("\n")[0] for text in detail[:3]] if isinstance(detail, list) else []
