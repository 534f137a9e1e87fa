"""The system's own lock on the files of accounts, as lckpwdf(3) takes it and all programs of shadow-utils heed it."""

from __future__ import annotations

import fcntl
import os
import struct
import time

from irekae.host.agent.base import Refused, operation
from irekae.host.agent.files import op_read
from irekae.host.agent.paths import Spot

LOCK = ".pwd.lock"
# vipw(8) and others of shadow-utils mark the file that they are at besides, with their process number in it.
LOCK_MARKS = ("passwd.lock", "shadow.lock", "group.lock", "gshadow.lock")
FLOCK_FORMAT = "hhqqi4x"  # struct flock, see fcntl(2)
LOCK_GAP = 0.1  # seconds between two tries
LOCKS_HELD: list[int] = []


@operation
def op_lock_accounts(folder: str, within: float) -> None:
    """Hold the lock until it is given back, or this process ends.

    Args:
        folder: /etc.
        within: seconds after which somebody else's lock is told.

    Raises:
        Refused: "busy", with the process that holds it.
    """
    with Spot(f"{folder}/{LOCK}") as spot:
        fd = spot.open(os.O_WRONLY | os.O_CREAT, 0o600)
    end = time.monotonic() + within
    while True:
        holder = taken_by_another(fd) or marked(folder)
        if not holder:
            LOCKS_HELD.append(fd)
            return
        if time.monotonic() > end:
            os.close(fd)
            raise Refused("busy", f"the files of accounts are locked by {holder}")
        time.sleep(LOCK_GAP)


@operation
def op_unlock_accounts() -> None:
    """Give the lock back."""
    while LOCKS_HELD:
        os.close(LOCKS_HELD.pop())


def taken_by_another(fd: int) -> str:
    """Take the lock; who has it, when somebody has."""
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return ""
    except (BlockingIOError, PermissionError):
        asked = struct.pack(FLOCK_FORMAT, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        return named_process(struct.unpack(FLOCK_FORMAT, fcntl.fcntl(fd, fcntl.F_GETLK, asked))[4])


def marked(folder: str) -> str:
    """Which living process has put its mark on a file of accounts; a dead one's mark counts for nobody."""
    import base64

    for name in LOCK_MARKS:
        held = op_read(f"{folder}/{name}")
        words = base64.b64decode(held["data"]).rstrip(b"\0\n ").decode("ascii", "replace") if held else ""
        if words.isdigit() and os.path.exists(f"/proc/{words}"):
            return f"{named_process(int(words))} ({folder}/{name})"
    return ""


def named_process(pid: int) -> str:
    """A process, for people."""
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as file:
            return f"{file.read().strip()}, process {pid}"
    except OSError:
        return f"process {pid}"
