"""The process table, signals, and waiting for processes to end.

A process is known by its number and the moment at which it began, its user by the kernel's word and its program by what
it executes. What it calls itself is its user's to choose, and for people only.
"""

from __future__ import annotations

import contextlib
import os
import select
import time
from typing import Sequence

from irekae.host.agent.base import Answer, Refused, operation, owner_of, raw, real_user, text
from irekae.host.agent.paths import Spot

LOOK = 0.05  # seconds between two looks at processes that are to end
TITLE = 1024  # bytes of a command line that are read: megabytes of arguments are its user's own affair
# By the controllers of a hierarchy: where it is mounted, and the file of a group that says so, with its word. Where
# each controller has a hierarchy of its own (Debian 10, say), the unified one lies beside them, or nowhere.
FREEZERS = {
    b"": (
        (b"/sys/fs/cgroup", b"/cgroup.events", b"frozen 1"),
        (b"/sys/fs/cgroup/unified", b"/cgroup.events", b"frozen 1"),
    ),
    b"freezer": ((b"/sys/fs/cgroup/freezer", b"/freezer.state", b"FROZEN"),),
}
BOOT_ID = "/proc/sys/kernel/random/boot_id"


def fields_of(pid: int) -> list[bytes]:
    """proc(5)'s stat: the name, then what follows it from the state on; [] when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return fields_in(file.read())
    except OSError:
        return []


def fields_in(stat: bytes) -> list[bytes]:
    """The fields of a line of proc(5)'s stat; a name may hold anything, brackets too."""
    name, _, rest = stat.partition(b"(")[2].rpartition(b")")
    return [name, *rest.split()]


def began(fields: Sequence[bytes]) -> int:
    """When a process began, by its fields: clock ticks since the boot (starttime)."""
    return int(fields[20])


def alive(pid: int, start: int | None = None) -> bool:
    """Does the process exist, other than as a zombie, and is it the one that began at start."""
    fields = fields_of(pid)
    return len(fields) > 20 and fields[1] != b"Z" and start in (None, began(fields))


def at_rest(pid: int, fields: Sequence[bytes]) -> str:
    """Why a living process does nothing: "stopped", by a signal; "frozen", with its control group; "" for any other."""
    if fields[1] in (b"T", b"t"):
        return "stopped"
    # The kernel shows what is frozen as asleep, or waiting for a disk; where a group above it is, its own says so, too.
    return "frozen" if any(is_frozen(*line) for line in groups_of(pid)) else ""


def groups_of(pid: int) -> list[tuple[bytes, bytes]]:
    """The control groups of a process: the controllers of a hierarchy ("" for the unified one), and its group there."""
    try:
        with open(f"/proc/{pid}/cgroup", "rb") as file:
            lines = [line.split(b":", 2) for line in file.read().splitlines()]
    except OSError:
        return []
    return [(line[1], line[2]) for line in lines if len(line) == 3]


def is_frozen(controllers: bytes, group: bytes) -> bool:
    """Does a control group say that it is frozen."""
    for top, name, word in FREEZERS.get(controllers, ()):
        with contextlib.suppress(OSError), open(top + group + name, "rb") as file:
            if word in file.read().splitlines():
                return True
    return False


@operation
def op_wait_gone(pids: Sequence[int], timeout: float, starts: Sequence[int] = ()) -> list[int]:
    """Wait until none of the processes is there; the ones that stay.

    Args:
        pids: their numbers.
        timeout: seconds.
        starts: when each began, as `processes` says; without it whoever bears the number counts.
    """
    deadline = time.monotonic() + timeout
    known = dict(zip(pids, starts))
    while True:
        left = [pid for pid in pids if alive(pid, known.get(pid))]
        if not left or time.monotonic() >= deadline:
            return left
        wait_for_end(left[0], known.get(left[0]), deadline - time.monotonic())


def wait_for_end(pid: int, start: int | None, seconds: float) -> None:
    """Wait until a process ends, woken by its end; where the kernel or Python knows no pidfd_open(2), for a moment."""
    try:
        fd = os.pidfd_open(pid)
    except (AttributeError, OSError):
        time.sleep(max(0.0, min(LOOK, seconds)))
        return
    try:
        if alive(pid, start):  # else its number has come to another process meanwhile
            select.select([fd], [], [], max(0.0, seconds))
    finally:
        os.close(fd)


@operation
def op_processes() -> list[Answer]:
    """The process table: pid, start, parent, session, controlling terminal, uid (the real one), owner, name, program
    (what it executes), cwd, systemd's unit that it belongs to, and the beginning of its command line.
    """
    found = [process(int(name)) for name in os.listdir("/proc") if name.isdigit()]
    return [answer for answer in found if answer]


def process(pid: int) -> Answer | None:
    """One process; None when it is gone, or a zombie."""
    fields = fields_of(pid)
    if len(fields) < 21 or fields[1] == b"Z":
        return None
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = [text(word) for word in file.read(TITLE).split(b"\0") if word]
        uid = real_user(pid)
    except (OSError, StopIteration):
        return None
    return {
        "pid": pid,
        "start": began(fields),
        "parent": int(fields[2]),
        "session": int(fields[4]),
        "tty": int(fields[5]),
        "uid": uid,
        "owner": owner_of(uid),
        "name": text(fields[0]),
        "program": leads_to(f"/proc/{pid}/exe"),
        "cwd": leads_to(f"/proc/{pid}/cwd"),
        "unit": unit_of(pid),
        "words": words,
    }


def leads_to(link: str) -> str:
    """Where one of a process' links leads; "" for the kernel's own processes."""
    try:
        return text(os.readlink(raw(link)))
    except OSError:
        return ""


def unit_of(pid: int) -> str:
    """The unit of systemd's in whose control group a process is, "" without one: root alone moves it elsewhere.

    Of what is nested the outermost one: `user@1000.service` for what a user's own manager runs.
    """
    groups = [group for controllers, group in groups_of(pid) if controllers in (b"", b"name=systemd")]
    steps = (step for group in groups for step in group.split(b"/") if step.endswith((b".service", b".scope")))
    return text(next(steps, b""))


@operation
def op_signal(pids: Sequence[int], number: int, starts: Sequence[int] = ()) -> None:
    """Send a signal to processes; one that is gone already is fine. init, groups and ourselves are refused.

    starts: when each began; another that bears its number by now is left alone.
    """
    if any(pid <= 1 or pid == os.getpid() for pid in pids):
        raise Refused("process", f"{list(pids)} are no processes to signal")
    known = dict(zip(pids, starts))
    for pid in pids:
        if pid in known and not alive(pid, known[pid]):
            continue
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


@operation
def op_known(path: str) -> Answer | None:
    """The process that `spawn` wrote down at path, while it lives: pid and start. Nobody else's is taken for it."""
    try:
        with Spot(path) as spot, os.fdopen(spot.open_regular(), "rb") as file:
            boot, _, stat = file.read(4096).partition(b"\n")
    except (FileNotFoundError, NotADirectoryError):
        return None
    fields = fields_in(stat)
    with open(BOOT_ID, "rb") as file:
        here = file.read().strip()
    pid = stat.split(b" ")[0]
    if boot.strip() != here or len(fields) < 21 or not pid.isdigit() or not alive(int(pid), began(fields)):
        return None
    return {"pid": int(pid), "start": began(fields)}
