"""What goes wrong, said once: what happened, the detail, the next step."""

import shlex
import traceback
from collections.abc import Sequence
from enum import IntEnum

from irekae.model.secrecy import blanked

_typed = ["fab resume"]


def carrying_out(words: Sequence[str]) -> None:
    """Keep the command line that this process carries out, for the hints of what goes wrong; words: without `fab`."""
    _typed[:] = [shlex.join(["fab", *words])]


def typed() -> str:
    """The command line that this process carries out: what repeats what failed."""
    return _typed[0]


def again() -> str:
    """The same, as a hint shows it."""
    return f"`{typed()}`"


class Status(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    FAILED = 1
    WRONG_USE = 2
    REFUSED = 3  # by a gate; nothing was changed
    INCOMPLETE = 4  # begun but not complete, or unknown


class SwapError(Exception):
    """A failure that an operator can act on; printed once, without a traceback.

    Args:
        what: what happened, one line.
        detail: what was seen, may be several lines.
        hint: the next step.
        status: the exit code of the command that it ends.
    """

    def __init__(self, what: str, detail: str = "", hint: str = "", status: Status = Status.FAILED) -> None:
        super().__init__(blanked(what))
        # What a host said is quoted here, a command's arguments too; this goes to the terminal, journal and report.
        self.what = blanked(what)
        self.detail = blanked(detail)
        self.hint = hint
        self.status = status

    def __str__(self) -> str:
        parts = [self.what]
        if self.detail:
            parts += [f"  {line}" for line in self.detail.splitlines()]
        if self.hint:
            parts.append(f"  next: {self.hint}")
        return "\n".join(parts)


def wrong_use(what: str, detail: str = "", hint: str = "") -> SwapError:
    """An operator's mistake in a file or on the command line: exit status 2."""
    return SwapError(what, detail, hint, Status.WRONG_USE)


# Of these the message speaks of our code alone; that of any other one may quote a line of a file that is not for
# everybody, without any word by which it could be known.
_OF_CODE = (AttributeError, NameError, ImportError, RecursionError)


def _told(error: BaseException | None) -> list[str]:
    """An error and what led to it, oldest first, with the lines of our code and without its words."""
    if error is None:
        return []
    words = f": {error}" if isinstance(error, _OF_CODE) else " (its message is not shown: it may quote a file)"
    frames = traceback.format_tb(error.__traceback__)
    head = "Traceback (most recent call last):\n"
    return [*_told(error.__cause__ or error.__context__), head, *frames, f"{type(error).__name__}{words}\n"]


class Bug(SwapError):
    """An error that is no operator's: shown with its traceback, the journal gets `place`; neither quotes anything.

    Args:
        error: what was raised.
    """

    def __init__(self, error: Exception) -> None:
        lines = "".join(_told(error))
        frames = traceback.extract_tb(error.__traceback__)
        where = f" in {frames[-1].name}, {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        self.place = f"a bug in irekae: {type(error).__name__}{where}"
        super().__init__(self.place, lines, "report it with these lines; `fab status` shows where the swap stands")
