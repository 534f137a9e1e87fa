"""The guard of the address (6.3): from 5.3 to the confirmation of 6.1 a host keeps its old address and name, also
when it boots, though its files say the new ones. It is the watchdog, a hook of ifupdown and a line for cron."""

import json

from irekae.host.editors.hostname import stated_name
from irekae.host.host import Host
from irekae.model.errors import SwapError
from irekae.subjects.network.watchdog import program
from irekae.swap.swap import Swap

HOOK = "/etc/network/if-pre-up.d/irekae"
CRONTAB = "/etc/cron.d/irekae-exchange"


def folder(swap: Swap) -> str:
    """Where the watchdog lies on a host, with all that it keeps."""
    return f"{swap.site.site.state}/exchange"


def script(swap: Swap) -> str:
    """Path of the watchdog on a host."""
    return f"{folder(swap)}/watchdog.py"


def hook_text(swap: Swap) -> bytes:
    """The hook; a broken or missing watchdog must not keep an interface down, so only its plain no counts."""
    return f"""#!/bin/sh
# Written by irekae (6.3); removed when the exchange is confirmed. To exchange the addresses by hand, remove this first.
[ -r {script(swap)} ] || exit 0
python3 {script(swap)} gate
[ $? -ne 3 ]
""".encode()


def crontab_text(swap: Swap) -> bytes:
    """For /etc/cron.d: an exchange that is not at its end goes on after a reboot, or should the watchdog have died."""
    return (
        "# Written by irekae (6.3); removed when the exchange is confirmed.\n"
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"
        f"@reboot root python3 {script(swap)} watch\n"
        f"* * * * * root python3 {script(swap)} again\n"
    ).encode()


def install_guard(host: Host, swap: Swap) -> None:
    """Keep the host at its old address and name until 6.1 is confirmed; to be called before interfaces is edited.

    Args:
        host: bound to 5.3, under its old name.
        swap: whose site.toml names the interface.

    Raises:
        SwapError: the interface does not hold the host's address just now.
    """
    network = swap.site.network
    old, new = host.entry, swap.inventory.other(host.name)
    held = _held(host, network.interface)
    kept = f"{folder(swap)}/interfaces.old"
    restart = ["systemctl", "restart", "networking"]
    guard = {
        "interface": network.interface,
        "restart": restart if host.link.facts["systemd"] else ["/etc/init.d/networking", "restart"],
        "plain": _plain(host, network.interface, held),
        "old": {"name": stated_name(host.before("/etc/hostname")), "address": old.address, "file": kept},
        "new": {"name": new.name, "address": new.address, "file": network.interfaces},
    }
    host.put(kept, host.before(network.interfaces), 0o600)
    host.put(f"{folder(swap)}/guard.json", json.dumps(guard, indent=1).encode() + b"\n", 0o600)
    host.put(script(swap), program(), 0o700)
    host.put(CRONTAB, crontab_text(swap), 0o644)
    host.put(HOOK, hook_text(swap), 0o755)


def remove_guard(host: Host) -> None:
    """The host is where its files say: nothing is left to guard."""
    host.remove(HOOK)
    host.remove(CRONTAB)


def _held(host: Host, interface: str) -> str:
    """The host's address with its prefix length, as the interface holds it."""
    shown = host.query("ip", "-4", "-o", "addr", "show", "dev", interface, ok=(0, 1)).text
    for line in shown.splitlines():
        if line.split()[3].split("/")[0] == host.entry.address:
            return line.split()[3]
    raise SwapError(
        f"{interface} of {host.name} does not hold {host.entry.address}",
        shown.strip() or "it holds no address",
        "correct [network] interface in site.toml",
    )


def _plain(host: Host, interface: str, held: str) -> list[list[str]]:
    """The commands that set address and way out without ifupdown."""
    route = host.query("ip", "-4", "route", "show", "default", "dev", interface).text.split()
    commands = [["ip", "address", "add", held, "dev", interface]]
    if "via" in route:
        gateway = route[route.index("via") + 1]
        commands.append(["ip", "route", "add", "default", "via", gateway, "dev", interface])
    return commands
