"""The copy of databases (3.6), broken in its middle: a process of it dies, a power switch, a disk that fills."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived

NEEDS = ("databases", "systemd")
PROMISE = "a clear error or an outcome that is unknown; `fab resume` copies again, and both servers hold the same"
FILL = (
    "CREATE TABLE big (id INT PRIMARY KEY, text TEXT NOT NULL); "
    "INSERT INTO big SELECT seq, REPEAT(SHA2(seq, 512), 8) FROM seq_1_to_60000"
)
# The dump is met in its middle: the first one on production that has written so many bytes.
STOP = """while [ ! -e /run/stopped ]; do
    for process in $(pgrep -x mariadb-dump); do
        told=$(sed -n 's/^wchar: //p' /proc/$process/io 2>/dev/null)
        [ "${told:-0}" -gt 10000000 ] && kill -STOP $process && touch /run/stopped
    done
done
"""


@contextmanager
def in_the_middle(bench: Bench) -> Iterator[subprocess.Popen[str]]:
    """An operator whose 3.6 has sent a part of a large table, and stands still; at the end it goes on."""
    bench.at(3)
    bench.on("a", f"mariadb {_name(bench)} -e '{FILL}'")
    bench.on("a", f"cat > /root/stop <<'E'\n{STOP}E\nrm -f /run/stopped; setsid sh /root/stop > /dev/null 2>&1 &")
    operator = bench.start("resume", "--through", "3")
    bench.wait("the dump is in the middle", lambda: "yes" in bench.on("a", "[ -e /run/stopped ] && echo yes; true"))
    yield operator
    bench.on("a", "pkill -CONT -x mariadb-dump; rm -f /root/stop /run/stopped", ok=False)


def _name(bench: Bench) -> str:
    return str(bench.cast.facts["state"]["databases"][0])


def _same_on_both(bench: Bench) -> None:
    state = bench.settled()
    if state["a"]["databases"] != state["b"]["databases"]:
        raise NotSurvived(f"{state['a']['databases']} on production, {state['b']['databases']} on the standby")
    rows = bench.on("b", f"mariadb -N {_name(bench)} -e 'SELECT COUNT(*) FROM big'").strip()
    if rows != "60000":
        raise NotSurvived(f"{rows} rows on the standby, not 60000")


def _resumed(bench: Bench, said: str) -> str:
    if "Traceback" in said:
        raise NotSurvived(f"no clear error: {said[-1500:]}")
    calls = bench.resume(3)
    _same_on_both(bench)
    for machine in "ab":
        bench.on(machine, f"mariadb {_name(bench)} -e 'DROP TABLE big'; rm -f /root/stop")
    bench.want_after(3)
    told = next((line.strip() for line in said.splitlines() if "databases" in line and "failed" in line), "cut off")
    return f"{told[:160]}; copied at the {calls}. call"


# What of it is ended where: the sender, the dump, the receiver, the client that reads the dump.
ENDED = {
    "sender": ("a", "pkill -KILL -f '[d]atabases/program send'"),
    "dump": ("a", "pkill -KILL -x mariadb-dump"),
    "receiver": ("b", "pkill -KILL -f '[d]atabases/program receive'"),
    "server": ("b", "pkill -KILL -x mariadbd"),
}


def ended(bench: Bench, what: str) -> str:
    """One process of the copy is killed; its operator hears of it."""
    bench.after(3)
    machine, kill = ENDED[what]
    with in_the_middle(bench) as operator:
        bench.on(machine, kill)
    status, said = bench.finish(operator)
    if status == 0:
        raise NotSurvived(f"nobody was told: {said[-1500:]}")
    return _resumed(bench, said)


for _what, (_machine, _) in ENDED.items():
    fault(f"databases/killed-{_what}", f"the {_what} of the databases is killed", "in the middle of 3.6", PROMISE,
          seconds=90, needs=NEEDS)(partial(ended, what=_what))  # fmt: skip


def without_power(bench: Bench, machine: str) -> str:
    """The server recovers by itself; half a database stands there, or is sent by nobody any more."""
    bench.after(3)
    with in_the_middle(bench) as operator:
        bench.lab("power", machine, "cycle")
    status, said = bench.finish(operator)
    if status == 0:
        raise NotSurvived(f"nobody was told: {said[-1500:]}")
    return _resumed(bench, said)


for _machine in "ab":
    fault(f"databases/power-{_machine}", f"machine {_machine} loses its power and gets it back", "in the middle of 3.6",
          PROMISE, seconds=120, needs=NEEDS)(partial(without_power, machine=_machine))  # fmt: skip


@fault("databases/disk-full", "the standby's disk fills", "in the middle of 3.6", PROMISE, seconds=120, needs=NEEDS)
def disk_full(bench: Bench) -> str:
    """There was room when it began."""
    bench.after(3)
    with in_the_middle(bench) as operator:
        bench.lab("fill", "b")
    status, said = bench.finish(operator)
    bench.lab("drain", "b")
    if status == 0:
        raise NotSurvived(f"nobody was told: {said[-1500:]}")
    return _resumed(bench, said)


@fault("databases/rollback", "the operator's command is killed, then the swap is taken back", "in the middle of 3.6",
       "the copy is ended at both ends; the standby has its own former databases and accounts again, and all else "
       "is as before the swap", seconds=120, needs=NEEDS)  # fmt: skip
def taken_back(bench: Bench) -> str:
    """The copy itself goes on when its operator dies."""
    bench.prepare()
    with in_the_middle(bench) as operator:
        operator.kill()
        operator.communicate()
        said = bench.fab("rollback", "--to", "phase1")
    bench.on("a", f"mariadb {_name(bench)} -e 'DROP TABLE big'; rm -f /root/stop")
    left = bench.on("b", "pgrep -fa '[d]atabases/program'", ok=False)
    if left:
        raise NotSurvived(f"the copy goes on: {left}")
    bench.want_before(said)
    return "ended, and the former databases are back"
