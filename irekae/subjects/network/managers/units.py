"""A network manager that is a unit of systemd's asks the watchdog before it starts: a drop-in of its unit.

One file and no links, so that its removal is complete. What asks cannot keep a host off the network: its failure, its
absence and its silence are passed over.
"""

from __future__ import annotations

from irekae.subjects.network.managers.adapter import Argv, GuardFile

KNOWN: list[Argv] = [["systemctl", "daemon-reload"]]
PATIENCE = 20  # seconds that a start waits for the watchdog's answer


def asks_before(unit: str, script: str) -> GuardFile:
    """The drop-in for a unit; script: the watchdog's path."""
    text = (
        "# Written by irekae (6.3); removed when the exchange is confirmed. "
        "To exchange the addresses by hand, remove this first.\n"
        "[Unit]\n"
        f"RequiresMountsFor={script}\n"
        "[Service]\n"
        f"ExecStartPre=-+/usr/bin/timeout {PATIENCE} /usr/bin/python3 {script} boot\n"
    )
    return GuardFile(f"/etc/systemd/system/{unit}.d/irekae.conf", text.encode(), 0o644, own_folder=True)
