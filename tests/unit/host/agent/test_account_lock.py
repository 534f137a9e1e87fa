"""The lock of the files of accounts: as lckpwdf(3) takes it, waited for with a deadline, never kept by the dead."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from irekae.host.agent import account_lock
from irekae.host.agent.base import Refused

TAKE = """
import fcntl, sys
file = open(sys.argv[1], "w")
fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _given_back() -> Iterator[None]:
    yield
    account_lock.op_unlock_accounts()


@pytest.fixture
def another(tree: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until its input ends."""
    argv = [sys.executable, "-c", TAKE, str(tree / ".pwd.lock")]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


def test_who_holds_it_is_told_after_the_deadline(tree: Path, another: subprocess.Popen[str]) -> None:
    with pytest.raises(Refused, match=rf"locked by python\S*, process {another.pid}") as raised:
        account_lock.op_lock_accounts(str(tree), 0.0)
    assert raised.value.kind == "busy"
    assert not account_lock.LOCKS_HELD


def test_it_is_taken_as_soon_as_it_is_free(tree: Path, another: subprocess.Popen[str]) -> None:
    assert another.stdin is not None
    another.stdin.close()
    account_lock.op_lock_accounts(str(tree), 30.0)
    assert account_lock.LOCKS_HELD


def test_while_we_hold_it_nobody_else_can_have_it(tree: Path) -> None:
    account_lock.op_lock_accounts(str(tree), 0.0)
    looks = "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'w'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    argv = [sys.executable, "-c", looks, str(tree / ".pwd.lock")]
    assert subprocess.run(argv, stderr=subprocess.DEVNULL, check=False).returncode != 0
    account_lock.op_unlock_accounts()
    assert subprocess.run(argv, check=False).returncode == 0


@pytest.mark.parametrize("name", ["passwd.lock", "gshadow.lock"])
def test_a_mark_of_a_living_program_counts_and_one_of_a_dead_one_does_not(tree: Path, name: str) -> None:
    (tree / name).write_text(f"{os.getpid()}\0")
    with pytest.raises(Refused, match=rf"process {os.getpid()} \(.*{name}\)"):
        account_lock.op_lock_accounts(str(tree), 0.0)
    with subprocess.Popen(["true"]) as dead:
        pass
    (tree / name).write_text(str(dead.pid))
    account_lock.op_lock_accounts(str(tree), 0.0)


@pytest.mark.skipif(os.geteuid() != 0, reason="takes the machine's own lock")
def test_it_is_the_lock_that_the_c_library_takes() -> None:
    takes = "import ctypes, sys; print(ctypes.CDLL(None).lckpwdf(), flush=True); sys.stdin.read()"
    argv = [sys.executable, "-c", takes]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "0\n"
        with pytest.raises(Refused, match=f"process {process.pid}"):
            account_lock.op_lock_accounts("/etc", 0.0)
