"""The outage as it lasts: what a prober sees just now, asked again and again over one connection."""

import time
from contextlib import ExitStack
from dataclasses import dataclass

from irekae.host.remote import Link
from irekae.model.clock import length
from irekae.model.errors import SwapError
from irekae.model.journal import now
from irekae.model.legible import line
from irekae.model.secrecy import blanked
from irekae.proof.outage.far_log import log_of, offset_of, run_of
from irekae.proof.outage.outages import Offset, Watched, latest, of_run, outages
from irekae.proof.outage.place import outside, place, running
from irekae.proof.outage.targets import targets
from irekae.swap.swap import Swap

PATIENCE = 5.0  # seconds for one answer
RETRY = 15.0  # seconds before a computer that could not be asked is asked again


@dataclass(frozen=True)
class Service:
    """A service as it is seen from outside.

    Attributes:
        name, address: which.
        up: does it answer; None where nobody has looked yet.
        since: since when, ISO 8601; "" where that is not known.
        why: what came instead of its answer.
        times: how often it was away in this swap.
        longest: its longest absence, seconds.
    """

    name: str
    address: str
    up: bool | None = None
    since: str = ""
    why: str = ""
    times: int = 0
    longest: float = 0.0


@dataclass(frozen=True)
class Seen:
    """What is seen from outside; unmeasured says why nothing is, "" while a prober runs."""

    services: tuple[Service, ...] = ()
    unmeasured: str = ""


class Outside:
    """The computer outside, with a connection that is kept between two looks; it only asks."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._link: Link | None = None
        self._again = 0.0  # of the monotonic clock
        self._why = ""

    def look(self, swap: Swap) -> Seen:
        """What the prober sees now. Nothing is raised: what cannot be asked is not measured, and why is said."""
        if place(swap.inventory) is None:
            return Seen(unmeasured="hosts.ini names no computer outside")
        if self._link is None and time.monotonic() < self._again:
            return Seen(unmeasured=self._why)
        try:
            self._link = self._link or self._open.enter_context(outside(swap))
            with self._link.patience(PATIENCE):
                return _seen(swap, self._link)
        except SwapError as error:
            self.close()
            self._why, self._again = error.what, time.monotonic() + RETRY
            return Seen(unmeasured=self._why)

    def close(self) -> None:
        """End the connection."""
        self._link = None
        self._open.close()


def _seen(swap: Swap, link: Link) -> Seen:
    wanted = [(target["service"], target["address"]) for target in targets(swap.inventory, swap.site)]
    if not running(swap, link):
        return Seen(unmeasured=f"no prober runs on {link.entry.name}")
    return Seen(services(wanted, of_run(log_of(swap, link), run_of(swap)), offset_of(link), now()))


def services(wanted: list[tuple[str, str]], seen: list[Watched], offset: Offset, at: str) -> tuple[Service, ...]:
    """Each service as a running prober's log has it.

    Args:
        wanted: names with addresses.
        seen: the stretches of this swap; the last one goes on.
        offset: of the clocks.
        at: the moment of asking, ISO 8601: what is away still has lasted until then.
    """
    states, away = latest(seen), {outage.service: outage for outage in outages(seen, wanted, offset, at, {})}
    found = []
    for name, address in wanted:
        change = states.get(name)
        if change is None:
            found.append(Service(name, address))
            continue
        gone = away[name].gone
        open_ = [span for span in gone if span.end is None]
        since = open_[0].start if open_ else offset.moment(seen[-1], change.at)
        why = "" if change.up else line(blanked(change.why))
        longest = max((length(span, at) for span in gone), default=0.0)
        found.append(Service(name, address, change.up, since, why, len(gone), longest))
    return tuple(found)
