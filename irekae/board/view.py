"""What the page says of a board: what comes next, who works on what, what failed and what is done about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from irekae.board.state import Board, Host
from irekae.model.items import ANNOUNCEMENT, EXCHANGE_PHASE, MENDING, PROOF
from irekae.model.results import MANUAL, OPTIONAL, ItemOutcome, ItemRow

SIGNS: dict[ItemOutcome, str] = {
    "done": "✓",
    "nothing to do": "=",
    "failed": "✗",
    "unknown": "?",
    "running": "▶",
    "by hand": "h",
    "waived": "w",
    "not done": "·",
}
"""One sign for each outcome: what is told by colour is told without it too."""

MOST = 8  # lines of what an item that failed says
ANNOUNCING = 11  # phase
REMEDY = "next: "  # as SwapError writes it into the journal

Kind = Literal["refused", "begin", "mend", "under way", "plan first", "go", "announce", "finished"]


@dataclass(frozen=True)
class Step:
    """What comes next: the kind of it, the very command ("" where somebody has to be waited for), the phase or -1."""

    kind: Kind
    command: str = ""
    phase: int = -1


@dataclass(frozen=True)
class Work:
    """An item that somebody works on, on one host or on both at once; row: of the first of them."""

    row: ItemRow
    where: str


@dataclass(frozen=True)
class Trouble:
    """An item that failed, or of which nobody knows how it ended: what it says, and the remedy with its command.

    What both hosts say alike is one.
    """

    row: ItemRow
    where: str
    said: tuple[str, ...]
    remedy: str


@dataclass(frozen=True)
class Cell:
    """An item on a host; kept: its host is silent, this was known before."""

    row: ItemRow
    sign: str
    kept: bool


def running(board: Board) -> list[Work]:
    """Who works on what: the items whose lock somebody holds."""
    found: dict[tuple[str, str], list[ItemRow]] = {}
    for row in board.rows:
        if row.outcome == "running":
            found.setdefault((row.number, row.who), []).append(row)
    return [Work(rows[0], _both(rows)) for rows in found.values()]


def troubles(board: Board) -> list[Trouble]:
    """What failed or is unknown, in the manual's order."""
    found: dict[tuple[object, ...], list[ItemRow]] = {}
    for row in board.rows:
        if row.outcome in ("failed", "unknown"):
            found.setdefault((row.number, row.outcome, row.who, row.why, row.detail), []).append(row)
    return [_trouble(rows[0], _both(rows)) for rows in found.values()]


def _both(rows: list[ItemRow]) -> str:
    return " + ".join(row.host for row in rows)


def _trouble(row: ItemRow, where: str) -> Trouble:
    lines = [text.strip() for text in row.detail]
    hints = [text.removeprefix(REMEDY) for text in lines if text.startswith(REMEDY)]
    said = [text for text in (row.why, *lines) if text and not text.startswith(REMEDY)]
    return Trouble(row, where, tuple(said[:MOST]), hints[-1] if hints else f"`{_again(row)}`")


def _again(row: ItemRow) -> str:
    """The command that goes on: the checks are made anew, all else is resumed."""
    return f"fab phase{row.phase}" if row.phase >= PROOF else "fab resume"


def next_step(board: Board) -> Step:
    """What comes next, by what is not settled yet."""
    if board.refused:
        return Step("refused", board.remedy)
    if board.exchanging:
        return Step("under way", "", EXCHANGE_PHASE)
    if not board.begun:
        return Step("begin", "fab phase0")
    if found := [row for row in board.left() if row.outcome in ("failed", "unknown")]:
        return Step("mend", _again(found[0]), found[0].phase)
    left = board.left()
    if not left:
        return (
            Step("finished", "fab begin")
            if board.announced or not any(row.number == ANNOUNCEMENT for row in board.rows)
            else Step("announce", "fab phase11.mail --send", ANNOUNCING)
        )
    phase = left[0].phase
    if any(row.outcome == "running" for row in left if row.phase == phase):
        return Step("under way", "", phase)
    if phase == EXCHANGE_PHASE - 1 and not _begun(board, phase):
        return Step("plan first", f"fab phase{phase} --plan", phase)
    return Step("go", f"fab {_where(board, left, phase)}phase{phase}", phase)


def _begun(board: Board, phase: int) -> bool:
    return any(row.outcome != "not done" for row in board.rows if row.phase == phase)


def _where(board: Board, left: list[ItemRow], phase: int) -> str:
    """From phase 7 on the hosts need not keep step: -H where only one has something left."""
    hosts = {row.host for row in left if row.phase == phase}
    there = {row.host for row in board.rows if row.phase == phase}
    return f"-H {min(hosts)} " if MENDING <= phase < PROOF and len(hosts) == 1 < len(there) else ""


def grid(board: Board) -> list[tuple[int, list[tuple[Host, list[Cell]]]]]:
    """Phase by phase, host by host: the items in the manual's order."""
    there = {row.phase for row in board.rows} or set(MANUAL)  # without the phases that are not part of this site
    return [
        (phase, [(host, _cells(board, phase, host.name)) for host in board.hosts]) for phase in MANUAL if phase in there
    ]


def _cells(board: Board, phase: int, host: str) -> list[Cell]:
    rows = [row for row in board.rows if (row.phase, row.host) == (phase, host)]
    return [Cell(row, SIGNS[row.outcome], (row.number, row.host) in board.kept) for row in rows]


def outcomes(board: Board) -> list[ItemOutcome]:
    """The outcomes that occur, in the order of SIGNS: for the legend."""
    seen = {row.outcome for row in board.rows}
    return [outcome for outcome in SIGNS if outcome in seen]


def progress(board: Board) -> tuple[int, int]:
    """How many items are settled, and of how many; those that may be left out do not count."""
    wanted = [row for row in board.rows if row.number not in OPTIONAL]
    return len(wanted) - len(board.left()), len(wanted)
