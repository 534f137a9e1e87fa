"""The prober's log, read as outages in the seat's time. Pure: nothing here asks anybody."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any

import msgspec

from irekae.model.clock import length
from irekae.model.legible import legible
from irekae.model.results import Outage, Span
from irekae.model.typed import decoded

Seconds = Annotated[float, msgspec.Meta(ge=0.0, le=1e11)]
Short = Annotated[str, msgspec.Meta(max_length=255)]


class Begin(msgspec.Struct, tag_field="event", tag="begin"):
    """A line of the log: the prober starts."""

    t: Seconds
    run: Short
    boot_id: Short
    wall: Seconds


class State(msgspec.Struct, tag_field="event", tag="state"):
    """A line of the log: a service answers, or does not any more."""

    t: Seconds
    service: Short
    up: bool
    why: str = ""


class End(msgspec.Struct, tag_field="event", tag="end"):
    """A line of the log: the prober ends."""

    t: Seconds
    why: str = ""


class Alive(msgspec.Struct, tag_field="event", tag="alive"):
    """A line of the log: the prober lives."""

    t: Seconds


@dataclass(frozen=True)
class Change:
    """A service's first answer, or a change. at: seconds of the far end's monotonic clock."""

    at: float
    service: str
    up: bool
    why: str


@dataclass
class Watched:
    """One stretch in which the prober ran.

    Attributes:
        run: the swap that it was started for; "" when it was started before any.
        boot_id, began, wall: boot of the far end, and its monotonic and wall clock at the beginning, in seconds.
        last: its last sign of life, seconds of the monotonic clock.
        ended: why it ended; "" while it runs, and when it died.
        changes: what it saw, oldest first.
    """

    run: str
    boot_id: str
    began: float
    wall: float
    last: float
    ended: str = ""
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class Offset:
    """What to add to the far end's clocks to get the seat's, in seconds.

    boot_id: the boot that the monotonic clock belongs to; error: how far off it may be (half a round trip).
    """

    boot_id: str
    monotonic: float
    wall: float
    error: float

    @classmethod
    def best(cls, asked: Iterable[tuple[float, float, Mapping[str, Any]]]) -> "Offset":
        """From several questions (sent, answered, the far end's clocks): the quickest is the most exact."""
        sent, back, far = min(asked, key=lambda question: question[1] - question[0])
        middle = (sent + back) / 2
        return cls(far["boot_id"], middle - far["monotonic"], middle - far["wall"], (back - sent) / 2)

    def moment(self, watched: Watched, at: float) -> str:
        """A moment of the far end as the seat's, ISO 8601.

        Of a boot that is over only the wall clock is known, as it was set then.
        """
        if watched.boot_id == self.boot_id:
            seconds = at + self.monotonic
        else:
            seconds = at - watched.began + watched.wall + self.wall
        return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="milliseconds")


def read_log(log: bytes) -> list[Watched]:
    """The stretches that a log tells of, oldest first; a line cut short by a crash is passed over."""
    found: list[Watched] = []
    for line in log.decode("utf-8", "replace").splitlines():
        try:
            entry = decoded(line, Begin | State | End | Alive)
        except (msgspec.DecodeError, RecursionError):
            continue
        if isinstance(entry, Begin):
            found.append(Watched(entry.run, entry.boot_id, entry.t, entry.wall, entry.t))
        elif found:
            _add(found[-1], entry)
    return found


def _add(watched: Watched, entry: "State | End | Alive") -> None:
    watched.last = max(watched.last, entry.t)
    if isinstance(entry, State):
        watched.changes.append(Change(entry.t, entry.service, entry.up, legible(entry.why)))
    elif isinstance(entry, End):
        watched.ended = legible(entry.why)


def of_run(stretches: Sequence[Watched], run: str) -> list[Watched]:
    """Those that belong to a swap: started for it, or before there was any."""
    return [watched for watched in stretches if watched.run in ("", run)]


def outages(
    stretches: Sequence[Watched],
    services: Collection[tuple[str, str]],
    offset: Offset,
    now: str,
    predicted: Mapping[str, float],
) -> list[Outage]:
    """When each service was away.

    Args:
        stretches: as read from the log.
        services: names with addresses; one that was never watched is left out.
        offset: of the clocks.
        now: the moment of asking, ISO 8601; what is away still has lasted until then.
        predicted: longest outage in the rehearsal by service, in seconds.
    """
    watched = {change.service for stretch in stretches for change in stretch.changes}
    found = []
    for service, address in services:
        if service in watched:
            gone = tuple(_gone(stretches, service, offset))
            longest = round(max((length(span, now) for span in gone), default=0.0), 3)
            found.append(Outage(service, address, gone, longest, predicted.get(service)))
    return found


def _gone(stretches: Sequence[Watched], service: str, offset: Offset) -> Iterator[Span]:
    """What nobody watched is not called gone: a span ends with the last sign of life of a prober that died in it."""
    for stretch in stretches:
        start = ""
        for change in stretch.changes:
            if change.service != service:
                continue
            moment = offset.moment(stretch, change.at)
            if change.up and start:
                yield Span(start, moment)
            start = "" if change.up else start or moment
        if start:
            yield Span(start, None if stretch is stretches[-1] else offset.moment(stretch, stretch.last))


def unwatched(stretches: Sequence[Watched], offset: Offset) -> list[Span]:
    """The times between two stretches."""
    return [
        Span(offset.moment(earlier, earlier.last), offset.moment(later, later.began))
        for earlier, later in pairwise(stretches)
    ]


def watched_spans(stretches: Sequence[Watched], offset: Offset, lives: str) -> list[Span]:
    """When somebody watched; lives: the moment until which the last stretch goes on, "" when its prober is gone."""
    ends = [offset.moment(stretch, stretch.last) for stretch in stretches]
    if ends and lives:
        ends[-1] = max(ends[-1], lives, key=datetime.fromisoformat)
    return [Span(offset.moment(stretch, stretch.began), end) for stretch, end in zip(stretches, ends, strict=True)]


def gaps(watched: Sequence[Span], whole: Span) -> list[Span]:
    """The parts of a stretch of time in which nobody watched; all these spans have an end."""
    found, at = [], whole.start
    for span in sorted(watched, key=lambda span: datetime.fromisoformat(span.start)):
        if _later(span.start, at) and _later(whole.end, at):
            found.append(Span(at, min(span.start, whole.end or "", key=datetime.fromisoformat)))
        at = span.end if _later(span.end, at) and span.end else at
    return [*found, Span(at, whole.end)] if _later(whole.end, at) else found


def _later(one: str | None, other: str) -> bool:
    return bool(one) and datetime.fromisoformat(one or "") > datetime.fromisoformat(other)


def latest(stretches: Sequence[Watched]) -> dict[str, Change]:
    """The last state of each service in the last stretch."""
    return {change.service: change for stretch in stretches[-1:] for change in stretch.changes}


def longest_by_service(found: Iterable[Outage]) -> dict[str, float]:
    """What outages of a rehearsal predict: the longest of each service, in seconds."""
    return {outage.service: outage.longest for outage in found}
