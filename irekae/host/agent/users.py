"""All processes of users ended at once: one that keeps forking is quicker than any list of them, and in none."""

from __future__ import annotations

import os
import pwd
import signal
import time
from typing import Sequence

from irekae.host.agent.base import Refused, operation, owner_of, real_user
from irekae.host.agent.processes import LOOK, fields_of

GLANCE = 0.5  # seconds for which new processes are looked at, at the most
QUIET = 0.05  # seconds without a new process after which there is nobody who keeps forking unseen
MOMENT = 2.0  # seconds for a process of ours that has become a user: he may have stopped it


@operation
def op_busy_users(low: int, high: int, stay: Sequence[str]) -> list[int]:
    """Users' numbers from low to high, both included, whose processes come and go more quickly than a list is made.

    Looked for where the newest process is, as long as there are new ones; stay: names of accounts passed over.
    """
    found: set[int] = set()
    began = changed = time.monotonic()
    # What was there before we looked may have ended long ago, and nobody has asked for its end yet.
    newest = newest_pid()
    old = range(newest - 1, newest + 1)
    while time.monotonic() < min(began + GLANCE, changed + QUIET):
        last, newest = newest, newest_pid()
        if newest != last:
            changed = time.monotonic()
        found |= {real_user_or_none(pid) for pid in range(newest - 1, newest + 3) if pid not in old}
    return [uid for uid in sorted(found) if low <= uid <= high and owner_of(uid) not in stay]


def newest_pid() -> int:
    """The process id that was given last (proc(5), loadavg)."""
    with open("/proc/loadavg", "rb") as file:
        return int(file.read().split()[-1])


@operation
def op_end_users(low: int, high: int, stay: Sequence[str], timeout: float) -> list[int]:
    """Kill every process of these users until none is left; process ids of those that stay at the deadline.

    Args:
        low, high: users' numbers, both included; root and ourselves are refused.
        stay: names of accounts whose processes go on.
        timeout: seconds.
    """
    if low <= 0 or low <= os.getuid() <= high:
        raise Refused("process", f"{low} to {high} are no users whose processes may be ended")
    deadline = time.monotonic() + timeout
    while True:
        uids = users_between(low, high, stay)
        # First the kernel's own kill of all: behind it nothing of theirs can go on unseen.
        undone = [uid for uid in uids if not kill_all(uid)]
        left = processes_of(uids)
        if not (left or undone) or time.monotonic() > deadline:
            return left
        time.sleep(LOOK)


def users_between(low: int, high: int, stay: Sequence[str]) -> list[int]:
    """Numbers of accounts, and of whoever runs something without one."""
    found = {account.pw_uid for account in pwd.getpwall()}
    found |= {real_user_or_none(int(name)) for name in os.listdir("/proc") if name.isdigit()}
    return [uid for uid in sorted(found) if low <= uid <= high and owner_of(uid) not in stay]


def processes_of(uids: Sequence[int]) -> list[int]:
    """Process ids of users, zombies left out."""
    wanted, pids = set(uids), [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if real_user_or_none(pid) in wanted and is_alive(pid)]


def is_alive(pid: int) -> bool:
    """Is there a process of that number that has not ended: one that nobody has asked for its end yet has."""
    return fields_of(pid)[1:2] not in ([], [b"Z"])


def real_user_or_none(pid: int) -> int:
    """The real user id of a process, -1 when it is gone."""
    try:
        return real_user(pid)
    except (OSError, StopIteration):
        return -1


def kill_all(uid: int) -> bool:
    """kill(2) with -1 as that user: the kernel goes through all of his processes while none can fork.

    Whether it was done: he may have stopped or ended our own process, which is his for that moment.
    """
    child = os.fork()
    if child == 0:
        done = 1
        try:
            os.setgroups([])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(uid, uid, uid)
            os.kill(-1, signal.SIGKILL)
            done = 0
        except ProcessLookupError:
            done = 0  # there is none
        finally:
            os._exit(done)
    deadline = time.monotonic() + MOMENT
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status == 0
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        time.sleep(LOOK / 50)
