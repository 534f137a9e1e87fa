"""All processes of a user ended at once: one that keeps forking is quicker than any list of them."""

from __future__ import annotations

import os
import signal
import time
from typing import Sequence

from irekae.host.agent.base import Refused, operation, real_user
from irekae.host.agent.processes import LOOK, fields_of

MOMENT = 2.0  # seconds for a process of ours that has become a user: he may have stopped it


@operation
def op_end_users(uids: Sequence[int], timeout: float) -> list[int]:
    """Kill every process of some users until none is left; process ids of those that stay at the deadline.

    Args:
        uids: the users' numbers; root and ourselves are refused.
        timeout: seconds.
    """
    if any(uid <= 0 or uid == os.getuid() for uid in uids):
        raise Refused("process", f"{list(uids)} are no users whose processes may be ended")
    deadline = time.monotonic() + timeout
    alive = set(uids)
    while True:
        # First the kernel's own kill of all: in a list of /proc one that forks can be missing at every look.
        alive = {uid for uid in alive if not kill_all(uid)}
        left = processes_of(uids)
        if not (left or alive) or time.monotonic() > deadline:
            return left
        alive |= {real_user_or_none(pid) for pid in left} & set(uids)
        time.sleep(LOOK)


def processes_of(uids: Sequence[int]) -> list[int]:
    """Process ids of users, zombies left out."""
    wanted = set(uids)
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return [pid for pid in pids if real_user_or_none(pid) in wanted and fields_of(pid)[1:2] not in ([], [b"Z"])]


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
        time.sleep(LOOK / 10)
