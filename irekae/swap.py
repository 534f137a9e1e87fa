"""A swap in progress, as seen from this seat: who the hosts are, what they remember, and the hosts to act on."""

import getpass
import socket
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msgspec import structs

from irekae.editors.names import Exchange, HostNames
from irekae.errors import Status, SwapError
from irekae.ground import Ground, Planned, Real
from irekae.host import Host
from irekae.identity import Pins, fingerprint, load_pins
from irekae.interrupt import pause
from irekae.inventory import HostEntry, Inventory, load_inventory
from irekae.items import EXCHANGE_PHASE, Item, On
from irekae.journal import Entry, ItemState, State, states
from irekae.record import PlannedChange, Record, show
from irekae.remote import Link, Lost
from irekae.site import Site, load_site

# States of phase 6 (docs/phase6.md) in which a machine may answer at either address.
IN_BETWEEN = ("armed", "changing", "trial", "prepared", "returning")
PATIENCE = 60  # seconds beyond confirm_within in which a host that is on its way must be back


@dataclass
class Swap:
    """What every command starts from.

    Attributes:
        inventory, site, pins: as loaded.
        planned: is this a plan.
        links: open connections by the name connected to.
        plan: changes that a plan collected.
        bound: the pair bound to an item, by role.
        send: may the announcement be sent (11.1).
    """

    inventory: Inventory
    site: Site
    pins: Pins
    planned: bool = False
    links: dict[str, Link] = field(default_factory=dict)
    grounds: dict[str, Ground] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    plan: list[PlannedChange] = field(default_factory=list)
    bound: dict[str, Host] = field(default_factory=dict)
    send: bool = False

    @classmethod
    def load(cls, planned: bool = False) -> "Swap":
        """From hosts.ini, site.toml and the pins of this seat; nothing is connected yet."""
        inventory = load_inventory()
        return cls(inventory, load_site(inventory), load_pins(inventory), planned)

    # --- connections ---

    def connect(self, names: Iterable[str] | None = None) -> "Swap":
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
            print(f"irekae: {entry.name}: line {line} of {path} is no entry: passed over", file=sys.stderr)

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

    # --- the run ---

    @property
    def run(self) -> dict[str, Any] | None:
        """This swap's identity as the hosts remember it, or None before phase 0."""
        return next((link.facts["run"] for link in self.links.values() if link.facts["run"]), None)

    @property
    def today(self) -> str:
        """The day of the swap, YYYYMMDD: the same in every dated copy, whatever the clock says when it is resumed."""
        return str(self.run["today"]) if self.run else date.today().strftime("%Y%m%d")

    @property
    def exchanged(self) -> bool:
        """Have the names changed places (phase 6)."""
        # Other threads drop connections while their host reboots: look at what is there at one moment.
        return any(self._origin(link) != name for name, link in list(self.links.items()) if self._of_pair(name))

    def entry_for(self, phase: int, role: On) -> HostEntry:
        """The name under which the machine is found just now that has the role in that phase."""
        named = self.inventory.production if role is On.PRODUCTION else self.inventory.standby
        # In a plan, phases behind the exchange are planned before it happened: the machine still has its old name.
        return named if self.exchanged is (phase > EXCHANGE_PHASE) else self.inventory.other(named.name)

    def name_in(self, phase: int, role: On) -> str:
        """The name that the host with the role bears in that phase."""
        return (self.inventory.production if role is On.PRODUCTION else self.inventory.standby).name

    def state(self, item: Item, role: On) -> ItemState:
        """What became of an item on the host that has the role."""
        return self._state(item, role, self.links[self.entry_for(item.phase, role).name].facts["holders"])

    def remembered(self, item: Item, role: On) -> ItemState:
        """What the journal alone says of an item, whoever holds its lock."""
        return self._state(item, role, {})

    def _state(self, item: Item, role: On, holders: dict[str, Any]) -> ItemState:
        name = self.entry_for(item.phase, role).name
        found = states(self.entries[name], holders)
        state = found.get(item.number, ItemState())
        begun = found.get("6.1", ItemState()).state is not State.NOT_DONE
        if item.until_boot and state.boot not in ("", self.links[name].facts["boot_id"]) and not begun:
            return structs.replace(state, state=State.UNKNOWN, why="the host has booted since")
        return state

    def as_plan(self) -> "Swap":
        """A plan over the connections that are open; the hosts' memory is copied, so nothing of it shows here."""
        grounds: dict[str, Ground] = {name: Planned(link) for name, link in self.links.items()}
        entries = {name: list(journal) for name, journal in self.entries.items()}
        return Swap(self.inventory, self.site, self.pins, True, self.links, grounds, entries)

    # --- hosts for an item ---

    def host(self, item: Item, role: On) -> Host:
        """The host that has the role, bound to an item.

        Raises:
            Lost: there is no connection to it just now.
        """
        entry = self.entry_for(item.phase, role)
        if entry.name not in self.links:
            raise Lost(entry.name, "it is not connected")
        record = Record(
            item.number,
            item.phase,
            self.name_in(item.phase, role),
            self.links[entry.name],
            self.grounds[entry.name],
            self.entries[entry.name],
            self.plan,
        )
        named = self.inventory.production if role is On.PRODUCTION else self.inventory.standby
        return Host(named, record, self.today, role)

    def for_pair(self, item: Item) -> "Swap":
        """This swap with both hosts bound to an item, for items that act on the pair."""
        view = Swap(
            self.inventory, self.site, self.pins, self.planned, self.links, self.grounds, self.entries, self.plan
        )
        view.bound = {role: self.host(item, role) for role in (On.PRODUCTION, On.STANDBY)}
        view.send = self.send
        return view

    @property
    def production(self) -> Host:
        """The production host of the item at hand."""
        return self.bound[On.PRODUCTION]

    @property
    def standby(self) -> Host:
        """The standby host of the item at hand."""
        return self.bound[On.STANDBY]

    def exchange_on(self, host: Host) -> Exchange:
        """The exchange of names as the editors want it, for a host that still bears its old name."""
        day = date(int(self.today[:4]), int(self.today[4:6]), int(self.today[6:]))
        return Exchange(names_of(host.entry), names_of(self.inventory.other(host.name)), day)


def greets(entry: HostEntry, seconds: float) -> bool:
    """Does an ssh server greet at the address of a name within so many seconds (RFC 4253, 4.2)."""
    try:
        with socket.create_connection((entry.address, entry.port), seconds) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def names_of(entry: HostEntry) -> HostNames:
    """A line of hosts.ini as the editors want it."""
    return HostNames.of(entry.name, entry.fqdn, entry.address)


def login_user(entry: HostEntry) -> str:
    """The account that the operator uses on a host."""
    return entry.user or getpass.getuser()
