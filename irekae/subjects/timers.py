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
        if not _rest(host, timer):
            host.say(f"{timer.init} is not there: nothing to hold")
        elif not host.planned:
            _await_job(host, timer)


def _rest(host: Host, timer: Service) -> bool:
    """Stop and disable it; False where the host has no such timer."""
    handle = ServiceHandle(host, timer)
    known = handle.state().known
    if known:
        handle.stop().disable()
    return known


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
    """Let the next boot arm the timers of the host's role (8.1), and not those that somebody armed meanwhile."""
    for timer in site.timers:
        if _wanted(host, timer):
            ServiceHandle(host, timer).enable()
        elif _word(host, timer) == "off":
            _rest(host, timer)


def arm(host: Host, site: Site) -> None:
    """Arm them now, where the boot has not."""
    for timer in site.timers:
        if _wanted(host, timer):
            ServiceHandle(host, timer).enable().start()


def _wanted(host: Host, timer: Service) -> bool:
    """As the site says; where it does not judge ("any"), as it was on this machine before 1.5."""
    word = _word(host, timer)
    if word != "any":
        return word == "on"
    held = [entry for entry in host.record.entries if entry.get("event") == "change" and entry.get("item") == "1.5"]
    return any(entry["undo"].get("init") == timer.init for entry in held)


def _word(host: Host, timer: Service) -> str:
    """What the site says of it on a host of this role: on, off, any."""
    return timer.production if host.role is On.PRODUCTION else timer.standby
