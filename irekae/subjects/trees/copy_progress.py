"""How far the copy is, read from rsync's own words (rsync(1), --info=progress2)."""

import re
from dataclasses import dataclass

from irekae.model.printing.events import Progress

# Bytes, share, speed, time, and behind each file how many were sent and how many of all are still to be looked at. The
# list may still grow (ir-chk). An error may follow on the same line.
LINE = re.compile(
    r"^\s*(?P<bytes>[\d,.]+[KMGT]?)\s+(?P<share>\d{1,3})%(?:\s+(?P<speed>\S+)/s)?(?:\s+(?P<time>[\d:?]+))?"
    r"(?:\s+\((?:xfr#(?P<sent>[\d,]+))?[^)]*?(?:(?:to|ir)-chk=(?P<left>[\d,]+)/(?P<all>[\d,]+))?\))?"
)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}  # of its speed, in bytes
_MB = _UNITS["M"]


@dataclass(frozen=True)
class Copied:
    """What a line of progress says.

    Attributes:
        size: bytes that were sent.
        share: of all bytes, or of all files where more of those are looked at: what is there already is not sent.
        speed: bytes a second, 0.0 where it is not told.
        sent: files that were sent.
        looked_at: files that were looked at, of how many; None where that is not told.
    """

    size: int
    share: float
    speed: float
    sent: int = 0
    looked_at: tuple[int, int] | None = None

    def progress(self) -> Progress:
        """As it is shown: rate, bytes, files, time left."""
        said = [f"{self.size / _MB:,.1f} MB"]
        if self.speed:
            said.append(f"{self.speed / _MB:,.1f} MB/s")
        if self.looked_at:
            said.append(f"{self.looked_at[0]:,} of {self.looked_at[1]:,} files, {self.sent:,} sent")
        if (left := self._left()) is not None:
            said.append(f"{left // 60}:{left % 60:02d} left")
        return Progress(self.share, ", ".join(said))

    def _left(self) -> int | None:
        """Seconds until all is sent at this speed; rsync's own word is the time taken so far behind each file."""
        if not (self.speed and self.share and self.size):
            return None
        return round(self.size * (1 - self.share) / self.share / self.speed)


def copied(line: str) -> Copied | None:
    """What a line of rsync's output says of the progress, if it is of it."""
    found = LINE.match(line)
    if not found:
        return None
    share, looked_at = int(found["share"]) / 100, None
    if found["all"] and _whole(found["all"]):
        total = _whole(found["all"])
        looked_at = (total - _whole(found["left"]), total)
        share = max(share, looked_at[0] / total)
    return Copied(_whole(found["bytes"]), min(share, 1.0), _bytes(found["speed"]), _whole(found["sent"]), looked_at)


def _whole(text: str | None) -> int:
    return int(_bytes(text))


def _bytes(text: str | None) -> float:
    """`32,757,300`, `52.42MB`: a number with rsync's units, 0.0 where it is none."""
    found = re.fullmatch(r"(\d{1,15}(?:\.\d{1,9})?)([kKMGT]?)B?", (text or "").replace(",", ""))
    return float(found[1]) * _UNITS[found[2].upper()] if found else 0.0
