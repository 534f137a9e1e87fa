"""What the suite knows of a host's boot: what 8.1 kept of it, and what has become of that (far/booted.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from irekae.model.results import Evidence
from irekae.site.site import Site
from verify.connection import PinnedSsh
from verify.evidence import Start, start

AGAIN = "8.1 once more (`fab -H {name} phase8.restart`), which proves what is there now by a boot"
DECLARED = "; or, for what changes by itself, [boot] changes in site.toml"


@dataclass(frozen=True)
class Difference:
    """Something that is not as the boot left it.

    Attributes:
        kind: "file", "daemon", "socket", or one of far/system.py's subjects.
        name: of the file or the line: with the kind, by which a person can name it.
        text: the sentence that is shown.
    """

    kind: str
    name: str
    text: str


@dataclass(frozen=True)
class Boot:
    """A host's boot, and what differs from it by now.

    Attributes:
        host: its name.
        raw: far/booted.py's answer.
        began: when it was asked.
    """

    host: str
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
        told = f"booted {clock(kept['booted'])}, kept {clock(kept['at'])}; {self.raw['paths']} paths looked at{again}"
        return self.began.heard("what is there, against what 8.1 kept of the boot", told, f"on {self.host}")

    def files(self) -> Iterator[Difference]:
        """What a boot or a daemon would read otherwise."""
        for one in self.raw["changed"]:
            text = f"{one['path']}: {one['how']}, {clock(one['at'])}"
            yield Difference("file", one["path"], text)
        for path in self.raw["late"]:
            yield Difference("file", path, f"{path}: changed after the boot had begun and before 8.1 looked")

    def daemons(self) -> Iterator[Difference]:
        """Who runs otherwise than after the boot."""
        words = {"new": "was not started by the boot", "gone": "ran after the boot and is gone"}
        for how, word in words.items():
            yield from (Difference("daemon", line, f"{line}: {word}") for line in self.raw[how])
        yield from (Difference("daemon", line, line) for line in self.raw["otherwise"])
        for line in self.raw["replaced"]:
            yield Difference("daemon", line, f"{line}: it runs what lies there no longer")

    def system(self) -> Iterator[Difference]:
        """Sockets, mounts, addresses, routes, packet rules and settings of the kernel that the boot left otherwise."""
        subjects = {"listener": self.raw["sockets"], **self.raw["system"]}
        for subject, lines in subjects.items():
            for how in ("new", "gone"):
                yield from (Difference(subject, line, f"{how} {subject}: {line}") for line in lines[how])


def by_itself(site: Site) -> list[str]:
    """What site.toml says that changes by itself, and what it declares to be data."""
    return [*site.boot.changes, site.copy.pop_secrets, site.mail.queue]


def look_at_boot(backend: PinnedSsh, site: Site) -> Boot:
    """Ask a host what has become of its boot.

    Raises:
        Unreachable: it can't be asked.
    """
    began = start()
    request = {"state": site.site.state, "by_itself": by_itself(site)}
    return Boot(backend.entry.name, backend.far("booted", request, become="root", timeout=300), began)


def clock(moment: float) -> str:
    """A moment in words."""
    return datetime.fromtimestamp(moment).astimezone().isoformat(timespec="seconds") if moment else "at an unknown time"
