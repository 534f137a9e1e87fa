"""A command that takes a change back, as the journal keeps it."""

from collections.abc import Sequence
from dataclasses import dataclass

from irekae.model.journal import Entry

HARMLESS = ()  # there is no state to ask for: to say it once more changes nothing


@dataclass(frozen=True)
class Back:
    """A command that bears being run twice: an undo may die between it and the line that says so.

    Attributes:
        argv: the command.
        there: a command that only looks; exit status 0: what argv brings is there already, or nothing is left to bring
            it to. HARMLESS for one that has a daemon read its files, or sets a value.
    """

    argv: Sequence[str]
    there: Sequence[str]

    def entry(self) -> Entry:
        """The undo of a line of the journal."""
        return {"kind": "run", "argv": list(self.argv), **({"there": list(self.there)} if self.there else {})}
