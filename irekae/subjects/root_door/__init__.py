"""Root's way in during phases 2 to 4, for the copy alone: what opens it, what closes it by itself, what proves both."""

from irekae.subjects.each_minute import Job
from irekae.subjects.each_minute.texts import UNITS, drop_in
from irekae.subjects.trees.copy_key import KEYS
from irekae.swap.swap import Swap

__all__ = ["EARLY", "HOOK", "JOB", "KEYS", "OWN", "SCRIPT", "UNIT", "folder"]

SCRIPT = "/etc/irekae-door"  # not in /usr/local, which Debian lets the group staff write to
JOB = Job(
    "irekae-door",
    "Written by irekae (2.2); taken away when the door is closed.",
    "looks each minute whether the lease is over",
    ("sh", SCRIPT, "tick"),
    ("sh", SCRIPT, "tick"),
)
# What runs at boot: where ifupdown is, before the network is up; under systemd, before sshd.
HOOK = "/etc/network/if-pre-up.d/irekae-door"
UNIT = f"{UNITS}/irekae-door.service"
EARLY = "irekae-door-early"
# What each is for: all of them are irekae's own, and gone when the door is closed.
OWN = {
    SCRIPT: "closes root's way in when the lease is over",
    HOOK: "closes root's way in at a boot",
    UNIT: "closes root's way in at a boot",
    drop_in(EARLY): "has a boot close root's way in",
}


def folder(swap: Swap) -> str:
    """Where the lease keeps its deadline on the host."""
    return f"{swap.site.site.state}/door"
