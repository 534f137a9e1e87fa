"""The connections of this seat to the hosts: who answers at which name, and whether it may."""

import socket
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Self

from irekae.host.interrupt import pause
from irekae.host.overlay import Ground, Planned, Real
from irekae.host.remote import Link
from irekae.model.errors import Status, SwapError
from irekae.model.journal import Entry
from irekae.model.printing import complain, show
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.machines import Pins, fingerprint
from irekae.site.site import Site

# States of phase 6 (docs/phase6.md) in which a machine may answer at either address.
IN_BETWEEN = ("armed", "changing", "trial", "prepared", "returning")
PATIENCE = 60  # seconds beyond confirm_within in which a host that is on its way must be back


@dataclass
class Connections:
    """What is known of the hosts, and the way to them.

    Attributes:
        inventory, site, pins: as loaded.
        planned: is this a plan.
        links: open connections by the name connected to.
        grounds: what the verbs stand on there.
        entries: what the host remembers: its journal.
    """

    inventory: Inventory
    site: Site
    pins: Pins
    planned: bool = False
    links: dict[str, Link] = field(default_factory=dict)
    grounds: dict[str, Ground] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)

    def connect(self, names: Iterable[str] | None = None) -> Self:
        """Open the connections that are missing, side by side, and check who answers.

        Raises:
            SwapError: a host cannot be reached, a stranger answers, or the machines are not where the swap left them.
        """
        wanted = [self.inventory.named(name) for name in names or [entry.name for entry in self.inventory.pair]]
        limit = time.monotonic() + self.site.network.confirm_within + PATIENCE
        while errors := self._open([entry for entry in wanted if entry.name not in self.links]):
            if not self._is_between() or time.monotonic() > limit:
                self.close()
                raise SwapError(
                    "\n".join(error.what for error in errors), errors[0].detail, errors[0].hint, errors[0].status
                )
            show("  in the middle of phase 6: waiting for the other host")
            pause(2.0)
        return self

    def _open(self, missing: list[HostEntry]) -> list[SwapError]:
        """Connect to all of them side by side; why some could not be reached."""
        pool = ThreadPoolExecutor(4)
        try:
            tries = [pool.submit(Link, self.inventory, entry, self.pins, self.site.site.state) for entry in missing]
            wait(tries)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # an interrupted command waits for no time-out
        errors = [error for future in tries if isinstance(error := future.exception(), SwapError)]
        for entry, future in zip(missing, tries, strict=True):
            if not isinstance(future.exception(), SwapError):
                self._keep(entry, future.result())
        if refused := [error for error in errors if error.status is Status.REFUSED]:
            self.close()
            raise refused[0]
        for entry in missing:
            if entry.name in self.links:
                self._check_place(entry)
        return errors

    def _is_between(self) -> bool:
        """Does a host that can be reached say that phase 6 is under way: then the other one is on its way too."""
        for name in list(self.links):
            try:
                with self.links[name].patience(5):
                    self.refresh(name)
            except SwapError:
                self.drop(name)
        return any(link.facts.get("exchange") in IN_BETWEEN for link in self.links.values())

    def join(self, entry: HostEntry) -> None:
        """Connect to one name more, if it can be reached; the other connections stay.

        Raises:
            SwapError: a stranger answers.
        """
        if entry.name in self.links:
            return
        if not greets(entry, 1.0):
            return
        try:
            link = Link(self.inventory, entry, self.pins, self.site.site.state)
        except SwapError as error:
            if error.status is Status.REFUSED:
                raise
            return
        self._keep(entry, link)
        self._check_place(entry)

    def origin(self, name: str) -> str:
        """The name that the machine now connected under `name` bore before the swap."""
        return self._origin(self.links[name])

    @staticmethod
    def _origin(link: Link) -> str:
        run = link.facts["run"]
        return str(run["name_before"]) if run else link.machine.first_name

    def _of_pair(self, name: str) -> bool:
        return name in (entry.name for entry in self.inventory.pair)

    def link_of(self, origin: str) -> Link | None:
        """The connection to the machine that bore a name before the swap, wherever it is now."""
        for entry in self.inventory.pair:
            if entry.name in self.links and self.origin(entry.name) == origin:
                return self.links[entry.name]
        return None

    def _keep(self, entry: HostEntry, link: Link) -> None:
        for name, other in list(self.links.items()):
            if other.machine == link.machine:
                # It has moved since: what is connected under its former name is a dead end.
                self.drop(name)
        self.links[entry.name] = link
        self.grounds[entry.name] = Planned(link) if self.planned else Real(link)
        self.entries[entry.name] = list(link.facts["journal"])
        for line in link.facts["broken_lines"]:
            path = f"{self.site.site.state}/journal.jsonl"
            complain(f"irekae: {entry.name}: line {line} of {path} is no entry: passed over")

    def want_login(self, entry: HostEntry) -> None:
        """Log in once more beside the connection that is open, and leave.

        Raises:
            SwapError: the host does not let us in any more.
        """
        Link(self.inventory, entry, self.pins, self.site.site.state).close()

    def drop(self, name: str) -> None:
        """Forget the connection to a name."""
        if name in self.links:
            self.links.pop(name).close()
            self.entries.pop(name)
            self.grounds.pop(name)

    def close(self) -> None:
        """End every connection."""
        for name in list(self.links):
            self.drop(name)

    def refresh(self, name: str) -> None:
        """Ask a host again who it is and what it remembers."""
        link = self.links[name]
        link.facts = link.ask("facts")
        self.entries[name][:] = link.facts["journal"]

    def catch_up(self, name: str) -> None:
        """Read what other operators wrote into a host's journal since; everyone who holds its entries sees it."""
        entries = self.entries[name]
        fresh = self.links[name].ask("journal", known=len(entries))
        if fresh is not None:
            entries[:] = fresh

    def _check_place(self, entry: HostEntry) -> None:
        """Refuse a machine that must not answer to this name (idea 1: machine is not name)."""
        link = self.links[entry.name]
        run = link.facts["run"]
        expected = link.machine.first_name if run is None else str(run["name_before"])
        if run is not None and link.facts.get("exchange") == "confirmed":
            expected = self.inventory.other(expected).name
        if entry.name == expected or link.facts.get("exchange") in IN_BETWEEN:
            return
        prints = "\n".join(f"{key.split()[0]} {fingerprint(key)}" for key in link.machine.keys)
        raise SwapError(
            f"{entry.name} ({entry.address}) is answered by the machine that must be {expected}",
            prints,
            "names and addresses are not where the swap left them: look at both hosts' addresses",
            Status.REFUSED,
        )


def greets(entry: HostEntry, seconds: float) -> bool:
    """Does an ssh server greet at the address of a name within so many seconds (RFC 4253, 4.2)."""
    try:
        with socket.create_connection((entry.address, entry.port), seconds) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
