"""The guard of the address (6.3): from 5.3 to the confirmation of 6.1 a host keeps its old address and name, also
when it boots. It is the watchdog, what asks it before an interface comes up, and a job of each minute.

The interface's new file is staged beside the watchdog, which puts it in place with the promise or the confirmation.
"""

import hashlib
import json
from posixpath import dirname
from typing import Any

from irekae.host.back import HARMLESS, Back
from irekae.host.editors.hostname import stated_name
from irekae.host.host import Host
from irekae.host.many import read_many
from irekae.model.errors import Status, SwapError
from irekae.model.journal import undoable
from irekae.site.inventory import HostEntry
from irekae.subjects import each_minute
from irekae.subjects.each_minute import Job
from irekae.subjects.network import kernel
from irekae.subjects.network.interface import obstacles
from irekae.subjects.network.live_file import interface_of, live_file, wanted_on
from irekae.subjects.network.managers import MANAGERS, Commands, GuardFile, Guards, choose
from irekae.subjects.network.watchdog import program
from irekae.swap.swap import Swap

DETECTING = 5.0  # seconds
# What each file of irekae's own is for.
GOES_ON = "goes on with the exchange after a boot, or where the watchdog has died"
ASKS = "asks the watchdog before an interface comes up"
NO_FOLDER = ["rmdir", "--ignore-fail-on-non-empty"]
OWN = {
    "watchdog.py": "the watchdog, which exchanges the address in phase 6 and goes back where that is not confirmed",
    "guard.json": "what the watchdog knows of this host",
    "interfaces.old": "the interface's file as it is, for the way back",
}


def folder(swap: Swap) -> str:
    """Where the watchdog lies on a host, with all that it keeps."""
    return f"{swap.site.site.state}/exchange"


def script(swap: Swap) -> str:
    """Path of the watchdog on a host."""
    return f"{folder(swap)}/watchdog.py"


def call(swap: Swap) -> list[str]:
    """What calls the watchdog: Python's own library is all that it needs."""
    return ["python3", "-IS", script(swap)]


def job(swap: Swap) -> Job:
    """An exchange that is not at its end goes on after a reboot, or should the watchdog have died."""
    run = ("python3", script(swap))
    title = "Written by irekae (6.3); removed when the exchange is confirmed."
    return Job("irekae-exchange", title, GOES_ON, (*run, "again"), (*run, "watch"))


def install_guard(host: Host, swap: Swap) -> None:
    """Stage the interface's new file, prove it, and keep the host at its old address and name until 6.1 is confirmed.

    Args:
        host: bound to 5.3, under its old name.
        swap: whose site.toml may name the interface.

    Raises:
        SwapError: the interface is not one that can be exchanged (exit status 3), or its new file is not right.
    """
    _want_exchangeable(host, swap)
    _note_name(host)
    wanted, live = wanted_on(host, swap), live_file(host, swap)
    manager = choose(host, wanted.interface)
    before = host.read(live)
    after = manager.staged(before, swap.exchange_on(host))
    held = host.find(live)
    mtime = int(held.state["mtime"]) if held else None
    if manager.may_lie_beside(live):
        host.keep_dated(live)
    host.put(f"{folder(swap)}/interfaces.old", before, 0o600, mtime=mtime, own=OWN["interfaces.old"])
    host.put(f"{folder(swap)}/interfaces.new", after, 0o600, instead_of=(live, before))
    manager.prove(host, wanted, f"{folder(swap)}/interfaces.new")
    guard = _guard(host, swap, live, manager.commands(host, wanted), (before, after))
    host.put(f"{folder(swap)}/guard.json", json.dumps(guard, indent=1).encode() + b"\n", 0o600, own=OWN["guard.json"])
    host.put(script(swap), program(), 0o700, own=OWN["watchdog.py"])
    each_minute.choose(host, swap.site).install(host, job(swap))
    _put_guards(host, manager.guards(wanted.interface, script(swap)))


def _note_name(host: Host) -> None:
    """The way back ends under the name that the host runs under now, whatever has read /etc/hostname meanwhile.

    NetworkManager does, whenever a connection of it changes (it takes notice of `hostname-mode` at its start alone).
    """
    name = host.look("hostname").text.strip()
    back = ["hostname", name]
    if name and back not in [entry["undo"].get("argv") for entry in undoable(host.record.entries)]:
        undo = Back(back, ["sh", "-c", '[ "$(hostname)" = "$0" ]', name])
        host.record.change(f"note that the host runs as {name}, for the way back", undo.entry())


