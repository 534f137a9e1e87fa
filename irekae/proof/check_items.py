"""Phases 9 and 10 as items: one run of the suite proves many of them, each with an outcome of its own."""

import time
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from irekae.host.host import Host
from irekae.model import seat_files
from irekae.model.errors import SwapError
from irekae.model.findings import Explanation
from irekae.model.items import Item, On
from irekae.model.printing import show
from irekae.model.results import Check
from irekae.proof.suite_run import JUNIT, checks_path, read_checks, run_suite
from irekae.swap.evidence import Kind, all_of
from irekae.swap.swap import Swap

Part = tuple[Item, On]
BAD = ("failed", "error")


def prove(swap: Swap, parts: Sequence[Part]) -> None:
    """Run the suite once for these items, and write down what it found for each.

    Raises:
        SwapError: checks failed, with a line for each.
    """
    hosts: list[tuple[Item, Host]] = [(item, swap.host(item, role)) for item, role in parts]
    for _, host in hosts:
        host.record.event("started")
    began = time.monotonic()
    names = sorted({host.name for _, host in hosts})
    numbers = sorted({item.number for item, _ in hosts})
    show(f"  {len(numbers)} items are being checked on {', '.join(names)} …")
    results = checks_path(swap)
    earlier = read_checks(results)
    found = run_suite(names, _asked(numbers), results, JUNIT)
    took = time.monotonic() - began
    _merge(results, earlier, found)
    given = [kept.value for kept in all_of(swap, Kind.EXPLANATION, Explanation)]
    found = [_as_explained(check, given) for check in found]
    bad = [line for item, host in hosts for line in _record(item, host, found, took)]
    bad += [_line(check) for check in found if check.outcome in BAD and check.item not in numbers]
    show(f"  {len(found)} checks in {took:.1f} s")
    if bad:
        raise SwapError(
            f"{len(bad)} checks have not passed", "\n".join(bad), "`fab report` shows what was asked and found"
        )


def _as_explained(check: Check, given: Sequence[Explanation]) -> Check:
    """A check that failed for nothing but what a person has explained has passed, for the item."""
    return replace(check, outcome="passed") if check.excused(given) else check


def _asked(numbers: Sequence[str]) -> list[str]:
    """Phase 9 as a whole proves the settings of the phases before it too (5.1, 5.3 …)."""
    return list(numbers) if len(numbers) == 1 or numbers[0].startswith("10.") else [str(phase) for phase in range(10)]


def _line(check: Check) -> str:
    return f"{check.item} {check.host}: {check.title}: {check.found or check.outcome}"


def _merge(path: Path, earlier: Sequence[Check], found: Sequence[Check]) -> None:
    """Keep the results of checks that this run did not make."""
    fresh = {check.id for check in found}
    kept = [*(check for check in earlier if check.id not in fresh), *found]
    seat_files.write_json(path, kept)


def _record(item: Item, host: Host, found: Sequence[Check], took: float) -> list[str]:
    # Phase 10 is proved on the backup host; production remembers it.
    mine = [check for check in found if check.item == item.number and (check.host == host.name or item.phase == 10)]
    bad = [check for check in mine if check.outcome in BAD]
    unmade = [check for check in mine if check.outcome == "not checked"]
    lines = [_line(check) for check in (*bad, *unmade)]
    if not mine:
        lines = [f"{item.number} {host.name}: the suite has no check for it"]
    event = "failed" if bad or not mine else "unknown" if unmade else "done"
    took = sum(check.took for check in mine) or took
    host.record.event(event, took=round(took, 3), detail=lines or [f"{len(mine)} checks passed"])
    show(f"  {item.number} {host.name}: {item.en}: {event if event != 'unknown' else 'not checked'}")
    return lines if bad or not mine else []
