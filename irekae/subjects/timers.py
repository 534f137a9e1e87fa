"""Timers of systemd's that must not fire during the swap: stopped and disabled by 1.5, armed again by 8.1.

They come back on production alone, unless [services] says otherwise of the standby: a job must not run on both hosts.
"""

from irekae.host.daemons import within
from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.model.errors import SwapError, again
from irekae.model.items import On
from irekae.site.site import Service, Site


def hold(host: Host, site: Site) -> None:
    """Stop and disable every timer of `phase1.scheduled` (1.5), and wait for the job that one has started.

    Raises:
        SwapError: a job still runs when its timer's stop_wait is over.
    """
    for timer in site.timers:
        handle = ServiceHandle(host, timer)
        if not handle.state().known:
            host.say(f"{timer.init} is not there: nothing to hold")
            continue
        handle.stop().disable()
        if not host.planned:
            _await_job(host, timer)


def _await_job(host: Host, timer: Service) -> None:
    jobs = host.look("systemctl", "show", "--property=Triggers", "--value", timer.init).text.split()
    if not jobs or within(timer.stop_wait, lambda: not _run(host, jobs)):
        return
    raise SwapError(
        f"{', '.join(_run(host, jobs))} of {timer.init} still runs on {host.name}",
        f"it was waited for, {timer.stop_wait} s",
        f"wait for its end, or `systemctl stop {jobs[0]}`; then {again()}",
    )


def _run(host: Host, jobs: list[str]) -> list[str]:
    """Those that do not rest; one that failed does."""
    said = [host.look("systemctl", "is-active", job).text.strip() for job in jobs]
    return [job for job, word in zip(jobs, said, strict=True) if word not in ("inactive", "failed", "unknown")]


def enable(host: Host, site: Site) -> None:
    """Let the next boot arm the timers of the host's role (8.1)."""
    for timer in _armed(host, site):
        ServiceHandle(host, timer).enable()


def arm(host: Host, site: Site) -> None:
    """Arm them now, where the boot has not."""
    for timer in _armed(host, site):
        ServiceHandle(host, timer).enable().start()


def _armed(host: Host, site: Site) -> list[Service]:
    return [timer for timer in site.timers if _wanted(host, timer)]


def _wanted(host: Host, timer: Service) -> bool:
    """As the site says; where it does not judge ("any"), as it was on this machine before 1.5."""
    word = timer.production if host.role is On.PRODUCTION else timer.standby
    if word != "any":
        return word == "on"
    held = [entry for entry in host.record.entries if entry.get("event") == "change" and entry.get("item") == "1.5"]
    return any(entry["undo"].get("init") == timer.init for entry in held)
