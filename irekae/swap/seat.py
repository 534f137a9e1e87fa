"""This process at the seat, told so that it can be known later whether it lives still."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

PROC = Path("/proc")


def this_process() -> dict[str, str]:
    """The boot of this computer, the space of its process numbers, our number and beginning; {} where unknown."""
    with contextlib.suppress(OSError, IndexError):
        return {**_here(), "pid": str(os.getpid()), "start": _began(os.getpid())}
    return {}


def is_dead(process: Mapping[str, str]) -> bool:
    """Has a process of this computer ended; of one elsewhere, or before a boot, nothing is known: False."""
    with contextlib.suppress(OSError, IndexError, KeyError, ValueError):
        if {key: process[key] for key in ("boot", "space")} != _here():
            return False
        return _began(int(process["pid"])) != process["start"]
    return False


def _here() -> dict[str, str]:
    boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    return {"boot": boot, "space": str((PROC / "self/ns/pid").readlink())}


def _began(pid: int) -> str:
    """When a process began, in ticks since the boot (proc(5), stat); "" when there is none, or a zombie."""
    try:
        fields = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] == "Z" else fields[19]
