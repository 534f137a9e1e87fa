"""The watchdog listens and speaks, whatever else it waits for."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import select
import socket
import struct
import time
from typing import Any, Callable

from irekae.subjects.network.watchdog.hold import hold, is_settled, release
from irekae.subjects.network.watchdog.live import SIDES, put_in_place
from irekae.subjects.network.watchdog.memory import addresses_of, home, keep, load, log, place, side, state
from irekae.subjects.network.watchdog.wire import EVERYBODY, WORD, Wire, addresses, spell

BEAT = 0.3  # seconds between two words to the other host
FRESH = 3.0  # seconds that the other host's word about an address is good for


class Talk:
    """A host's side of three conversations: with the other host, with the seat, and with whoever asks by ARP.

    Attributes:
        claim: the address that this host has, is taking, or has not surely let go; it stands for those of its side.
        asked: the words that the seat told us.
        peer, peer_at: the other host's last word, and when it came.
    """

    def __init__(self) -> None:
        """Pick up what is remembered."""
        self.guard, self.plan = load("guard.json"), load("plan.json")
        self.interface = str(self.guard["interface"])
        self.wire = Wire(self.interface)
        self.state = state()
        self.claim = ""
        held = addresses(self.interface)
        for name in SIDES:
            if (name in self.plan or name in self.guard) and set(addresses_of(name)) & set(held):
                self.claim = side(name)["address"]
        self.asked: set[str] = set()
        self.peer: dict[str, Any] = {}
        self.peer_at = 0.0
        self.next_beat = self.announce_until = self.deadline = 0.0
        self.why = ""
        self.door = self.open_door()

    def open_door(self) -> socket.socket:
        """The socket by which `ask` reaches us."""
        if os.path.exists(place("socket")):
            os.unlink(place("socket"))
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        door.bind(place("socket"))
        door.listen(8)
        return door

    def pump(self, until: Callable[[], object], seconds: float = 1e9) -> bool:
        """Listen, speak and answer until the condition holds; False when it does not within these seconds."""
        end = time.monotonic() + seconds
        while True:
            self.beat()
            if until():
                return True
            left = min(end, self.next_beat) - time.monotonic()
            if end <= time.monotonic():
                return False
            ready = select.select([self.wire.socket, self.door], [], [], max(left, 0.0))[0]
            if self.door in ready:
                self.answer()
            for kind, payload in self.wire.frames():
                if kind == WORD:
                    self.hear(payload)

    def beat(self) -> None:
        """Tell the other host our state and which address we lay claim to, now and then."""
        now = time.monotonic()
        if now < self.next_beat:
            return
        self.next_beat = now + BEAT
        self.wire.look()
        if self.plan:
            word = {"exchange": self.plan["id"], "from": self.plan["me"], "mac": spell(self.wire.mac),
                    "state": self.state, "claim": self.claim, "go": "go" in self.asked}  # fmt: skip
            text = json.dumps(word).encode()
            seal = hmac.new(bytes.fromhex(self.plan["secret"]), text, hashlib.sha256).digest()
            self.wire.send(EVERYBODY + self.wire.mac + struct.pack("!HH", WORD, len(text)) + seal + text)
        if self.claim and now < self.announce_until:
            for name in SIDES:
                for address in addresses_of(name) if side(name)["address"] == self.claim else ():
                    self.wire.announce(address)

    def hear(self, payload: bytes) -> None:
        """Take the other host's word, if it is its own and of this exchange."""
        if not self.plan or len(payload) < 34:
            return
        text = payload[34 : 34 + struct.unpack("!H", payload[:2])[0]]
        seal = hmac.new(bytes.fromhex(self.plan["secret"]), text, hashlib.sha256).digest()
        if not hmac.compare_digest(seal, payload[2:34]):
            return
        word = json.loads(text.decode())
        if word["from"] == self.plan["peer"] and word["exchange"] == self.plan["id"]:
            self.peer, self.peer_at = word, time.monotonic()

    def answer(self) -> None:
        """Answer one `ask`."""
        guest, _ = self.door.accept()
        with guest:
            guest.settimeout(1.0)
            try:
                word = guest.recv(64).decode()
                if word != "status":
                    self.asked.add(word)
                    self.next_beat = 0.0
                    self.beat()
                guest.sendall(json.dumps(self.status()).encode())
            except OSError:
                pass

    def status(self) -> dict[str, Any]:
        """How things stand, for the seat."""
        age = time.monotonic() - self.peer_at if self.peer else None
        left = max(0.0, self.deadline - time.monotonic()) if self.deadline else None
        return {"state": self.state, "claim": self.claim, "left": left, "why": self.why, "running": True,
                "peer": self.peer.get("state"), "hears": age is not None and age < FRESH}  # fmt: skip

    def enter(self, word: str, why: str = "") -> bool:
        """Go to a state: remembered first, then told. False, and nothing done, if it could not be remembered."""
        try:
            keep("state", word + "\n")
        except OSError as error:
            self.why = "%s could not be remembered: %s" % (word, error)
            log(self.why)
            return False
        self.follow()
        self.go_to(word, why)
        return True

    def follow(self) -> None:
        """By what is remembered: a boot finds the file of the side where it leads, and who has the interface."""
        put_in_place(home())
        (release if is_settled() else hold)(self.guard)

    def is_remembered(self) -> bool:
        """Is the state that we are in on the disk; it is, when the disk takes it."""
        if state() != self.state:
            with contextlib.suppress(OSError):
                keep("state", self.state + "\n")
                self.follow()
        return state() == self.state

    def go_to(self, word: str, why: str) -> None:
        """Be in a state and say so."""
        self.state, self.why = word, why or self.why
        log("%s%s" % (word, ": " + why if why else ""))
        self.next_beat = 0.0
        self.beat()

    def fall_back(self, word: str, why: str) -> None:
        """Go to a state on the way home, though it cannot be remembered: a boot would lead the same way."""
        if not self.enter(word, why):
            self.go_to(word, why)

    def given_up(self) -> bool:
        """Has the other host given up, or the seat asked to."""
        return self.peer.get("state") in ("returning", self.plan.get("back")) or "abort" in self.asked
