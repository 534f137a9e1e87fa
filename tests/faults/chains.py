"""The operator's process is killed at one line of the journal after the other, in one pass through the swap."""

from __future__ import annotations

from typing import Any

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived

SAME = "the state is that of an undisturbed swap; no mail, file, account or crontab is lost"
FEWEST = 5  # kills, without which a chain proves nothing
BACK = "the state is the one before the swap, times included"


def killed(bench: Bench, *words: str, before: bool, least: int) -> str:
    """Run the chain; what it did in a line."""
    found: dict[str, Any] = bench.killer(*words, chain=True, before=before, least=least)
    if found["status"] != 0:
        raise NotSurvived(f"stuck after {len(found['kills'])} kills: {found['errors'][-1:]}")
    if len(found["kills"]) < FEWEST:
        raise NotSurvived(
            f"only {len(found['kills'])} kills: the lines of the journal are not where they are looked for"
        )
    places = {tuple(map(str, line)) for line in found["kills"]}
    again = f", {len(found['errors'])} calls ended with an error and were called again" if found["errors"] else ""
    return f"{len(found['kills'])} kills at {len(places)} different lines{again}"


@fault(
    "chain/resume-after",
    "SIGKILL, again and again, `fab resume` each time",
    "just after every line of phases 1 to 8",
    SAME,
    seconds=420,
)
def resume_after(bench: Bench) -> str:
    """Each line once: the next attempt gets one line farther."""
    bench.references()
    bench.at(1)
    seen = killed(bench, "resume", "--through", "8", before=False, least=3)
    bench.want_final()
    return seen


@fault(
    "chain/resume-before",
    "SIGKILL, again and again, `fab resume` each time",
    "just before every line of phases 1 to 8: what the line before it announced is done, and not written down",
    SAME,
    seconds=420,
)
def resume_before(bench: Bench) -> str:
    """As above, at the other side of each action."""
    bench.references()
    bench.at(1)
    seen = killed(bench, "resume", "--through", "8", before=True, least=3)
    bench.want_final()
    return seen


@fault(
    "chain/resume-coarse",
    "SIGKILL, again and again, `fab resume` each time",
    "after every ninth line or so of phases 1 to 8",
    SAME,
    seconds=120,
)
def resume_coarse(bench: Bench) -> str:
    """For the selection: fewer kills, through the same phases."""
    bench.references()
    bench.at(1)
    seen = killed(bench, "resume", "--through", "8", before=False, least=11)
    bench.want_final()
    return seen


def _back(bench: Bench, before: bool, least: int) -> str:
    bench.at(1)
    bench.fab("resume", "--through", "7")
    seen = killed(bench, "rollback", "--to", "phase1", before=before, least=least)
    bench.want_before()
    return seen


@fault(
    "chain/rollback-after",
    "SIGKILL, again and again, `fab rollback --to phase1` each time",
    "just after every line of the rollback, from the end of phase 7",
    BACK,
    seconds=300,
)
def rollback_after(bench: Bench) -> str:
    """Each undo once."""
    return _back(bench, before=False, least=1)


@fault(
    "chain/rollback-before",
    "SIGKILL, again and again, `fab rollback --to phase1` each time",
    "just before every line of the rollback: the change is undone, and that is not written down",
    BACK,
    seconds=300,
)
def rollback_before(bench: Bench) -> str:
    """Each undo twice."""
    return _back(bench, before=True, least=2)


@fault(
    "chain/rollback-coarse",
    "SIGKILL, again and again, `fab rollback --to phase1` each time",
    "after every ninth line of the rollback, from the end of phase 7",
    BACK,
    seconds=90,
)
def rollback_coarse(bench: Bench) -> str:
    """For the selection."""
    return _back(bench, before=False, least=9)
