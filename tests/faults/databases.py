"""The copy of databases (3.6), broken in its middle: a process of it dies, a power switch, a disk that fills."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived

NEEDS = ("databases", "systemd")
PROMISE = "a clear error or an outcome that is unknown; `fab resume` copies again, and both servers hold the same"
# The dump is met in its middle: the first one on production that has written so many bytes.
STOP = """while [ ! -e /run/stopped ]; do
    for process in $(pgrep -x DUMP); do
        told=$(sed -n 's/^wchar: //p' /proc/$process/io 2>/dev/null)
        [ "${told:-0}" -gt 10000000 ] && kill -STOP $process && touch /run/stopped
    done
done
"""


@dataclass(frozen=True)
class Kind:
    """A kind of server.

    Attributes:
        name: of the kind.
        label: what stands in front of its faults' names.
        client: what a database's name is put behind, and then statements on standard input.
        fill: makes the table `big`, of 60,000 rows.
        dump: the program that reads it.
        ended: what of its copy is ended where: the sender, the dump, the receiver, the server or what restores.
    """

    name: str
    label: str
    client: str
    fill: str
    dump: str
    ended: dict[str, tuple[str, str]]

    def ask(self, bench: Bench, machine: str, text: str) -> str:
        """What the client says to statements about the pair's own database."""
        database = bench.cast.facts["state"]["databases"][self.name][0]
        return bench.on(machine, f"{self.client} {database} <<'E'\n{text};\nE").strip()


_ENDS = {
    "sender": ("a", "pkill -KILL -f '[d]atabases/program send'"),
    "receiver": ("b", "pkill -KILL -f '[d]atabases/program receive'"),
}
MARIADB = Kind(
    "mariadb",
    "",
    "mariadb -N",
    "CREATE TABLE big (id INT PRIMARY KEY, text TEXT NOT NULL); "
    "INSERT INTO big SELECT seq, REPEAT(SHA2(seq, 512), 8) FROM seq_1_to_60000",
    "mariadb-dump",
    {**_ENDS, "dump": ("a", "pkill -KILL -x mariadb-dump"), "server": ("b", "pkill -KILL -x mariadbd")},
)
POSTGRESQL = Kind(
    "postgresql",
    "postgresql-",
    "runuser -u postgres -- psql -XqAt -v ON_ERROR_STOP=1",
    "CREATE TABLE big AS SELECT n AS id, (SELECT string_agg(md5(n::text || k), '') FROM generate_series(1, 32) k) AS"
    " text FROM generate_series(1, 60000) n",
    "pg_dump",
    {**_ENDS, "dump": ("a", "pkill -KILL -x pg_dump"), "restore": ("b", "pkill -KILL -x pg_restore"),
     # A backend that dies so has the server end all the others, and recover.
     "backend": ("b", "pkill -KILL -f '^postgres: 17/main: postgres library'")},
)  # fmt: skip
KINDS = (MARIADB, POSTGRESQL)


@contextmanager
def in_the_middle(bench: Bench, kind: Kind) -> Iterator[subprocess.Popen[str]]:
    """An operator whose 3.6 has sent a part of a large table, and stands still; at the end it goes on."""
    bench.at(3)
    kind.ask(bench, "a", kind.fill)
    stop = STOP.replace("DUMP", kind.dump)
    bench.on("a", f"cat > /root/stop <<'E'\n{stop}E\nrm -f /run/stopped; setsid sh /root/stop > /dev/null 2>&1 &")
    operator = bench.start("resume", "--through", "3")
    bench.wait("the dump is in the middle", lambda: "yes" in bench.on("a", "[ -e /run/stopped ] && echo yes; true"))
    yield operator
    bench.on("a", f"pkill -CONT -x {kind.dump}; rm -f /root/stop /run/stopped", ok=False)