def _put_guards(host: Host, guards: Guards) -> None:
    """Put what asks the watchdog there, and make it known; what takes it back makes that known as well."""
    files = _wanted(host, guards)
    there = read_many(host, [file.path for file in files])
    if all(file.path in there and there[file.path].data == file.data for file in files):
        for argv in guards.told:  # whoever put them there may have been ended before that
            host.check(*argv)
        return
    for argv in guards.told:  # its undo is the last to come, when the files are gone again
        host.run(*argv, undo=Back(argv, HARMLESS))
    for file in files:
        folder = dirname(file.path)
        if file.own_folder and not host.exists(folder):
            host.run("mkdir", "-p", folder, undo=no_folder(folder))
        host.put(file.path, file.data, file.mode, own=ASKS)
    for argv in guards.told:
        host.run(*argv)


def no_folder(folder: str) -> Back:
    """The folder goes, unless somebody has put something into it."""
    return Back([*NO_FOLDER, folder], ["test", "!", "-d", folder])


def _wanted(host: Host, guards: Guards) -> list[GuardFile]:
    there = host.there([file.only_with for file in guards.files if file.only_with])
    return [file for file in guards.files if not file.only_with or file.only_with in there]


def _want_exchangeable(host: Host, swap: Swap) -> None:
    found = list(obstacles(host, swap))
    if found:
        raise SwapError(
            f"the address of {host.name} cannot be exchanged",
            "\n".join(map(str, found)),
            "mend it, then `fab phase5`",
            Status.REFUSED,
        )


def _guard(host: Host, swap: Swap, live: str, commands: Commands, files: tuple[bytes, bytes]) -> dict[str, Any]:
    """What the watchdog knows of this host (guard.json): both sides, and the network manager's commands."""
    old, new = host.entry, swap.inventory.other(host.entry.name)
    names = {"old": stated_name(host.before("/etc/hostname")), "new": new.name}
    sides = {}
    for side, entry, data in zip(("old", "new"), (old, new), files, strict=True):
        sides[side] = {
            "name": names[side],
            "address": entry.address,
            "ipv6": entry.ipv6,
            "file": f"{folder(swap)}/interfaces.{side}",
            "sha256": hashlib.sha256(data).hexdigest(),
            "down": commands.down,
            "up": commands.up,
            "plain": _plain(host, interface_of(host, swap), entry),
        }
    return {
        "interface": interface_of(host, swap),
        "live": live,
        "restart": commands.restart,
        "others": commands.others,
        "shown": commands.shown,
        "hold": commands.hold,
        "in_place": commands.in_place,
        # An IPv6 address must not be used before it is known that nobody has it (RFC 4862, 5.4).
        "settles": max(commands.settles, DETECTING if old.ipv6 else 0.0),
        **sides,
    }


def rearm_guard(host: Host, swap: Swap) -> None:
    """Put the guard back for the way back; 6.1's own undo knows of it already."""
    each_minute.choose(host, swap.site).put_back(host, job(swap))
    interface = interface_of(host, swap)
    guards = choose(host, interface).guards(interface, script(swap))
    for file in _wanted(host, guards):
        if file.own_folder:
            host.query("mkdir", "-p", dirname(file.path))
        host.remember(file.path, file.data, file.mode)
    for argv in guards.told:
        host.query(*argv)


def remove_guard(host: Host, swap: Swap) -> None:
    """The host is where its files say: nothing is left to guard."""
    each_minute.remove(host, job(swap))
    interface = interface_of(host, swap)
    # Whoever has the interface by now: what any of them was asked to do is gone.
    gone = [_remove_guards(host, manager.guards(interface, script(swap))) for manager in MANAGERS]
    if not any(gone):
        for argv in choose(host, interface).guards(interface, script(swap)).told:
            host.check(*argv)  # a call that was ended may have removed them and told nobody


def _remove_guards(host: Host, guards: Guards) -> bool:
    """Remove what asks the watchdog, and tell who was asked; whether anything was there."""
    gone = [file for file in guards.files if host.remove(file.path, ASKS)]
    # Also one that is left of a call which was ended between the file and its folder.
    for folder in host.there([dirname(file.path) for file in guards.files if file.own_folder]):
        if not host.names(folder):
            host.run(*NO_FOLDER, folder, undo=Back(["mkdir", "-p", folder], HARMLESS))
    for argv in guards.told if gone else ():
        host.run(*argv, undo=Back(argv, HARMLESS))
    return bool(gone)


def _plain(host: Host, interface: str, entry: HostEntry) -> list[list[str]]:
    """The commands that set the addresses of a name, and the ways out, without any network manager."""
    devices = kernel.devices(host)
    commands = []
    for own, address in zip(host.entry.addresses, entry.addresses, strict=True):
        held = kernel.held(devices, interface, own)
        six = ":" in address
        prefix = held.prefix if held else 128 if six else 32
        commands.append(["ip", "address", "add", f"{address}/{prefix}", "dev", interface])
        family = "-6" if six else "-4"
        route = host.query("ip", family, "route", "show", "default", "dev", interface).text.split()
        if "via" in route and "ra" not in route:  # what a router announces it announces again
            gateway = route[route.index("via") + 1]
            commands.append(["ip", "route", "add", "default", "via", gateway, "dev", interface])
    return commands
