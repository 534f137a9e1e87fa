"""A plan as its readers want it: what is refused, each host's own files, what else is done, and last irekae's own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from irekae.host.record import PlannedChange
from irekae.model.items import EXCHANGE_PHASE, ITEMS
from irekae.model.printing import show, show_diff

SHOWN = 80  # lines of one change
UNFOLD = "--all-files shows all of it"


class _Quoted(str):
    """A line of a diff, or of a command's own words."""


@dataclass(frozen=True)
class PlannedFile:
    """A file of a host's own configuration: whose it is, and what becomes of it, in the order of work.

    behind: is it on the machine that bears the name after the exchange, which is the other one.
    """

    host: str
    path: str
    team: str
    behind: bool
    changes: tuple[PlannedChange, ...]


@dataclass(frozen=True)
class Arranged:
    """A plan in the order in which it is read.

    Attributes:
        refused: what would be refused.
        files: the hosts' configuration, by host and path: the same order whichever item comes first.
        others: services, commands, copies, in the order of work.
        own: files of irekae's own.
    """

    refused: tuple[PlannedChange, ...]
    files: tuple[PlannedFile, ...]
    others: tuple[PlannedChange, ...]
    own: tuple[PlannedChange, ...]


def in_order_of_work(changes: Sequence[PlannedChange]) -> list[PlannedChange]:
    """The hosts were planned side by side: they are shown one after the other, item by item."""
    work = list(ITEMS)
    return sorted(changes, key=lambda change: (work.index(change.item), change.host))


def arranged(ordered: Sequence[PlannedChange], names_move: bool = True) -> Arranged:
    """Sort a plan for people; within a file and among the others the order stays.

    names_move: from phase 7 on a name means the other machine; else it is the same machine in all of them.
    """
    done = [change for change in ordered if not change.refused]
    return Arranged(
        tuple(change for change in ordered if change.refused),
        tuple(_files(done, names_move)),
        tuple(change for change in done if change.file is None),
        tuple(change for change in done if change.file and change.file.own),
    )


def _files(changes: Sequence[PlannedChange], names_move: bool) -> Iterator[PlannedFile]:
    def place(change: PlannedChange) -> tuple[bool, str, str]:
        behind = names_move and ITEMS[change.item].phase > EXCHANGE_PHASE
        return behind, change.host, change.file.path if change.file else ""

    found = [change for change in changes if change.file and not change.file.own]
    for (behind, host, path), of_one in groupby(sorted(found, key=place), key=place):
        about = tuple(of_one)
        team = next((change.file.team for change in about if change.file and change.file.team), "")
        yield PlannedFile(host, path, team, behind, about)


def title_of(change: PlannedChange) -> str:
    """The item that a change belongs to, with its title."""
    return f"{change.item} {ITEMS[change.item].en}"


def show_arranged(plan: Arranged, whole: bool = False) -> None:
    """Print a plan; whole: nothing is folded or cut."""
    for line in _text(plan, whole):
        (show_diff if isinstance(line, _Quoted) else show)(line)


def _text(plan: Arranged, whole: bool) -> Iterator[str]:
    yield from (line for change in plan.refused for line in _change(change, "REFUSED: ", whole))
    if plan.files:
        yield f"the hosts' configuration, {_number(len(plan.files), 'file')}:"
    for file in plan.files:
        yield from _file(file, whole)
    if plan.others:
        yield "services, commands and copies:"
    yield from (line for change in plan.others for line in _change(change, "", whole))
    if plan.own:
        yield f"irekae's own, {_number(len(plan.own), 'file')}" + ("" if whole else f" ({UNFOLD})") + ":"
    for change in plan.own:
        yield _own_line(change)
        yield from _lines(change, whole) if whole else ()


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _file(file: PlannedFile, whole: bool) -> Iterator[str]:
    """Heading: host, path, whose, and what for; then what each item does, and how."""
    when = " (after the exchange)" if file.behind else ""
    heading = f"  {file.host}{when} {file.path}" + (f" (team {file.team})" if file.team else "")
    items = [(title, list(of)) for title, of in groupby(file.changes, key=title_of)]
    yield heading if len(items) > 1 else f"{heading}  {items[0][0]}"
    for title, changes in items:
        if len(items) > 1:
            yield f"    {title}"
        for change in changes:
            yield f"      {change.what}"
            yield from _lines(change, whole, "        ")


def _change(change: PlannedChange, mark: str, whole: bool) -> Iterator[str]:
    yield f"  {change.item} {change.host}: {mark}{change.what}"
    yield from _lines(change, whole)


def _lines(change: PlannedChange, whole: bool, indent: str = "      ") -> Iterator[str]:
    shown = change.lines if whole else change.lines[:SHOWN]
    yield from (_Quoted(f"{indent}{line}") for line in shown)
    if len(change.lines) > len(shown):
        yield f"{indent}… {len(change.lines) - len(shown)} more lines ({UNFOLD})"


def _own_line(change: PlannedChange) -> str:
    """A file of irekae's own, folded: which item, where, how large, what for."""
    assert change.file
    size = f", {change.file.size:,} bytes" if change.file.size else ""
    return f"  {change.item} {change.host}: {change.what}{size}: {change.file.own}"
