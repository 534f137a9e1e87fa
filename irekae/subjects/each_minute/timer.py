"""systemd's timers: a timer with its service, and a service for the boot (systemd.timer(5), systemd.service(5))."""

from __future__ import annotations

from typing import ClassVar

from irekae.host.host import Host
from irekae.site.site import Site
from irekae.subjects.each_minute.adapter import Job

FOLDER = "/etc/systemd/system"
_WATCHED = ("systemctl", "is-active", "--quiet")


class Timer:
    """A host on which systemd is the init."""

    name: ClassVar[str] = "systemd's timers"

    def problem(self, host: Host, site: Site) -> str:
        """Systemd is not the init."""
        return "" if host.link.facts["systemd"] else "neither cron runs nor systemd, so nothing would run each minute"

    def paths(self, job: Job) -> list[str]:
        """Three units."""
        return [f"{FOLDER}/{name}" for name in units(job)]

    def has(self, host: Host, job: Job) -> bool:
        """Its timer is armed, and it has the job at a boot as well."""
        if not all(map(host.exists, self.paths(job))):
            return False
        return host.planned or host.look(*_WATCHED, _armed(job)[0]).status == 0

    def install(self, host: Host, job: Job) -> None:
        """Write its units and arm the timer; an undo forgets them behind their files."""
        if self.has(host, job) and all(host.read(f"{FOLDER}/{name}") == text for name, text in units(job).items()):
            return
        reload = ("systemctl", "daemon-reload")
        host.run(*reload, undo=reload)
        for name, text in units(job).items():
            host.put(f"{FOLDER}/{name}", text, 0o644, own=job.why)
        host.run(*_turned(job, on=True), undo=_turned(job, on=False))

    def put_back(self, host: Host, job: Job) -> None:
        """Write them and arm the timer."""
        for name, text in units(job).items():
            host.remember(f"{FOLDER}/{name}", text, 0o644)
        host.query(*_turned(job, on=True))

    def remove(self, host: Host, job: Job) -> None:
        """Disarm the timer and remove its units; what it has begun goes on."""
        if not any(map(host.exists, self.paths(job))):
            return
        host.run(*_turned(job, on=False), undo=_turned(job, on=True))
        for path in self.paths(job):
            host.remove(path, job.why)
        host.run("systemctl", "daemon-reload")


def _armed(job: Job) -> tuple[str, str]:
    """What is enabled: the timer, and the service for the boot."""
    return f"{job.name}-minute.timer", f"{job.name}-boot.service"


def _turned(job: Job, on: bool) -> tuple[str, ...]:
    """The timer is armed now and at each boot, or not any more; the boot's service is for boots alone."""
    timer, boot = _armed(job)
    verb, other = ("enable", "start") if on else ("disable", "stop")
    words = f"systemctl {verb} {timer} {boot} && systemctl {other} {timer}"
    return ("sh", "-c", words)


def units(job: Job) -> dict[str, bytes]:
    """The units, by name. What a command leaves running behind it is left alone (KillMode)."""
    timer, boot = _armed(job)
    head = f"# {job.title}\n[Unit]\nDescription={job.title}\n"
    service = "[Service]\nType={}\nKillMode=process\nExecStart=/usr/bin/env {}\n"
    return {
        f"{job.name}-minute.service": (head + service.format("oneshot", " ".join(job.each_minute))).encode(),
        boot: (
            f"{head}{service.format('simple', ' '.join(job.at_boot))}[Install]\nWantedBy=multi-user.target\n"
        ).encode(),
        timer: (
            f"{head}[Timer]\nOnActiveSec=1\nOnBootSec=1\nOnUnitInactiveSec=60\nAccuracySec=1\n"
            "[Install]\nWantedBy=timers.target\n"
        ).encode(),
    }
