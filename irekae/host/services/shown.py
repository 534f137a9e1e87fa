"""Units as `systemctl show` tells them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# systemctl(1), ActiveState. Between two states nothing is certain.
_ACTIVE: dict[str, bool | None] = {
    "active": True,
    "reloading": True,
    "refreshing": True,
    "inactive": False,
    "failed": False,
    "activating": None,
    "deactivating": None,
    "maintenance": None,
    "unknown": None,
}
NEVER = ("", "0", "infinity")  # what systemd writes where a timer has no next time


@dataclass(frozen=True)
class Unit:
    """A unit: its own name, behind all aliases, and what systemd says of it.

    Attributes:
        load, file, active, sub: its LoadState, UnitFileState, ActiveState and SubState.
        triggers: what it starts on demand.
        wanted_by: what pulls it in.
        armed: of a timer, whether it has a next time.
    """

    name: str
    load: str
    file: str
    active: str
    sub: str
    triggers: tuple[str, ...]
    wanted_by: tuple[str, ...]
    armed: bool

    @property
    def is_known(self) -> bool:
        """Whether the host has such a unit."""
        return self.load not in ("not-found", "")

    @property
    def is_active(self) -> bool:
        """Whether it is up, or on its way."""
        return _ACTIVE.get(self.active) is not False

    @property
    def serves(self) -> bool | None:
        """Whether it does its work: a timer that will not elapse again does none; None between two states."""
        if self.name.endswith(".timer") and self.active == "active":
            return self.armed or self.sub == "running"
        return _ACTIVE.get(self.active)


def properties_of(text: str) -> list[dict[str, str]]:
    """What `systemctl show` said of each unit, in its order: at least one, which is empty where it said nothing."""
    return [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in text.split("\n\n")]


def units_in(text: str) -> list[Unit]:
    """The units of what `systemctl show` said, in its order."""
    return [_unit(shown) for shown in properties_of(text) if shown.get("Id")]


def _unit(shown: Mapping[str, str]) -> Unit:
    words = {key: tuple(shown.get(key, "").split()) for key in ("Triggers", "WantedBy")}
    nexts = (shown.get("NextElapseUSecRealtime", ""), shown.get("NextElapseUSecMonotonic", ""))
    return Unit(
        shown["Id"],
        shown.get("LoadState", ""),
        shown.get("UnitFileState", ""),
        shown.get("ActiveState", ""),
        shown.get("SubState", ""),
        words["Triggers"],
        words["WantedBy"],
        any(time not in NEVER for time in nexts),
    )
