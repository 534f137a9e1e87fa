"""The verdict: what a host loses of its evidence, a run of the suite that dies, a later word than the first."""

from __future__ import annotations

import signal
import subprocess

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived

EVIDENCE = "/var/lib/irekae/evidence"


def _checked(bench: Bench) -> list[str]:
    """Be behind phase 9; what the report says of it."""
    bench.at(9)
    bench.fab("phase9")
    return _verdict(bench)


def _verdict(bench: Bench) -> list[str]:
    """The verdict with its reasons, as `fab report` prints them."""
    lines = bench.fab("report", "--out", str(bench.folder / "report"), want=None).splitlines()
    found = [line for line in lines if line.startswith(("verdict: ", "  "))]
    if not found:
        raise NotSurvived("fab report says no verdict:\n" + "\n".join(lines))
    return found


@fault(
    "verdict/evidence-lost",
    "one host's evidence is gone, then the other's",
    "between phase 9 and the report",
    "each report says the same, and brings the host what it lacks; gone from both, the verdict is not what it was, and \
says why",
    seconds=90,
)
def evidence_lost(bench: Bench) -> str:
    """As after a disk was replaced, and /var/lib/irekae put back without it."""
    first = _checked(bench)
    for machine in "ab":
        bench.on(machine, f"rm -r {EVIDENCE}")
        if (said := _verdict(bench)) != first:
            raise NotSurvived(f"without {machine}'s evidence: {said}, before: {first}")
        if not bench.on(machine, f"ls {EVIDENCE}").split():
            raise NotSurvived(f"{machine} was not given what it lacks")
    for machine in "ab":
        bench.on(machine, f"rm -r {EVIDENCE}")
    said = _verdict(bench)
    if said == first or not any("kept by" in line for line in said):
        raise NotSurvived(f"what is gone from both hosts is not told: {said}")
    return first[0]


@fault(
    "verdict/suite-killed",
    "the seat is killed (KILL) in the middle of a run of the suite",
    "phase 9",
    "the next run takes its turn once the dead one's lease has ended, and every item has a result",
    seconds=180,
)
def suite_killed(bench: Bench) -> str:
    """Both the command and the suite that it has started die at once; nobody gives the turn back."""
    bench.at(9)
    operator = bench.start("phase9")
    lease = "grep -c token /run/irekae-suite 2>/dev/null || true"
    bench.wait("the suite has its turn", lambda: bench.on("a", lease).strip() == "1", 120)
    _kill_all_at_the_seat(bench)
    bench.finish(operator)
    said = bench.fab("phase9")
    if "waiting: another run of the suite" not in said:
        raise NotSurvived(f"nobody waited for the dead run's lease:\n{said[-2000:]}")
    return next(line.strip() for line in said.splitlines() if "waiting: " in line)[:200]


def _kill_all_at_the_seat(bench: Bench) -> None:
    """Every process in the seat's name space that is of this run: fab, pytest, its ssh."""
    pids = bench.lab("run", "sh", "-c", f"ip netns pids irekae-{bench.driver.name}").split()
    for pid in pids:
        words = subprocess.run(["cat", f"/proc/{pid}/cmdline"], capture_output=True, check=False).stdout.split(b"\0")
        if any(word.endswith((b"/fab", b"/verify")) or word in (b"ssh", b"/usr/bin/ssh") for word in words):
            subprocess.run(["kill", f"-{int(signal.SIGKILL)}", pid], check=False)


@fault(
    "verdict/later-word",
    "a service stops behind phase 9, and another operator checks it",
    "between phase 9 and the report",
    "the later failure counts at every seat; started again and checked again it is as it was",
    seconds=120,
)
def later_word(bench: Bench) -> str:
    """What mail is fetched from, on production; one item is checked alone."""
    service, row = bench.cast["fetched-from"], f"9.9 {bench.cast.production.name}"
    first = _checked(bench)
    bench.on("b", f"service {service} stop")
    bench.fab("phase9.pop", want=1)
    said = _verdict(bench)
    if said[0] != "verdict: not accepted" or not any(line.strip().startswith(row) for line in said):
        raise NotSurvived(f"the later failure does not count: {said}")
    bench.on("b", f"service {service} start")
    # postfix's master starts no smtpd for a minute behind one that found nobody to ask for passwords.
    bench.wait("its checks pass again", lambda: "failed" not in bench.fab("phase9.pop", want=None))
    bench.fab("phase9.pop")
    if (again := _verdict(bench)) != first:
        raise NotSurvived(f"checked again: {again}, before: {first}")
    return next(line.strip() for line in said if line.strip().startswith(row))[:200]
