"""The operator's process is killed once, at one line of the journal: every line of phases 1 to 8 has its own faults."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.faults.bench import Bench
from tests.faults.catalogue import Fault
from tests.faults.chains import BACK
from tests.faults.compare import NotSurvived

DONE = "`fab resume`: the state is that after the undisturbed phase, from which the rest follows"
NO_RETURN = "the point of no return is behind us"
SECONDS = 12
CALLS = 3  # an operator tries again, as the message says


def of_phase(phase: int, lines: int) -> Iterator[Fault]:
    """Kill just before and just after each line, then roll back.

    Just before a line, what the line before announced is done and not written down.
    """
    for number in range(1, lines + 1):
        for before in (True, False):
            word = "before" if before else "after"
            where = f"phase {phase}, just {word} line {number} of {lines}"
            act = partial(roll_back, phase=phase, number=number, before=before)
            name = f"kill-rollback/{phase}-{number:03d}-{word}"
            yield Fault(name, "SIGKILL, then rollback", where, BACK, act, SECONDS)


def of_phase_resumed(phase: int, lines: int) -> Iterator[Fault]:
    """Kill just before each line, then resume: where a chain of kills is lost, this tells at which line."""
    for number in range(1, lines + 1):
        act = partial(resume, phase=phase, number=number)
        where = f"phase {phase}, just before line {number} of {lines}"
        yield Fault(f"kill-resume/{phase}-{number:03d}", "SIGKILL, then resume", where, DONE, act, SECONDS)


def _kill(bench: Bench, phase: int, number: int, before: bool) -> str:
    bench.at(phase, pair=True)
    found = bench.killer("resume", "--through", str(phase), at=number, before=before)
    if not found["at"]:
        # Both hosts' lines come in another order each time: the last ones may not come at all.
        if found["status"] != 0 or number <= bench.lines(phase) // 2:
            raise NotSurvived(f"exit status {found['status']} without a kill: {found['said'][-500:]}")
        return "the phase ended with fewer lines: nothing was killed"
    item, machine, event, what = found["at"]
    return f"{item} on {machine}: {event} {what}".rstrip()


def resume(bench: Bench, phase: int, number: int) -> str:
    """Kill, resume, compare."""
    bench.after(phase)
    seen = _kill(bench, phase, number, True)
    calls = bench.resume(phase)
    bench.want_after(phase)
    return seen + (f"; resumed at the {calls}. call" if calls > 1 else "")


def roll_back(bench: Bench, phase: int, number: int, before: bool) -> str:
    """Kill, roll back, compare; behind the point of no return the refusal is what must come."""
    bench.after(phase)
    seen = _kill(bench, phase, number, before)
    for call in range(1, CALLS + 1):
        said = bench.fab("rollback", "--to", "phase1", want=None)
        if phase == 8 and NO_RETURN in said:
            bench.resume(phase)
            bench.want_after(phase)
            return f"{seen}; refused, {NO_RETURN}; resumed"
        if "rolled back" in said:
            bench.want_before(said)
            return seen + (f"; rolled back at the {call}. call" if call > 1 else "")
        seen += f"; call {call}: {said.strip()[-300:]}"
    raise NotSurvived(f"not rolled back in {CALLS} calls: {seen}")
