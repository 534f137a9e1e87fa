"""What a host itself does each minute and at a boot, until it is taken away: one adapter for each that can keep it.

Deadlines are kept so (2.2, 6.3), whatever becomes of the operator. Chosen by looking: cron where it runs, else
systemd's timers. To add one, write a module here with a class like `Timer`, and put it into `KEEPERS`; the contract
tests take it from there.
"""

from __future__ import annotations

from irekae.host.host import Host
from irekae.site.site import Site
from irekae.subjects.each_minute.adapter import Job, Keeper, Parting
from irekae.subjects.each_minute.cron import Cron
from irekae.subjects.each_minute.timer import Timer

__all__ = ["KEEPERS", "Job", "Keeper", "Parting", "choose", "failure", "is_kept", "remove"]

KEEPERS: tuple[Keeper, ...] = (Cron(), Timer())


def choose(host: Host, site: Site) -> Keeper:
    """Who keeps jobs on the host; cron where nobody can, so that it says what is missing."""
    return next((keeper for keeper in KEEPERS if not keeper.problem(host, site)), KEEPERS[0])


def is_kept(host: Host, job: Job) -> bool:
    """Does anybody have the job."""
    return any(keeper.has(host, job) for keeper in KEEPERS)


def failure(host: Host, site: Site, job: Job) -> str:
    """Why nobody does the job for certain: of those who have it each one's reason; "" where one does it.

    Args:
        host: on which it was installed.
        site: whose cron is meant.
        job: the job.
    """
    have = [keeper for keeper in KEEPERS if keeper.has(host, job)]
    reasons = [keeper.problem(host, site) or keeper.failure(host, job) for keeper in have]
    return "" if "" in reasons else "\n".join(reasons)


def remove(host: Host, job: Job) -> None:
    """Nobody has it any more, whoever was chosen then."""
    for keeper in KEEPERS:
        keeper.remove(host, job)
