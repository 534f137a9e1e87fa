"""Who this host is just now."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from typing import Any

from irekae.host.agent.base import MEMORY, Answer, operation, owner_of
from irekae.host.agent.journal import news_of_journal
from irekae.host.agent.locks import op_holders


def text_of(path: str) -> str:
    """Contents of a small file, "" when there is none."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(fd, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""


def read_run() -> tuple[Any, str]:
    """What run.json holds, None without one; and why it cannot be read, "" when it can."""
    held = text_of(MEMORY.path("run.json"))
    if not held and not os.path.lexists(MEMORY.path("run.json")):
        return None, ""
    try:
        found = json.loads(held)
    except (ValueError, RecursionError) as error:
        return None, str(error)
    return (found, "") if isinstance(found, dict) else (None, "it holds no object")


@operation
def op_facts(known: Answer) -> Answer:
    """Who this host is and what it remembers, in one round trip; known: of the journal, as `news_of_journal` says."""
    run, broken_run = read_run()
    return {
        "machine_id": text_of("/etc/machine-id"),
        "boot_id": text_of("/proc/sys/kernel/random/boot_id"),
        "hostname": socket.gethostname(),
        "user": owner_of(os.geteuid()),
        "time": time.time(),
        "systemd": os.path.isdir("/run/systemd/system"),
        "python": sys.version.split()[0],
        "run": run,
        "broken_run": broken_run,
        "exchange": text_of(MEMORY.path("exchange", "state")),
        "journal": news_of_journal(known),
        "holders": op_holders(),
        "pid": os.getpid(),
    }


@operation
def op_clock() -> Answer:
    """The clocks, seconds: the one that is set, and those of this boot, which nobody can set (uptime: proc(5))."""
    boot_id, uptime = text_of("/proc/sys/kernel/random/boot_id"), float(text_of("/proc/uptime").split()[0])
    return {"boot_id": boot_id, "monotonic": time.monotonic(), "uptime": uptime, "wall": time.time()}
