"""Which units of systemd's come and go as they are asked for: over D-Bus, by a timer, a socket, a path."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable

SEEN = re.compile(r"^(?:0::|\d+:name=systemd:)(?:/[^\n]*)?/([^/\n]+\.service)(?:/[^\n]*)?$", re.MULTILINE)
ASKS = "Id", "Type", "TriggeredBy", "WantedBy", "RequiredBy"


def unit_of(cgroup: str) -> str:
    """The service that a process belongs to, by its /proc/PID/cgroup; "" for none."""
    found = SEEN.search(cgroup)
    return found[1] if found else ""


def on_demand(names: Iterable[str]) -> set[str]:
    """Those of the services that no boot starts, and that something else does; none where systemd does not answer."""
    wanted = sorted({name for name in names if name})
    if not wanted:
        return set()
    words = ["systemctl", "show", f"--property={','.join(ASKS)}", "--", *wanted]
    try:
        said = subprocess.run(words, capture_output=True, timeout=30, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return set()
    return comes_and_goes(said.decode("utf-8", "backslashreplace"))


def blocks(shown: str) -> list[dict[str, str]]:
    """Properties of each unit, of what `systemctl show` says of several."""
    return [dict(line.partition("=")[::2] for line in block.splitlines()) for block in shown.split("\n\n") if block]


def comes_and_goes(shown: str) -> set[str]:
    """The same, of what `systemctl show` says of them."""
    found = set()
    for unit in blocks(shown):
        asked_for = unit.get("TriggeredBy") or unit.get("Type") == "dbus"
        if asked_for and not unit.get("WantedBy") and not unit.get("RequiredBy"):
            found.add(unit.get("Id", ""))
    return found
