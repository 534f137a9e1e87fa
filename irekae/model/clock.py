"""Moments and durations, as people read them: everywhere in one form, in the reader's zone.

A page (report, manual, mail, status table) names its zone once and shows times of day; a message that stands alone
shows the whole moment (`here`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from irekae.model.language import Lang
from irekae.model.results import Acceptance, Span

WHOLE = "%Y-%m-%d %H:%M:%S %z"


@dataclass(frozen=True)
class Clock:
    """Shows moments in the zone of the report, and the day only where it is not the report's own."""

    now: datetime

    @classmethod
    def of(cls, results: Acceptance) -> Clock:
        """Return the clock of a report: its zone and day are those in which the report was written."""
        return cls(moment(results.generated_at))

    @classmethod
    def at_the_seat(cls) -> Clock:
        """Return the clock of whoever reads now: its zone is the seat's, its day today."""
        return cls(datetime.now().astimezone())

    def said(self) -> str:
        """Return the clock's own moment, with its zone: for the head of a page."""
        return self.now.strftime(WHOLE)

    def time(self, at: str) -> str:
        """Return `at` (ISO 8601 with a zone, or empty) as ``13:02:14``, on another day ``11-07 13:02:14``."""
        if not at:
            return ""
        when = moment(at).astimezone(self.now.tzinfo)
        return when.strftime("%H:%M:%S" if when.date() == self.now.date() else "%m-%d %H:%M:%S")

    def date_time(self, at: str) -> str:
        """Return `at` (ISO 8601 with a zone, or empty) as ``2012-11-09 13:02:14 +0900``."""
        return moment(at).astimezone(self.now.tzinfo).strftime(WHOLE) if at else ""


def here(at: str) -> str:
    """Return `at` as ``2012-11-09 13:02:14 +0900`` in the seat's zone, for a message.

    What a host says may be anything: what is no moment is returned as it is, ``unknown`` where nothing is said.
    """
    try:
        return moment(at).astimezone().strftime(WHOLE)
    except (ValueError, OverflowError, OSError):
        return at or "unknown"


def zone() -> str:
    """Return the zone of this seat's times, which is said once: ``JST (+0900)``."""
    return datetime.now().astimezone().strftime("%Z (%z)")


def moment(at: str) -> datetime:
    """Return the moment that `at` (ISO 8601 with a zone) names."""
    return datetime.fromisoformat(at)


def length(span: Span, now: str) -> float:
    """Return the seconds that `span` lasted; one without an end lasts until `now`."""
    return max(0.0, (moment(span.end or now) - moment(span.start)).total_seconds())


def lasting(seconds: float, lang: Lang) -> str:
    """Return a duration in the two units that matter: ``0.40 s``, ``31.6 s``, ``4 min 18 s``, ``2 h 05 min``."""
    hour, minute, second = ("時間", "分", "秒") if lang == "ja" else ("h", "min", "s")
    if seconds < 9.995:
        return f"{seconds:.2f} {second}"
    if seconds < 59.95:
        return f"{seconds:.1f} {second}"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} {minute} {rest:02d} {second}"
    return f"{minutes // 60} {hour} {minutes % 60:02d} {minute}"
