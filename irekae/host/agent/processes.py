"""The process table, signals, and waiting for processes to end."""

from __future__ import annotations

import contextlib
import os
import time
from typing import Sequence

from irekae.host.agent.base import Answer, Refused, operation, owner_of, text

LOOK = 0.05  # seconds between two looks at processes that are to end


def fields_of(pid: int) -> list[bytes]:
    """proc(5)'s stat: the name, then what follows it from the state on; [] when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            name, _, rest = file.read().partition(b"(")[2].rpartition(b")")
    except OSError:
        return []
    return [name, *rest.split()]


def alive(pid: int) -> bool:
    """Does the process exist, other than as a zombie."""
    fields = fields_of(pid)
    return bool(fields) and fields[1] != b"Z"


@operation
def op_wait_gone(pids: Sequence[int], timeout: float) -> list[int]:
    """Wait until none of the processes is there; the ones that stay. timeout in seconds."""
    deadline = time.monotonic() + timeout
    while True:
        left = [pid for pid in pids if alive(pid)]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(LOOK)


@operation
def op_processes() -> list[Answer]:
    """The process table: pid, parent, uid, owner, name, command line, session, controlling terminal."""
    found = [process(int(name)) for name in os.listdir("/proc") if name.isdigit()]
    return [answer for answer in found if answer]


def process(pid: int) -> Answer | None:
    """One process; None when it is gone, or a zombie."""
    fields = fields_of(pid)
    if not fields or fields[1] == b"Z":
        return None
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = [text(word) for word in file.read().split(b"\0") if word]
        uid = os.stat(f"/proc/{pid}").st_uid
    except OSError:
        return None
    return {
        "pid": pid,
        "parent": int(fields[2]),
        "session": int(fields[4]),
        "tty": int(fields[5]),
        "uid": uid,
        "owner": owner_of(uid),
        "name": text(fields[0]),
        "words": words,
    }


@operation
def op_signal(pids: Sequence[int], number: int) -> None:
    """Send a signal to processes; one that is gone already is fine. init, groups and ourselves are refused."""
    if any(pid <= 1 or pid == os.getpid() for pid in pids):
        raise Refused("process", f"{list(pids)} are no processes to signal")
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
