"""Puts together what the hosts and the seat know of a swap, as the data that every report reads."""

import subprocess
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from irekae.model.codec import sealed
from irekae.model.findings import Explanation
from irekae.model.items import ITEMS, WHOLE, On, lacking, left_out
from irekae.model.journal import Entry, now
from irekae.model.legible import legible
from irekae.model.results import (
    Acceptance,
    Check,
    Fingerprint,
    ItemRow,
    Leftover,
    Outage,
    PhaseSpan,
    Place,
    Signature,
    Span,
)
from irekae.model.secrecy import blanked
from irekae.model.typed import decoded
from irekae.proof import suite_records
from irekae.proof.outage.outages import gaps
from irekae.proof.outage.prober import OUTAGES, WATCHED
from irekae.proof.suite_run import PROJECT
from irekae.site.machines import fingerprint
from irekae.site.manual import manual_path
from irekae.swap.evidence import Kind, Reading
from irekae.swap.swap import Swap

FIGURES = "figures.json"


def rows(swap: Swap) -> list[ItemRow]:
    """Every item on every host that it concerns, as the hosts remember it."""
    found = []
    for item in sorted(ITEMS.values(), key=lambda item: item.order):
        for role in item.roles:
            link = swap.links.get(swap.entry_for(item.phase, role).name)
            if link is None:
                continue  # `fab status` shows the other host alone
            state = swap.state(item, role)
            found.append(
                ItemRow(
                    item.number,
                    item.phase,
                    item.en,
                    item.ja,
                    item.mark,
                    swap.name_in(item.phase, role),
                    machine_name(link.facts["machine_id"]),
                    state.state.value,
                    legible(state.who),
                    state.at,
                    state.took,
                    legible(blanked(state.why)),
                    tuple(legible(blanked(line)) for line in state.detail),
                )
            )
    return found


def machine_name(machine_id: str) -> str:
    """A machine's short mark: the first eight digits of its machine-id."""
    return machine_id[:8]


def acceptance(swap: Swap) -> Acceptance:
    """All results of this swap, sealed with their digest."""
    # Imported here, for it takes long and most commands do without.
    from irekae.proof.baseline import compare
    from irekae.report.open_points import open_points

    found, phases, records = rows(swap), tuple(_phases(swap)), Reading(swap)
    outages, unwatched = swap.inventory.state / OUTAGES, tuple(_unwatched(swap, phases))
    return sealed(
        Acceptance(
            run=legible(str((swap.run or {}).get("id", "no swap has begun"))),
            site=swap.site.site.title,
            generated_at=now(),
            places=tuple(_places(swap)),
            items=tuple(found),
            checks=tuple(_checks(records)),
            fingerprints=tuple(_fingerprints(swap)),
            outages=() if _nobody_watched(unwatched, phases) else tuple(_read(outages, list[Outage]) or ()),
            unwatched=unwatched,
            phases=phases,
            leftovers=tuple(_leftovers(found)),
            baseline=compare(swap, records),
            evidence_missing=(*records.missing(), *suite_records.lacking(swap)),
            explanations=tuple(kept.value for kept in records.all_of(Kind.EXPLANATION, Explanation)),
            open_points=tuple(open_points(swap)),
            sign_offs=tuple(kept.value for kept in records.all_of(Kind.SIGNATURE, Signature)),
            figures=_read(swap.inventory.state / FIGURES, dict[str, float]) or {},
            lacking=tuple(lacking(swap.site.has)),
            left_out=tuple(left_out()),
            site_alone=not manual_path().exists(),
            irekae=_version(),
        ),
        _commit(),
    )


def _read(path: Path, kind: Any) -> Any:
    return decoded(path.read_bytes(), kind) if path.exists() else None


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("irekae")
    except PackageNotFoundError:
        return ""


def _commit() -> str:
    argv = ["git", "-C", str(PROJECT), "rev-parse", "HEAD"]
    done = subprocess.run(argv, check=False, capture_output=True, text=True, timeout=60)
    return done.stdout.strip() if done.returncode == 0 else ""


def _places(swap: Swap) -> Iterator[Place]:
    for role in (On.PRODUCTION, On.STANDBY):
        entry = swap.inventory.production if role is On.PRODUCTION else swap.inventory.standby
        here = swap.links[entry.name].facts["machine_id"]
        there = swap.links[swap.inventory.other(entry.name).name].facts["machine_id"]
        was = there if swap.exchanged else here
        yield Place(role.value, entry.name, entry.fqdn, entry.address, machine_name(was), machine_name(here))  # type: ignore[arg-type]


def _checks(records: Reading) -> Iterator[Check]:
    before = suite_records.before(records)
    for check in suite_records.newest(records):
        earlier = before.get((check.id, check.host))
        yield msgspec.structs.replace(check, before=earlier.outcome if earlier else "unknown")


def _fingerprints(swap: Swap) -> Iterator[Fingerprint]:
    for name, link in swap.links.items():
        before = swap.inventory.other(name).name if swap.exchanged else name
        for key in link.machine.keys:
            kind = key.split()[0]
            yield Fingerprint(machine_name(link.facts["machine_id"]), before, name, kind, fingerprint(key))


def _phases(swap: Swap) -> Iterator[PhaseSpan]:
    entries: list[Entry] = [entry for journal in swap.entries.values() for entry in journal]
    for phase in range(12):
        times = [entry["at"] for entry in entries if entry.get("phase") == phase and entry["event"] in _TIMED]
        if times:
            times.sort(key=datetime.fromisoformat)
            yield PhaseSpan(phase, times[0], times[-1])


_TIMED = ("started", "done", "nothing", "failed", "by hand", "waived")


def _unwatched(swap: Swap, phases: Sequence[PhaseSpan]) -> list[Span]:
    """When nobody watched between the beginning of the outage and the last check; nothing without a prober."""
    watched = _read(swap.inventory.state / WATCHED, list[Span])
    whole = _measured(phases)
    return gaps(watched, whole) if watched is not None and whole else []


def _measured(phases: Sequence[PhaseSpan]) -> Span | None:
    day = [phase for phase in phases if 1 <= phase.phase <= WHOLE]
    ends = [phase.end for phase in day if phase.end]
    first = min((phase.start for phase in day), key=datetime.fromisoformat, default="")
    return Span(first, max(ends, key=datetime.fromisoformat)) if ends else None


def _nobody_watched(unwatched: Sequence[Span], phases: Sequence[PhaseSpan]) -> bool:
    return list(unwatched) == [_measured(phases)]


def _leftovers(found: Sequence[ItemRow]) -> Iterator[Leftover]:
    for row in found:
        for line in row.detail if row.number == "5.2" else ():
            path, colon, rest = line.partition(":")
            number, _, text = rest.partition(":")
            if colon and path.startswith("/") and number.isdigit():
                yield Leftover(row.host, path, int(number), text.strip())
