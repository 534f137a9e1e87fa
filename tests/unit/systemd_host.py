"""Units of a host in the tests: behaves towards systemctl as systemd 252 and 257 were seen to (tests/cases)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.unit.farend import FarEnd

PLACE = "systemd/system"
TARGETS = {"service": "multi-user.target", "socket": "sockets.target", "timer": "timers.target"}

BURST = 5  # DefaultStartLimitBurst=


@dataclass
class Unit:
    """A unit.

    Attributes:
        starts: the service that it starts on demand.
        alias: a name that it gives itself where it is enabled.
        also: what is enabled with it.
        install: whether it can be enabled at all.
        active: its ActiveState.
        started: how often within its interval: none is started a sixth time.
    """

    starts: str = ""
    alias: str = ""
    also: tuple[str, ...] = ()
    install: bool = True
    active: str = "active"
    started: int = 0


class Systemd:
    """The units of a far end, and the commands that ask for them."""

    def __init__(self, far: FarEnd, **units: Unit) -> None:
        """Units by name, `_` for the dot in front of their kind; all are enabled and run."""
        self.far = far
        self.units = {name.replace("_", "."): unit for name, unit in units.items()}
        far.facts["systemd"] = True
        far.commands = self
        for name in self.units:
            self._enable(name)

    @property
    def running(self) -> set[str]:
        """Names of what is active."""
        return {name for name, unit in self.units.items() if unit.active == "active"}

    def at_boot(self, name: str) -> bool:
        """Whether its link is there, and no mask."""
        return self._link(name) in self.far.boot and not self._masked(name)

    def __call__(self, argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        """Exit status and output of a command."""
        match list(argv):
            case ["systemctl", "show", "--all", _, name, *_]:
                callers = [own for own in self.units if not own.endswith(".service")]
                return 0, "\n".join(self._shown(own) for own in [self._real(name), *callers])
            case ["systemctl", "list-dependencies", *_, name]:
                pulled = self.at_boot(self._real(name))
                return 0, f"{self._real(name)}\n" + ("  multi-user.target\n" if pulled else "")
            case ["systemctl", "get-default"]:
                return 0, "multi-user.target\n"
            case ["systemctl", "start" | "stop" | "restart" as verb, name]:
                return self._act(verb, self._real(name))
            case ["systemctl", "reset-failed", name]:
                self.units[self._real(name)].started = 0
            case ["systemctl", "enable" | "disable" | "mask" | "unmask" | "reenable" as verb, name]:
                return self._at_boot(verb, self._real(name))
        return 0, ""

    def _real(self, name: str) -> str:
        full = name if "." in name else f"{name}.service"
        target = self.far.boot.get(f"{PLACE}/{full}", "")
        return target if target in self.units else full

    def _link(self, name: str) -> str:
        return f"{PLACE}/{TARGETS[name.rpartition('.')[2]]}.wants/{name}"

    def _masked(self, name: str) -> bool:
        return self.far.boot.get(f"{PLACE}/{name}") == "/dev/null"

    def _shown(self, name: str) -> str:
        unit = self.units.get(name)
        if unit is None:
            return f"Id={name}\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\n"
        words = "masked" if self._masked(name) else "enabled" if self.at_boot(name) else "disabled"
        words = words if unit.install or words == "masked" else "static"
        armed = f"NextElapseUSecRealtime={'Fri 2026-11-27 00:00:00 UTC' if unit.active == 'active' else ''}\n"
        triggers = f"Triggers={unit.starts}\nWantedBy=\nActiveState={unit.active}\nSubState=waiting\n"
        return f"Id={name}\nLoadState=loaded\nUnitFileState={words}\n{triggers}{armed}"

    def _act(self, verb: str, name: str) -> tuple[int, str]:
        unit = self.units[name]
        if verb == "stop":
            unit.active = "inactive"
            if any(other.starts == name and other.active == "active" for other in self.units.values()):
                unit.active = "active"  # the next caller starts it again
            return 0, ""
        if name.endswith(".socket") and self.units[unit.starts].active == "active":
            return 1, f"Socket service {unit.starts} already active, refusing.\n"
        unit.started += 1
        if unit.started > BURST:
            unit.active = "failed"
            return 1, f"Job for {name} failed because start of the service was attempted too often.\n"
        unit.active = "active"
        return 0, ""

    def _at_boot(self, verb: str, name: str) -> tuple[int, str]:
        unit, mask = self.units[name], f"{PLACE}/{name}"
        if verb in ("enable", "reenable"):
            self._enable(name)
        elif verb == "disable":
            for own in (name, *unit.also):
                self.far.boot.pop(self._link(own), None)
            self.far.boot.pop(f"{PLACE}/{unit.alias}", None)
        elif verb == "mask":
            self.far.boot[mask] = "/dev/null"
        elif self._masked(name):
            del self.far.boot[mask]
        return 0, ""

    def _enable(self, name: str) -> None:
        unit = self.units[name]
        for own in (name, *unit.also) if unit.install else ():
            self.far.boot[self._link(own)] = f"/usr/lib/{PLACE}/{own}"
        if unit.alias and unit.install:
            self.far.boot[f"{PLACE}/{unit.alias}"] = name
