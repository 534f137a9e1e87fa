"""The first trust: pins the machines by the fingerprints that the operator has compared."""

import subprocess
from pathlib import Path

from irekae.model.errors import Status, SwapError, typed
from irekae.model.printing import ask, is_attended, show
from irekae.site.inventory import HostEntry, Inventory, load_inventory
from irekae.site.jump import proxy_command
from irekae.site.machines import (
    TRUST,
    Machine,
    Pins,
    fingerprint,
    pins_from_known_hosts,
    pins_path,
    save_pins,
    want_apart,
)

SCANNED = 60  # seconds for the keys of one host


def trust(known_hosts: Path | None, yes: bool) -> None:
    """Pin every host of hosts.ini.

    Args:
        known_hosts: a file that the operator vouches for; without it the hosts' keys are fetched and shown.
        yes: the fingerprints were compared already: do not ask.

    Raises:
        SwapError: a host shows no key, or the operator did not say yes (exit status 3).
    """
    inventory = load_inventory()
    save_pins(inventory, compared(inventory, known_hosts, yes))
    show(f"pinned in {pins_path(inventory)}")


def compared(inventory: Inventory, known_hosts: Path | None, yes: bool, instead: str = TRUST) -> Pins:
    """The hosts' keys, once the operator has compared them; arguments and errors as in `trust`.

    instead: what to do where that file lacks a host.
    """
    pins = pins_from_known_hosts(inventory, known_hosts, show, instead) if known_hosts else _fetched(inventory)
    for machine in pins.machines:
        show(f"{machine.first_name} ({inventory.named(machine.first_name).address})")
        for key in machine.keys:
            show(f"    {fingerprint(key)}  {key.split()[0]}")
    if not known_hosts and not yes:
        _ask()
    want_apart(inventory, pins)
    return pins


def _ask() -> None:
    hint = "compare with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on each host's console; then --yes"
    if not is_attended():
        raise SwapError("nobody is there to compare the fingerprints", "", hint, Status.REFUSED)
    if ask("Are these the fingerprints on the hosts' own consoles? Type yes:") != "yes":
        raise SwapError("nothing is pinned", "", hint, Status.REFUSED)


def _fetched(inventory: Inventory) -> Pins:
    entries = [entry for entry in inventory.hosts.values() if entry.group != "resolvers"]
    return Pins([Machine(entry.name, _keys(entry)) for entry in entries])


def _keys(entry: HostEntry) -> list[str]:
    """What ssh-keyscan(1) sees; it proves nothing by itself, so the operator compares."""
    if proxy_command(entry):
        trusting = typed()
        raise SwapError(
            f"{entry.name} is reached over a jump host: its keys cannot be fetched from here",
            f"ssh's configuration says: {proxy_command(entry)}",
            f"`ssh {entry.address}`, compare the fingerprint; then `{trusting} --known-hosts FILE`",
            Status.REFUSED,
        )
    argv = ["ssh-keyscan", "-T", "10", "-p", str(entry.port), entry.address]
    found = _said(argv, entry)
    keys = sorted({" ".join(line.split()[1:3]) for line in found.splitlines() if line and not line.startswith("#")})
    if not keys:
        raise SwapError(f"{entry.name} ({entry.address}:{entry.port}) shows no host key", hint="is it up?")
    return keys


def _said(argv: list[str], entry: HostEntry) -> str:
    try:
        said = subprocess.run(argv, check=False, capture_output=True, timeout=SCANNED).stdout
    except subprocess.TimeoutExpired:
        what = f"{entry.name} ({entry.address}:{entry.port}) has shown no host key within {SCANNED} s"
        raise SwapError(what, hint="what answers at that port?") from None
    # Whoever answers may say anything: only what is ASCII can be a key.
    return said.decode("ascii", "replace")
