"""The connections of this seat to the hosts: who answers at which name, and whether it may."""

import socket
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Self

from irekae.host import early, pairing
from irekae.host.interrupt import pause
from irekae.host.memory import Request
from irekae.host.overlay import Ground, Planned, Real
from irekae.host.remote import Link
from irekae.model.errors import Status, SwapError
from irekae.model.journal import Entry, State
from irekae.model.printing import complain, show
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.machines import Pins
from irekae.site.site import Site

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
        silent: why a name of the pair was not reached, where that is no reason to stop.
    """

    inventory: Inventory
    site: Site
    pins: Pins
    planned: bool = False
    links: dict[str, Link] = field(default_factory=dict)
    grounds: dict[str, Ground] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    silent: dict[str, SwapError] = field(default_factory=dict)

    def connect(self, names: Iterable[str] | None = None, *, believe: bool = False, some: bool = False) -> Self:
        """Open the connections that are missing, side by side, and check who answers.

        Args:
            names: of hosts; the pair's by default.
            believe: do not ask whether the hosts agree with the pins and with each other: for whoever is to settle it.
            some: be content with those that can be reached, if there are any.

        Raises:
            SwapError: a host cannot be reached, a stranger answers, or what the hosts say cannot all be true.
        """
        wanted = [self.inventory.named(name) for name in names or [entry.name for entry in self.inventory.pair]]
        limit = time.monotonic() + self.site.network.confirm_within + PATIENCE
        while errors := self._open([entry for entry in wanted if entry.name not in self.links]):
            if some and self.links:
                break
            if not self._is_between() or time.monotonic() > limit:
                self.close()
                raise SwapError(
                    "\n".join(error.what for error in errors), errors[0].detail, errors[0].hint, errors[0].status
                )
            show("  in the middle of phase 6: waiting for the other host", State.RUNNING)
            pause(2.0)
        if not believe:
            self._want_agreement()
        return self

    def _want_agreement(self) -> None:
        try:
            pairing.want_agreement(self.inventory, self.links)
        except SwapError:
            self.close()
            raise

    def _open(self, missing: list[HostEntry]) -> list[SwapError]:
        """Connect to all of them side by side; why some could not be reached."""
        pool = ThreadPoolExecutor(4)
        try:
            tries = [self._begun(entry, pool) for entry in missing]
            wait(tries)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # an interrupted command waits for no time-out
        errors = [error for future in tries if isinstance(error := future.exception(), SwapError)]
        for entry, future in zip(missing, tries, strict=True):
            error = future.exception()
            if isinstance(error, SwapError):
                self.silent[entry.name] = error
            else:
                self._keep_apart(entry, future.result())
        if refused := [error for error in errors if error.status is Status.REFUSED]:
            self.close()
            raise refused[0]
        return errors

    def _begun(self, entry: HostEntry, pool: ThreadPoolExecutor) -> Future[Link]:
        state = self.site.site.state
        return early.begun(entry, self.pins, state) or pool.submit(Link, self.inventory, entry, self.pins, state)

    def _keep_apart(self, entry: HostEntry, link: Link) -> None:
        """Keep a connection, unless its machine answers at another name at the same time.

        Raises:
            SwapError: it does.
        """
        for other in list(self.links.values()):
            if other.machine == link.machine and _answers(other):
                link.close()
                self.close()
                raise pairing.same_machine(other, link)
        self._keep(entry, link)

    def _is_between(self) -> bool:
        """Does a host that can be reached say that phase 6 is under way: then the other one is on its way too."""
        for name in list(self.links):
            try:
                with self.links[name].patience(5):
                    self.refresh(name)
            except SwapError:
                self.drop(name)
        return any(link.facts.get("exchange") in pairing.IN_BETWEEN for link in self.links.values())

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
        pairing.want_agreement(self.inventory, {entry.name: link})

    def origin(self, name: str) -> str:
        """The name that the machine now connected under `name` bore before the swap."""
        return self._origin(self.links[name])

    @staticmethod
    def _origin(link: Link) -> str:
        return link.machine.first_name

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
        self.silent.pop(entry.name, None)
        self.entries[entry.name] = self._read(entry.name, link)
        for line in link.facts["broken_lines"]:
            path = f"{self.site.site.state}/journal.jsonl"
            complain(f"irekae: {entry.name}: line {line} of {path} is no entry: passed over")

    def want_login(self, entry: HostEntry) -> None:
        """Log in once more beside the connection that is open, and leave.

        Raises:
            SwapError: the host does not let us in any more.
        """
        Link(self.inventory, entry, self.pins, self.site.site.state).close()

    def _read(self, name: str, link: Link) -> list[Entry]:
        """The entries that can be used; of what else a hand wrote there it is said that it was passed over."""
        if strange := link.copy.strange:
            complain(f"irekae: {name}: {strange} lines of {self.site.site.state}/journal.jsonl are no entries of ours")
        return list(link.facts["journal"])

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
        link.recall()
        self.entries[name][:] = self._read(name, link)

    def catch_up(self, name: str, *before: Request) -> list[Any]:
        """Read what other operators wrote into a host's journal since; everyone who holds its entries sees it.

        Args:
            name: of the host.
            before: what is asked for before, in the same round trip; its answers are returned.
        """
        answers, fresh = self.links[name].news_behind(before)
        if fresh is not None:
            self.entries[name][:] = fresh
        return answers


def _answers(link: Link) -> bool:
    """Does a connection live still; one to an address that its machine has left does not."""
    try:
        with link.patience(5):
            link.ask("clock")
    except SwapError:
        return False
    return True


def greets(entry: HostEntry, seconds: float) -> bool:
    """Does an ssh server greet at the address of a name within so many seconds (RFC 4253, 4.2)."""
    try:
        with socket.create_connection((entry.address, entry.port), seconds) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
