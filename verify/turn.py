"""One run of the suite at a time on a pair, whichever seat it comes from: they would disturb each other's checks.

Two runs send to the same mailbox, register the same account and ban the same address. So each takes its turn on both
hosts, under a lease that it renews while it lives; another waits for it. A run that died is taken over once its lease
has ended. A host that cannot be asked has no turn to give: what is to be checked there fails by itself.
"""

from __future__ import annotations

import getpass
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from irekae.model.legible import legible
from verify.connection import FarError, PinnedSsh
from verify.finding import Unreachable

LEASE = 60.0  # seconds
RENEWED = 15.0  # seconds from one renewal to the next
LOOK = 0.5  # seconds between two looks at another's turn
PATIENCE = 3600.0  # seconds: as long as a run of the suite may last


@dataclass
class Turn:
    """The turn of this run.

    Attributes:
        hosts: the pair, in the order of hosts.ini: the same at every seat, so that no two wait for each other.
        tell: shows a line to whoever waits.
    """

    hosts: Sequence[PinnedSsh]
    tell: Callable[[str], None]
    _held: list[PinnedSsh] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _lease: dict[str, Any] = field(default_factory=dict)

    def take(self) -> None:
        """Wait until it is ours, and keep it from then on."""
        self._lease = {
            "token": secrets.token_hex(8),
            "who": f"{getpass.getuser()}@{socket.gethostname()}",
            "since": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S %z"),
            "seconds": LEASE,
        }
        threading.Thread(target=self._renew, daemon=True).start()
        self._on_all("look", self.hosts)  # opens the connections side by side
        for host in self.hosts:
            self._wait_for(host)

    def _wait_for(self, host: PinnedSsh) -> None:
        told, deadline = "", time.monotonic() + PATIENCE
        while not (answer := self._ask(host, "take"))["held"]:
            if "who" not in answer:
                return
            who = legible(f"{answer['who']} since {answer['since']}")
            if who != told:
                self.tell(f"waiting: another run of the suite is under way on {host.entry.name}, by {who}")
                told = who
            if time.monotonic() > deadline:
                pytest.exit(f"another run of the suite does not end on {host.entry.name}: by {who}", returncode=3)
            time.sleep(LOOK)
        self._held.append(host)

    def _ask(self, host: PinnedSsh, act: str) -> dict[str, Any]:
        """What the host says; a host that cannot be asked holds nothing and names nobody."""
        try:
            return host.far("turn", {**self._lease, "act": act}, become="root")
        except (Unreachable, FarError):
            return {"held": False}

    def _renew(self) -> None:
        while not self._over.wait(RENEWED):
            self._on_all("take", list(self._held))

    def give_back(self) -> None:
        """It is somebody else's; once is enough."""
        self._over.set()
        self._on_all("give", self._held)
        self._held.clear()

    def _on_all(self, act: str, hosts: Sequence[PinnedSsh]) -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(partial(self._ask, act=act), hosts))
