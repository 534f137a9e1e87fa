"""Runs of the acceptance suite, each a record of its own on both hosts; which of their results still count.

A run writes a line into both journals before it begins, and its record once it has ended. The journals' order tells
what happened since: no seat's clock is asked. A result is *stale* when its host has booted since, when an item of
phases 0 to 8 has changed anything on either host since, or when it is older than `[acceptance] results_age`.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from irekae.model.clock import here
from irekae.model.items import On, find_item
from irekae.model.journal import Entry, State, now, operator
from irekae.model.results import Check, Moment, Record
from irekae.swap.evidence import EVENT, Kept, Kind, Reading, keep
from irekae.swap.swap import Swap

BEGUN = "suite"  # the journal's word for the beginning of a run
LAST_CHANGE = 8  # the phase: what a later one does changes nothing that is checked
CHANGES = ("change", "change undone")
OF_BASELINE = (Kind.BASELINE, Kind.SURVEY)  # what 0.3 keeps


class SuiteRun(Record, frozen=True, kw_only=True):
    """A run: by whom, when it began, of which names and items (none: all), in which boots, and what it found.

    boots: boot id by the name that the machine bore then.
    """

    id: str
    who: str
    began: Moment
    hosts: tuple[str, ...]
    items: tuple[str, ...]
    boots: dict[str, str]
    checks: tuple[Check, ...]


def begun(swap: Swap, hosts: Sequence[str], items: Sequence[str]) -> SuiteRun:
    """Write into both journals that a run begins; the run, as yet without results."""
    boots = {entry.name: swap.links[entry.name].ask("clock")["boot_id"] for entry in swap.inventory.pair}
    run = SuiteRun(
        id=secrets.token_hex(8), who=operator(), began=now(), hosts=tuple(hosts), items=tuple(items), boots=boots,
        checks=(),
    )  # fmt: skip
    line: Entry = {"event": BEGUN, "run": run.id, "at": run.began, "who": run.who}
    for entry in swap.inventory.pair:
        swap.links[entry.name].ask("append", entry=line)
        swap.entries[entry.name].append(line)
    return run


def ended(swap: Swap, kind: Kind, run: SuiteRun, checks: Sequence[Check]) -> None:
    """Keep what a run found, on both hosts."""
    keep(swap, kind, replace(run, checks=tuple(checks)))


def newest(records: Reading) -> list[Check]:
    """The newest result of every check, whichever seat asked for it; one that no longer counts says why (`stale`)."""
    found: dict[tuple[str, str], Check] = {}
    for kept in records.all_of(Kind.SUITE, SuiteRun):
        reasons = _Reasons(records.swap, kept)
        for check in kept.value.checks:
            found[check.host, check.id] = replace(check, stale=reasons.of(check.host))
    return list(found.values())


def lacking(swap: Swap) -> list[str]:
    """A line for each part of the baseline that no journal names though 0.3 is done: without it nothing is compared."""
    item = find_item("0.3")
    if swap.state(item, On.PRODUCTION).state not in (State.DONE, State.NOTHING):
        return []
    known = {entry.get("kind") for entries in swap.entries.values() for entry in entries if entry["event"] == EVENT}
    return [f"{kind}: 0.3 is done, and neither host holds it" for kind in OF_BASELINE if kind not in known]


def before(records: Reading) -> dict[tuple[str, str], Check]:
    """What the newest baseline (0.3) found, by id and host; nothing where none was taken."""
    taken = records.all_of(Kind.BASELINE, SuiteRun)
    return {(check.id, check.host): check for check in taken[-1].value.checks} if taken else {}


@dataclass(frozen=True)
class _Reasons:
    """Why results of a run no longer count."""

    swap: Swap
    kept: Kept[SuiteRun]
    _known: dict[str, str] = field(default_factory=dict)

    def of(self, host: str) -> str:
        """The first reason against the results on a host; "" while they count."""
        if host not in self._known:
            self._known[host] = next(self._all(host), "")
        return self._known[host]

    def _all(self, host: str) -> Iterator[str]:
        run, links = self.kept.value, self.swap.links
        if host in links and run.boots.get(host) != links[host].facts["boot_id"]:
            yield f"made at {here(run.began)}, before {host} has booted again"
        for name in links:
            if (later := self._changed(self.swap.entries[name])) is not None:
                by = f"{later.get('item')} ({later.get('who', '?')}, {here(str(later.get('at', '')))})"
                yield f"made at {here(run.began)}, before {by} changed something on {name}"
        age = datetime.fromisoformat(now()) - datetime.fromisoformat(run.began)
        if age.total_seconds() > self.swap.site.acceptance.results_age * 3600:
            yield f"made at {here(run.began)}, more than {self.swap.site.acceptance.results_age} hours ago"

    def _changed(self, entries: Sequence[Entry]) -> Entry | None:
        """The first change of phases 0 to 8 behind the run's beginning, in one host's journal.

        A journal that lacks the beginning was not there: then every change may have come since.
        """
        mine = (BEGUN, self.kept.value.id)
        places = [at for at, entry in enumerate(entries) if (entry["event"], entry.get("run")) == mine]
        since = entries[places[0] :] if places else entries
        return next((entry for entry in since if entry["event"] in CHANGES and _phase(entry) <= LAST_CHANGE), None)


def _phase(entry: Entry) -> int:
    return int(str(entry.get("item", "0")).split(".")[0])
