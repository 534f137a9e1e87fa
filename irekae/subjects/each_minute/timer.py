"""systemd's timers: a timer with its service, and a service for the boot (systemd.timer(5), systemd.service(5))."""

from __future__ import annotations

import time
from typing import ClassVar

from irekae.host.back import HARMLESS, Back
from irekae.host.host import Host
from irekae.host.interrupt import pause
from irekae.site.site import Site
from irekae.subjects.each_minute import at_boot
from irekae.subjects.each_minute.adapter import Job

FIRED = 15.0  # seconds in which an armed timer must have run its service once, and that has ended well
LOOK = 0.2  # seconds between two looks at that
RELOAD = ("systemctl", "daemon-reload")


class Timer:
    """A host on which systemd is the init."""

    name: ClassVar[str] = "systemd's timers"

    def problem(self, host: Host, site: Site) -> str:
        """Systemd is not the init."""
        return "" if host.link.facts["systemd"] else "neither cron runs nor systemd, so nothing would run each minute"

    def paths(self, job: Job) -> list[str]:
        """Three units, and what has a boot start two of them."""
        return [*(f"{at_boot.UNITS}/{name}" for name in units(job)), at_boot.drop_in(job.name)]

    def has(self, host: Host, job: Job) -> bool:
        """Its timer is armed, and it has the job at a boot as well."""
        if not all(map(host.exists, self.paths(job))):
            return False
        return host.planned or host.look(*_asked(job)).status == 0

    def install(self, host: Host, job: Job) -> None:
        """Write its units and arm the timer; an undo has systemd forget them when their files are gone."""
        if self.has(host, job) and all(host.read(path) == data for path, data in files(job).items()):
            return
        host.run(*RELOAD, undo=Back(RELOAD, HARMLESS))
        for name, data in units(job).items():
            host.put(f"{at_boot.UNITS}/{name}", data, 0o644, own=job.why)
        at_boot.pull(host, job.name, _started(job), job.why)
        host.run(*_armed(job), undo=Back(_disarmed(job), _asked(job, "! ")))

    def put_back(self, host: Host, job: Job) -> None:
        """Write them and arm the timer."""
        host.record.ground.change("make_folder", path=at_boot.FOLDER, mode=0o755, uid=0, gid=0)
        for path, data in files(job).items():
            host.remember(path, data, 0o644)
        host.query(*_armed(job))

    def remove(self, host: Host, job: Job) -> None:
        """Disarm the timer and remove its units; what it has begun goes on."""
        if not any(map(host.exists, self.paths(job))):
            return
        host.run(*_disarmed(job), undo=Back(_armed(job), _asked(job)))
        at_boot.let_go(host, job.name, job.why)
        for name in units(job):
            host.remove(f"{at_boot.UNITS}/{name}", job.why)
        host.run(*RELOAD)

    def failure(self, host: Host, job: Job) -> str:
        """A boot starts it, and the timer has run its service, which has ended well."""
        if missing := at_boot.lacks(host, _started(job)):
            return f"systemd does not start {', '.join(missing)} at a boot"
        limit = time.monotonic() + FIRED
        while (last := _last(host, job)) != ("exited", "success"):
            if time.monotonic() > limit:
                return f"{_started(job)[0]} has not run its service well in {FIRED:.0f} s: {' '.join(last)}"
            pause(LOOK)
        return ""


def _last(host: Host, job: Job) -> tuple[str, str]:
    """How the service's last run stands: "never" or "exited", and its result."""
    keys = ("ExecMainExitTimestampMonotonic", "Result")
    shown = host.query("systemctl", "show", f"--property={','.join(keys)}", f"{job.name}-minute.service").text
    said = dict(line.partition("=")[::2] for line in shown.splitlines())
    return ("exited" if said.get(keys[0], "0") != "0" else "never", said.get(keys[1], "?"))


def _started(job: Job) -> tuple[str, str]:
    """What a boot starts: the timer, and the service for the boot."""
    return f"{job.name}-minute.timer", f"{job.name}-boot.service"


def _armed(job: Job) -> tuple[str, ...]:
    """The timer is armed now; the boot's service is for boots alone."""
    return ("sh", "-c", f'{" ".join(RELOAD)} && systemctl start "$0"', _started(job)[0])


def _disarmed(job: Job) -> tuple[str, ...]:
    return ("systemctl", "stop", _started(job)[0])


def _asked(job: Job, negated: str = "") -> tuple[str, ...]:
    """Is the timer armed; negated by "! ": an undo may come again when its units are gone already."""
    return ("sh", "-c", f'{negated}systemctl is-active --quiet "$0"', _started(job)[0])


def files(job: Job) -> dict[str, bytes]:
    """All of its files, by path."""
    return {f"{at_boot.UNITS}/{name}": data for name, data in units(job).items()} | {
        at_boot.drop_in(job.name): at_boot.text(_started(job))
    }


def units(job: Job) -> dict[str, bytes]:
    """The units, by name. What a command leaves running behind it is left alone (KillMode)."""
    timer, boot = _started(job)
    head = f"# {job.title}\n[Unit]\nDescription={job.title}\n"
    service = "[Service]\nType={}\nKillMode=process\nExecStart=/usr/bin/env {}\n"
    return {
        f"{job.name}-minute.service": (head + service.format("oneshot", " ".join(job.each_minute))).encode(),
        boot: (head + service.format("simple", " ".join(job.at_boot))).encode(),
        timer: f"{head}[Timer]\nOnActiveSec=1\nOnBootSec=1\nOnUnitInactiveSec=60\nAccuracySec=1\n".encode(),
    }
