"""Reboot a host, and prove that it did (8.1)."""

import time

from irekae.host.host import Host
from irekae.host.interrupt import pause
from irekae.host.overlay import Planned
from irekae.model.errors import Status, SwapError, again
from irekae.model.items import find_item
from irekae.swap.swap import Swap

DEADLINE = 300  # seconds until the host must be back
DONE = ("done", "nothing")
_GAP = 0.3  # seconds between two attempts to connect


def reboot(host: Host, swap: Swap) -> None:
    """Reboot the host and wait until it answers with another boot id; `host` is bound to the new connection.

    Raises:
        SwapError: it did not come back in time (exit status 4: it may yet).
    """
    before = host.link.facts["boot_id"]
    asked = _asked_before(host)
    if asked and asked != before:
        # An earlier attempt asked for it and did not live to see it: once is enough.
        host.say(f"has rebooted already: boot id {before}")
        return
    if _by_hand(host):
        return
    host.record.change("reboot", {"kind": "none", "boot_id": before}, lines=("$ shutdown -r now",))
    if host.planned:
        return
    host.link.ask("spawn", argv=["shutdown", "-r", "now"], log="/dev/null")
    began = time.monotonic()
    while time.monotonic() - began < DEADLINE:
        swap.drop(host.name)
        swap.join(host.entry)
        if host.name in swap.links and swap.links[host.name].facts["boot_id"] != before:
            _rebind(host, swap)
            host.say(f"back after {time.monotonic() - began:.1f} s with boot id {host.link.facts['boot_id']}")
            return
        pause(_GAP)
    raise SwapError(
        f"{host.name} is not back after {DEADLINE} s",
        f"nobody answers at {host.entry.address}, or still under boot id {before}",
        f"look at its console; {again()} looks again",
        Status.INCOMPLETE,
    )


def _by_hand(host: Host) -> bool:
    """Does a person say that he has rebooted it (`fab done`), and has it booted since the last item was done there."""
    ground = host.record.ground
    boots = [str(entry["boot"]) for entry in host.record.entries if entry.get("boot") and entry["event"] in DONE]
    return isinstance(ground, Planned) and ground.trusting and bool(boots) and boots[-1] != host.link.facts["boot_id"]


def _asked_before(host: Host) -> str:
    """The boot id under which an attempt without an outcome asked for the reboot; "" if there is none."""
    boot_id = ""
    for entry in host.record.entries:
        if entry.get("item") != host.record.item:
            continue
        if entry["event"] == "change" and entry["undo"].get("boot_id"):
            boot_id = str(entry["undo"]["boot_id"])
        elif entry["event"] in ("done", "by hand", "undone"):
            boot_id = ""
    return boot_id


def _rebind(host: Host, swap: Swap) -> None:
    """The record goes on over the new connection."""
    fresh = swap.host(find_item(host.record.item), host.role).record
    host.record.link, host.record.ground, host.record.entries = fresh.link, fresh.ground, fresh.entries
