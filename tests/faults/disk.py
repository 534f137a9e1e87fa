"""Disks that are full, or cannot be written to."""

from __future__ import annotations

import re
from functools import partial

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived, Pair, differences, want

ERROR = "a clear error, no half-written file; once there is space `fab resume` ends as the undisturbed phase does"
# rsync's receiver is not always heard before its connection ends: then the standby itself says how much is free.
CLEAR = re.compile(r"No space left|free on \w+ below /\S+: 0\.\d MiB")


def _whole(bench: Bench, phase: int, booted: Pair) -> None:
    """Every file is either as before the phase or as after it; none is in between. booted: it closed the door."""
    before, after, now = bench.after(phase - 1), bench.after(phase), bench.state()
    copied = tuple(f"{top}/" for top in bench.cast.facts["state"]["data"] if "crontabs" not in top)
    found = []
    for machine in "ab":
        for path, entry in now[machine]["files"].items():
            allowed = [state[machine]["files"].get(path) for state in (before, after, booted)]
            known = [state[:3] for state in allowed if state]
            # rsync's own temporary files lie below what is copied while it works, and go with it.
            if entry[0][0] == "-" and entry[:3] not in known and not path.startswith(copied):
                found.append(f"{machine}: {path}: {entry}, known {known}")
    want(found, "half-written")


def full(bench: Bench, phase: int, machines: str, leave: int) -> str:
    """Fill, try, drain, resume."""
    bench.after(phase)
    bench.at(phase)
    booted = bench.settled()
    for machine in machines:
        bench.lab("fill", machine, "--leave", str(leave))
    said = bench.fab("resume", "--through", str(phase), want=None)
    _whole(bench, phase, booted)
    for machine in machines:
        bench.lab("drain", machine)
    told = [line.strip() for line in said.splitlines() if CLEAR.search(line)]
    if not told or "Traceback" in said:
        raise NotSurvived(f"no clear error: {said[-800:]}")
    bench.resume(phase)
    bench.want_after(phase)
    return told[0][:160]


for _name, _phase, _machines, _leave in (
    ("3-standby", 3, "b", 0),
    ("3-in-the-middle-of-the-copy", 3, "b", 8000),
    ("3-production", 3, "a", 0),
    ("5-both", 5, "ab", 0),
    ("5-in-the-middle", 5, "b", 60),
):
    fault(
        f"disk-full/{_name}",
        f"the disk of {' and '.join(_machines)} is full" + (f" but for {_leave} KiB" if _leave else ""),
        f"phase {_phase}",
        ERROR,
    )(partial(full, phase=_phase, machines=_machines, leave=_leave))


@fault("read-only/5", "/etc of the standby is read-only", "phase 5", ERROR)
def read_only(bench: Bench) -> str:
    """A bind mount that may not be written to."""
    bench.after(5)
    bench.at(5)
    bench.on("b", "mount --bind /etc /etc && mount -o remount,ro,bind /etc")
    said = bench.fab("resume", "--through", "5", want=1)
    bench.on("b", "umount /etc")
    if "Read-only file system" not in said or "Traceback" in said:
        raise NotSurvived(f"no clear error: {said[-800:]}")
    want([line for line in differences(bench.after(4), bench.state(), mtimes=True) if line.startswith("b: /etc")], "b")
    bench.resume(5)
    bench.want_after(5)
    return next(line.strip() for line in said.splitlines() if "Read-only" in line)[:160]
