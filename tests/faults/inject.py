"""Runs faults one after the other and keeps what became of each."""

from __future__ import annotations

import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from datetime import datetime

from tests.faults.bench import PROJECT, Bench
from tests.faults.catalogue import Fault
from tests.faults.compare import NotSurvived
from tests.faults.results import LOST, ROWS, SURVIVED, Row, load, save, summary


def commit() -> str:
    """Of the project, with + when files have been changed since."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", PROJECT, *words], capture_output=True, text=True, check=False
        ).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "irekae", "tasks", "site.toml", "lab")
    return (git("rev-parse", "--short", "HEAD") or "?") + ("+" if changed else "")


def inject(bench: Bench, fault: Fault, code: str) -> Row:
    """Inject one fault; what became of it."""
    began, clock = datetime.now().astimezone(), time.monotonic()
    try:
        outcome, detail = SURVIVED, fault.act(bench) or ""
    except NotSurvived as error:
        outcome, detail = LOST, str(error)
    except Exception as error:
        # Whatever else goes wrong, the promise was not seen to hold.
        traceback.print_exc()
        outcome, detail = LOST, f"{type(error).__name__}: {error}"
    took = round(time.monotonic() - clock, 1)
    at = began.isoformat(timespec="seconds")
    return Row(fault.name, fault.fault, fault.at, fault.promise, outcome, detail[:2000], at, took, code)


class Run:
    """One run of the suite.

    Args:
        bench: the lab; left as before the swap.
        faults: to inject, in order.
    """

    def __init__(self, bench: Bench, faults: Sequence[Fault]) -> None:
        """Nothing is injected yet."""
        self.bench, self.faults = bench, faults
        self.rows: list[Row] = []

    def whole(self) -> int:
        """Inject all; exit status."""
        seconds = sum(fault.seconds for fault in self.faults)
        print(f"{len(self.faults)} faults, about {seconds / 60:.0f} minutes on an idle machine", flush=True)
        code = commit()
        try:
            for number, fault in enumerate(self.faults, 1):
                row = inject(self.bench, fault, code)
                self.keep(row)
                print(
                    f"{number}/{len(self.faults)} {row.name}: {row.outcome}, {row.took:.0f} s. {row.detail}", flush=True
                )
        finally:
            self.bench.lab("reset", ok=False)
        for row in self.rows:
            if row.outcome == LOST:
                print(f"not survived: {row.name}: {row.fault}, {row.at}", file=sys.stderr)
        print(summary(self.rows))
        return 1 if any(row.outcome == LOST for row in self.rows) else 0

    def keep(self, row: Row) -> None:
        """Add it to the result file, in place of what the same fault led to before."""
        self.rows.append(row)
        save({**load(ROWS), row.name: row}.values())
