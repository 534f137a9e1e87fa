"""Phases 9 and 10 as items: one run of the suite proves many of them, each with an outcome of its own."""

import time
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from irekae.host.host import Host
from irekae.model.errors import Status, SwapError
from irekae.model.findings import Explanation
from irekae.model.items import ITEMS, PROOF, Item, On
from irekae.model.journal import State
from irekae.model.printing import show
from irekae.model.printing.events import Outcome
from irekae.model.results import Check
from irekae.proof import failures, suite_records
from irekae.proof.suite_run import JUNIT, run_suite
from irekae.swap import locking, telling
from irekae.swap.evidence import Kind, all_of
from irekae.swap.swap import Swap

Part = tuple[Item, On]
BAD = ("failed", "error")
_STATES = {"failed": State.FAILED, "unknown": State.UNKNOWN, "done": State.DONE}


def prove(swap: Swap, parts: Sequence[Part], alone: bool) -> None:
    """Run the suite once for these items, whatever was found before, and write down what it found for each.

    Args:
        swap: connected to the pair.
        parts: the items, with the role of the host that is checked.
        alone: was one item asked for, and not its phase: then a person's word on it is asked again too.

    Raises:
        SwapError: checks failed, with a line for each.
    """
    named = parts if alone else [part for part in parts if not _has_a_word(swap, *part)]
    if named:
        with locking.awaited(swap, named):
            _prove(swap, parts, named, alone)


def _prove(swap: Swap, parts: Sequence[Part], named: Sequence[Part], alone: bool) -> None:
    """The same, of those that nobody has settled; while it lasts, other seats see them running."""
    hosts: list[tuple[Item, Host]] = [(item, swap.host(item, role)) for item, role in named]
    names = sorted({swap.host(item, role).name for item, role in parts})
    numbers = sorted({item.number for item, _ in hosts})
    for _, host in hosts:
        host.record.event("started")
    began = time.monotonic()
    show(f"  {len(numbers)} items are being checked on {', '.join(names)} …")
    found = run_and_keep(swap, Kind.SUITE, names, _asked(numbers, alone))
    took = time.monotonic() - began
    given = [kept.value for kept in all_of(swap, Kind.EXPLANATION, Explanation)]
    found = [replace(check, outcome="passed") if check.excused(given) else check for check in found]
    unproved = [line for item, host in hosts for line in _record(swap, item, host, found, took)]
    _speak_of_others(swap, numbers, found)
    show(f"  {len(found)} checks in {took:.1f} s")
    if (bad := [check for check in found if check.outcome in BAD]) or unproved:
        lines = [*unproved, *failures.told(bad)]
        raise SwapError(
            f"{len(bad) + len(unproved)} checks have not passed",
            "\n".join(lines),
            "`fab report` shows what was asked and found",
        )


def run_and_keep(swap: Swap, kind: Kind, hosts: Sequence[str], items: Sequence[str]) -> list[Check]:
    """Run the suite, and keep the run as a record on both hosts; what it found."""
    run = suite_records.begun(swap, hosts, items)
    found = run_suite(hosts, items, JUNIT if kind is Kind.SUITE else None)
    suite_records.ended(swap, kind, run, found)
    return found


def keep_baseline(swap: Swap) -> list[str]:
    """Run the suite on both hosts as they are before the swap, and keep what they hold.

    Returns:
        A line with the counts, then what of each check that has not passed was expected and found: its remedy is an
        item of the swap, more often than not.

    Raises:
        SwapError: the swap has begun: what was before it can no longer be told (exit status 3).
    """
    if swap.planned:
        return ["would run the acceptance suite on both hosts"]
    # Imported here, for it takes long and most commands do without.
    from irekae.proof.baseline import has_begun, keep_facts

    if has_begun(swap):
        raise SwapError(
            "the swap has begun: what was before it can no longer be told",
            hint="the baseline that was kept stays as it is; `fab phase9` checks the hosts as they are now",
            status=Status.REFUSED,
        )
    checks = run_and_keep(swap, Kind.BASELINE, [entry.name for entry in swap.inventory.pair], [])
    bad = [check for check in checks if check.outcome in BAD]
    named = ", ".join(sorted({f"{check.item} {check.host}" for check in bad}))
    counts = (
        f"baseline: {len(checks)} checks, {len(bad)} not passed today"
        + (f" ({named})" if bad else "")
        + f"; {keep_facts(swap)}"
    )
    return [counts, *failures.told(bad, remedies=False)]


def _has_a_word(swap: Swap, item: Item, role: On) -> bool:
    """Has a person settled the item: it is said, and left alone."""
    state = swap.state(item, role)
    if state.state not in (State.BY_HAND, State.WAIVED):
        return False
    telling.settled(swap, item, [role], state)
    return True


def _asked(numbers: Sequence[str], alone: bool) -> list[str]:
    """Phase 9 as a whole proves the settings of the phases before it too (5.1, 5.3 …)."""
    return list(numbers) if alone or numbers[0].startswith("10.") else [str(phase) for phase in range(PROOF + 1)]


def _record(swap: Swap, item: Item, host: Host, found: Sequence[Check], took: float) -> list[str]:
    """Write down what the checks found of an item; a line where there is none of it."""
    # Phase 10 is proved on the backup host; production remembers it.
    mine = [check for check in found if check.item == item.number and (check.host == host.name or item.phase == 10)]
    bad = [check for check in mine if check.outcome in BAD]
    unmade = [check for check in mine if check.outcome == "not checked"]
    lines = [failures.line(check) for check in (*bad, *unmade)]
    if not mine:
        lines = [f"{item.number} {host.name}: the suite has no check for it"]
    event = "failed" if bad or not mine else "unknown" if unmade else "done"
    took = sum(check.took for check in mine) or took
    host.record.event(event, took=round(took, 3), detail=lines or [f"{len(mine)} checks passed"])
    said = event if event != "unknown" else "not checked"
    telling.end(swap, host.record.spot, Outcome(_STATES[event], said, item.en))
    return [] if mine else lines


# --- items of earlier phases ------------------------------------------------------------------------------------------


def _speak_of_others(swap: Swap, numbers: Sequence[str], found: Sequence[Check]) -> None:
    """What the checks say of settings of the phases before: one that fails reopens its item, until it passes.

    A person's word (by hand, waived) on such an item stays: the check that failed speaks in the report.
    """
    for item, role, mine in _proved(swap, numbers, found):
        bad = [check for check in mine if check.outcome in BAD]
        state, host = swap.state(item, role), swap.host(item, role)
        if bad and state.state in (State.DONE, State.NOTHING, State.FAILED):
            host.record.event(
                "refuted", why="a check found it otherwise", detail=[failures.line(check) for check in bad]
            )
            telling.end(swap, host.record.spot, Outcome(State.FAILED, "open again, for a check failed", item.en))
        elif state.refuted and all(check.outcome == "passed" for check in mine):
            host.record.event("proved", why="its checks pass again", detail=[f"{len(mine)} checks passed"])


def _proved(swap: Swap, numbers: Sequence[str], found: Sequence[Check]) -> Iterator[tuple[Item, On, list[Check]]]:
    """Items of earlier phases with the checks that speak of them, by the machine that did them."""
    for item in ITEMS.values():
        for role in item.roles if item.phase < PROOF and item.number not in numbers else ():
            name = swap.entry_for(item.phase, role).name
            if mine := [check for check in found if (check.item, check.host) == (item.number, name)]:
                yield item, role, mine
