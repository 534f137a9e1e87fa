"""A remedy that is followed: the words that must stand in it, and what a person does who reads them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mend:
    """One step of a repair.

    Attributes:
        words: of the remedy.
        does: what is done upon them, as root on the row's host; empty: the words themselves.
    """

    words: str
    does: str = ""

    @property
    def command(self) -> str:
        """The shell command."""
        return self.does or self.words
