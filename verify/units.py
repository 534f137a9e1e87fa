"""What systemd says of the services' units, sockets and timers: whether each is there now, and after the next boot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from irekae.model.units import GENERATORS, full_name, starts_at_boot

_ASKED = "Id,LoadState,UnitFileState,ActiveState,SubState,Triggers,NextElapseUSecRealtime,NextElapseUSecMonotonic"
_RESTS = ("", "0", "infinity")


def questions(inits: Sequence[str]) -> dict[str, list[str]]:
    """Commands, by name, whose answers `Units` reads. inits: as site.toml names the services."""
    names = [full_name(init) for init in inits]
    return {
        "units": ["systemctl", "show", "--all", f"--property={_ASKED}", *names, "*.socket", "*.timer", "*.path"],
        # What a boot starts, and all that pulls in; with what is only pulled in by what lies in /run.
        "boot": ["systemctl", "list-dependencies", "--all", "--plain", "default.target"],
        "generated": ["find", *GENERATORS, "-type", "l", "-printf", "%f\\n"],
    }


@dataclass(frozen=True)
class Shown:
    """One unit: its own name behind all aliases, and systemd's words."""

    name: str
    known: bool
    file: str
    active: str
    starts: tuple[str, ...]
    armed: bool

    @property
    def serves(self) -> bool:
        """Whether it does its work just now: a timer is armed, a socket listens, a service runs."""
        if self.name.endswith(".timer"):
            return self.active == "active" and self.armed
        return self.active in ("active", "reloading", "refreshing")

    @property
    def line(self) -> str:
        """In a line, for people."""
        moments = {True: ", armed", False: ", not armed" if self.active == "active" else ""}  # at rest it need not be
        armed = moments[self.armed] if self.name.endswith(".timer") else ""
        return f"{self.name}: {self.active}{armed}, {self.file or 'no unit file'}"


@dataclass(frozen=True)
class Units:
    """All that was told.

    Attributes:
        named: the services' units, by site.toml's names for them.
        callers: what starts others on demand.
        boot: names of all that a boot starts.
        generated: names of links that generators have made.
    """

    named: dict[str, Shown]
    callers: list[Shown]
    boot: frozenset[str]
    generated: frozenset[str]

    @classmethod
    def read(cls, inits: Sequence[str], show: str, boot: str, generated: str) -> Units:
        """The answers to `questions`."""
        found = list(_shown(show))
        named = dict(zip(inits, found, strict=False))
        lines = [line.strip() for line in boot.splitlines()]
        return cls(named, found[len(inits) :], frozenset(lines), frozenset(generated.split()))

    def callers_of(self, unit: Shown) -> list[Shown]:
        """What starts a unit on demand."""
        return [caller for caller in self.callers if unit.name in caller.starts]

    def starts(self, init: str) -> bool | None:
        """Whether the next boot starts a service, or what starts it on demand; None where nothing is told."""
        unit = self.named.get(init)
        if unit is None:
            return None
        words = [self._starts(one) for one in (unit, *self.callers_of(unit))]
        return True if True in words else words[0]

    def _starts(self, unit: Shown) -> bool | None:
        word = unit.file if unit.known else "not-found"
        return starts_at_boot(word, unit.name, unit.name in self.boot, self.generated)


def _shown(text: str) -> Iterable[Shown]:
    for block in text.split("\n\n"):
        said = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        times = (said.get("NextElapseUSecRealtime", ""), said.get("NextElapseUSecMonotonic", ""))
        armed = any(time not in _RESTS for time in times) or said.get("SubState") == "running"
        if "Id" in said:
            known = said.get("LoadState") not in (None, "", "not-found")
            starts = tuple(said.get("Triggers", "").split())
            yield Shown(said["Id"], known, said.get("UnitFileState", ""), said.get("ActiveState", ""), starts, armed)
