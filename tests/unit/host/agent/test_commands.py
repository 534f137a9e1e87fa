"""Commands and processes, seen from the agent."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from irekae.host.agent import commands, processes
from irekae.host.agent.base import Refused


def out(answer: dict[str, object]) -> bytes:
    return base64.b64decode(str(answer["out"]))


def test_arguments_arrive_as_they_are() -> None:
    words = ["$(id)", "a b", "-n", "caf\udce9", "", "new\nline", "'\""]
    code = "import os,sys;os.write(1,b'\\0'.join(os.fsencode(word) for word in sys.argv[1:]))"
    answer = commands.op_run([sys.executable, "-c", code, *words])
    assert out(answer).split(b"\0") == [word.encode("utf-8", "surrogateescape") for word in words]


def test_status_and_both_outputs_are_told_apart() -> None:
    answer = commands.op_run(["sh", "-c", "cat; echo bad >&2; exit 7"], stdin=base64.b64encode(b"in\xff").decode())
    assert (answer["status"], out(answer), base64.b64decode(answer["err"])) == (7, b"in\xff", b"bad\n")
    assert out(commands.op_run(["sh", "-c", "echo $LC_ALL $X"], env={"X": "y"})) == b"C y\n"


@pytest.mark.parametrize("argv", [[], ["true", "a\0b"]])
def test_what_is_no_command_is_refused(argv: list[str]) -> None:
    with pytest.raises(Refused, match="is no command"):
        commands.op_run(argv)


def test_a_missing_command_is_named() -> None:
    with pytest.raises(FileNotFoundError) as raised:
        commands.op_run(["/no/such/command"])
    assert raised.value.filename == b"/no/such/command"


@pytest.mark.parametrize("call", [commands.op_run, commands.op_daemon_run])
def test_a_command_that_hangs_is_killed_with_what_it_started(call: object, tmp_path: Path) -> None:
    argv = ["sh", "-c", f"echo $$ > {tmp_path}/pid; sleep 1000 & wait"]
    with pytest.raises(Refused, match="did not end within") as raised:
        call(argv, timeout=0.5)  # type: ignore[operator]
    assert raised.value.kind == "timeout"
    group = int((tmp_path / "pid").read_text())
    left = [found["pid"] for found in processes.op_processes() if found["session"] == group]
    assert processes.op_wait_gone(left, 30) == []


def test_a_daemon_that_stays_keeps_nobody_waiting(tmp_path: Path) -> None:
    code = f"echo started; sleep 1000 & echo $! > {tmp_path}/pid"
    answer = commands.op_daemon_run(["sh", "-c", code])
    assert (answer["status"], out(answer)) == (0, b"started\n")
    pid = int((tmp_path / "pid").read_text())
    assert processes.alive(pid)
    os.kill(pid, signal.SIGKILL)


def test_init_scripts_run_on_a_full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(commands, "SCRATCH", ("/proc/none", "/sys", str(tmp_path)))
    assert out(commands.op_daemon_run(["echo", "x"])) == b"x\n"


def test_what_is_spawned_writes_to_its_log(tmp_path: Path) -> None:
    pid = commands.op_spawn(["sh", "-c", "echo one; echo two >&2"], f"{tmp_path}/log")
    assert processes.op_wait_gone([pid], 30) == []
    assert (tmp_path / "log").read_bytes() == b"one\ntwo\n"
    (tmp_path / "link").symlink_to("log")
    with pytest.raises(OSError, match="symbolic links"):
        commands.op_spawn(["true"], f"{tmp_path}/link")


@contextmanager
def sleeper(first: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs `first`, and then sleeps until it is ended; at the latest when the test is over."""
    code = f"import time\n{first}\nprint('on', flush=True)\ntime.sleep(1000)"
    with subprocess.Popen([sys.executable, "-c", code, *words], stdout=subprocess.PIPE) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == b"on\n"
            yield child
        finally:
            child.kill()


def test_processes_are_listed_and_ended() -> None:
    with sleeper("", "caf\udce9 x") as child:
        found = next(entry for entry in processes.op_processes() if entry["pid"] == child.pid)
        assert found["words"][-1] == "caf\udce9 x"
        assert (found["parent"], found["uid"]) == (os.getpid(), os.geteuid())
        assert processes.op_wait_gone([child.pid], 0) == [child.pid]
        processes.op_signal([child.pid], signal.SIGTERM)
        assert processes.op_wait_gone([child.pid], 30) == []
    processes.op_signal([child.pid], signal.SIGTERM)


@pytest.mark.parametrize("pid", [-1, 0, 1])
def test_groups_and_init_are_never_signalled(pid: int) -> None:
    with pytest.raises(Refused, match="no processes to signal"):
        processes.op_signal([pid], 0)
    with pytest.raises(Refused):
        processes.op_signal([os.getpid()], 0)


def test_waiting_ends_at_its_deadline() -> None:
    began = time.monotonic()
    assert processes.op_wait_gone([os.getpid()], 0.1) == [os.getpid()]
    assert time.monotonic() - began >= 0.1


def test_a_process_name_may_hold_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    with sleeper("import ctypes; ctypes.CDLL(None).prctl(15, b') Z (\\xff', 0, 0, 0)") as child:
        found = next(entry for entry in processes.op_processes() if entry["pid"] == child.pid)
        assert found["name"] == ") Z (\udcff"
        assert found["parent"] == os.getpid()


def test_a_command_that_talks_without_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "OUTPUT", 1 << 20)
    with pytest.raises(Refused, match="yes says more than 1 MiB") as raised:
        commands.op_run(["yes"])
    assert raised.value.kind == "output"


def test_a_command_may_read_and_say_much_at_once() -> None:
    data = bytes(range(256)) * 8192
    assert out(commands.op_run(["cat"], stdin=base64.b64encode(data).decode())) == data


def test_a_command_need_not_read_what_it_is_given() -> None:
    answer = commands.op_run(["sh", "-c", "exec <&-; echo done"], stdin=base64.b64encode(bytes(1 << 20)).decode())
    assert out(answer) == b"done\n"
