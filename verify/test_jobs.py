"""Users' own jobs: what the retired machine has put away stands on the new production, and there alone (3.2, 8.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from irekae.model.findings import Finding
from irekae.site.site import Site
from verify.facts import held_at, job_folders
from verify.marks import item
from verify.needs import needs
from verify.record import Record
from verify.swapped import is_behind_a_swap
from verify.world import Server

AT_JOB = re.compile(r"[a-z=][0-9a-f]{5}([0-9a-f]{8})\Z")  # at(1): the queue, a number, minutes since 1970


@needs("all_facts", "other.all_facts")
@item("3.2", "production")
def test_users_jobs_went_over_and_run_on_one_machine(server: Server, site: Site, check: Record) -> None:
    """Every cron table, at job and lingering user that the retired machine has put away is here, and there no more.

    退いたマシンで保留した利用者のジョブがすべて本番にあり, 一方だけで動く
    """
    old, here = server.other.facts, server.facts
    if not is_behind_a_swap(server, site, check, "jobs that a swap has put away"):
        return
    now = here.began_at
    found: list[Finding] = []
    put_away: list[str] = []
    for folder in job_folders(site):
        held, there, stays = (facts.under(path) for facts, path in
                              ((old, held_at(site, folder)), (here, folder), (old, folder)))  # fmt: skip
        unread = old.unread(held_at(site, folder))
        check.expect(
            not unread,
            f"what the old machine has put away of {folder} can be read",
            unread or "it can, or nothing was put away",
            cause="a disk or a file system has an error",
            remedy="mend what keeps it from being read",
        )
        check.saw(here.of(f"ls {folder}", " ".join(sorted(there)) or "empty"))
        check.saw(
            old.of(f"ls {held_at(site, folder)} {folder}", f"{' '.join(sorted(held))}; {' '.join(sorted(stays))}")
        )
        names = [name for name, state in held.items() if state["kind"] == "file" and not name.startswith((".", "tmp."))]
        put_away += [f"{folder}/{name}" for name in names]
        found += lacking(folder, [name for name in names if not has_run(name, now)], there)
        found += twice(folder, [name for name in names if name != "root"], there, stays)
    check.alike("what was put away stands here alone", ", ".join(put_away) or "none was", *found)


def has_run(name: str, now: float) -> bool:
    """Whether it is a job of at's whose time has come."""
    found = AT_JOB.match(name)
    return found is not None and int(found[1], 16) * 60 <= now


def lacking(folder: str, names: Iterable[str], there: Iterable[str]) -> list[Finding]:
    """Jobs that production lacks: their user may have taken them away, and a person knows."""
    return Finding.of_each(
        dict.fromkeys(sorted({*names} - {*there}), "gone"),
        role="production",
        subject=f"job in {folder}",
        was="carried over by 3.2",
        remedy="take it from where the old machine keeps it; `fab explain ID --why` where its user removed it",
    )


def twice(folder: str, names: Iterable[str], there: Iterable[str], stays: Iterable[str]) -> list[Finding]:
    """Jobs that stand on both machines: each runs twice."""
    return Finding.of_each(
        dict.fromkeys(sorted({*names} & {*there} & {*stays}), "it runs on both machines"),
        role="standby",
        subject=f"job in {folder}",
        was="put away, for production runs it",
        remedy="remove it on the standby; `fab explain ID --why` where it must run there too",
    )
