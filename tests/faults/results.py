"""What became of every fault that was tried: one row a fault in docs/reliability.json, and the page written from it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from lab import profile as profiles

DOCS = Path(__file__).resolve().parents[2] / "docs"
ROWS = DOCS / "reliability.json"  # of the default pair; another one's beside it: reliability-NAME.json
PAGE = DOCS / "reliability.md"
SURVIVED, LOST = "survived", "lost"


@dataclass(frozen=True)
class Row:
    """One fault.

    Attributes:
        name: of the fault, unique.
        fault: what was broken.
        at: where it was injected.
        promise: what must hold afterwards.
        outcome: survived or lost.
        detail: what was seen; for one that is lost, what is wrong.
        began: seat's time, ISO 8601 with zone.
        took: seconds, from the injection's preparation to the verdict.
        commit: of the project, with + when files had been changed since.
    """

    name: str
    fault: str
    at: str
    promise: str
    outcome: str
    detail: str
    began: str
    took: float
    commit: str


def rows_of(profile: str) -> Path:
    """Where the rows of a pair are kept."""
    return ROWS if profile == profiles.load().name else ROWS.with_name(f"reliability-{profile}.json")


def of_all_pairs() -> dict[str, list[Row]]:
    """Pair → its rows, of those that were tried; the default pair first."""
    names = sorted(profiles.names(), key=lambda name: (rows_of(name) != ROWS, name))
    return {name: list(load(rows_of(name)).values()) for name in names if rows_of(name).exists()}


def load(path: Path = ROWS) -> dict[str, Row]:
    """The rows by name; {} when nothing has run yet."""
    if not path.exists():
        return {}
    return {row["name"]: Row(**row) for row in json.loads(path.read_text(encoding="utf-8"))}


def save(rows: Iterable[Row], path: Path = ROWS) -> None:
    """Write the rows in one step, a row a line, so that a long run can be interrupted at any moment."""
    lines = ",\n".join(json.dumps(asdict(row), ensure_ascii=False, sort_keys=True) for row in rows)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    fresh.replace(path)


def survived(path: Path = ROWS) -> dict[str, str]:
    """The faults that were survived, by name, with the commit at which each was."""
    return {name: row.commit for name, row in load(path).items() if row.outcome == SURVIVED}


def summary(rows: Iterable[Row]) -> str:
    """The last line of a run."""
    outcomes = [row.outcome for row in rows]
    return f"{len(outcomes)} faults injected, {outcomes.count(SURVIVED)} survived, {outcomes.count(LOST)} lost"


def page(pairs: Mapping[str, Sequence[Row]]) -> str:
    """docs/reliability.md, from the rows of each pair alone."""
    lines = [
        "# Reliability",
        "",
        "Written by `python -m tests.faults --document` from `reliability*.json`, which the fault suite keeps for each",
        "pair: one row a fault, as it last ran. `make faults SITE=NAME` injects all of them again, in the lab",
        "(`lab/README.md` says what is as on a real host there and what is not).",
    ]
    for name, rows in pairs.items():
        lines += ["", f"## The pair {name}", "", *_of_pair(list(rows))]
    return "\n".join(lines) + "\n"


def _of_pair(rows: list[Row]) -> list[str]:
    lost = _lost([row for row in rows if row.outcome == LOST])
    lines = [f"**{summary(rows)}.**", "", "Not survived:", "", *lost]
    for group in dict.fromkeys(row.name.split("/")[0] for row in rows):
        lines += ["", *_table(group, [row for row in rows if row.name.split("/")[0] == group])]
    return lines


def _lost(rows: list[Row]) -> list[str]:
    if not rows:
        return ["None of those that were tried."]
    return [f"- **{row.name}**: {row.fault}, {row.at}. {_cell(row.detail)}" for row in rows]


def _table(group: str, rows: list[Row]) -> list[str]:
    promises = list(dict.fromkeys(row.promise for row in rows))
    said = [f"### {group}", "", *promises, ""] if len(promises) == 1 else [f"### {group}", ""]
    said += ["| fault | injected at | outcome | seen | began | took | commit |", "|---|---|---|---|---|---:|---|"]
    for row in rows:
        fault = row.fault if len(promises) == 1 else f"{row.fault}: {row.promise}"
        detail = _cell(row.detail) if row.outcome == SURVIVED else "see above"
        cells = (fault, row.at, row.outcome, detail, row.began[:16].replace("T", " "), f"{row.took:.0f} s", row.commit)
        said.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return said


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")[:400]
