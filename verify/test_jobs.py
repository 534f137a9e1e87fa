"""Users' own jobs: what the retired machine has put away stands on the new production, and there alone (3.2, 8.1)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from irekae.model.findings import Finding
from irekae.site.site import Site
from verify.facts import Facts, held_at, job_folders
from verify.marks import item
from verify.needs import needs
from verify.record import Record
from verify.world import Server

AT_JOB = re.compile(r"[a-z=][0-9a-f]{5}([0-9a-f]{8})\Z")  # at(1): the queue, a number, minutes since 1970


@needs("all_facts", "other.all_facts")
@item("3.2", "production")
def test_users_jobs_went_over_and_run_on_one_machine(server: Server, site: Site, check: Record) -> None:
    """Every cron table, at job and lingering user that the retired machine has put away is here, and there no more.

    退いたマシンで保留した利用者のジョブがすべて本番にあり, 一方だけで動く
    """
    old, here = server.other.facts, server.facts
    if not was_production(old, site):
        told = f"{server.other.name} was not production before this swap"
        check.saw(old.of(f"cat {site.site.state}/run.json", told))
        check.expect(True, "jobs that a swap has put away", told)
        return
    now = here.began_at
    found: list[Finding] = []
    put_away: list[str] = []
    for folder in job_folders(site):
        held, there, stays = (facts.under(path) for facts, path in
                              ((old, held_at(site, folder)), (here, folder), (old, folder)))  # fmt: skip
        check.saw(here.of(f"ls {folder}", " ".join(sorted(there)) or "empty"))
        check.saw(
            old.of(f"ls {held_at(site, folder)} {folder}", f"{' '.join(sorted(held))}; {' '.join(sorted(stays))}")
        )
        names = [name for name, state in held.items() if state["kind"] == "file" and not name.startswith((".", "tmp."))]
        put_away += [f"{folder}/{name}" for name in names]
        found += lacking(folder, [name for name in names if not has_run(name, now)], there)
        found += twice(folder, [name for name in names if name != "root"], there, stays)
    check.differs(*found)
    check.expect(
        not found or bool(put_away),
        "what was put away stands here alone",
        ", ".join(put_away) or "none was",
        cause="the old machine's folder of held jobs cannot be read",
        remedy="mend what keeps it from being read",
    )


def was_production(facts: Facts, site: Site) -> bool:
    """Whether a host was production before the swap that it remembers."""
    return _role_before(facts.text(f"{site.site.state}/run.json")) == "production"


def _role_before(run: str | None) -> str:
    """What a host was before the swap that it remembers; "" where it remembers none."""
    try:
        told = json.loads(run or "{}")
    except ValueError:
        return ""
    return str(told.get("role_before", "")) if isinstance(told, dict) else ""


def has_run(name: str, now: float) -> bool:
    """Whether it is a job of at's whose time has come."""
    found = AT_JOB.match(name)
    return found is not None and int(found[1], 16) * 60 <= now


def lacking(folder: str, names: Iterable[str], there: Iterable[str]) -> Iterator[Finding]:
    """Jobs that production lacks: their user may have taken them away, and a person knows."""
    for name in sorted({*names} - {*there}):
        yield Finding(
            role="production",
            subject=f"job in {folder}",
            key=name,
            was="carried over by 3.2",
            found="gone",
            remedy="take it from where the old machine keeps it; `fab explain ID --why` where its user removed it",
        )


def twice(folder: str, names: Iterable[str], there: Iterable[str], stays: Iterable[str]) -> Iterator[Finding]:
    """Jobs that stand on both machines: each runs twice."""
    for name in sorted({*names} & {*there} & {*stays}):
        yield Finding(
            role="standby",
            subject=f"job in {folder}",
            key=name,
            was="put away, for production runs it",
            found="it runs on both machines",
            remedy="remove it on the standby; `fab explain ID --why` where it must run there too",
        )
