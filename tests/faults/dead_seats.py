"""A seat that is cut off or switched off in the middle of an item: its lock is taken over from the same seat."""

from __future__ import annotations

import os
import signal
import subprocess

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived
from tests.faults.operators import stubborn
from tests.faults.seat import BUSY

PROMISE = (
    "`fab resume` from the same seat works at once, without `fab unlock`; the phase ends as an undisturbed one does"
)
# Each dry run of the copy is stopped until somebody lets it go on.
STOP = """while [ ! -e /run/enough ]; do
    for process in $(pgrep -f -- '^/usr/bin/rsync .*--dry-run'); do
        kill -STOP $process && touch /run/stopped
    done
done
"""


def _begun(bench: Bench) -> subprocess.Popen[str]:
    """An operator in the middle of 1.2."""
    bench.after(1)
    bench.at(1)
    stubborn(bench)
    operator = bench.start("phase1.processes")
    bench.wait("1.2 has begun", lambda: any(entry.get("item") == "1.2" for entry in bench.journal("a")), 60)
    return operator


def _resumed(bench: Bench, phase: int, *waited: str) -> str:
    """One `fab resume`, which must work."""
    status, said = bench.finish(bench.start("resume", "--through", str(phase)))
    if status != 0 or BUSY in said:
        raise NotSurvived(f"resume ended with {status}: {said[-2000:]}")
    missing = [word for word in waited if word not in said]
    if missing:
        raise NotSurvived(f"not told: {missing}: {said[-2000:]}")
    bench.want_after(phase)
    return "taken over" if "is taken over" in said else "free by then"


@fault("operators/cut-off", "the seat is cut off and its command ends", "in the middle of 1.2", PROMISE, seconds=90)
def cut_off(bench: Bench) -> str:
    """The hosts have not heard that the connection is dead."""
    operator = _begun(bench)
    bench.lab("cut", "seat")
    status, said = bench.finish(operator)
    bench.lab("mend", "seat")
    if status not in (0, 4):
        raise NotSurvived(f"the command ended with {status}: {said[-1000:]}")
    return _resumed(bench, 1)


@fault("operators/seat-killed", "the seat's command is killed while its cable is out: no host hears of it",
       "in the middle of 1.2", PROMISE, seconds=60)  # fmt: skip
def seat_killed(bench: Bench) -> str:
    """As a power cut of a workstation, but for its boot."""
    operator = _begun(bench)
    pid = bench.seat_process("phase1.processes")
    bench.lab("cut", "seat")
    os.kill(pid, signal.SIGKILL)
    operator.communicate()
    bench.lab("mend", "seat")
    return _resumed(bench, 1)


@fault("operators/seat-killed-in-rsync", "the seat's command is killed, its cable out, while production is in a long "
       "dry run of rsync", "in the middle of 3.1", PROMISE + "; what is under way is told and waited for",
       seconds=90)  # fmt: skip
def seat_killed_in_rsync(bench: Bench) -> str:
    """The far agent hears of nothing before rsync has ended."""
    bench.after(3)
    bench.at(3)
    bench.on("a", f"cat > /root/stop <<'E'\n{STOP}E\nrm -f /run/enough; setsid sh /root/stop >/dev/null 2>&1 &")
    operator = bench.start("resume", "--through", "3")
    bench.wait("the dry run is stopped", lambda: "yes" in bench.on("a", "[ -e /run/stopped ] && echo yes; true"), 120)
    pid = bench.seat_process("resume")
    bench.lab("cut", "seat")
    os.kill(pid, signal.SIGKILL)
    operator.communicate()
    bench.lab("mend", "seat")
    path = bench.folder / "waiting.log"
    with path.open("w", encoding="utf-8") as output:
        other = bench.driver.start("run", "fab", "resume", "--through", "3", "--yes", stdout=output, stderr=output)
        try:
            told = "is still under way there"
            bench.wait("the second one waits", lambda: told in path.read_text() or other.poll() is not None, 60)
        finally:
            bench.on("a", "touch /run/enough; rm -f /root/stop; pkill -CONT -x rsync; rm -f /run/stopped", ok=False)
        status = other.wait(300)
    said = path.read_text(encoding="utf-8")
    if status != 0 or told not in said or BUSY in said:
        raise NotSurvived(f"resume ended with {status}: {said[-2000:]}")
    bench.want_after(3)
    return "told, waited for, taken over"
