"""What lies at a path as far as a copy makes it: by kind, size and time, as rsync itself compares."""

from __future__ import annotations

import os
import stat
from typing import Sequence

from irekae.host.agent.base import Refused, operation, text
from irekae.host.agent.homes import inside
from irekae.host.agent.paths import Spot


def mark_of(folder: int, name: bytes) -> str:
    """What lies in an open folder under a name, as far as a copy makes it; "" for nothing."""
    try:
        state = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISDIR(state.st_mode):
            return "dir"
        if stat.S_ISLNK(state.st_mode):
            return "link " + text(os.readlink(name, dir_fd=folder))
    except FileNotFoundError:
        return ""
    except OSError:
        return "other"  # a link that is none any more
    kind = "file" if stat.S_ISREG(state.st_mode) else "other"
    return f"{kind} {state.st_size} {state.st_mtime_ns}"


def mark_below(folder: str, name: str) -> str:
    """The same of a path below a folder, as rsync logs it; "" for nothing, and for what lies behind a link."""
    try:
        with Spot(inside(folder, name)) as spot:
            return mark_of(spot.folder, spot.name)
    except (FileNotFoundError, NotADirectoryError, Refused):
        return ""


@operation
def op_marks(folder: str, names: Sequence[str]) -> dict[str, str]:
    """What lies at paths below a folder, by kind, size and time (nanoseconds since 1970); no links followed.

    Args:
        folder: where they lie.
        names: their paths below it, as rsync logs them; those at which nothing lies are left out.
    """
    found = ((name, mark_below(folder, name)) for name in names)
    return {name: mark for name, mark in found if mark}
