"""How a host lets an address go, and takes one."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from typing import Callable

from irekae.subjects.network.watchdog.hold import hold, is_settled, release
from irekae.subjects.network.watchdog.live import SIDES, put_in_place
from irekae.subjects.network.watchdog.memory import addresses_of, home, keep, load, log, place, side
from irekae.subjects.network.watchdog.talk import FRESH, Talk
from irekae.subjects.network.watchdog.wire import addresses, prefixes, usable
from irekae.subjects.network.watchdog.words import SETTLED

PERMIT = "/run/irekae-address"  # the address that the watchdog is just bringing up
QUIET = 0.8  # seconds in which nobody may answer for an address before it is taken
PROBE = 0.2  # seconds between two ARP probes
SILENCE = 10.0  # seconds without a word, then the other host counts as dead
INSIST = 20.0  # seconds, then a host takes its own address home, whoever answers for it, if the other one let it go
GIVE_UP = 120.0  # seconds, then it does so though the other one says nothing; it says so when it holds the address
HOME = 150.0  # seconds for which the way home waits for its address before it is tried otherwise (D6)
KILLED = 5.0  # seconds for one that was killed to be gone
COMMAND = 30.0  # seconds that a command of the host may take
TRIES = 3  # to come home before the host is rebooted


def with_file(argv: list[str], name: str) -> list[str]:
    """An adapter's command, for a side: `{file}` is where that side's file is."""
    staged = side(name)["file"]
    path = staged if os.path.exists(staged) else load("guard.json")["live"]
    return [path if word == "{file}" else word for word in argv]


class Moves(Talk):
    """What can be done with the addresses, while the talk goes on."""

    def run(self, *argv: str) -> int:
        """Run a command of the host while we go on talking; its exit status."""
        log("$ " + " ".join(argv))
        try:
            with open(place("watchdog.log"), "ab") as output:
                child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        except OSError as error:
            log(str(error))
            return 127
        # A command that hangs must not hold the way back.
        if not self.pump(lambda: child.poll() is not None, COMMAND):
            child.kill()
        try:
            status = child.wait(KILLED)
        except subprocess.TimeoutExpired:  # it hangs in the kernel: nobody can end it, and we go on without it
            status = 124
        if status:
            log("%s ended with status %d" % (argv[0], status))
        return status

    def put_down(self, name: str) -> bool:
        """Let go of a side's address, leaving the link up; False when it is still there."""
        hold(self.guard)
        for way in side(name)["down"]:
            if self.holds(name):
                self.go(way, name)
        for shown in prefixes(self.interface):
            # Those alone: further addresses of the machine stay.
            if shown.split("/")[0] in addresses_of(name):
                self.run("ip", "address", "del", shown, "dev", self.interface)
        self.run("ip", "link", "set", "dev", self.interface, "up")
        if self.holds(name):
            self.why = "%s does not let go of %s" % (self.interface, ", ".join(self.holds(name)))
            return False
        self.claim = ""
        self.next_beat = 0.0
        self.beat()
        return True

    def holds(self, name: str) -> list[str]:
        """Those of a side's addresses that the interface has, in whatever state."""
        there = addresses(self.interface)
        return [address for address in addresses_of(name) if address in there]

    def answers(self, name: str) -> list[str]:
        """Those of a side's addresses that the interface answers for."""
        there = usable(self.interface)
        return [address for address in addresses_of(name) if address in there]

    def is_home(self, name: str) -> bool:
        """Are all of a side's addresses there. One that a third machine has as well is no reason to let go of all."""
        return self.holds(name) == addresses_of(name)

    def speakers(self, name: str, since: float) -> list[str]:
        """Hardware addresses of all others that spoke for one of a side's addresses since then."""
        return sorted({mac for address in addresses_of(name) for mac in self.wire.speakers(address, since)})

    def is_free(self, name: str, since: float, at_home: bool) -> bool:
        """May a side's addresses be taken: nobody answers for them, and the other host says that it has let go.

        On the way home a dead host needs no asking: one from which nothing is heard while others are. Nobody can keep a
        host from its own address for good: the other host's sealed word outranks whoever answers probes in its name or
        another, and without any word, probing is given up by a deadline.
        """
        now = time.monotonic()
        let_go = self.peer.get("claim") != side(name)["address"]
        fresh = bool(self.peer) and now - self.peer_at < FRESH
        told = let_go and fresh
        sure = not self.plan or os.path.exists(place("done")) or (let_go and self.peer.get("state") in SETTLED)
        if now - since < QUIET:
            return False
        if at_home and (
            (now - since > INSIST and (told or sure)) or (now - since > GIVE_UP and not (fresh and not let_go))
        ):
            return True
        if self.speakers(name, max(since, now - QUIET)):
            return False
        dead = now - max(since, self.peer_at) > SILENCE and self.wire.heard > since
        return told or (at_home and (sure or dead))

    def take(
        self, name: str, at_home: bool, seconds: float = 1e9, unless: Callable[[], object] = lambda: False
    ) -> bool:
        """Take a side's address and name when it is free; False when it isn't in time, or did not come up."""
        return self.wait_free(name, at_home, seconds, unless) and self.bring_up(name, at_home)

    def wait_free(self, name: str, at_home: bool, seconds: float, unless: Callable[[], object] = lambda: False) -> bool:
        """Probe until a side's addresses are free, and lay claim to them; False when they are not in time."""
        wanted = ", ".join(addresses_of(name))
        since = time.monotonic()
        probed = 0.0

        def free() -> bool:
            nonlocal probed
            if time.monotonic() - probed > PROBE:
                probed = time.monotonic()
                self.next_beat = min(self.next_beat, probed + PROBE)
                for address in addresses_of(name):
                    self.wire.probe(address)
            return self.is_free(name, since, at_home)

        self.run("ip", "link", "set", "dev", self.interface, "up")
        if not self.pump(lambda: unless() or free(), seconds) or unless():
            held_by = ", ".join(self.speakers(name, since)) or "the other host, or that is silent"
            self.why = "%s is held by %s" % (wanted, held_by)
            return False
        if self.speakers(name, time.monotonic() - QUIET):
            log("%s is answered for, and taken all the same: it is this host's" % wanted)
        self.claim = side(name)["address"]
        # The other host must know before the address answers.
        self.next_beat = 0.0
        self.beat()
        return True

    def bring_up(self, name: str, at_home: bool) -> bool:
        """Have the network manager bring the address up, take the name with it, and announce both."""
        wanted = side(name)
        with open(PERMIT, "w") as file:
            file.write(wanted["address"])
        socket.sethostname(wanted["name"])
        release(self.guard)
        # 6.1: the host's own restart, of which nothing is left to stop. The way home must not depend on it.
        if at_home:
            self.go_home(name)
        else:
            self.restart(name)
        if not is_settled():
            hold(self.guard)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(PERMIT)
        return self.came_up(name, at_home)

    def go_home(self, name: str) -> None:
        """Bring a side's address up by its staged file, or by the one in place where nothing else is read.

        Should somebody have edited that meanwhile, it is tried all the same: what really comes up counts.
        """
        if self.guard["in_place"]:
            put_in_place(name)
        self.try_ways(side(name)["up"], name, self.holds)
        if self.guard["in_place"]:
            put_in_place(home())
        for argv in self.guard["others"]:
            self.run(*argv)

    def restart(self, name: str) -> None:
        """The host's own restart, with the side's file in place meanwhile: until the promise a boot leads home."""
        if put_in_place(name):
            self.try_ways(self.guard["restart"], name, self.answers)
        put_in_place(home())

    def try_ways(self, ways: list[list[list[str]]], name: str, there: Callable[[str], list[str]]) -> None:
        """Go one way after the other until the side's addresses are there."""
        for way in ways:
            if there(name) != addresses_of(name):
                self.go(way, name)
                self.pump(lambda: there(name) == addresses_of(name), self.guard["settles"])

    def go(self, way: list[list[str]], name: str) -> None:
        """Run all commands of a way, for a side."""
        for argv in way:
            self.run(*with_file(argv, name))

    def came_up(self, name: str, at_home: bool) -> bool:
        """Are the side's addresses there, and the other side's not: what really came up counts, whatever the file said.

        At home an address that a third machine has too may be unusable: the host is reached by the others.
        """
        missing = [one for one in addresses_of(name) if one not in (self.holds if at_home else self.answers)(name)]
        wrong = [address for one in SIDES if one != name for address in self.holds(one)]
        if wrong or missing:
            found = ", ".join(addresses(self.interface)) or "no address"
            mine = ", ".join(addresses_of(name))
            self.why = "%s did not come up alone and usable: %s has %s" % (mine, self.interface, found)
            for one in SIDES:
                if one != name:
                    self.put_down(one)
            return False
        self.announce_until = time.monotonic() + 3.0
        self.next_beat = 0.0
        self.beat()
        return True

    def come_home(self, name: str) -> None:
        """Take a side's address, whatever it takes: D6, a reboot, once; then without the network manager."""
        tries = failures = 0
        while True:
            if self.wait_free(name, True, HOME):
                if self.bring_up(name, True):
                    return
                failures += 1
            tries += 1
            log(self.why)
            self.put_down(name)
            if tries >= TRIES and not os.path.exists(place("rebooted")):
                self.reboot()
            elif failures >= TRIES:
                log("the network manager fails, also after a reboot: setting the address by hand")
                for argv in side(name)["plain"]:
                    self.run(*argv)
                if self.came_up(name, True):
                    if is_settled():  # what was put down before was held
                        release(self.guard)
                    return
            self.pump(lambda: False, 2.0)

    def reboot(self) -> None:
        """The last resort (D6), once an exchange."""
        with contextlib.suppress(OSError):
            keep("rebooted", "")
        log("rebooting as the last resort (D6)")
        self.run("shutdown", "-r", "now")
        self.pump(lambda: False, 60.0)
        self.run("reboot", "-f")
