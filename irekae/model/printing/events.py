"""What is told while items are carried out, as data: where, what kind of line, which outcome."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import NamedTuple

from irekae.model.journal import State


class Kind(Enum):
    """What a line means."""

    PLAIN = auto()
    DETAIL = auto()  # what a verb did or saw
    RESULT = auto()  # what the item was for: a person reads it
    WARNING = auto()  # a person has to look at it
    WAIT = auto()  # what is being waited for
    UNDONE = auto()  # what was taken back
    DIFF = auto()
    COMPLAINT = auto()  # what went wrong, on standard error


class Bearer(NamedTuple):
    """A machine: the name that it bore before the swap, and the one that it bears just now."""

    first: str
    now: str

    def __str__(self) -> str:
        """Both names once they differ."""
        return self.first if self.first == self.now else f"{self.first} → {self.now}"


@dataclass(frozen=True)
class Spot:
    """An item on one machine, or on both.

    Attributes:
        item: the manual's number.
        bearers: where.
    """

    item: str
    bearers: tuple[Bearer, ...]

    def __str__(self) -> str:
        """As it is said in a pipe: `6.1 ika + tako`."""
        return f"{self.item} {' + '.join(bearer.now for bearer in self.bearers)}"

    @property
    def named(self) -> str:
        """The machines with both their names."""
        return " + ".join(map(str, self.bearers))


@dataclass(frozen=True)
class Progress:
    """How far something is.

    Attributes:
        share: from 0.0 to 1.0; None while nobody knows.
        said: rate, counts, time left.
    """

    share: float | None
    said: str

    def __str__(self) -> str:
        """As it is said in a pipe."""
        return self.said if self.share is None else f"{self.share:.0%}, {self.said}"


@dataclass(frozen=True)
class Recap:
    """The end of a command.

    Attributes:
        hosts: what became of the items on each machine, in words with their meaning.
        comes: the command that comes next, or empty.
        who: whose it is.
        zone: of all times that were shown.
    """

    hosts: tuple[tuple[Bearer, tuple[tuple[State, str], ...]], ...]
    comes: str
    who: str
    zone: str

    def lines(self) -> list[str]:
        """As it is said in a pipe."""
        told = [f"{bearer}: {', '.join(text for _, text in said)}" for bearer, said in self.hosts]
        comes = f"next: {self.comes} ({self.who})" if self.who else f"next: {self.comes}"
        return [*told, *([comes] if self.comes else []), f"times are {self.zone}"]


@dataclass(frozen=True)
class Outcome:
    """What became of an item.

    Attributes:
        state: what it means.
        said: the same in words.
        title: what the item is called, where its beginning was not told.
        seconds: how long it took.
        before: had it ended already when the command began.
    """

    state: State
    said: str
    title: str = ""
    seconds: float | None = None
    before: bool = False

    def __str__(self) -> str:
        """As it is said in a pipe."""
        took = "" if self.seconds is None else f", {self.seconds:.1f} s"
        return f"{self.title}: {self.said}{took}" if self.title else f"{self.said}{took}"

    def fit(self, fit: Callable[[str], str]) -> "Outcome":
        """The same with texts that may be shown."""
        return replace(self, said=fit(self.said), title=fit(self.title))
