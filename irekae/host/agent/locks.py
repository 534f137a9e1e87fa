"""Locks on items: each lasts as long as the agent that took it, and no longer; a file that is left says nothing."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import time

from irekae.host.agent.base import MEMORY, Answer, Refused, is_agent, operation
from irekae.host.agent.files import op_list
from irekae.host.agent.kept import keep_program
from irekae.host.agent.paths import Spot
from irekae.host.agent.processes import fields_of, op_wait_gone

LOCKS: dict[str, int] = {}
TRIES = 10  # somebody who only looks who holds a lock has it for a moment
PAUSE = 0.02  # seconds between two tries
PATIENCE = 5.0  # seconds for another agent to end


def open_lock(name: str) -> int:
    """The open file of a lock."""
    if "/" in name or name in ("", ".", ".."):
        raise Refused("argument", f"{name!r} is no item")
    with Spot(MEMORY.path("locks", name), make=0o700) as spot:
        return spot.open(os.O_RDWR | os.O_CREAT)


def taken(fd: int) -> bool:
    """Take the lock; False if somebody else has it (flock(2))."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        return False
    return True


def holder_in(fd: int) -> Answer:
    """Who wrote himself into a lock's file; {} if that was cut short."""
    try:
        found = json.loads(os.pread(fd, 4096, 0).decode("utf-8", "replace"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@operation
def op_lock(name: str, who: str, seat: Answer | None = None) -> Answer | None:
    """Take a lock that lasts as long as this agent; None, or who holds it and since when.

    Whoever takes one is about to change something here: from then on the host keeps the agent's program.

    seat: what tells the seat later whether its process lives still.
    """
    if name in LOCKS:
        return None
    fd = open_lock(name)
    for _ in range(TRIES):
        if taken(fd):
            break
        time.sleep(PAUSE)
    else:
        holder = holder_in(fd)
        os.close(fd)
        return holder or {"who": "somebody"}
    mine = {"who": who, "since": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "pid": os.getpid(), "seat": seat or {}}
    os.ftruncate(fd, 0)
    os.pwrite(fd, json.dumps(mine).encode(), 0)
    LOCKS[name] = fd
    keep_program()
    return None


@operation
def op_unlock(name: str) -> None:
    """Give a lock back."""
    fd = LOCKS.pop(name, None)
    if fd is not None:
        os.close(fd)


@operation
def op_holders() -> Answer:
    """Which locks are held by other living agents: name → who, since when, process id."""
    found = {}
    for name, state in (op_list(MEMORY.path("locks")) or {}).items():
        if name in LOCKS or state["kind"] != "file":
            continue
        fd = open_lock(name)
        try:
            if not taken(fd):
                found[name] = holder_in(fd)
        finally:
            os.close(fd)
    return found


def becomes_idle(pid: int) -> bool:
    """Wait a moment until a process sleeps and has no children: an agent then waits for its next request."""
    for _ in range(int(PATIENCE / PAUSE)):
        fields = fields_of(pid)
        if not fields or (fields[1] == b"S" and not has_children(pid)):
            return True
        time.sleep(PAUSE)
    return False


def has_children(pid: int) -> bool:
    """Has a process any."""
    every = [fields_of(int(name)) for name in os.listdir("/proc") if name.isdigit()]
    return any(len(fields) > 2 and int(fields[2]) == pid for fields in every)


@operation
def op_end_agent(pid: int, idle: bool = False) -> list[int]:
    """End another agent of ours, whose operator is gone; a process that is none is refused. Those that stay.

    idle: only once it has nothing under way: what it was asked for last is always finished.
    """
    if pid == os.getpid() or not is_agent(pid):
        raise Refused("process", f"process {pid} is no other agent")
    if idle and not becomes_idle(pid):
        return [pid]
    os.kill(pid, signal.SIGTERM)
    return op_wait_gone([pid], PATIENCE)
