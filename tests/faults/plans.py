"""Plans: nothing is changed by one, and one that is stored holds a phase to it."""

from __future__ import annotations

from typing import Any

from tests.faults.bench import HERE, Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived, want


def whole(bench: Bench) -> dict[str, dict[str, list[object]]]:
    """Every file of both machines (whole.py says which are passed over, and why)."""
    program = (HERE / "whole.py").read_text(encoding="utf-8")
    return {machine: bench.driver.python(machine, program) for machine in "ab"}


@fault(
    "plan/nothing-changes",
    "`fab phase0 … phase7 --plan`",
    "before phase 0",
    "the whole file systems of both hosts are unchanged but for logs (contents, modes, owners, times), and what "
    "PostgreSQL's databases hold, whose files the server writes for whoever connects",
    seconds=40,
)
def nothing_changes(bench: Bench) -> str:
    """A checksum of everything before and after; a second one before shows what changes by itself."""
    bench.lab("up")
    bench.lab("reset")
    rows, before = _rows(bench), whole(bench)
    said = bench.fab(*[f"phase{number}" for number in range(8)], "--plan")
    after = whole(bench)
    found = [
        f"{machine}: {path}: {before[machine].get(path)} became {after[machine].get(path)}"
        for machine in "ab"
        for path in sorted({*before[machine], *after[machine]})
        if before[machine].get(path) != after[machine].get(path)
    ]
    found += [f"databases: {rows} became {now}"] if (now := _rows(bench)) != rows else []
    want(found, "changed by a plan")
    for number in ("1.3", "3.4", "5.1", "6.1", "7.2"):
        if f"  {number} " not in said:
            raise NotSurvived(f"the plan says nothing of {number}")
    return f"{sum(map(len, before.values()))} files compared"


def _rows(bench: Bench) -> list[Any]:
    """What the servers' databases hold."""
    state = bench.state()
    return [state[machine]["databases"] for machine in "ab"]


@fault("plan/as-planned", "a file is edited between `fab plan --out` and `fab phase5 --as-planned`", "before phase 5",
       "refused with exit status 3, showing the difference; an unchanged host is not refused")  # fmt: skip
def as_planned(bench: Bench) -> str:
    """Somebody adds a line to motd."""
    bench.at(5)
    bench.resume(4)  # a host that has booted since has its services to stop again: not part of phase 5's plan
    plan = str(bench.folder / "plan.json")
    bench.fab("plan", "--out", plan)
    line = f"{bench.cast.production.name} is down on Sunday"
    bench.on("a", f"cp -p /etc/motd /root/motd; echo '{line}' >> /etc/motd")
    said = bench.fab("phase5", "--as-planned", plan, want=3)
    if line not in said:
        raise NotSurvived(f"the difference is not shown: {said[-800:]}")
    bench.on("a", "cp -p /root/motd /etc/motd; rm /root/motd")
    bench.fab("phase5", "--as-planned", plan)
    return "refused, and after motd was put back not refused"
