"""What the watchdog can be called with."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import select
import socket
import subprocess
import sys
import time
from typing import Any, Callable

from irekae.subjects.network.watchdog.dog import Watchdog
from irekae.subjects.network.watchdog.hold import hold, is_settled, release
from irekae.subjects.network.watchdog.live import SIDES, digest, in_place
from irekae.subjects.network.watchdog.memory import addresses_of, home, keep, load, log, place, side, state
from irekae.subjects.network.watchdog.moves import PERMIT
from irekae.subjects.network.watchdog.ndp import spelled
from irekae.subjects.network.watchdog.wire import Wire, addresses, said_by, spell
from irekae.subjects.network.watchdog.words import SETS, SETTLED

SYSTEMD = "/run/systemd/system"  # sd_booted(3): it is there where systemd is init
NOTHING = subprocess.DEVNULL
STARTING = 10.0  # seconds for systemd to start a watchdog

USE = """\
gate             may ifupdown bring the interface up with $IF_ADDRESS? (exit status 3: no)
boot             a network manager that asks nobody is about to start: may it have the interface?
arm              take the plan from standard input, then watch
watch, again     be the watchdog; `again` (each minute) only where something is unfinished
ask WORD         tell the watchdog: status, go, prepare, confirm, abort, quit; prints its answer
who IFACE ADDRESS…   which hardware addresses answer for each address"""


def alone(seconds: float) -> bool:
    """Take the watchdog's lock for the life of this process; False when another has it for so long."""
    fd = os.open(place("lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def free() -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    return wait_for(free, seconds)


def watch(seconds: float) -> int:
    """Be the watchdog, unless there is one that stays for so long."""
    if alone(seconds):
        try:
            Watchdog().watch()
        except Exception as error:
            log("the watchdog failed: %r" % error)
            raise
    return 0


def detach(wait: bool = True) -> None:
    """Start a watchdog that outlives whoever asked for it; without waiting where what asks is a unit's own start."""
    command = [sys.executable, os.path.abspath(sys.argv[0]), "watch"]
    if os.path.isdir(SYSTEMD):
        # In a group of its own: the operator's session and networking.service may be ended with all that is in theirs.
        # Where systemd does not answer in time a second one may come of it later: the lock lets one of them watch.
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            asked = ["systemd-run", "--quiet", "--collect", *([] if wait else ["--no-block"]), "--", *command]
            if subprocess.run(asked, stdin=NOTHING, timeout=STARTING).returncode == 0:
                return
    with open(place("watchdog.log"), "ab") as output:
        subprocess.Popen(command, stdin=NOTHING, stdout=output, stderr=output, start_new_session=True, cwd="/")


def gate() -> int:
    """ifupdown asks, before it brings an interface up: only the address that is this host's just now may come up."""
    guard = load("guard.json")
    if not guard:
        return 0
    interface, permitted = os.environ.get("IFACE", ""), permit()
    both = {address for name in SIDES for address in addresses_of(name)}
    if permitted:
        allowed = {address for name in SIDES for address in addresses_of(name) if side(name)["address"] == permitted}
        refused = (both - allowed) & stated()
    elif is_at_rest():
        bear_name()
        refused = (both - set(addresses_of(home()))) & (stated() | defined(guard, interface))
    else:
        come_home(interface)
        refused = both if interface == guard["interface"] else both & (stated() | defined(guard, interface))
    if refused:
        print("irekae: %s must not come up with %s just now" % (interface, " or ".join(sorted(refused))))
        return 3
    return 0


def boot() -> int:
    """A network manager is about to start: in the middle of an exchange the interface is held from it, and we go on."""
    guard = load("guard.json")
    if not guard or permit():
        return 0
    bear_name()
    if is_at_rest():
        release(guard)
    else:
        hold(guard)
        detach(wait=False)
    return 0


def bear_name() -> int:
    """The host runs under the name that is its own just now: what reads /etc/hostname may have given it the other."""
    if socket.gethostname() != side(home())["name"]:
        socket.sethostname(side(home())["name"])
    return 0


def permit() -> str:
    """The address that the watchdog is just bringing up, "" when it is not."""
    try:
        with open(PERMIT) as file:
            return file.read()
    except FileNotFoundError:
        return ""


def is_at_rest() -> bool:
    """No exchange is under way, and the file in place is not the one of the side where this host does not belong."""
    return is_settled() and in_place() in (home(), "")


def come_home(interface: str) -> None:
    """After a boot, or a restart of the network by hand, in the middle: the watchdog alone brings the address up.

    ifupdown asks for all interfaces first, and waiting there lets what starts next find an address.
    """
    mine = side(home())
    socket.sethostname(mine["name"])
    detach()
    if interface == "--all":
        with contextlib.suppress(OSError):  # an `ip` that hangs holds no boot
            wait_for(lambda: mine["address"] in addresses(load("guard.json")["interface"]), 15.0)


def stated() -> set[str]:
    """The address that ifupdown says it is about to set."""
    return {spelled(os.environ.get("IF_ADDRESS", ""))}


def defined(guard: dict[str, Any], interface: str) -> set[str]:
    """Every address that the interface's definition sets, by a command too: `up ip addr add …` says nothing before.

    One that it only names is another machine's: a name server's, a gateway's.
    """
    try:
        shown = said_by([*guard["shown"], interface])
    except OSError:
        return set()
    found: set[str] = set()
    for line in shown.decode("utf-8", "replace").splitlines():
        key, _, value = line.partition(":")
        key = key.strip()
        if key == "address" or (key.endswith(("up", "down")) and re.search(SETS, value)):
            found.update(spelled(word) for word in re.findall(r"[0-9A-Fa-f.:]+", value))
    return found


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for a condition, at most so long."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def arm() -> int:
    """Take the plan and watch from now on; refused while an exchange is under way."""
    if state() not in SETTLED:
        print("an exchange is under way: %s" % state())
        return 3
    plan = json.load(sys.stdin)
    live = load("guard.json")["live"]
    if digest(live) != plan[plan["leave"]]["sha256"]:
        print("%s was edited since 5.3 staged its successor" % live)
        return 3
    tell("quit")  # one that lingers for the other host's sake
    if not alone(10.0):
        print("another watchdog is at work")
        return 3
    for mark in ("rebooted", "done"):
        if os.path.exists(place(mark)):
            os.unlink(place(mark))
    keep("plan.json", json.dumps(plan))
    keep("state", "armed\n")
    detach()
    return 0


def tell(word: str) -> str:
    """Tell the watchdog a word; its answer, "" where there is none."""
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(5.0)
    with contextlib.suppress(OSError), client:
        client.connect(place("socket"))
        client.sendall(word.encode())
        return client.recv(4096).decode()
    return ""


def ask(word: str) -> int:
    """Print the watchdog's answer to a word; without a watchdog, what is remembered."""
    print(tell(word) or json.dumps({"state": state(), "running": False, "why": "", "hears": False}))
    return 0


def who(interface: str, wanted: list[str]) -> int:
    """Print which hardware addresses answer for each address: {address: [hardware address…]}."""
    wire = Wire(interface, probes_count=False)  # the other host asks as well
    end = time.monotonic() + 1.0
    probe = 0.0
    while time.monotonic() < end:
        if time.monotonic() > probe:
            probe = time.monotonic() + 0.3
            for address in wanted:
                wire.probe(address)
        select.select([wire.socket], [], [], 0.1)
        wire.frames()
    found = {address: wire.speakers(address) for address in wanted}
    print(json.dumps({"me": spell(wire.mac), "holders": found}))
    return 0


def main() -> int:
    """Do what the first word says; exit status 2 for anything else."""
    os.umask(0o077)
    words = sys.argv[1:]
    unfinished = state() not in SETTLED or (bool(load("plan.json")) and not os.path.exists(place("done")))
    verbs: dict[str, Callable[[], int]] = {
        "gate": gate,
        "boot": boot,
        "arm": arm,
        "watch": lambda: watch(15.0),
        "again": lambda: watch(0.0) if unfinished else bear_name(),
        "ask": lambda: ask(words[1]),
        "who": lambda: who(words[1], words[2:]),
    }
    if not words or words[0] not in verbs:
        print(USE)
        return 2
    return verbs[words[0]]()
