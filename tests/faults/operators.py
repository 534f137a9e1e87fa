"""Several operators, and operators who are interrupted, lose their terminal, or never come back."""

from __future__ import annotations

import signal
import subprocess

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.chains import SAME
from tests.faults.compare import NotSurvived
from tests.faults.seat import BUSY

# A user's process that ends only when it is killed: 1.2 waits for it, so that the item lasts a few seconds.
STUBBORN = "setsid su {user} -c \"trap '' TERM; while :; do sleep 1; done\" >/dev/null 2>&1 &"


def stubborn(bench: Bench) -> None:
    """Have such a process on production; su(1) is root's for as long as it opens the session."""
    user = bench.cast["busy"]
    bench.on("a", STUBBORN.format(user=user))
    bench.wait("his process runs", lambda: bool(bench.on("a", f"pgrep -u {user} -f 'while [:]'", ok=False)), 60)


def _working(bench: Bench) -> subprocess.Popen[str]:
    """An operator who is in the middle of 1.2."""
    bench.after(1)
    bench.at(1)
    stubborn(bench)
    with bench.setting("phase1", "term_wait", "20"):
        process = bench.start("phase1.processes", who="asada")
    bench.wait("the first operator has begun 1.2", lambda: bool(_started(bench)), 60)
    return process


def _started(bench: Bench) -> list[object]:
    return [entry for entry in bench.journal("a") if entry.get("item") == "1.2"]


@fault(
    "operators/same-item",
    "two operators",
    "at once on the same item, 1.2",
    "the second is refused with exit status 3, told who and since when; the first is not disturbed",
)
def same_item(bench: Bench) -> str:
    """The item lasts for as long as a process outlives TERM."""
    first = _working(bench)
    said = bench.fab("phase1.processes", want=3)
    if BUSY not in said or "by asada@" not in said or " since 20" not in said:
        raise NotSurvived(f"the refusal tells neither who nor since when:\n{said}")
    status, told = bench.finish(first)
    if status != 0:
        raise NotSurvived(f"the first operator's item ended with {status}\n{told}")
    return next(line.strip() for line in said.splitlines() if " since 20" in line)


@fault(
    "operators/other-item",
    "two operators",
    "at once on two items of phase 1, 1.2 and 1.5",
    "both work; the phase then has nothing of these two left",
)
def other_item(bench: Bench) -> str:
    """The second one comes to his end while the first is still at it."""
    first = _working(bench)
    bench.fab("phase1.hold-backup")
    if first.poll() is not None:
        raise NotSurvived("the first operator's item ended too early to be sure that both worked at once")
    status, told = bench.finish(first)
    if status != 0:
        raise NotSurvived(f"the first operator's item ended with {status}\n{told}")
    bench.resume(1)
    bench.want_after(1)
    return "1.5 was done while 1.2 was under way"


@fault(
    "operators/dead-session",
    "an operator's workstation hangs with its connection open (SIGSTOP)",
    "in the middle of 1.2",
    "the item stays his until somebody unlocks it by name and reason, or his seat has given no sign of life for a \
minute; then it is done",
)
def dead_session(bench: Bench) -> str:
    """A lock never expires by itself: it ends with its connection."""
    first = _working(bench)
    pid = bench.seat_process("phase1.processes")
    subprocess.run(["kill", "-STOP", str(pid)], check=True)
    try:
        bench.fab("phase1.processes", want=3)
        for machine in bench.cast.profile.pair:
            bench.fab("unlock", "1.2", "--host", machine.name, "--why", "his workstation hangs")
        bench.resume(1)
    finally:
        subprocess.run(["kill", "-KILL", str(pid)], check=False)
        first.communicate()
    bench.want_after(1)
    return "refused, unlocked, resumed"


@fault("operators/ctrl-c", "Ctrl-C", "in the middle of phase 5", SAME + "; exit status 4 and the next step")
def ctrl_c(bench: Bench) -> str:
    """SIGINT to the operator's fab."""
    bench.after(5)
    line = bench.middle(5)
    bench.at(5)
    found = bench.killer("resume", "--through", "5", at=line, signal="INT")
    if found["status"] != 4 or "fab resume" not in found["said"]:
        raise NotSurvived(f"exit status {found['status']}: {found['said'][-1500:]}")
    bench.fab("status")
    bench.resume(5)
    bench.want_after(5)
    return f"interrupted at {found['at'][:3]}"


@fault("operators/hang-up", "the terminal is lost (SIGHUP)", "in the middle of phase 5", SAME)
def hang_up(bench: Bench) -> str:
    """The default action of SIGHUP ends the operator's fab."""
    bench.after(5)
    line = bench.middle(5)
    bench.at(5)
    found = bench.killer("resume", "--through", "5", at=line, signal="HUP")
    if found["status"] != -signal.SIGHUP:
        raise NotSurvived(f"exit status {found['status']}: {found['said'][-1500:]}")
    bench.resume(5)
    bench.want_after(5)
    return f"hung up at {found['at'][:3]}"
