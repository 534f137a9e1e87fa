"""systemd's timers: a timer with its service, and a service for the boot (systemd.timer(5), systemd.service(5))."""

from __future__ import annotations

import time
from typing import ClassVar

from irekae.host.back import HARMLESS, Back
from irekae.host.host import Host
from irekae.host.interrupt import pause
from irekae.host.services.shown import properties_of
from irekae.site.site import Site
from irekae.subjects.each_minute import at_boot
from irekae.subjects.each_minute.adapter import Job, Parting
from irekae.subjects.each_minute.texts import (
    FOLDER,
    RELOAD,
    UNITS,
    armed,
    armed_now,
    disarmed,
    drop_in,
    files,
    started,
    units,
)

FIRED = 15.0  # seconds in which an armed timer must have run its service once, and that has ended well
LOOK = 0.2  # seconds between two looks at that


class Timer:
    """A host on which systemd is the init."""

    name: ClassVar[str] = "systemd's timers"

    def problem(self, host: Host, site: Site) -> str:
        """Systemd is not the init."""
        return "" if host.link.facts["systemd"] else "neither cron runs nor systemd, so nothing would run each minute"

    def paths(self, job: Job) -> list[str]:
        """Three units, and what has a boot start two of them."""
        return [*(f"{UNITS}/{name}" for name in units(job)), drop_in(job.name)]

    def parting(self, job: Job) -> Parting:
        """The timer is disarmed first, without waiting for its service, which may be what does it."""
        stop = ("systemctl", "--no-block", "stop", started(job)[0])
        return Parting(tuple(self.paths(job)), (stop,), (RELOAD,), FOLDER)

    def has(self, host: Host, job: Job) -> bool:
        """Its timer is armed, and it has the job at a boot as well."""
        paths = self.paths(job)
        if not host.link.facts["systemd"] or len(host.there(paths)) < len(paths):
            return False
        return host.planned or host.look(*armed_now(job)).status == 0

    def install(self, host: Host, job: Job) -> None:
        """Write its units and arm the timer; an undo has systemd forget them when their files are gone."""
        if self.has(host, job) and host.read_all([*files(job)]) == files(job):
            return
        host.run(*RELOAD, undo=Back(RELOAD, HARMLESS))
        for name, data in units(job).items():
            host.put(f"{UNITS}/{name}", data, 0o644, own=job.why)
        at_boot.pull(host, job.name, started(job), job.why)
        host.run(*armed(job), undo=Back(disarmed(job), armed_now(job, "! ")))

    def put_back(self, host: Host, job: Job) -> None:
        """Write them and arm the timer."""
        if not host.exists(FOLDER):
            host.record.ground.change("make_folder", path=FOLDER, mode=0o755, uid=0, gid=0)
        for path, data in files(job).items():
            host.remember(path, data, 0o644)
        host.query(*armed(job))

    def remove(self, host: Host, job: Job) -> None:
        """Disarm the timer and remove its units; what it has begun goes on."""
        if not host.link.facts["systemd"] or not host.there(self.paths(job)):
            return
        host.run(*disarmed(job), undo=Back(armed(job), armed_now(job)))
        at_boot.let_go(host, job.name, job.why)
        for name in units(job):
            host.remove(f"{UNITS}/{name}", job.why)
        host.run(*RELOAD)

    def failure(self, host: Host, job: Job) -> str:
        """A boot starts it, and the timer has run its service, which has ended well."""
        if missing := at_boot.lacks(host, started(job)):
            return f"systemd does not start {', '.join(missing)} at a boot"
        limit = time.monotonic() + FIRED
        while (last := _last(host, job)) != ("exited", "success"):
            if time.monotonic() > limit:
                return f"{started(job)[0]} has not run its service well in {FIRED:.0f} s: {' '.join(last)}"
            pause(LOOK)
        return ""


def _last(host: Host, job: Job) -> tuple[str, str]:
    """How the service's last run stands: "never" or "exited", and its result."""
    keys = ("ExecMainExitTimestampMonotonic", "Result")
    shown = host.query("systemctl", "show", f"--property={','.join(keys)}", f"{job.name}-minute.service").text
    said = properties_of(shown)[0]
    return ("exited" if said.get(keys[0], "0") != "0" else "never", said.get(keys[1], "?"))
