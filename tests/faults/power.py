"""Either host loses its power, or its sshd, in the middle of each phase."""

from __future__ import annotations

import sys
from functools import partial

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.chains import SAME
from tests.faults.compare import NotSurvived

PHASES = range(1, 9)
LAB = f"{sys.executable} -m lab.cli"


def cycle(bench: Bench, phase: int, machine: str) -> str:
    """Power off and on at a line of the journal; the operator sees a lost connection, and resumes."""
    # Behind 7.3 a boot starts what phase 8 is to start: only then are the two equal.
    through = 8 if phase == 7 else phase
    bench.after(through)
    line = bench.middle(phase)
    bench.at(phase)
    found = bench.killer("resume", "--through", str(phase), at=line, do=f"{LAB} power {machine} cycle")
    if not found["at"]:
        raise NotSurvived(f"the phase ended before: {found['said'][-400:]}")
    paused = _paused_again(bench, through)
    calls = bench.resume(through)
    bench.want_after(through)
    return f"at {found['at'][:3]}; fab ended with {found['status']}; {paused}resumed at the {calls}. call"


def _paused_again(bench: Bench, through: int) -> str:
    """A boot starts what takes mail, which 1.3 had stopped: behind the last look it is stopped as the refusal says."""
    said = bench.fab("resume", "--through", str(through), want=None)
    if "`fab phase1.pause` stops it" not in said:
        return ""
    bench.fab("phase1.pause")
    return "1.3 again, as it says; "


for _phase in PHASES:
    for _machine, _name in (("a", "the old production"), ("b", "the old standby")):
        fault(
            f"power/{_phase}-{_machine}",
            f"{_name} loses its power and gets it back",
            f"in the middle of phase {_phase}",
            SAME,
        )(partial(cycle, phase=_phase, machine=_machine))


def no_sshd(bench: Bench, machine: str) -> str:
    """All of sshd is killed; nobody can log in until it is started at the console."""
    bench.after(5)
    line = bench.middle(5)
    bench.at(5)
    # With OpenSSH 9.8 a session's process is called sshd-session.
    kill = f"{LAB} console {machine} pkill -9 ^sshd"
    found = bench.killer("resume", "--through", "5", at=line, do=kill)
    if found["status"] != 4:
        raise NotSurvived(f"fab ended with {found['status']}, not 4: {found['said'][-400:]}")
    bench.on(machine, "service ssh start >/dev/null 2>&1 </dev/null")
    bench.resume(5)
    bench.want_after(5)
    return f"at {found['at'][:3]}; fab ended with 4"


for _machine in ("a", "b"):
    fault(f"sshd/5-{_machine}", f"sshd of machine {_machine} is killed, with all connections",
          "in the middle of phase 5", SAME)(partial(no_sshd, machine=_machine))  # fmt: skip


SEND = """
import smtplib
with smtplib.SMTP("@at-production@", timeout=20) as server:
    server.sendmail("", ["@user@\x40@domain@"], "Subject: sent-behind-7.3\\r\\n\\r\\nhello\\r\\n")
"""
FIND = "grep -rl sent-behind-7.3 /home/@user@/Maildir 2>/dev/null"


@fault("power/7-mail", "the new production host boots by itself and takes a mail; then the swap is taken back",
       "between phases 7 and 8", "the rollback tells whose mail stays on which machine, and leaves it there; "
       "all else is as before the swap", needs=("mail",))  # fmt: skip
def mail_behind_the_copy(bench: Bench) -> str:
    """A boot behind 7.3 starts what takes mail in, before the point of no return."""
    bench.prepare()
    bench.at(8)
    bench.lab("power", "b", "cycle")
    bench.lab("console", "outside", "python3", "-", stdin=bench.cast.ours(SEND))
    find = bench.cast.ours(FIND)
    bench.wait("the mail is in its box", lambda: bool(bench.on("b", find, ok=False)))
    said = bench.fab("rollback", "--to", "phase1")
    told = [
        line.strip() for line in said.splitlines() if line.startswith("  1.6 mail stays on the machine that becomes")
    ]
    mine = [line for line in told if bench.cast.ours("@standby@ again") in line and bench.cast.ours("@user@: ") in line]
    if len(mine) != 1:
        raise NotSurvived(f"not told of the user's mail: {told or said[-1500:]}")
    if not bench.on("b", find, ok=False):
        raise NotSurvived("the mail is gone")
    bench.want_before(said)
    return mine[0]
