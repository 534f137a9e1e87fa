"""The matrix: row after row is broken, checked, judged and healed."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.sabotage.bench import Bench, SabotageError
from tests.sabotage.judge import Outcome, judge, misread, remedies
from tests.sabotage.row import Row, short

Draw = Callable[[Bench], list[Row]]
TRIES = 3
"""Labs that a lane may use up: one that cannot be healed is taken down, and the lane goes on with another."""


class Matrix:
    """A run over rows.

    Attributes:
        outcomes: of the rows so far.
        all_checks: id and item of every check that the suite makes of the healthy pair.
        plain_failures: checks that failed though nothing was broken, before the first row or after the last.
    """

    def __init__(self, mend: bool = False) -> None:
        """Nothing is broken yet; mend: follow each row's remedies, and see that its checks pass then."""
        self.mend = mend
        self.outcomes: list[Outcome] = []
        self.all_checks: dict[str, str] = {}
        self.plain_failures: list[str] = []
        self._told = threading.Lock()
        self._order: list[str] = []
        self._draw: Draw | None = None
        self._is_ended = False

    def run(self, rows: Sequence[Row], benches: Sequence[Bench], keep: bool = False, draw: Draw | None = None) -> None:
        """Every row once, on whichever lab is free; a row has its lab for itself.

        Args:
            rows: those that are written.
            benches: one for each lab.
            keep: leave the labs up.
            draw: further rows, drawn from what the first healthy lab has.
        """
        waiting: queue.SimpleQueue[Row] = queue.SimpleQueue()
        self._queue(waiting, rows)
        self._draw = draw
        with ThreadPoolExecutor(len(benches)) as lanes:
            try:
                list(lanes.map(lambda bench: self._lane(bench, waiting, keep), benches))
            except KeyboardInterrupt:
                self._is_ended = True  # each lane heals the row that it is at, and ends
                while not waiting.empty():
                    waiting.get()
                raise
        if not waiting.empty():
            self.plain_failures.append(f"{len(self._order) - len(self.outcomes)} rows were not tried: no lab was left")
        self.outcomes.sort(key=lambda outcome: self._order.index(outcome.name))

    def _queue(self, waiting: queue.SimpleQueue[Row], rows: Sequence[Row]) -> None:
        for row in rows:
            self._order.append(row.name)
            waiting.put(row)

    def _draw_once(self, bench: Bench, waiting: queue.SimpleQueue[Row]) -> None:
        """The first lane that comes here draws for all."""
        with self._told:
            draw, self._draw = self._draw, None
            if draw:
                self._queue(waiting, draw(bench))

    def _lane(self, bench: Bench, waiting: queue.SimpleQueue[Row], keep: bool) -> None:
        """Rows until there are no more; one lab after the other where one can't be healed."""
        for number in range(1, TRIES + 1):
            try:
                with bench.up(keep):
                    self._rows(bench, waiting)
                return
            except Exception as error:  # whatever it is: the other lanes' rows hold, and this one's are not lost
                with self._told:
                    print(f"{bench.driver.name}: this lab can't be used any more: {error}", flush=True)
                    self.plain_failures.append(f"{bench.driver.name}, lab {number}: {error}")

    def _rows(self, bench: Bench, waiting: queue.SimpleQueue[Row]) -> None:
        """The healthy pair first, then rows until there are no more, then the healthy pair again.

        Raises:
            SabotageError: the lab can't be healed.
        """
        self._plain(bench, "before the first row")
        self._draw_once(bench, waiting)
        while True:
            try:
                row = waiting.get_nowait()
            except queue.Empty:
                break
            self._told_of(bench, row)
        if self._is_ended:
            return
        for host in bench.pair.servers:
            bench.keep_boot_record(host)
        self._plain(bench, "after the last row")

    def _told_of(self, bench: Bench, row: Row) -> None:
        began = time.monotonic()
        outcome, swept = self._row(bench, row)
        try:
            outcome.healed = bench.heal(row, swept, mended=outcome.mended == "mended")
        except SabotageError as error:
            outcome.healed = f"reset, and that failed: {error}"
            raise
        finally:
            outcome.seconds = round(time.monotonic() - began, 1)
            with self._told:
                self.outcomes.append(outcome)
                self._print(len(self._order), outcome)

    def _row(self, bench: Bench, row: Row) -> tuple[Outcome, bool]:
        """Break, check and judge one thing; whether the suite took its own messages away."""
        swept = True
        try:
            bench.sabotage(row)
            checks, said = bench.suite(row.looked_at, row.site)
            swept = "left behind" not in said
            outcome = judge(row, checks)
            if self.mend and outcome.caught:
                outcome.mended = bench.mend(row, remedies(row, checks))
        except SabotageError as error:
            outcome, swept = Outcome(row.name, row.host, row.what, missed={"the row itself": str(error)}), False
        return outcome, swept

    def _plain(self, bench: Bench, when: str) -> None:
        checks, _ = bench.suite(",".join(bench.pair.servers))
        failed = [f"{short(check['id'])}: {check['found']}" for check in checks if check["outcome"] != "passed"]
        failed += misread(checks)
        with self._told:
            self.all_checks = {check["id"]: check["item"] for check in checks}
            print(
                f"{bench.driver.name}, healthy, {when}: {len(checks)} checks, {len(failed)} failed",
                *failed,
                sep="\n        ",
                flush=True,
            )
            self.plain_failures += [f"{bench.driver.name} {when}: {name}" for name in failed]

    def _print(self, count: int, outcome: Outcome) -> None:
        print(f"{len(self.outcomes):3}/{count} {line(outcome)}")
        print("".join(f"        {trouble}\n" for trouble in troubles(outcome)), end="", flush=True)

    def problems(self) -> list[str]:
        """What is not as it should be, one line each."""
        lines = [f"nothing broken, {failure}" for failure in self.plain_failures]
        for outcome in self.outcomes:
            lines += [f"{outcome.name}: {trouble}" for trouble in troubles(outcome)]
        return lines


def troubles(outcome: Outcome) -> list[str]:
    """What is not as it should be with a row."""
    lines = [f"missed: {name}: {why}" for name, why in outcome.missed.items()]
    lines += [f"false alarm: {name}: {why}" for name, why in outcome.alarms.items()]
    lines += [f"remedy: {outcome.mended}"] if outcome.mended not in ("", "mended") else []
    return [*lines, f"healing: {outcome.healed}"] if outcome.healed.startswith("reset,") else lines


def line(outcome: Outcome) -> str:
    """A row of the table."""
    verdict = ("quiet" if outcome.harmless else "caught") if outcome.is_caught else "MISSED"
    counts = f"{len(outcome.caught)} of {len(outcome.caught) + len(outcome.missed)} checks"
    alarms = f", {len(outcome.alarms)} false alarms" if outcome.alarms else ""
    alarms += f", {outcome.mended}" if outcome.mended == "mended" else ""
    first = f"{outcome.name:30} {outcome.host:7} {verdict:7} {counts:16} {outcome.seconds:5.1f} s{alarms}"
    return f"{first}   {outcome.what}"
