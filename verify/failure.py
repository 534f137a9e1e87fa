"""How a failed check is shown in the terminal and in JUnit: what a person needs to act, without a traceback.

In the reader's language; the results that are kept stay English.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irekae.model.language import in_language
from irekae.model.results import Check


@dataclass(frozen=True)
class Crash:
    """The one line of pytest's summary, where it looks for it."""

    path: str
    lineno: int
    message: str


class Failure:
    """A failed check in a few lines, in the form in which pytest keeps tracebacks."""

    def __init__(self, check: Check, path: str, line: int) -> None:
        """Show `check`, whose function stands at `line` of `path`."""
        self.check = check
        summary = f"{check.item} on {check.host}: expected {check.expected}; found {check.found}"
        self.reprcrash = Crash(path, line, in_language(" ".join(summary.split())))

    def lines(self) -> list[tuple[str, str]]:
        """What there is to say, by name."""
        check = self.check
        named = [
            (in_language("expected:"), check.expected),
            (in_language("found:"), check.found),
            (in_language("cause:"), check.cause),
            (in_language("remedy:"), check.remedy),
        ]
        return [(name, in_language(text)) for name, text in named if text]

    def toterminal(self, tw: Any) -> None:
        """Write it with pytest's terminal writer."""
        tw.line(self._head(), bold=True)
        for name, text in self.lines():
            tw.line(f"  {name:10}{text}", red=name == in_language("found:"))

    def __str__(self) -> str:
        """For JUnit."""
        return "\n".join([self._head(), *[f"{name} {text}" for name, text in self.lines()]])

    def _head(self) -> str:
        return in_language(f"{self.check.item} on {self.check.host}: {self.check.title}")
