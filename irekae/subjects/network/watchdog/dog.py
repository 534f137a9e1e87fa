"""This host's half of the exchange: docs/phase6.md describes and argues it."""

from __future__ import annotations

import contextlib
import socket
import time

from irekae.subjects.network.watchdog.live import in_place, lay_spare, sweep
from irekae.subjects.network.watchdog.memory import home, keep, log, side
from irekae.subjects.network.watchdog.moves import Moves
from irekae.subjects.network.watchdog.talk import FRESH
from irekae.subjects.network.watchdog.wire import logged_in
from irekae.subjects.network.watchdog.words import GOODBYE, SETTLED

LINGER = 55.0  # seconds for which a host at rest goes on telling the other one so; it is started each minute


class Watchdog(Moves):
    """Armed by the seat, it changes places with the other host, and goes back unless that is confirmed in time."""

    def watch(self) -> None:
        """Whatever is to be done from the remembered state on."""
        if self.state in ("changing", "trial", "returning"):
            self.go_back("the watchdog began anew in the state %s" % self.state)
        elif self.state == "prepared":
            self.wait_for_decision()
        else:
            self.be_home()
            if self.state == "armed":
                self.exchange()
        self.pump(self.is_remembered)
        sweep()
        # The other host may still need our word: `again` goes on with this until it is known not to.
        self.pump(lambda: not self.plan or self.peer.get("state") in SETTLED or "quit" in self.asked, LINGER)
        if self.peer.get("state") in SETTLED:
            with contextlib.suppress(OSError):
                keep("done", "")
            for _ in range(3):
                self.next_beat = 0.0
                self.beat()

    def be_home(self) -> None:
        """At rest: the file, the host name and the address are those of the side where this host belongs.

        Before an exchange was begun it is the network manager that brings the address up, when it can: a cable that is
        out is no reason to restart anything. But where another file was in place, the gate has let nothing come up.
        """
        brings = bool(self.plan) or in_place() not in (home(), "")
        self.follow()
        if socket.gethostname() != side(home())["name"]:
            socket.sethostname(side(home())["name"])
        if brings and not self.is_home(home()):
            self.come_home(home())

    def is_ready(self) -> bool:
        """Does nothing on this host stand in the way, before anything is let go: afterwards no step needs the disk."""
        try:
            lay_spare(self.plan["take"])
        except OSError as error:
            self.why = "the new file of the interface could not be laid ready: %s" % error
            return False
        if in_place() != self.plan["leave"]:
            self.why = "the file of the interface was edited since"
            return False
        return self.enter("changing")

    def exchange(self) -> None:
        """From armed on."""
        within = self.plan["confirm_within"]
        self.pump(lambda: ("go" in self.asked and self.peer.get("go")) or "abort" in self.asked, within)
        if "abort" in self.asked or not ("go" in self.asked and self.peer.get("go")):
            self.fall_back(self.plan["back"], "disarmed, nothing was changed")
            return
        self.deadline = time.monotonic() + within
        if not self.is_ready():
            self.fall_back(self.plan["back"], self.why)
            return
        leave = side(self.plan["leave"])
        self.pump(lambda: not logged_in(leave["address"]), GOODBYE)
        began = time.monotonic()
        self.put_down(self.plan["leave"])
        if self.take(self.plan["take"], False, within * 2 / 3, self.given_up):
            log("without an address for %.1f s" % (time.monotonic() - began))
            self.fall_back("trial", "away for %.1f s" % (time.monotonic() - began))
            if self.decide() if self.plan["decides"] else self.promise():
                return
        self.go_back(self.why)

    def decide(self) -> bool:
        """The deciding host: confirmed by the seat before the deadline, while the other host has promised to stay."""

        def may() -> bool:
            promised = self.peer.get("state") == "prepared" and time.monotonic() - self.peer_at < FRESH
            return promised and "confirm" in self.asked and time.monotonic() < self.deadline

        self.pump(lambda: self.given_up() or may(), self.deadline - time.monotonic())
        if self.given_up() or not may():
            self.why = "the other host gave up" if self.given_up() else "not confirmed in time"
            return False
        return self.enter(self.plan["done"])

    def promise(self) -> bool:
        """The other host: once it is prepared it no longer goes back by itself, but only with the deciding one."""
        self.pump(lambda: self.given_up() or "prepare" in self.asked, self.deadline - time.monotonic())
        if self.given_up() or "prepare" not in self.asked:
            self.why = "the other host gave up" if self.given_up() else "not confirmed in time"
            return False
        if not self.enter("prepared"):
            return False
        self.deadline = 0.0
        self.wait_for_decision()
        return True

    def wait_for_decision(self) -> None:
        """Prepared: the deciding host's word ends it, or the seat's, which had it from there."""
        self.asked.discard("abort")  # too late: the deciding host may have been confirmed
        went_back = ("returning", self.plan["back"])

        def decided() -> bool:
            return "confirm" in self.asked or self.peer.get("state") in (self.plan["done"], *went_back)

        while not self.is_home(self.plan["take"]) and not decided():
            if not self.take(self.plan["take"], True, unless=decided):
                self.pump(decided, 2.0)
        self.pump(decided)
        if self.peer.get("state") in went_back:
            self.go_back("the other host gave up")
        else:
            if not self.is_home(self.plan["take"]):
                self.come_home(self.plan["take"])
            # Not remembered, it stays prepared: a boot leads to this place, and the other host tells it again.
            self.fall_back(self.plan["done"], "")

    def go_back(self, why: str) -> None:
        """To the side that was left."""
        self.deadline = 0.0
        self.fall_back("returning", why)
        self.put_down(self.plan["take"])
        self.come_home(self.plan["leave"])
        self.fall_back(self.plan["back"], "")
