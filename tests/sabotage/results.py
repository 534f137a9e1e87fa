"""What a whole run leaves: results-SITE.json beside this file, and docs/sabotage.md made of those of all sites."""

from __future__ import annotations

import datetime
import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.profile import load, names
from tests.driver import PROJECT
from tests.sabotage.judge import Outcome, last_line, never_failed, rows_by_item
from tests.sabotage.matrix import Matrix

PAGE = PROJECT / "docs" / "sabotage.md"


def shortcomings(outcomes: Sequence[Outcome], checks: Mapping[str, str]) -> list[str]:
    """Checks that no row makes fail, and items with fewer than two rows."""
    lines = [f"no row makes it fail: {name}" for name in never_failed(outcomes, checks)]
    for item, rows in rows_by_item(outcomes, checks.values()).items():
        if rows < 2 and item.partition(".")[0] in ("9", "10"):
            lines.append(f"item {item} has {rows} rows")
    return lines


def state() -> dict[str, Any]:
    """What is run, and when: stands with the results."""
    ours = ("verify", "conftest.py", "site.toml", "manual.toml", "tests/sabotage", "lab")
    return {
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "--short", "HEAD"),
        "uncommitted": _git("status", "--porcelain", "--", *ours).splitlines(),
    }


def results(site: str) -> Path:
    """Where those of a site lie."""
    return Path(__file__).with_name(f"results-{site}.json")


def write(site: str, matrix: Matrix, began: dict[str, Any]) -> None:
    """Write both files after a whole run of a site."""
    _write(
        site,
        {
            **began,
            "summary": "",
            "healthy pair": {"checks": matrix.all_checks, "failed": matrix.plain_failures},
            "rows": [outcome.told() for outcome in matrix.outcomes],
        },
    )


def write_again(site: str, matrix: Matrix, began: dict[str, Any], order: list[str]) -> None:
    """Put rows that were run again in the place of those of the last whole run, each with its own date and commit."""
    path = results(site)
    told = json.loads(path.read_text()) if path.exists() else {**began, "healthy pair": {}, "rows": []}
    told["healthy pair"].setdefault("checks", matrix.all_checks)
    rows = {row["name"]: row for row in told["rows"] if row["name"] in order}
    rows |= {one.name: {**one.told(), "again": began} for one in matrix.outcomes if one.name in order}
    told["healthy pair"]["failed"] = matrix.plain_failures
    told["rows"] = sorted(rows.values(), key=lambda row: order.index(row["name"]))
    _write(site, told)


def _write(site: str, told: dict[str, Any]) -> None:
    outcomes = [Outcome(**{name: value for name, value in row.items() if name != "again"}) for row in told["rows"]]
    checks = told["healthy pair"]["checks"]
    told["summary"] = last_line(outcomes)
    told["lacking"] = shortcomings(outcomes, checks)
    told["rows by item"] = rows_by_item(outcomes, checks.values())
    results(site).write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    default = load().name
    known = sorted((name for name in names() if results(name).exists()), key=lambda name: name != default)
    PAGE.write_text(page({name: json.loads(results(name).read_text()) for name in known}))


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def page(told: Mapping[str, dict[str, Any]]) -> str:
    """docs/sabotage.md, of what was found of each site."""
    lines = [
        "# What the acceptance suite notices",
        "",
        "Written by `make sabotage`; see tests/sabotage/README.md. Each row breaks one thing on a host of the lab that",
        "passed, runs the suite on that host, and puts the thing back. Checks that are not named here passed.",
    ]
    for site, one in told.items():
        lines += ["", f"## The pair {site}", "", *_of_site(one)]
    return "\n".join(lines) + "\n"


def _of_site(told: dict[str, Any]) -> list[str]:
    """The table of a site, and how many rows each item has."""
    lines = [
        f"**{told['summary']}** ({told['date'][:10]}, commit {told['commit']}{_seed(told)}{_again(told)})",
        "",
        "| row | host | what is broken | items | caught by |",
        "|---|---|---|---|---|",
    ]
    lines += [_row(row) for row in told["rows"]]
    lines += ["", *(f"- {line}" for line in [*told["healthy pair"]["failed"], *told["lacking"]])]
    lines += ["", "| item | rows |", "|---|---|"]
    return lines + [f"| {item} | {rows} |" for item, rows in told["rows by item"].items()]


def _seed(told: dict[str, Any]) -> str:
    """By which the rows were drawn that nobody wrote."""
    return f", seed {told['seed']}" if told.get("seed") is not None else ""


def _again(told: dict[str, Any]) -> str:
    """Rows that were run again since then."""
    again = [row["again"] for row in told["rows"] if row.get("again")]
    last = max((one["date"], one["commit"]) for one in again) if again else ("", "")
    return f"; {len(again)} rows run again after a change, last {last[0][:10]}, commit {last[1]}" if again else ""


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
