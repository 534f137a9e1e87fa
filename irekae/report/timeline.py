"""The time line of the report: outages of each service against the phases, as shares of the time shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from irekae.model.clock import length, moment
from irekae.model.results import Acceptance, Outage, Span

STEPS = (1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
MOST_TICKS = 5


@dataclass(frozen=True)
class Stretch:
    """A part of the time line: where it starts and how wide it is, in percent, and what it stands for."""

    left: float
    width: float
    label: str
    open: bool = False


@dataclass(frozen=True)
class Row:
    """One service on the time line. `away`: seconds in all."""

    outage: Outage
    away: float
    bars: tuple[Stretch, ...]

    @property
    def back(self) -> bool:
        """Tell whether the service answered again."""
        return not any(bar.open for bar in self.bars)


@dataclass(frozen=True)
class Timeline:
    """Phases, services and ticks, all on one scale of 0 to 100 percent."""

    phases: tuple[Stretch, ...]
    rows: tuple[Row, ...]
    ticks: tuple[Stretch, ...]


def timeline(results: Acceptance) -> Timeline | None:
    """Arrange outages and phases on one scale; None when there is nothing that took time.

    The scale reaches from phase 1 (where the first service stops) or the first outage to the last end; phase 0 may lie
    days before and would squeeze everything else.
    """
    spans = [Span(p.start, p.end) for p in results.phases if p.phase >= 1]
    spans += [span for outage in results.outages for span in outage.gone]
    if not spans:
        return None
    first = min(moment(span.start) for span in spans)
    last = max(moment(span.end or results.generated_at) for span in spans)
    if last <= first:
        return None
    scale = _Scale(first, (last - first).total_seconds(), results.generated_at)
    shown = (p for p in results.phases if moment(p.end or results.generated_at) > first)
    return Timeline(
        phases=tuple(scale.stretch(Span(p.start, p.end), str(p.phase)) for p in shown),
        rows=tuple(scale.row(outage) for outage in results.outages),
        ticks=tuple(scale.ticks(moment(results.generated_at))),
    )


@dataclass(frozen=True)
class _Scale:
    first: datetime
    seconds: float
    now: str

    def stretch(self, span: Span, label: str) -> Stretch:
        left = max(0.0, self.share(moment(span.start)))
        right = min(100.0, self.share(moment(span.end or self.now)))
        return Stretch(round(left, 3), round(max(0.0, right - left), 3), label, open=span.end is None)

    def share(self, at: datetime) -> float:
        return (at - self.first).total_seconds() / self.seconds * 100

    def row(self, outage: Outage) -> Row:
        away = sum(length(span, self.now) for span in outage.gone)
        return Row(outage, away, tuple(self.stretch(span, outage.service) for span in outage.gone))

    def ticks(self, zone: datetime) -> Iterable[Stretch]:
        step = next((s for s in STEPS if self.seconds / s <= MOST_TICKS), STEPS[-1])
        start = self.first.astimezone(zone.tzinfo)
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        count = int((start - midnight).total_seconds() // step) + 1
        at = midnight + timedelta(seconds=count * step)
        while self.share(at) < 100:
            place = round(self.share(at), 3)
            if 0 < place < 100:
                yield Stretch(place, 0.0, at.strftime("%H:%M" if step >= 60 else "%H:%M:%S"))
            at += timedelta(seconds=step)
