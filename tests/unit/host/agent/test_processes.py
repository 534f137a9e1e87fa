"""Processes are known by number, beginning, user and program: what they call themselves changes nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from irekae.host.agent import base, commands, processes, users
from irekae.host.agent.base import Refused

USER = 64123  # nobody's


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not come about"
        time.sleep(0.01)


@contextmanager
def running(*argv: str, **more: object) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **more) as child:  # type: ignore[call-overload]
        try:
            yield child
        finally:
            child.kill()


def test_what_is_spawned_is_known_again_as_long_as_it_lives(tmp_path: Path) -> None:
    known = str(tmp_path / "process")
    pid = commands.op_spawn(["sleep", "1000"], f"{tmp_path}/log", known)
    found = processes.op_known(known)
    assert found is not None
    assert found["pid"] == pid
    processes.op_signal([pid], signal.SIGKILL, [found["start"]])
    assert processes.op_wait_gone([pid], 30, [found["start"]]) == []
    assert processes.op_known(known) is None


def test_another_that_bears_its_number_or_its_text_is_not_it(tmp_path: Path) -> None:
    known = tmp_path / "process"
    pid = commands.op_spawn(["sleep", "1000"], f"{tmp_path}/log", str(known))
    boot, stat = known.read_text().splitlines()
    start = stat.rpartition(")")[2].split()[19]
    for text in (
        f"{boot}\n{stat.replace(f' {start} ', f' {int(start) + 1} ')}\n",
        f"another boot\n{stat}\n",
        f"{boot}\n",
        "",
        f"{boot}\n{stat.replace(str(pid), '4194305', 1)}\n",
    ):
        known.write_text(text)
        assert processes.op_known(str(known)) is None, text
    processes.op_signal([pid], signal.SIGKILL, [int(start) + 1])
    assert processes.op_wait_gone([pid], 0) == [pid], "another's beginning: not signalled"
    assert processes.op_wait_gone([pid], 0, [int(start) + 1]) == []
    processes.op_signal([pid], signal.SIGKILL)


def test_a_command_that_cannot_be_written_down_is_not_run(tmp_path: Path) -> None:
    pid = commands.op_spawn(["touch", f"{tmp_path}/run"], f"{tmp_path}/log", f"{tmp_path}/no/such/process")
    assert processes.op_wait_gone([pid], 30) == []
    assert not (tmp_path / "run").exists()


def test_a_process_is_told_with_its_program_whatever_it_calls_itself(tmp_path: Path) -> None:
    shutil.copy("/bin/sleep", tmp_path / "cron")
    with (
        running(str(tmp_path / "cron"), "1000"),
        running("sh", "-c", "exec -a cron sleep 1000", executable="/bin/bash"),
    ):
        until(
            lambda: sum(one["words"][:1] in (["cron"], [f"{tmp_path}/cron"]) for one in processes.op_processes()) == 2
        )
        found = [one for one in processes.op_processes() if one["words"][-1:] == ["1000"]]
    programs = {one["program"] for one in found}
    assert str(tmp_path / "cron") in programs
    assert os.path.realpath("/bin/sleep") in programs


def test_megabytes_of_arguments_are_read_as_far_as_they_help() -> None:
    code = "print('on', flush=True); input()"
    with running(sys.executable, "-c", code, *["x" * 100_000] * 15, stdin=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline()
        found = next(one for one in processes.op_processes() if one["pid"] == child.pid)
    assert sum(map(len, found["words"])) <= processes.TITLE


def test_what_calls_itself_an_agent_is_none() -> None:
    with running(
        sys.executable, "-c", "print('on', flush=True); input()", "irekae-agent", stdin=subprocess.PIPE
    ) as same:
        assert same.stdout is not None
        assert same.stdout.readline()
        assert base.is_agent(same.pid), "our own user's and program: an agent as good as any"
    with running("sleep", "1000", "irekae-agent") as other:
        assert not base.is_agent(other.pid)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_s_python_is_no_agent_though_it_cannot_be_dumped() -> None:
    code = "import ctypes; ctypes.CDLL(None).prctl(4, 0); print('on', flush=True); input()"
    argv = [sys.executable, "-c", code, "irekae-agent"]
    with running(*argv, stdin=subprocess.PIPE, user=USER, group=USER, extra_groups=[]) as other:
        assert other.stdout is not None
        assert other.stdout.readline()
        assert Path(f"/proc/{other.pid}/status").stat().st_uid == 0, "what it has in /proc looks like root's"
        assert not base.is_agent(other.pid)
        found = next(one for one in processes.op_processes() if one["pid"] == other.pid)
        assert found["uid"] == USER


# It ends by itself: whatever becomes of the test, nothing is left that forks for ever.
FORKING = """
import os, signal, time
end = time.monotonic() + 40
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("on", flush=True)
while time.monotonic() < end:
    if os.fork():
        os._exit(0)
    os.setsid()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_user_who_keeps_forking_is_ended_and_nobody_else() -> None:
    argv = [sys.executable, "-c", FORKING]
    as_user = {"user": USER, "group": USER, "extra_groups": []}
    with running(*argv, **as_user) as one, running(*argv, **as_user) as two, running("sleep", "1000") as ours:
        for child in (one, two):
            assert child.stdout is not None
            assert child.stdout.readline() == b"on\n"
        # Each of its processes is gone before it is looked at: it is in no list, and there all the same.
        # On a busy machine it may have to wait for its turn, and is quiet for that long.
        until(lambda: users.op_busy_users(USER, USER, []) == [USER], 15)
        assert users.op_busy_users(USER, USER, [str(USER)]) == []
        assert users.op_end_users(USER, USER, [], 15) == [], "long before they would have ended by themselves"
        for child in (one, two):
            assert child.stdout is not None
            assert child.stdout.read() == b"", "its end is reached when nobody holds the pipe any more"
        assert users.op_busy_users(USER, USER, []) == []
        assert ours.poll() is None


