"""Either host loses its power, or its sshd, in the middle of each phase."""

from __future__ import annotations

import sys
from functools import partial

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.chains import SAME
from tests.faults.compare import NotSurvived

# In the middle of each phase: how many lines of the journal come before (on both hosts together). Up to phase 6 the
# first seven are those of 1.3, which a boot undoes.
MIDDLE = {1: 14, 2: 11, 3: 23, 4: 14, 5: 40, 6: 11, 7: 22, 8: 4}
LAB = f"{sys.executable} -m lab.cli"


def cycle(bench: Bench, phase: int, machine: str) -> str:
    """Power off and on at a line of the journal; the operator sees a lost connection, and resumes."""
    # Behind 7.3 a boot starts what phase 8 is to start: only then are the two equal.
    through = 8 if phase == 7 else phase
    bench.after(through)
    bench.at(phase)
    found = bench.killer("resume", "--through", str(phase), at=MIDDLE[phase], do=f"{LAB} power {machine} cycle")
    if not found["at"]:
        raise NotSurvived(f"the phase ended before: {found['said'][-400:]}")
    paused = _paused_again(bench, through)
    calls = bench.resume(through)
    bench.want_after(through)
    return f"at {found['at'][:3]}; fab ended with {found['status']}; {paused}resumed at the {calls}. call"


def _paused_again(bench: Bench, through: int) -> str:
    """A boot starts qmail, which 1.3 had stopped: behind the last look it is stopped as the refusal says."""
    said = bench.fab("resume", "--through", str(through), want=None)
    if "`fab phase1.pause` stops it" not in said:
        return ""
    bench.fab("phase1.pause")
    return "1.3 again, as it says; "


for _phase in MIDDLE:
    for _machine, _name in (("a", "the old production"), ("b", "the old standby")):
        fault(
            f"power/{_phase}-{_machine}",
            f"{_name} loses its power and gets it back",
            f"phase {_phase}, after line {MIDDLE[_phase]}",
            SAME,
            selected=(_phase, _machine) == (5, "b"),
        )(partial(cycle, phase=_phase, machine=_machine))


def no_sshd(bench: Bench, machine: str) -> str:
    """All of sshd is killed; nobody can log in until it is started at the console."""
    bench.after(5)
    bench.at(5)
    # [s]shd: not the shell that runs this.
    kill = f"{LAB} console {machine} pkill -9 -x sshd"
    found = bench.killer("resume", "--through", "5", at=MIDDLE[5], do=kill)
    if found["status"] != 4:
        raise NotSurvived(f"fab ended with {found['status']}, not 4: {found['said'][-400:]}")
    bench.on(machine, "/etc/init.d/ssh start >/dev/null 2>&1 </dev/null")
    bench.resume(5)
    bench.want_after(5)
    return f"at {found['at'][:3]}; fab ended with 4"


for _machine in ("a", "b"):
    fault(f"sshd/5-{_machine}", f"sshd of machine {_machine} is killed, with all connections",
          f"phase 5, after line {MIDDLE[5]}", SAME)(partial(no_sshd, machine=_machine))  # fmt: skip


SEND = """
import smtplib
with smtplib.SMTP("198.51.100.21", timeout=20) as server:
    server.sendmail("", ["asada@itpass.scitec.kobe-u.ac.jp"], "Subject: sent-behind-7.3\\r\\n\\r\\nhello\\r\\n")
"""
FIND = "grep -rl sent-behind-7.3 /home/asada/Maildir 2>/dev/null"


@fault("power/7-mail", "the new production host boots by itself and takes a mail; then the swap is taken back",
       "between phases 7 and 8", "the rollback tells whose mail stays on which machine, and leaves it there; "
       "all else is as before the swap")  # fmt: skip
def mail_behind_the_copy(bench: Bench) -> str:
    """A boot behind 7.3 starts what takes mail in, before the point of no return."""
    bench.prepare()
    bench.at(8)
    bench.lab("power", "b", "cycle")
    bench.lab("console", "outside", "python3", "-", stdin=SEND)
    bench.wait("the mail is in its box", lambda: bool(bench.on("b", FIND, ok=False)))
    said = bench.fab("rollback", "--to", "phase1")
    told = [
        line.strip() for line in said.splitlines() if line.startswith("  1.6 mail stays on the machine that becomes")
    ]
    mine = [line for line in told if "tako again" in line and "asada: " in line]
    if len(mine) != 1:
        raise NotSurvived(f"not told of asada's mail: {told or said[-1500:]}")
    if not bench.on("b", FIND, ok=False):
        raise NotSurvived("the mail is gone")
    bench.want_before(said)
    return mine[0]
