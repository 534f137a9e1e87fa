"""Services under sysvinit: scripts in /etc/init.d, links in /etc/rc?.d."""

from __future__ import annotations

import re
from collections.abc import Sequence

from irekae.host.services.state import Answer, Argv, Links, ServiceState

# LSB 3.1, "Init Script Actions", status: each code by itself; what is not here says nothing either way.
_RUNNING: dict[int, tuple[bool | None, str]] = {
    0: (True, "running"),
    1: (False, "dead, its pid file remains"),
    2: (False, "dead, its lock file remains"),
    3: (False, "not running"),
    4: (None, "status unknown"),
}
# A script without a `status` action prints its usage, with any exit status: that is no answer.
_USAGE = re.compile(rb"usage:", re.IGNORECASE)
# One command, which goes on whatever becomes of its caller: nobody shall find sshd stopped. A daemon that is still
# ending is waited for (10 s): start-stop-daemon would take it for one that runs, and start none.
# The service's name is not among its arguments: a stop script that ends whatever `ps` shows with it would end this one.
_RESTART = (
    'service "$SERVICE" stop; n=0; '
    'while [ $n -lt 100 ] && service "$SERVICE" status >/dev/null 2>&1; do n=$((n + 1)); sleep 0.1; done; '
    'service "$SERVICE" start'
)
_DEFAULT_LEVEL = re.compile(rb"^[^#:\n]*:([2-5]):initdefault:", re.MULTILINE)


class Sysvinit:
    """Commands and answers of Debian's sysvinit with insserv."""

    name = "sysvinit"

    def queries(self, service: str, process: str = "") -> list[Argv]:
        """Is the script there, which runlevel is booted, what does the script say; is there such a process."""
        script = ["test", "-x", f"/etc/init.d/{service}"]
        looks = [script, ["grep", ":initdefault:", "/etc/inittab"], ["service", service, "status"]]
        return [*looks, ["pgrep", "-x", process]] if process else looks

    def parse(self, service: str, answers: Sequence[Answer], links: Links) -> ServiceState:
        """The script's own word on running, then the process's; boot by the S link of the default runlevel."""
        script, inittab, status, *process = answers
        level = _DEFAULT_LEVEL.search(inittab.out)
        at_boot = starts_in(service, level[1].decode() if level else "2", links)
        if script.status != 0:
            running, detail = _by_process(process[0] if process else None, f"no script /etc/init.d/{service}")
            return ServiceState(running or False, False, False, detail)
        running, detail = _by_status(status)
        if running is None:
            running, detail = _by_process(process[0] if process else None, detail)
        return ServiceState(running, at_boot, True, f"{detail}; {'starts' if at_boot else 'does not start'} at boot")

    def start(self, service: str) -> list[Argv]:
        """By its script, in the environment of a boot."""
        return [["service", service, "start"]]

    def stop(self, service: str) -> list[Argv]:
        """By its script."""
        return [["service", service, "stop"]]

    def restart(self, service: str) -> list[Argv]:
        """Not by the script's `restart`, which hand-written scripts lack."""
        return [["env", f"SERVICE={service}", "sh", "-c", _RESTART]]

    def enable(self, service: str) -> list[Argv]:
        """Links where there are none; S instead of K where they were turned off: `defaults` leaves those alone."""
        return [["update-rc.d", service, "defaults"], ["update-rc.d", service, "enable"]]

    def disable(self, service: str, state: ServiceState) -> list[Argv]:
        """K links, not none: the next upgrade of the package would make missing ones anew."""
        return [["update-rc.d", service, "disable"]]

    def renew(self, service: str) -> list[Argv]:
        """As item 7.5 says."""
        return [["update-rc.d", "-f", service, "remove"], ["update-rc.d", service, "defaults"]]

    def look(self, service: str) -> str:
        """What shows a person how it starts at boot."""
        return f"ls /etc/rc?.d/*{service}"

    def undo_boot(self, service: str, before: ServiceState) -> list[Argv]:
        """Nothing: the links are the setting."""
        return []


def starts_in(service: str, level: str, links: Links) -> bool:
    """Whether a start link of the runlevel, or of every boot (rcS.d), bears exactly this script's name."""
    start = re.compile(rf"rc[S{level}]\.d/S[0-9]{{2}}{re.escape(service)}")
    return any(start.fullmatch(link) for link in links)


def _by_status(status: Answer) -> tuple[bool | None, str]:
    if _USAGE.search(status.out + status.err):
        return None, "its script has no status action"
    return _RUNNING.get(status.status, (None, f"its script's status action exits with {status.status}"))


def _by_process(process: Answer | None, detail: str) -> tuple[bool | None, str]:
    """pgrep: 0 found, 1 none; other codes are its own errors."""
    if process is not None and process.status == 0:
        return True, f"{detail}, but its process is there"
    if process is not None and process.status == 1:
        return False, f"{detail}, and its process is not there"
    return None, detail
