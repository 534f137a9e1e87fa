"""`fab --list`: the phases with their items in the manual's order, then the other commands by what they are for."""

from collections.abc import Iterator, Mapping, Sequence

from irekae.model.items import ITEMS, items_of
from irekae.model.language import in_language
from irekae.report.columns import pad

NARROWEST = 60  # columns
Row = tuple[str, str]  # a command and its line; a heading has no line


def rows(phases: Mapping[int, str], groups: Mapping[str, Mapping[str, str]], items: bool = True) -> list[Row]:
    """Every command with its line.

    Args:
        phases: number → title.
        groups: what commands are for → command → its line.
        items: the items of each phase too.
    """
    found = [row for number, title in phases.items() for row in _phase(number, title, items)]
    for heading, commands in groups.items():
        found += [("", ""), (f"{in_language(heading)}:", ""), *((f"  {name}", line) for name, line in commands.items())]
    return found


def _phase(number: int, title: str, items: bool) -> Iterator[Row]:
    if not items_of(number):
        return  # nothing of it is part of this site
    yield f"phase{number}", title
    if items:
        for item in sorted(ITEMS.values(), key=lambda item: item.order):
            if item.phase == number:
                yield f"  {item.command}", f"{item.number} {item.en}"


def listing(found: Sequence[Row], columns: int) -> str:
    """The rows as a text of two columns; long lines are folded within theirs, never narrower than 60 in all."""
    names = max(len(name) for name, line in found if line) + 2
    room = max(columns, NARROWEST) - names
    lines: list[str] = []
    import wcwidth  # not before somebody wants the list

    for name, line in found:
        first, *more = wcwidth.wrap(in_language(line), room) or [""]
        lines += [f"{pad(name, names)}{first}".rstrip(), *(" " * names + part for part in more)]
    return "\n".join(lines)
