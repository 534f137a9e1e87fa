"""Meaning → colour. Texts are Rich's Text, never markup: what a host says must not colour anything."""

from rich.style import Style
from rich.text import Text

from irekae.model.journal import State
from irekae.model.printing.events import Kind

STATES = {
    State.DONE: Style(color="green"),
    State.NOTHING: Style(dim=True),
    State.FAILED: Style(color="red", bold=True),
    State.UNKNOWN: Style(color="magenta", bold=True),
    State.RUNNING: Style(color="yellow"),
    State.BY_HAND: Style(color="cyan"),
    State.WAIVED: Style(color="cyan"),
    State.NOT_DONE: Style(color="blue"),
}
KINDS = {
    Kind.WARNING: Style(color="yellow"),
    Kind.WAIT: Style(color="yellow"),
    Kind.UNDONE: Style(color="blue"),
}
DIM = Style(dim=True)
_ADDED, _REMOVED, _WHERE = Style(color="green"), Style(color="red"), Style(color="cyan")
_WHAT, _NEXT = Style(color="red", bold=True), Style(bold=True)


def coloured(text: str, kind: Kind, state: State | None = None) -> Text:
    """A text that is legible already, in the colour of what it means."""
    if kind is Kind.DIFF:
        return Text(text, _of_diff(text.lstrip(" ")))
    if kind is Kind.COMPLAINT:
        return _of_complaint(text)
    return Text(text, STATES[state] if state else KINDS.get(kind, ""))


def _of_diff(line: str) -> Style | str:
    if line.startswith("@@"):
        return _WHERE
    return _ADDED if line.startswith("+") else _REMOVED if line.startswith("-") else ""


def _of_complaint(text: str) -> Text:
    """What happened stands out, and the next step; the detail between them stays plain."""
    first, *rest = text.split("\n")
    found = Text().append(first, _WHAT)
    for number, line in enumerate(rest, 1):
        is_next = number == len(rest) and line.startswith("  next: ")
        found.append("\n").append(line, _NEXT if is_next else "")
    return found
