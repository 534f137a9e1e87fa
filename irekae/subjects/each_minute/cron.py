"""cron: a file of its own in /etc/cron.d."""

from __future__ import annotations

from typing import ClassVar

from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.site.site import Site
from irekae.subjects.each_minute.adapter import Job, Parting
from irekae.subjects.each_minute.texts import table

FOLDER = "/etc/cron.d"


class Cron:
    """Debian's cron, or one that reads the same folder."""

    name: ClassVar[str] = "cron"

    def problem(self, host: Host, site: Site) -> str:
        """It does not run, or reads no such folder."""
        if not host.exists(FOLDER):
            return f"there is no {FOLDER}, which cron shall read"
        states = _states(host)
        if any(not state.startswith(("T", "t", "Z", "X")) for state in states):
            return ""
        if states:
            return "cron is stopped in the middle (a signal), so it runs nothing"
        cron = site.services.get("cron")
        if cron and host.link.facts["systemd"] and ServiceHandle(host, cron).state().running:
            return ""
        return "cron does not run, so it would close nothing"

    def paths(self, job: Job) -> list[str]:
        """One file."""
        return [f"{FOLDER}/{job.name}"]

    def parting(self, job: Job) -> Parting:
        """Cron looks for such files each minute."""
        return Parting(tuple(self.paths(job)))

    def has(self, host: Host, job: Job) -> bool:
        """Its file is there: cron looks for such files each minute."""
        return host.exists(f"{FOLDER}/{job.name}")

    def failure(self, host: Host, job: Job) -> str:
        """It would say so itself in a minute only; that it lives is what `problem` looks at."""
        return ""

    def install(self, host: Host, job: Job) -> None:
        """Write its file."""
        host.put(f"{FOLDER}/{job.name}", table(job), 0o644, own=job.why)

    def put_back(self, host: Host, job: Job) -> None:
        """Write its file."""
        host.remember(f"{FOLDER}/{job.name}", table(job), 0o644)

    def remove(self, host: Host, job: Job) -> None:
        """Remove its file."""
        host.remove(f"{FOLDER}/{job.name}", job.why)


def _states(host: Host) -> list[str]:
    """The states of root's cron daemons that are the host's own: a container's has processes of its own (pidns)."""
    shown = host.look("ps", "-o", "pid=,pidns=,uid=,stat=,comm=", "-p", "1", "-C", "cron,crond").text
    rows = [row for row in (line.split(None, 4) for line in shown.splitlines()) if len(row) == 5]
    known = {row[1] for row in rows if row[0] == "1"} - {"-"}
    daemons = [row for row in rows if row[4] in ("cron", "crond") and row[2] == "0"]
    return [state for _, space, _, state, _ in daemons if not known or space in (*known, "-")]
