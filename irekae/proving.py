"""Phases 9 and 10 as items: one run of the suite proves many of them, each with an outcome of its own."""

import time
from collections.abc import Sequence

import msgspec

from irekae.acceptance import CHECKS, JUNIT, read_checks, run_suite
from irekae.errors import SwapError
from irekae.host import Host
from irekae.items import Item, On
from irekae.record import show
from irekae.report.results import Check
from irekae.swap import Swap

Part = tuple[Item, On]


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
    earlier = read_checks(CHECKS)
    found = run_suite(names, numbers, CHECKS, JUNIT)
    took = time.monotonic() - began
    _merge(earlier, found)
    bad = [line for item, host in hosts for line in _record(item, host, found, took)]
    show(f"  {len(found)} checks in {took:.1f} s")
    if bad:
        raise SwapError(
            f"{len(bad)} checks have not passed", "\n".join(bad), "`fab report` shows what was asked and found"
        )


def _merge(earlier: Sequence[Check], found: Sequence[Check]) -> None:
    """Keep the results of checks that this run did not make."""
    fresh = {check.id for check in found}
    kept = [*(check for check in earlier if check.id not in fresh), *found]
    CHECKS.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1))


def _record(item: Item, host: Host, found: Sequence[Check], took: float) -> list[str]:
    mine = [check for check in found if check.item == item.number and check.host == host.name]
    bad = [check for check in mine if check.outcome in ("failed", "error")]
    unmade = [check for check in mine if check.outcome == "not checked"]
    lines = [f"{item.number} {host.name}: {check.title}: {check.found or check.outcome}" for check in (*bad, *unmade)]
    if not mine:
        lines = [f"{item.number} {host.name}: the suite has no check for it"]
    event = "failed" if bad or not mine else "unknown" if unmade else "done"
    took = sum(check.took for check in mine) or took
    host.record.event(event, took=round(took, 3), detail=lines or [f"{len(mine)} checks passed"])
    show(f"  {item.number} {host.name}: {item.en}: {event if event != 'unknown' else 'not checked'}")
    return lines if bad or not mine else []
