"""How far a copy is, as rsync tells it: rsync(1), --info=progress2."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOLD = re.compile(
    r"(?P<bytes>\d{1,3}(?:,\d{3})*) +(?P<percent>\d{1,3})% +(?P<rate>[\d.]+[kMGT]?B/s) +(?P<left>\d+:\d\d:\d\d)"
    r"(?: +\(xfr#\d+, (?:to|ir)-chk=(?P<rest>\d+)/(?P<files>\d+)\))?"
)
_UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Progress:
    """One line of rsync's.

    Attributes:
        size: what is copied by now, with its unit.
        percent: of all bytes, 0 to 100.
        rate: bytes a second, with its unit.
        left: the time that is left, H:MM:SS.
        done, files: how many files are looked at, and of how many; 0 where they are not told.
    """

    size: str
    percent: int
    rate: str
    left: str
    done: int = 0
    files: int = 0


def progress(text: str) -> Progress | None:
    """Read a line of rsync's; None for anything else."""
    told = _TOLD.fullmatch(text[:200])
    if told is None:
        return None
    rest, files = int(told["rest"] or 0), int(told["files"] or 0)
    size = int(told["bytes"].replace(",", ""))
    return Progress(
        _sized(size), min(100, int(told["percent"])), told["rate"], told["left"], max(0, files - rest), files
    )


def _sized(size: float) -> str:
    for unit in _UNITS[:-1]:
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} {_UNITS[-1]}"
