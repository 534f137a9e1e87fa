"""What the suite knows of a host's boot: what 8.1 kept of it, and what has become of that (far/booted.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from irekae.model.findings import AboutRole, Finding
from irekae.model.results import Evidence
from irekae.site.site import Site
from verify.connection import PinnedSsh
from verify.evidence import Start, start

AGAIN = "8.1 once more (`fab -H {name} phase8.restart`), which proves what is there now by a boot"
READ_SINCE = "{by} has read it since: look at what has changed, and say why it may be so (`fab explain ID --why`); "
DECLARED = "; or, for what changes by itself, [boot] changes in site.toml"


@dataclass(frozen=True)
class Boot:
    """A host's boot, and what differs from it by now.

    Attributes:
        host: its name.
        role: of its name.
        raw: far/booted.py's answer.
        began: when it was asked.
    """

    host: str
    role: AboutRole
    raw: Mapping[str, Any]
    began: Start

    @property
    def is_kept(self) -> bool:
        """Whether 8.1 has kept anything."""
        return self.raw["record"] is not None

    @property
    def remedy(self) -> str:
        """What settles it."""
        return AGAIN.format(name=self.host) + DECLARED

    def evidence(self) -> Evidence:
        """What was compared."""
        kept = self.raw["record"]
        again = "; the host has been booted again since" if self.raw["again"] else ""
        looked_at = ", ".join(f"{count} {what}" for what, count in self.raw["looked_at"].items())
        told = f"booted {clock(kept['booted'])}, kept {clock(kept['at'])}; looked at {looked_at}{again}"
        return self.began.heard("what is there, against what 8.1 kept of the boot", told, f"on {self.host}")

    def looked_at(self, what: str) -> int:
        """How many "paths", "daemons" or "listeners" there are."""
        return int(self.raw["looked_at"][what])

    def proves(self, path: str) -> bool:
        """Whether the boot that 8.1 kept, or a later one, has read a path as it is."""
        return self.is_kept and path not in {finding.key for finding in self.files()}

    def files(self) -> Iterator[Finding]:
        """What a boot or a daemon would read otherwise."""
        for one in self.raw["changed"]:
            read = READ_SINCE.format(by=", ".join(one["by"])) if one.get("by") else ""
            yield self._finding("file", one["path"], one["was"], one["found"], read)
        for path, found in self.raw["late"]:
            yield self._finding("file", path, "as the boot read it, before 8.1 looked", f"changed since: {found}")

    def daemons(self) -> Iterator[Finding]:
        """Who runs otherwise than after the boot."""
        for one in self.raw["daemons"]:
            yield self._finding("daemon", one["key"], one["was"], one["found"])

    def system(self) -> Iterator[Finding]:
        """Sockets, mounts, addresses, routes, packet rules and settings of the kernel that the boot left otherwise."""
        subjects = {"listener": self.raw["sockets"], **self.raw["system"]}
        for subject, lines in subjects.items():
            yield from (self._finding(subject, line, "not there", "there") for line in lines["new"])
            yield from (self._finding(subject, line, "there", "not there") for line in lines["gone"])

    def _finding(self, subject: str, key: str, was: str, found: str, first: str = "") -> Finding:
        return Finding(
            role=self.role,
            subject=f"{subject}, not proved by a boot:",
            key=key,
            was=was,
            found=found,
            remedy=first + self.remedy,
        )


def by_itself(site: Site) -> list[str]:
    """What site.toml says that changes by itself, and what it declares to be data."""
    return [*site.boot.changes, *filter(None, [site.copy.pop_secrets, site.mail.queue if site.mail else None])]


def look_at_boot(backend: PinnedSsh, site: Site, role: AboutRole) -> Boot:
    """Ask a host what has become of its boot.

    Raises:
        Unreachable: it can't be asked.
    """
    began = start()
    mail = {"system": site.mail.system, "config": site.mail.conf} if site.mail and site.qmail is None else {}
    request = {"state": site.site.state, "by_itself": by_itself(site), "mail": mail}
    return Boot(backend.entry.name, role, backend.far("booted", request, become="root", timeout=300), began)


def clock(moment: float) -> str:
    """A moment in words."""
    return datetime.fromtimestamp(moment).astimezone().isoformat(timespec="seconds") if moment else "at an unknown time"
