"""What the faults begin from and are compared with: snapshots of the lab, and states of both machines."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.faults.compare import Pair, differences, lost, want
from tests.faults.seat import Seat

HERE = Path(__file__).parent


class Bench(Seat):
    """One lab, and what is known of the undisturbed swap in it."""

    def __init__(self, name: str, site: str = "") -> None:
        """Bind to the lab of that name, of a pair; nothing is started yet."""
        super().__init__(name, site)
        self._kept: dict[str, Any] = {}
        self._lines: dict[int, int] = {}
        self._again: dict[int, int] = {}
        self._undisturbed = False  # the pair's neighbours, since they booted

    # --- states ---

    def state(self) -> Pair:
        """The canonical state of both machines."""
        program, facts = (HERE / "digest.py").read_text(), json.dumps(self.cast.facts["state"])
        with ThreadPoolExecutor(2) as both:
            told = both.map(lambda machine: self.driver.python(machine, program, facts), "ab")
            return dict(zip("ab", told, strict=True))

    def journal(self, machine: str) -> list[dict[str, Any]]:
        """What a machine remembers."""
        text = self.on(machine, "cat /var/lib/irekae/journal.jsonl 2>/dev/null", ok=False)
        # Not splitlines: what stands in a line may hold what else Unicode calls an end of line.
        return [json.loads(line) for line in text.split("\n") if line.strip()]

    def prepare(self) -> None:
        """The lab as before the swap, phase 0 done, and the state that every rollback must bring back."""
        if "p1" in self._kept:
            return
        self.lab("up")
        self.lab("reset")
        for machine in "ab":
            self.on(machine, f"hour={(datetime.now().hour + 12) % 24}\n{self.cast.facts['quiet']}")
        self.fab("phase0")
        self.lab("snapshot", "p1")
        self.lab("restore", "p1")
        self._kept["p1"] = self.settled()

    def settled(self) -> Pair:
        """The state, once every daemon that is to run does: what boots is still starting for a moment."""
        last = self.state()
        while (now := self.state()) != last:
            last = now
        return last

    @property
    def before(self) -> Pair:
        """Both machines before phase 1."""
        self.prepare()
        found: Pair = self._kept["p1"]
        return found

    def at(self, phase: int, pair: bool = False) -> None:
        """Be just before a phase, freshly booted; earlier phases are carried out once.

        pair: a fault of the seat alone, that its neighbours have no part in: behind one of that kind they go on.
        """
        self.prepare()
        if f"p{phase}" not in self._kept:
            self.at(phase - 1)
            there = {machine: len(self.journal(machine)) for machine in "ab"}
            self.fab("resume", "--through", str(phase - 1))
            self._kept[f"after {phase - 1}"] = self.settled()
            lines = [line for machine in "ab" for line in self.journal(machine)[there[machine] :]]
            self._lines[phase - 1] = len(lines)
            self._again[phase - 1] = sum(line.get("phase", phase - 1) < phase - 1 for line in lines)
            self.lab("snapshot", f"p{phase}")
            self._kept[f"p{phase}"] = True
        self.lab("restore", f"p{phase}", *("ab" if pair and self._undisturbed else ""))
        self._undisturbed = pair

    def after(self, phase: int) -> Pair:
        """Both machines after a phase of the undisturbed swap that began at a boot just before it."""
        if f"after {phase}" not in self._kept:
            self.at(phase + 1)
        found: Pair = self._kept[f"after {phase}"]
        return found

    def lines(self, phase: int) -> int:
        """How many journal lines an undisturbed phase writes on both machines."""
        self.after(phase)
        return self._lines[phase]

    def middle(self, phase: int) -> int:
        """How many of them come before the phase's middle; the first ones may be earlier items', which a boot undid."""
        again = self._again[phase] if self.lines(phase) else 0
        return again + (self._lines[phase] - again) // 2

    @property
    def final(self) -> Pair:
        """Both machines after phases 1 to 8, undisturbed."""
        if "final" not in self._kept:
            self.at(1)
            self.fab("resume", "--through", "8")
            self._kept["final"] = self.settled()
        found: Pair = self._kept["final"]
        return found

    def references(self) -> None:
        """Make sure that an undisturbed swap is known, before the lab is disturbed."""
        assert self.before
        assert self.final

    # --- verdicts ---

    def _want(self, *promises: tuple[str, Callable[[Pair], list[str]]]) -> None:
        """Each holds now, or once the hosts are at rest: what has booted may be starting still.

        A state in which all of them hold is the one that was wanted, and needs no second look.
        """
        now = self.state()
        if any(found(now) for _, found in promises):
            now = self.settled()
        for what, found in promises:
            want(found(now), what)

    def want_final(self) -> None:
        """Phases 1 to 8 have ended as an undisturbed swap does, and nothing is lost."""
        assert "final" in self._kept, "to learn it now would undo what is to be judged"
        self._want(
            ("lost", lambda now: lost(self.before, now)),
            ("not as after an undisturbed swap", lambda now: differences(self.final, now, mtimes=False)),
        )

    def want_after(self, phase: int, *but: str) -> None:
        """A phase has ended as the undisturbed one does; which one that is must be known before anything is broken.

        but: beginnings of paths in which the operator's own doing shows.
        """
        assert f"after {phase}" in self._kept, "to learn it now would undo what is to be judged"

        def found(now: Pair) -> list[str]:
            lines = differences(self.after(phase), now, mtimes=False)
            return [line for line in lines if not line.partition(": ")[2].startswith(tuple(but))]

        self._want((f"not as after an undisturbed phase {phase}", found))

    def want_before(self, said: str = "") -> None:
        """Everything is as before phase 1, times included.

        said: by the rollback: mail that the new production took stays on that machine, if it was told whose it is.
        """
        users = tuple(f"b: /home/{user}" for user in re.findall(r"1\.6 mail stays on .*: (\w+): \d+ messages", said))

        def found(now: Pair) -> list[str]:
            lines = differences(self.before, now, mtimes=True)
            return [line for line in lines if not line.startswith(users)]

        self._want(("not as before the swap", found))
