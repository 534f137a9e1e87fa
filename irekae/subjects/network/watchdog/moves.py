"""How a host lets an address go, and takes one."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from typing import Callable

from irekae.subjects.network.watchdog.memory import SETTLED, keep, log, place, side
from irekae.subjects.network.watchdog.talk import FRESH, Talk
from irekae.subjects.network.watchdog.wire import addresses, arp

PERMIT = "/run/irekae-address"  # the address that the watchdog is just bringing up
QUIET = 0.8  # seconds in which nobody may answer for an address before it is taken
PROBE = 0.2  # seconds between two ARP probes
SILENCE = 10.0  # seconds without a word, then the other host counts as dead
INSIST = 20.0  # seconds, then a host takes its own address home though a third machine has it
COMMAND = 30.0  # seconds that a command of the host may take
TRIES = 3  # to get the network back up before the host is rebooted


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
        status = child.wait()
        if status:
            log("%s ended with status %d" % (argv[0], status))
        return status

    def put_down(self, name: str) -> None:
        """Let go of a side's address, leaving the link up."""
        gone = side(name)["address"]
        self.run("ifdown", "-i", side(name)["file"], "--exclude=lo", "-a")
        if gone in addresses(self.interface):
            self.run("ip", "-4", "address", "flush", "dev", self.interface, "scope", "global")
        self.run("ip", "link", "set", "dev", self.interface, "up")
        if gone not in addresses(self.interface):
            self.claim = ""
            self.next_beat = 0.0
            self.beat()

    def is_free(self, address: str, since: float, at_home: bool) -> bool:
        """May the address be taken: nobody answers for it, and the other host says that it has let go.

        On the way home a dead host needs no asking: one from which nothing is heard while others are. As long as the
        wire is silent this host is itself cut off, and nobody misses it. A third machine cannot keep it out for good.
        """
        now = time.monotonic()
        let_go = self.peer.get("claim") != address
        told = bool(self.peer) and let_go and now - self.peer_at < FRESH
        sure = not self.plan or os.path.exists(place("done")) or (let_go and self.peer.get("state") in SETTLED)
        speakers = self.wire.speakers(address, max(since, now - QUIET))
        if at_home and now - since > INSIST and (told or sure):
            speakers = [mac for mac in speakers if mac == self.peer.get("mac")]
        if now - since < QUIET or speakers:
            return False
        dead = now - max(since, self.peer_at) > SILENCE and self.wire.heard > since
        return told or (at_home and (sure or dead))

    def take(
        self, name: str, at_home: bool, seconds: float = 1e9, unless: Callable[[], object] = lambda: False
    ) -> bool:
        """Take a side's address and name when it is free; False when it isn't in time, or did not come up."""
        wanted = side(name)
        since = time.monotonic()
        probed = 0.0

        def free() -> bool:
            nonlocal probed
            if time.monotonic() - probed > PROBE:
                probed = time.monotonic()
                self.next_beat = min(self.next_beat, probed + PROBE)
                self.wire.send(arp(self.wire.mac, "0.0.0.0", wanted["address"]))
            return self.is_free(wanted["address"], since, at_home)

        self.run("ip", "link", "set", "dev", self.interface, "up")
        if not self.pump(lambda: unless() or free(), seconds) or unless():
            held_by = ", ".join(self.wire.speakers(wanted["address"], since)) or "the other host, or that is silent"
            self.why = "%s is held by %s" % (wanted["address"], held_by)
            return False
        self.claim = wanted["address"]
        # The other host must know before the address answers.
        self.next_beat = 0.0
        self.beat()
        return self.bring_up(wanted, at_home)

    def bring_up(self, wanted: dict[str, str], at_home: bool) -> bool:
        """Have ifupdown bring the address up, take the name with it, and announce both."""
        with open(PERMIT, "w") as file:
            file.write(wanted["address"])
        socket.sethostname(wanted["name"])
        # 6.1: the host's own restart, of which nothing is left to stop. The way home must not depend on it.
        ways = [["ifup", "-i", wanted["file"], "-a"], ["ifup", "-i", wanted["file"], self.interface]]
        ways = ways if at_home or wanted["file"] == self.guard["old"]["file"] else [self.guard["restart"]]
        for up in ways:
            if wanted["address"] not in addresses(self.interface):
                self.run(*up)
        os.unlink(PERMIT)
        if wanted["address"] not in addresses(self.interface):
            self.why = "%s did not come up (%s)" % (wanted["address"], " ".join(ways[0]))
            return False
        self.announce_until = time.monotonic() + 3.0
        self.next_beat = 0.0
        self.beat()
        return True

    def come_home(self, name: str) -> None:
        """Take a side's address, whatever it takes: D6, a reboot, once; then without ifupdown."""
        tries = 0
        while not self.take(name, True):
            log(self.why)
            self.put_down(name)
            tries += 1
            if tries >= TRIES and not os.path.exists(place("rebooted")):
                self.reboot()
            elif tries >= TRIES and name == "old":
                log("ifupdown does not work, also after a reboot: setting the address by hand")
                for argv in self.guard["plain"]:
                    self.run(*argv)
                if side(name)["address"] in addresses(self.interface):
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
