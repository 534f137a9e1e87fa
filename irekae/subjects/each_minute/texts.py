"""What lies on a host: a crontab, units of systemd, and the commands that arm them. Nobody reads it in his language."""

from __future__ import annotations

from irekae.subjects.each_minute.adapter import Job

UNITS = "/etc/systemd/system"
TARGET = "multi-user.target"
FOLDER = f"{UNITS}/{TARGET}.d"
RELOAD = ("systemctl", "daemon-reload")


def drop_in(name: str) -> str:
    """Its path."""
    return f"{FOLDER}/{name}.conf"


def table(job: Job) -> bytes:
    """The file: crontab(5), in the form that has a user."""
    return (
        f"# {job.title}\n"
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"
        f"@reboot root {' '.join(job.at_boot)}\n"
        f"* * * * * root {' '.join(job.each_minute)}\n"
    ).encode()


def drop_in_text(units: tuple[str, ...]) -> bytes:
    """The drop-in that has a boot start units."""
    return f"# Written by irekae; taken away with what it names.\n[Unit]\nWants={' '.join(units)}\n".encode()


def started(job: Job) -> tuple[str, str]:
    """What a boot starts: the timer, and the service for the boot."""
    return f"{job.name}-minute.timer", f"{job.name}-boot.service"


def armed(job: Job) -> tuple[str, ...]:
    """The timer is armed now; the boot's service is for boots alone."""
    start = 'systemctl reset-failed "$0" 2> /dev/null; systemctl start "$0"'  # however often it was started before
    return ("sh", "-c", f"{' '.join(RELOAD)} && {{ {start}; }}", started(job)[0])


def disarmed(job: Job) -> tuple[str, ...]:
    """The timer is armed no more."""
    return ("systemctl", "stop", started(job)[0])


def armed_now(job: Job, negated: str = "") -> tuple[str, ...]:
    """Is the timer armed; negated by "! ": an undo may come again when its units are gone already."""
    return ("sh", "-c", f'{negated}systemctl is-active --quiet "$0"', started(job)[0])


def files(job: Job) -> dict[str, bytes]:
    """All of its files, by path."""
    return {f"{UNITS}/{name}": data for name, data in units(job).items()} | {
        drop_in(job.name): drop_in_text(started(job))
    }


def units(job: Job) -> dict[str, bytes]:
    """The units, by name. What a command leaves running behind it is left alone (KillMode)."""
    timer, boot = started(job)
    head = f"# {job.title}\n[Unit]\nDescription={job.title}\n"
    service = "[Service]\nType={}\nKillMode=process\nExecStart=/usr/bin/env {}\n"
    return {
        f"{job.name}-minute.service": (head + service.format("oneshot", " ".join(job.each_minute))).encode(),
        boot: (head + service.format("simple", " ".join(job.at_boot))).encode(),
        timer: f"{head}[Timer]\nOnActiveSec=1\nOnBootSec=1\nOnUnitInactiveSec=60\nAccuracySec=1\n".encode(),
    }
