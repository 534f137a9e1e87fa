"""The databases of the pair of today by a copy of the stopped servers' files: there, back, cut off, refused."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.faults import late
from tests.faults.bench import Bench
from tests.faults.databases import KINDS, MARIADB
from tests.lab_today.today_lab import TodayLab

pytestmark = [pytest.mark.lab, pytest.mark.faults]
# The two entries of the pair's site.toml.
BY_DUMP = (
    r'^names = \["wiki"\]\n(\[\[databases\]\]\nkind = "postgresql"\nservice = "postgresql"\n)names = \["library"\]'
)
BY_FILES = 'by = "files"\n[[databases]]\nkind = "postgresql"\nservice = "postgresql"\nby = "files"'
PLACE = "/var/lib/.irekae-databases"
# The first rsync of production's that copies beside and has written so many bytes stands still.
STOP = """while [ ! -e /run/stopped ]; do
    for process in $(pgrep -f '^/usr/bin/rsync .*--inplace'); do
        told=$(sed -n 's/^wchar: //p' /proc/$process/io 2>/dev/null)
        [ "${told:-0}" -gt 5000000 ] && kill -STOP $process && touch /run/stopped
    done
done
"""
# States (proc(5)) of the ssh of an rsync that stands still; Z: ended, which that one has not heard yet.
WAYS = "ps -o state= --ppid \"$(pgrep -d, -f '^/usr/bin/rsync .*--inplace')\""


@pytest.fixture(scope="module")
def made(lab: TodayLab) -> Iterator[Bench]:
    bench = Bench(lab.name, "today")
    bench.prepare()
    yield bench
    lab.reset()


@pytest.fixture
def bench(made: Bench) -> Iterator[Bench]:
    """Before phase 3; site.toml says by = "files"."""
    made.at(3)
    made.fab("resume", "--through", "2")  # a boot undoes what only stopped or opened something
    with made.site(BY_DUMP, BY_FILES):
        yield made


@contextmanager
def in_the_middle(bench: Bench) -> Iterator[subprocess.Popen[str]]:
    """An operator whose 3.6 has copied a part of the files, and stands still; at the end it goes on."""
    bench.on("a", f"cat > /root/stop <<'E'\n{STOP}E\nrm -f /run/stopped; setsid sh /root/stop > /dev/null 2>&1 &")
    operator = bench.start("phase3.databases")
    bench.wait("rsync is in the middle", lambda: "yes" in bench.on("a", "[ -e /run/stopped ] && echo yes; true"))
    yield operator
    bench.on("a", "pkill -CONT -f '^/usr/bin/rsync .*--inplace'; rm -f /root/stop /run/stopped", ok=False)


def want_same(bench: Bench) -> None:
    state = bench.settled()
    assert state["a"]["databases"] == state["b"]["databases"]
    assert {"mariadbd", "postgres"} <= set(state["a"]["running"]) & set(state["b"]["running"])


def want_before(bench: Bench) -> None:
    bench.want_before(bench.fab("rollback", "--to", "phase1"))
    assert bench.on("b", f"ls -d {PLACE}* 2>/dev/null", ok=False) == ""


def test_both_servers_go_over_as_files_and_come_back(bench: Bench) -> None:
    before = bench.settled()
    plan = bench.fab("phase3.databases", "--plan")
    assert "both servers rest meanwhile" in plan
    assert bench.settled() == before
    bench.on("b", "echo \"work_mem = '5MB'\" >> /var/lib/postgresql/17/main/postgresql.auto.conf")
    said = bench.fab("phase3.databases")
    assert said.count("databases are equal") == 2
    want_same(bench)
    assert "5MB" in bench.on("b", "cat /var/lib/postgresql/17/main/postgresql.auto.conf")
    assert "mars" not in bench.on("b", "ls /var/lib/mysql")
    assert bench.on("b", "stat -c %U /var/lib/mysql /var/lib/postgresql/17/main").split() == ["mysql", "postgres"]
    again = bench.fab("phase3.databases")
    assert again.count("databases are equal") == 2
    assert "stop mariadb" not in again
    bench.on("b", "systemctl restart mariadb postgresql@17-main")
    want_same(bench)
    bench.on("b", "sed -i /work_mem/d /var/lib/postgresql/17/main/postgresql.auto.conf")
    want_before(bench)


def go_on(bench: Bench) -> None:
    bench.on("a", "pkill -CONT -f '^/usr/bin/rsync .*--inplace'")


def killed_sender(bench: Bench, operator: subprocess.Popen[str]) -> None:
    bench.on("a", "pkill -KILL -f '^/usr/bin/rsync .*--inplace'")
    status, said = bench.finish(operator)
    assert status == 1, said
    assert "ended with status" in said
    state = bench.settled()
    assert {"mariadbd", "postgres"} <= set(state["a"]["running"]) & set(state["b"]["running"])
    assert state["b"]["databases"] == bench.before["b"]["databases"]


def dead_operator(bench: Bench, operator: subprocess.Popen[str]) -> None:
    operator.kill()
    operator.communicate()
    go_on(bench)


def reboot(bench: Bench, operator: subprocess.Popen[str]) -> None:
    bench.lab("power", "b", "cycle")
    go_on(bench)
    status, said = bench.finish(operator)
    assert status != 0, said
    assert bench.settled()["b"]["databases"] == bench.before["b"]["databases"]


def cable(bench: Bench, operator: subprocess.Popen[str]) -> None:
    """The standby is gone without a word, while production has nothing to send: it must ask to notice."""
    bench.lab("cut", "b")
    bench.wait("the way to the standby ends", lambda: set(bench.on("a", WAYS).split()) == {"Z"})
    go_on(bench)
    status, said = bench.finish(operator)
    bench.lab("mend", "b")
    assert status != 0, said


@pytest.mark.parametrize("cut", [killed_sender, dead_operator, reboot, cable])
def test_one_that_is_cut_off_goes_on(bench: Bench, cut: Callable[[Bench, subprocess.Popen[str]], None]) -> None:
    assert bench.before
    with in_the_middle(bench) as operator:
        cut(bench, operator)
    bench.resume(3)
    want_same(bench)
    want_before(bench)


def test_one_that_is_cut_off_is_taken_back(bench: Bench) -> None:
    assert bench.before
    with in_the_middle(bench) as operator:
        operator.kill()
        operator.communicate()
    want_before(bench)


def scatter(bench: Bench) -> None:
    """What a copy of the data directories would leave behind, and a server that does not write all of it down."""
    bench.on("a", "install -d -o postgres -m 700 /srv/space")
    bench.on("a", "runuser -u postgres -- psql -Xqc \"CREATE TABLESPACE far LOCATION '/srv/space'\"")
    bench.on("b", "ln -s /srv/wiki /var/lib/mysql/elsewhere; "
                  "mariadb -e 'SET GLOBAL innodb_fast_shutdown = 2'")  # fmt: skip


def test_what_lies_elsewhere_is_refused(bench: Bench) -> None:
    scatter(bench)
    said = bench.fab("phase3.databases", want=3)
    assert "/var/lib/mysql/elsewhere" in said
    assert "innodb_fast_shutdown = 2" in said


def test_phase_0_tells_what_lies_elsewhere(made: Bench) -> None:
    made.at(1)
    scatter(made)
    with made.site(BY_DUMP, BY_FILES):
        found = made.fab("phase0.preflight", want=None)
    assert "a tablespace lies outside the data directory: far → /srv/space" in found
    assert "/var/lib/mysql/elsewhere" in found


def test_what_somebody_writes_into_the_copy_is_kept_when_it_is_taken_back(bench: Bench) -> None:
    bench.fab("phase3.databases")
    MARIADB.ask(bench, "b", "CREATE TABLE mine AS SELECT 1 AS x")
    said = bench.fab("rollback", "--to", "phase1")
    assert "written since the copy" in said
    bench.want_before(said)
    assert bench.on("b", f"ls {PLACE}/*.2*/wiki/mine.ibd")


def test_what_was_kept_for_the_way_back_goes_with_the_swap(bench: Bench) -> None:
    bench.fab("phase3.databases")
    kept = "find / -xdev -name '.irekae-databases*' -o -xdev -path '/var/lib/irekae/*' -name kept"
    assert PLACE in bench.on("b", kept)
    assert "is removed" in bench.fab("begin", "--why", "both stay as they are")
    assert bench.on("b", kept) == ""


def test_a_row_that_is_written_behind_a_dump_is_named_before_the_exchange(made: Bench) -> None:
    assert len(KINDS) == 2
    assert late.rows(made)