@pytest.mark.parametrize(("low", "high"), [(0, 10), (-1, -1), (os.getuid(), os.getuid())])
def test_root_and_ourselves_are_never_ended(low: int, high: int) -> None:
    with pytest.raises(Refused, match="no users"):
        users.op_end_users(low, high, [], 0)


@pytest.mark.parametrize("known", [True, False])
def test_an_end_is_waited_for_as_long_as_it_takes_and_no_longer(known: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With pidfd_open(2), and where there is none."""
    if not known:
        monkeypatch.delattr(os, "pidfd_open")
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        start = processes.began(processes.fields_of(process.pid))
        assert processes.op_wait_gone([process.pid], 0.0, [start]) == [process.pid]
        assert processes.op_wait_gone([process.pid], 0.05, [start]) == [process.pid]
        process.stdin.close()
        assert processes.op_wait_gone([process.pid], 60.0, [start]) == []
        assert processes.op_wait_gone([process.pid], 60.0, [start + 1]) == [], "another that bore its number"


@pytest.mark.parametrize(
    ("lines", "unit"),
    [
        ("0::/system.slice/php8.4-fpm.service\n", "php8.4-fpm.service"),
        ("0::/system.slice/system-postgresql.slice/postgresql@17-main.service/inner\n", "postgresql@17-main.service"),
        ("0::/user.slice/user-1003.slice/user@1003.service/app.slice/x.service\n", "user@1003.service"),
        ("0::/user.slice/user-1003.slice/session-3.scope\n", "session-3.scope"),
        ("9:pids:/system.slice/a.service\n1:name=systemd:/system.slice/b.service\n0::/\n", "b.service"),
        ("0::/\n", ""),
        ("", ""),
    ],
)
def test_a_process_belongs_to_the_unit_that_its_control_group_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: str, unit: str
) -> None:
    (tmp_path / "cgroup").write_text(lines)
    monkeypatch.setattr(processes, "open", lambda path, mode: (tmp_path / "cgroup").open(mode), raising=False)
    assert processes.unit_of(1) == unit
