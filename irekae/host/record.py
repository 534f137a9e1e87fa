"""What an item does on a host, written down as it happens: changes with their undo, notes, and what is shown."""

import stat
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar, cast

from irekae.host.memory import Request
from irekae.host.overlay import Ground
from irekae.host.remote import HostError, Link, Lost, encode
from irekae.model.differences import Secret
from irekae.model.errors import SwapError
from irekae.model.journal import Entry, now, operator
from irekae.model.legible import line
from irekae.model.printing import detail
from irekae.model.printing.events import Bearer, Kind, Spot
from irekae.model.secrecy import blanked, is_secret_kind

T = TypeVar("T")


def _fit(text: str) -> str:
    """As it may be kept and shown: one legible line without the values of secrets."""
    return line(blanked(text))


@dataclass(frozen=True)
class OfFile:
    """The file that a change is about.

    Attributes:
        path: as people know it: of a dated copy, or of what takes its place later, the file itself.
        size: bytes that it will have.
        team: whose file it is, "" where nobody said so.
        own: what it is for, where it is a file of irekae's own; "" for the host's configuration.
    """

    path: str
    size: int = 0
    team: str = ""
    own: str = ""


@dataclass(frozen=True)
class PlannedChange:
    """A change that would be made: by which item, on which host, what, its diff or commands, and of which file."""

    item: str
    host: str
    what: str
    lines: tuple[str, ...] = ()
    routine: bool = False  # done whatever the host's state is, as a restart after an edit
    refused: bool = False  # what would be refused, instead of done
    file: OfFile | None = None


@dataclass(frozen=True)
class Written:
    """A file as we leave it.

    Attributes:
        state: mode, uid, gid.
        data: its contents; None where they stay as they are.
        wanted: what we wanted them to be, before others' changes were merged in.
    """

    state: dict[str, int]
    data: bytes | None = field(default=None, repr=False)
    wanted: bytes | None = field(default=None, repr=False)

    def sent(self) -> dict[str, str]:
        """What the checkpoint keeps of it."""
        wanted = None if self.wanted == self.data else self.wanted
        both = (("data", self.data), ("wanted", wanted))
        return {key: encode(text) for key, text in both if text is not None}


class Made(NamedTuple):
    """A change: its number, 0 in a plan, and what was answered to what followed in the same round trip."""

    n: int
    answers: list[Any]


