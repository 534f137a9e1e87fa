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
    while True:
        left = processes_of(uids)
        if not left or time.monotonic() > deadline:
            return left
        for uid in {real_user_or_none(pid) for pid in left} & set(uids):
            kill_all(uid)
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


def kill_all(uid: int) -> None:
    """kill(2) with -1 as that user: the kernel goes through all of his processes while none can fork."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(uid, uid, uid)
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    deadline = time.monotonic() + MOMENT
    while os.waitpid(child, os.WNOHANG)[0] == 0:
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        time.sleep(LOOK / 10)
