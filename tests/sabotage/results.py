"""What a whole run leaves: results.json beside this file, and docs/sabotage.md made of it."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path
from typing import Any

from tests.sabotage.bench import PROJECT
from tests.sabotage.judge import last_line, never_failed, rows_by_item
from tests.sabotage.matrix import Matrix

RESULTS = Path(__file__).with_name("results.json")
PAGE = PROJECT / "docs" / "sabotage.md"


def shortcomings(matrix: Matrix) -> list[str]:
    """Checks that no row makes fail, and items with fewer than two rows."""
    lines = [f"no row makes it fail: {name}" for name in never_failed(matrix.outcomes, matrix.all_checks)]
    for item, rows in rows_by_item(matrix.outcomes, matrix.all_checks.values()).items():
        if rows < 2 and item.partition(".")[0] in ("9", "10"):
            lines.append(f"item {item} has {rows} rows")
    return lines


def write(matrix: Matrix, lacking: list[str]) -> None:
    """Write both files."""
    told = {
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "--short", "HEAD"),
        "uncommitted": _git(
            "status", "--porcelain", "--", "verify", "conftest.py", "tests/sabotage", "lab"
        ).splitlines(),
        "summary": last_line(matrix.outcomes),
        "healthy pair": {"checks": len(matrix.all_checks), "failed": matrix.plain_failures},
        "lacking": lacking,
        "rows by item": rows_by_item(matrix.outcomes, matrix.all_checks.values()),
        "rows": [outcome.told() for outcome in matrix.outcomes],
    }
    RESULTS.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    PAGE.write_text(page(told))


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def page(told: dict[str, Any]) -> str:
    """docs/sabotage.md."""
    lines = [
        "# What the acceptance suite notices",
        "",
        "Written by `make sabotage`; see tests/sabotage/README.md. Each row breaks one thing on a host of the lab that",
        "passed, runs the suite on that host, and puts the thing back. Checks that are not named here passed.",
        "",
        f"**{told['summary']}** ({told['date'][:10]}, commit {told['commit']})",
        "",
        "| row | host | what is broken | items | caught by |",
        "|---|---|---|---|---|",
    ]
    lines += [_row(row) for row in told["rows"]]
    lines += ["", "## Rows by item", "", "| item | rows |", "|---|---|"]
    lines += [f"| {item} | {rows} |" for item, rows in told["rows by item"].items()]
    return "\n".join(lines) + "\n"


def _row(row: dict[str, Any]) -> str:
    functions: dict[str, int] = {}
    for name in row["caught"]:
        key = name.partition("[")[0].removeprefix("test_")
        functions[key] = functions.get(key, 0) + 1
    by = ", ".join(f"{name} ({count})" if count > 1 else name for name, count in functions.items())
    missed = ", ".join(f"**missed by** {name}" for name in row["missed"])
    alarms = ", ".join(f"**false alarm of** {name}" for name in row["alarms"])
    what = row["what"] + (f" (stand-in: {row['stand_in']})" if row["stand_in"] else "")
    told = "; ".join(part for part in (by, missed, alarms) if part) or "nothing, as it must"
    return f"| {row['name']} | {row['host']} | {what} | {', '.join(row['items'])} | {told} |"
