"""What the board shows, as data, made of what the hosts answered. Pure: nothing here asks anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from msgspec import structs

from irekae.model.journal import SENT, Entry
from irekae.model.legible import line
from irekae.model.results import OPTIONAL, ItemOutcome, ItemRow
from irekae.model.secrecy import blanked
from irekae.proof.outage.live import Seen

LINES = 14  # of the journals, the last ones
LONGEST = 400  # characters of one text; the report has all of it
FIRST, LAST = 1971, 9000  # years that every zone can tell
OPEN: tuple[ItemOutcome, ...] = ("failed", "unknown", "running", "not done")
# Of an event of the journal only these are told: the others are for an undo.
TOLD = frozenset(
    ("started", "done", "nothing", "failed", "refuted", "unknown", "by hand", "waived", "undone", "proved", "change",
     "change undone", "closed", SENT)
)  # fmt: skip


@dataclass(frozen=True)
class Host:
    """A name of the pair, and the machine that bears it just now.

    Attributes:
        name, address: of hosts.ini.
        machine: the short mark of the machine; "" where that is not known.
        was: the name that the machine bore before the swap, where it is another one.
        heard: when it last answered, ISO 8601; "" for never.
        silent: why it does not answer; "" while it does.
    """

    name: str
    address: str
    machine: str = ""
    was: str = ""
    heard: str = ""
    silent: str = ""


@dataclass(frozen=True)
class Heard:
    """What one look at the hosts has brought.

    Attributes:
        at: when, ISO 8601 with a zone.
        hosts: both names of the pair, production's first.
        run: the swap that they remember; "" for none, None where nobody answered.
        rows: the items on the hosts that answered.
        journals: their entries, by name.
        copy: the copy's own word of how far it is (rsync's last line); "" while none is asked for.
        outside: what is seen from outside; None where that was not looked at.
        exchanging: is phase 6 under way.
        refused, remedy: why the hosts are not believed, and what is to be done about it.
    """

    at: str
    hosts: tuple[Host, ...]
    run: str | None = None
    rows: tuple[ItemRow, ...] = ()
    journals: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    copy: str = ""
    outside: Seen | None = None
    exchanging: bool = False
    refused: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Line:
    """A line of a host's journal; event is one of TOLD, text what it says of itself."""

    at: str
    host: str
    item: str
    who: str
    event: str
    text: str = ""


@dataclass(frozen=True)
class Board:
    """All that the page shows.

    Attributes:
        at, hosts, exchanging, refused, remedy: as `Heard` has them.
        run: the swap; "" while none has begun or is known.
        rows: every item on every host of which anything is known, legible.
        kept: of them, those of hosts that are silent now, as (item, host): known from before.
        lines: the last of the journals, oldest first.
        copy: the copy's own word of how far it is.
        announced: is the announcement sent.
        outside: what is seen from outside.
    """

    at: str
    hosts: tuple[Host, ...]
    run: str = ""
    rows: tuple[ItemRow, ...] = ()
    kept: frozenset[tuple[str, str]] = frozenset()
    lines: tuple[Line, ...] = ()
    copy: str = ""
    announced: bool = False
    outside: Seen = field(default_factory=Seen)
    exchanging: bool = False
    refused: str = ""
    remedy: str = ""

    @property
    def begun(self) -> bool:
        """Do the hosts remember a swap."""
        return bool(self.run)

    def left(self) -> list[ItemRow]:
        """What is not settled and has to be, in the manual's order."""
        return [row for row in self.rows if row.outcome in OPEN and row.number not in OPTIONAL]


def board(heard: Heard, before: Board | None = None) -> Board:
    """The board after a look; what a silent host said before stands, marked as such, until another swap begins.

    Args:
        heard: what was answered.
        before: the board of the look before.
    """
    known = before if before and heard.run in (None, before.run) else None
    fresh = tuple(_legible(row) for row in heard.rows)
    seen = {(row.number, row.host) for row in fresh}
    old = tuple(row for row in known.rows if (row.number, row.host) not in seen) if known else ()
    away = {host.name for host in heard.hosts if host.silent}
    lines = _last(heard.journals)
    if known:
        lines = sorted([*lines, *(one for one in known.lines if one.host in away)], key=_when)[-LINES:]
    return Board(
        at=heard.at,
        hosts=tuple(_remembered(host, before) for host in heard.hosts),
        run=known.run if known else _fit(heard.run or ""),
        rows=tuple(sorted([*fresh, *old], key=_place)),
        kept=frozenset((row.number, row.host) for row in old),
        lines=tuple(lines),
        copy=_fit(heard.copy),
        announced=_is_announced(heard.journals) or bool(known and known.announced),
        outside=heard.outside or (before.outside if before else Seen()),
        exchanging=heard.exchanging,
        refused=_fit(heard.refused),
        remedy=_fit(heard.remedy),
    )


def _remembered(host: Host, before: Board | None) -> Host:
    """A host that is silent now bears what was known of it."""
    host = replace(host, silent=_fit(host.silent), machine=_fit(host.machine), was=_fit(host.was))
    known = next((old for old in before.hosts if old.name == host.name), None) if before else None
    if host.silent and known:
        heard = max(host.heard, known.heard, key=_moment)
        return replace(host, machine=host.machine or known.machine, was=host.was or known.was, heard=heard)
    return host


def _fit(text: str) -> str:
    return line(blanked(text))[:LONGEST]


def at_or_none(at: str) -> str:
    """A moment as it stands, "" for what is none (ISO 8601 with a zone): a lock's holder writes it himself."""
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return ""
    return at if found.tzinfo and FIRST <= found.year <= LAST else ""


def _legible(row: ItemRow) -> ItemRow:
    detail = tuple(_fit(part) for text in row.detail for part in text.splitlines())
    return structs.replace(row, who=_fit(row.who), at=at_or_none(row.at), why=_fit(row.why), detail=detail)


def _place(row: ItemRow) -> tuple[int, int, str]:
    return row.phase, int(row.number.partition(".")[2]), row.host


# --- journals ---------------------------------------------------------------------------------------------------------


def _is_announced(journals: Mapping[str, Sequence[Entry]]) -> bool:
    return any(entry.get("event") == SENT for entries in journals.values() for entry in entries)


def _last(journals: Mapping[str, Sequence[Entry]]) -> list[Line]:
    found = [line_of(name, entry) for name, entries in journals.items() for entry in entries[-10 * LINES :]]
    return sorted([one for one in found if one], key=_when)[-LINES:]


def line_of(name: str, entry: Entry) -> Line | None:
    """What a person is told of a journal's entry; None for one that is not for people.

    Args:
        name: of the host that remembers it.
        entry: as `host.entries` lets it through.
    """
    event, at = str(entry.get("event", "")), at_or_none(str(entry.get("at", "")))
    if event not in TOLD or not at:
        return None
    text = str(entry.get("what") or entry.get("why") or "")
    if not text and event in ("failed", "refuted"):
        text = _first(entry.get("detail"))
    who, item = _fit(str(entry.get("who", ""))), _fit(str(entry.get("item", "")))
    return Line(at, name, item, who, event, _fit(text))


def _first(detail: object) -> str:
    found = detail[0] if isinstance(detail, (list, tuple)) and detail else detail
    return str(found or "").partition("\n")[0]


def _when(one: Line) -> datetime:
    return datetime.fromisoformat(one.at)


def _moment(at: str) -> float:
    return datetime.fromisoformat(at).timestamp() if at_or_none(at) else 0.0
