"""What a host remembers, as this seat has it: of a journal that only grows, only what is new is sent."""

import base64
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from irekae.host.entries import entries_of, entry_in
from irekae.model import seat_files
from irekae.model.errors import SwapError
from irekae.model.journal import Entry

Request = tuple[str, dict[str, Any]]  # an operation and its arguments


class Copy:
    """The journal of a host, line by line as it lies there.

    Args:
        path: where the seat keeps it from one command to the next; None where it keeps none.

    Attributes:
        broken: the numbers of the lines that are no entries.
        strange: how many are entries, and say what none of ours says.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Begin with what the seat has."""
        self._path = path
        self._forget()
        with suppress(OSError):
            self._read(path.read_bytes() if path else b"")

    def _forget(self) -> None:
        self._digest, self._size, self._lines = hashlib.sha256(), 0, 0
        self._entries: list[Entry] = []
        self._broken: list[int] = []
        self._strange = 0
        self.broken: list[int] = []
        self.strange = 0

    def known(self) -> dict[str, Any]:
        """What the seat has already, for the host to compare: so many bytes from the beginning, and their sha256."""
        return {"size": self._size, "digest": self._digest.hexdigest()}

    def take(self, news: dict[str, Any]) -> list[Entry]:
        """What the host sent of its journal, since what the seat has or from its beginning; all entries, oldest first.

        A last line without an end is read, and not counted: whoever writes next ends it.
        """
        data = base64.b64decode(news["data"])
        whole = data[: data.rfind(b"\n") + 1]
        if news["since"] != self._size:
            self._forget()
            self._keep(whole, anew=True)
        elif whole:
            self._keep(whole, anew=self._size == 0)
        self._read(whole)
        entries, broken, strange = self._read_lines(data[len(whole) :])
        self.broken, self.strange = self._broken + broken, self._strange + strange
        return self._entries + entries

    def _read(self, whole: bytes) -> None:
        entries, broken, strange = self._read_lines(whole)
        self._digest.update(whole)
        self._size += len(whole)
        self._lines += whole.count(b"\n")
        self._entries += entries
        self._broken += broken
        self._strange += strange

    def _read_lines(self, data: bytes) -> tuple[list[Entry], list[int], int]:
        """The entries among these lines, the numbers of those that are none, and how many are not to be used."""
        found, broken = [], []
        for number, line in enumerate(data.split(b"\n"), self._lines + 1):
            if (entry := entry_in(line)) is not None:
                found.append(entry)
            elif line.strip():
                broken.append(number)
        good, strange = entries_of(found)
        return good, broken, strange

    def _keep(self, whole: bytes, anew: bool) -> None:
        """Into the seat's file. Another command may write there too: what does not fit together is sent anew."""
        if self._path is None:
            return
        with suppress(SwapError):  # a seat whose disk is full must not keep anybody from acting
            if anew:
                seat_files.write(self._path, whole)
            else:
                seat_files.append(self._path, whole)


class Asked(Protocol):
    """Whoever can be asked for operations of an agent."""

    def ask(self, op: str, **arguments: Any) -> Any:
        """One operation."""

    def ask_all(self, requests: Sequence[Request]) -> list[Any]:
        """Several operations in one round trip, in their order; the answer of each. None behind one that fails."""


class Recalling(ABC):
    """Whoever can be asked what a host remembers.

    Attributes:
        copy: of its journal.
        facts: who it is and what it remembers; "journal": its entries, "broken_lines": the lines that are none.
    """

    copy: Copy
    facts: dict[str, Any]

    @abstractmethod
    def ask(self, op: str, **arguments: Any) -> Any:
        """One operation of its agent."""

    @abstractmethod
    def ask_all(self, requests: Sequence[Request]) -> list[Any]:
        """Several operations in one round trip, in their order; the answer of each. None behind one that fails."""

    def recall(self) -> dict[str, Any]:
        """Ask it again who it is and what it remembers."""
        return self.told(self.ask("facts", known=self.copy.known()))

    def told(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Keep the facts that it has told just now."""
        entries = self.copy.take(facts["journal"])
        self.facts = {**facts, "journal": entries, "broken_lines": self.copy.broken}
        return self.facts

    def news(self) -> list[Entry] | None:
        """Its journal, if it has grown since it was asked last."""
        return self.news_behind([])[1]

    def news_behind(self, requests: Sequence[Request]) -> tuple[list[Any], list[Entry] | None]:
        """The answers to requests, and its journal behind them as `news` tells it, in one round trip."""
        *answers, news = self.ask_all([*requests, ("journal", {"known": self.copy.known()})])
        if news is None:
            return answers, None
        self.facts["journal"] = self.copy.take(news)
        return answers, list(self.facts["journal"])
