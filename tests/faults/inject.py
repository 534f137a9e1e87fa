"""Runs faults one after the other and keeps what became of each."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from tests.driver import PROJECT
from tests.faults.bench import Bench
from tests.faults.catalogue import Fault
from tests.faults.compare import NotSurvived
from tests.faults.results import LOST, SURVIVED, Row, load, rows_of, save, summary

# What a fault is injected into, and what injects it.
CODE = ("irekae", "tasks", "site.toml", "manual.toml", "lab", "tests/faults")


def git(*words: str) -> subprocess.CompletedProcess[str]:
    """What git says of the project."""
    return subprocess.run(["git", "-C", PROJECT, *words], capture_output=True, text=True, check=False)


def commit() -> str:
    """Of the project, with + when files have been changed since."""
    changed = git("status", "--porcelain", "--untracked-files=no", "--", *CODE).stdout.strip()
    return (git("rev-parse", "--short", "HEAD").stdout.strip() or "?") + ("+" if changed else "")


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
    """One run of the suite, in one lab or several at once: each fault has its lab for itself.

    Args:
        benches: the labs; each is left as before the swap, or taken down if it was not up.
        faults: to inject; begun in this order.
        recorded: do the results go into docs/reliability.json.
    """

    def __init__(self, benches: Sequence[Bench], faults: Sequence[Fault], recorded: bool) -> None:
        """Nothing is injected yet."""
        self.benches, self.faults, self.recorded = benches, faults, recorded
        self.rows_file = rows_of(benches[0].cast.profile.name)
        self.rows: list[Row] = []
        self._told = threading.Lock()

    def whole(self) -> None:
        """Inject all."""
        minutes = sum(fault.seconds for fault in self.faults) / 60 / len(self.benches)
        print(f"{len(self.faults)} faults in {len(self.benches)} labs, about {minutes:.0f} minutes", flush=True)
        code = commit()
        waiting: queue.SimpleQueue[Fault] = queue.SimpleQueue()
        for fault in self.faults:
            waiting.put(fault)
        with ThreadPoolExecutor(len(self.benches)) as lanes:
            try:
                list(lanes.map(lambda bench: self._lane(bench, waiting, code), self.benches))
            except KeyboardInterrupt:
                while not waiting.empty():  # each lane ends with the fault that it is at
                    waiting.get()
                raise

    def told(self) -> int:
        """Say what became of them, at last how many; exit status."""
        for row in self.rows:
            if row.outcome == LOST:
                print(f"not survived: {row.name}: {row.fault}, {row.at}", file=sys.stderr)
        print(summary(self.rows))
        return 1 if any(row.outcome == LOST for row in self.rows) else 0

    def _lane(self, bench: Bench, waiting: queue.SimpleQueue[Fault], code: str) -> None:
        try:
            while True:
                try:
                    fault = waiting.get_nowait()
                except queue.Empty:
                    break
                self.keep(inject(bench, fault, code))
        finally:
            bench.leave()

    def keep(self, row: Row) -> None:
        """Tell it, and let it take the place of what the same fault led to before, where that is recorded."""
        with self._told:
            self.rows.append(row)
            if self.recorded:
                save({**load(self.rows_file), row.name: row}.values(), self.rows_file)
            count = f"{len(self.rows)}/{len(self.faults)}"
            print(f"{count} {row.name}: {row.outcome}, {row.took:.0f} s. {row.detail}", flush=True)