@dataclass
class Record:
    """One item on one host.

    Attributes:
        item: the manual's number.
        phase: its phase.
        planned_as: in a plan, the name that the host will bear; "" otherwise.
        link: the connection; None for work at the seat.
        planned: under --plan nothing is journaled, and changes are only collected.
        changes: how many were made or planned.
        notes: what a reader of the report should see.
        public_words: the pair's names and addresses, which may be named even where a file's text may not be shown.
    """

    item: str
    phase: int
    planned_as: str
    link: Link
    ground: Ground
    entries: list[Entry]
    plan: list[PlannedChange] = field(default_factory=list)
    changes: int = 0
    notes: list[str] = field(default_factory=list)
    public_words: Collection[str] = ()
    _looks: dict[str, tuple[int, Any]] = field(default_factory=dict, repr=False)

    def until_changed(self, name: str, look: Callable[[], T]) -> T:
        """What a look finds; it stands until the item's next change here, and is not taken again before."""
        changes, found = self._looks.get(name, (-1, None))
        if changes != self.changes:
            found = look()
            self._looks[name] = (self.changes, found)
        return cast(T, found)

    @property
    def host(self) -> str:
        """The name that the machine bears just now, wherever an exchange has brought it; in a plan, will bear."""
        return self.planned_as or self.link.entry.name

    @property
    def spot(self) -> Spot:
        """Where this is, as it is shown."""
        return Spot(self.item, (Bearer(self.link.machine.first_name, self.host),))

    @property
    def planned(self) -> bool:
        """Is this a plan."""
        return self.ground.planned

    def secrecy(self, path: str, mode: int, state: Mapping[str, Any] | None = None) -> Secret | None:
        """How to speak of the file that lies, or will lie with this mode, at path: None if everybody may read it.

        state: of what lies there, where that is known.
        """
        states = self.ground.stat_all([path, path.rpartition("/")[0] or "/"]).values() if state is None else [state]
        held = next((found for found in states if found), None)
        public = held is not None and held.get("public") and mode & stat.S_IROTH
        return None if public and not is_secret_kind(path) else Secret(self.public_words)

    def note(self, text: str, kind: Kind = Kind.DETAIL) -> None:
        """Keep a line for the report and show it."""
        text = _fit(text)
        self.notes.append(text)
        if not self.planned:
            self.tell(text, kind)

    def tell(self, text: str, kind: Kind = Kind.DETAIL) -> None:
        """Show the operator what is done, seen or waited for here."""
        detail(self.spot, text, kind)

    def refused(self, error: SwapError) -> None:
        """A plan goes on past what would be refused, and tells it in its place; anything else ends there.

        Raises:
            SwapError: this is no plan, or the connection is lost.
        """
        if not self.planned or isinstance(error, Lost):
            raise error
        lines = [*error.detail.splitlines(), *([f"next: {error.hint}"] if error.hint else [])]
        change = PlannedChange(self.item, self.host, _fit(error.what), tuple(map(_fit, lines)), refused=True)
        self.plan.append(change)

    def event(self, event: str, *then: Request, **more: Any) -> Entry:
        """Write a line into the host's journal and make it last; then: what is asked in the same round trip."""
        entry = self._entry(event, **more)
        self.link.ask_all([("append", {"entry": entry}), *then])
        self.entries.append(entry)
        return entry

    def _entry(self, event: str, **more: Any) -> Entry:
        return {
            "at": now(),
            "who": operator(),
            "item": self.item,
            "phase": self.phase,
            "name": self.host,
            "event": event,
            **more,
        }

    def change(
        self,
        what: str,
        undo: Mapping[str, Any],
        keep: tuple[str, ...] = (),
        lines: tuple[str, ...] = (),
        routine: bool = False,
        wrote: Mapping[str, Written | None] | None = None,
        file: OfFile | None = None,
        then: Sequence[Request] = (),
    ) -> Made:
        """Announce a change before it is made: keep what is there, write the intent and its undo, show it.

        Args:
            what: one line, as a person would say it.
            undo: how to take it back; its `kind` is one of rollback's.
            keep: paths whose present state is kept in the checkpoint.
            lines: diff or commands, shown in a plan.
            routine: is it done whatever the host's state is.
            wrote: what will lie at these paths, None where nothing will: an undo asks whether it still does.
            file: what it is about, for who reads a plan.
            then: the change itself, or what of it can be asked for already: in the same round trip, behind that.
        """
        self.changes += 1
        if self.planned:
            shown = tuple(map(_fit, lines))
            about = replace(file, path=_fit(file.path)) if file else None
            self.plan.append(PlannedChange(self.item, self.host, _fit(what), shown, routine, file=about))
            self.ground.act_all(then)
            return Made(0, [])
        ours = wrote or {}
        after = {"wrote": {p: f and f.state for p, f in ours.items()}} if ours else {}
        told = {"own": file.own} if file and file.own else {}
        entry = self._entry("change", what=_fit(what), undo={**undo, **after}, **told)
        wanted = {p: f.sent() for p, f in ours.items() if f}
        announced: Request = ("change", {"entry": {**entry, "n": 0}, "paths": list(keep), "wrote": wanted})
        kept, *answers = self._made([announced, *then])
        self.entries.append({**entry, "n": kept["n"], "undo": {**entry["undo"], "kept": kept["kept"]}})
        self.tell(_fit(what))
        return Made(int(kept["n"]), answers)

    def _made(self, requests: Sequence[Request]) -> list[Any]:
        """Answers; where one of them fails, those before it have been carried out: the journal is read again."""
        try:
            return self.link.ask_all(requests)
        except HostError:
            with suppress(SwapError):  # what went wrong first is told
                self.entries[:] = self.link.news() or self.entries
            raise