def _same_on_both(bench: Bench, kind: Kind) -> None:
    state = bench.settled()
    if state["a"]["databases"] != state["b"]["databases"]:
        raise NotSurvived(f"{state['a']['databases']} on production, {state['b']['databases']} on the standby")
    rows = kind.ask(bench, "b", "SELECT COUNT(*) FROM big")
    if rows != "60000":
        raise NotSurvived(f"{rows} rows on the standby, not 60000")


def _resumed(bench: Bench, kind: Kind, said: str) -> str:
    if "Traceback" in said:
        raise NotSurvived(f"no clear error: {said[-1500:]}")
    calls = bench.resume(3)
    _same_on_both(bench, kind)
    for machine in "ab":
        kind.ask(bench, machine, "DROP TABLE big")
    bench.want_after(3)
    told = next((line.strip() for line in said.splitlines() if "databases" in line and "failed" in line), "cut off")
    return f"{told[:160]}; copied at the {calls}. call"


def ended(bench: Bench, kind: Kind, what: str) -> str:
    """One process of the copy is killed; its operator hears of it."""
    bench.after(3)
    machine, kill = kind.ended[what]
    with in_the_middle(bench, kind) as operator:
        bench.on(machine, kill)
    status, said = bench.finish(operator)
    if status == 0:
        raise NotSurvived(f"nobody was told: {said[-1500:]}")
    return _resumed(bench, kind, said)


for _kind in KINDS:
    for _what in _kind.ended:
        fault(f"databases/{_kind.label}killed-{_what}", f"the {_what} of the databases is killed",
              f"in the middle of 3.6 ({_kind.name})", PROMISE, seconds=90, needs=NEEDS,
              )(partial(ended, kind=_kind, what=_what))  # fmt: skip


def without_power(bench: Bench, kind: Kind, machine: str) -> str:
    """The server recovers by itself; half a database stands there, or is sent by nobody any more."""
    bench.after(3)
    with in_the_middle(bench, kind) as operator:
        bench.lab("power", machine, "cycle")
    status, said = bench.finish(operator)
    if status == 0:
        raise NotSurvived(f"nobody was told: {said[-1500:]}")
    return _resumed(bench, kind, said)


for _kind in KINDS:
    for _machine in "ab":
        fault(f"databases/{_kind.label}power-{_machine}", f"machine {_machine} loses its power and gets it back",
              f"in the middle of 3.6 ({_kind.name})", PROMISE, seconds=120, needs=NEEDS,
              )(partial(without_power, kind=_kind, machine=_machine))  # fmt: skip


def disk_full(bench: Bench, kind: Kind) -> str:
    """There was room when it began."""
    bench.after(3)
    with in_the_middle(bench, kind) as operator:
        bench.lab("fill", "b")
    status, said = bench.finish(operator)
    bench.lab("drain", "b")
    if status == 0:
        raise NotSurvived(f"nobody was told: {said[-1500:]}")
    return _resumed(bench, kind, said)


def taken_back(bench: Bench, kind: Kind) -> str:
    """The copy itself goes on when its operator dies."""
    bench.prepare()
    with in_the_middle(bench, kind) as operator:
        operator.kill()
        operator.communicate()
        said = bench.fab("rollback", "--to", "phase1")
    kind.ask(bench, "a", "DROP TABLE big")
    left = bench.on("b", "pgrep -fa '[d]atabases/program'", ok=False)
    if left:
        raise NotSurvived(f"the copy goes on: {left}")
    bench.want_before(said)
    return "ended, and the former databases are back"


for _kind in KINDS:
    fault(f"databases/{_kind.label}disk-full", "the standby's disk fills",
          f"in the middle of 3.6 ({_kind.name})", PROMISE, seconds=120, needs=NEEDS,
          )(partial(disk_full, kind=_kind))  # fmt: skip
    fault(f"databases/{_kind.label}rollback", "the operator's command is killed, then the swap is taken back",
          f"in the middle of 3.6 ({_kind.name})", "the copy is ended at both ends; the standby has its own former "
          "databases and accounts again, and all else is as before the swap", seconds=120, needs=NEEDS,
          )(partial(taken_back, kind=_kind))  # fmt: skip
