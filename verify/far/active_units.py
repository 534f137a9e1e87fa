"""Which of systemd's units work, and which have failed: what the boot has started must still be there."""

from __future__ import annotations

import re
from typing import Any

from verify.far.on_demand import blocks
from verify.far.system import said

KINDS = ("service", "timer", "socket", "path", "automount")
ASKS = "Id", "ActiveState", "SubState", "Type", "Transient", "TriggeredBy", "WantedBy", "RequiredBy", "UpheldBy"
WORKS = {"active", "reloading", "refreshing", "activating", "deactivating"}
"""A restart goes through the last two; of a service that falls again and again systemd says auto-restart."""
PASSING = re.compile(
    r"(session-|user@|user-runtime-dir@|run-|dev-|snap[.-]|systemd-fsck|autovt@|fwupd-refresh|motd-news|packagekit|"
    r"apt-daily|apt-news|esm-cache|systemd-coredump@|sshd?@).*"
)
"""They come and go with sessions and devices, or fail where a mirror of somebody else's does not answer."""


def units() -> dict[str, dict[str, str]]:
    """Every unit that is loaded, by name, in systemd's own words; none where another init runs."""
    shown = said("systemctl", "show", f"--property={','.join(ASKS)}", "--", *(f"*.{kind}" for kind in KINDS))
    return read("\n".join(shown))


def read(shown: str) -> dict[str, dict[str, str]]:
    """The same, of what `systemctl show` says."""
    return {
        unit["Id"]: unit
        for unit in blocks(shown)
        if unit.get("Id") and unit.get("Transient") != "yes" and not PASSING.fullmatch(unit["Id"])
    }


def kept(found: dict[str, dict[str, str]]) -> dict[str, list[str]]:
    """What the record holds of them: names of those that `work` for good, and of those that have `failed`."""
    return {
        "work": sorted(name for name, unit in found.items() if unit["ActiveState"] == "active" and stays(unit)),
        "failed": sorted(name for name, unit in found.items() if unit["ActiveState"] == "failed"),
    }


def stays(unit: dict[str, str]) -> bool:
    """Whether it works until somebody stops it; a service, where a boot wants it and it is no job that ends."""
    if not unit["Id"].endswith(".service"):
        return True
    wanted = any(unit.get(key) for key in ("WantedBy", "RequiredBy", "UpheldBy"))
    return wanted and unit["SubState"] == "running" and unit.get("Type") not in ("oneshot", "dbus", "idle")


def since(record: dict[str, Any], now: dict[str, dict[str, str]]) -> dict[str, list[str]]:
    """Lines about units that worked and work no longer (`gone`), and about those that have failed since (`new`)."""
    before = record.get("units")
    if before is None or not now:
        return {"gone": [], "new": []}  # kept by an earlier release; systemd does not answer
    failed = set(kept(now)["failed"]) - set(before["failed"])
    return {
        "gone": [f"{name}, active" for name in before["work"] if name not in failed and not serves(name, now)],
        "new": [f"{name}, failed" for name in sorted(failed)],
    }


def serves(name: str, now: dict[str, dict[str, str]]) -> bool:
    """Whether it works, or something that works starts it once it is asked for."""
    unit = now.get(name, {})
    if unit.get("ActiveState") in WORKS and unit.get("SubState") != "auto-restart":
        return True
    return any(now.get(caller, {}).get("ActiveState") in WORKS for caller in unit.get("TriggeredBy", "").split())
