"""A swap in progress, as seen from this seat: who the hosts are, what they remember, and the hosts to act on."""

import getpass
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from msgspec import structs

from irekae.host.connections import Connections
from irekae.host.host import Host
from irekae.host.names import Exchange, HostNames
from irekae.host.overlay import Ground, Planned
from irekae.host.record import PlannedChange, Record
from irekae.host.remote import Lost
from irekae.model.clock import here
from irekae.model.items import EXCHANGE_PHASE, Item, On, keep_parts
from irekae.model.journal import LEASE, Entry, ItemState, State, overtaken_by, states
from irekae.model.printing.events import Outcome, Spot
from irekae.site.inventory import HostEntry, load_inventory
from irekae.site.machines import load_pins
from irekae.site.site import load_site

OUTCOMES = (State.DONE, State.NOTHING, State.BY_HAND)


@dataclass
class Swap(Connections):
    """What every command starts from.

    Attributes:
        plan: changes that a plan collected.
        in_plan: items that it holds, by number and host: what is planned once is not planned again on top of itself.
        bound: the pair bound to an item, by role.
        send: may the announcement be sent (11.1).
        yes: has the command line confirmed what would be asked.
        unwatched: may the outage begin while nobody measures it.
        outcomes: of the items that this command has carried out, or found settled.
    """

    plan: list[PlannedChange] = field(default_factory=list)
    in_plan: set[tuple[str, str]] = field(default_factory=set)
    bound: dict[str, Host] = field(default_factory=dict)
    send: bool = False
    yes: bool = False
    unwatched: bool = False
    outcomes: list[tuple[Spot, Outcome]] = field(default_factory=list)
    _told: dict[str, tuple[int, Entry | None, dict[str, ItemState]]] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, planned: bool = False) -> "Swap":
        """From hosts.ini, site.toml and the pins of this seat; nothing is connected yet.

        From here on the items are those of this site.
        """
        inventory = load_inventory()
        site = load_site(inventory)
        keep_parts(site.has)
        return cls(inventory, site, load_pins(inventory), planned)

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
        found = self._by_journal(name) | states((), holders)
        state = found.get(item.number, ItemState())
        begun = found.get("6.1", ItemState()).state is not State.NOT_DONE
        if item.until_boot and state.boot not in ("", self.links[name].facts["boot_id"]) and not begun:
            return structs.replace(state, state=State.UNKNOWN, why="the host has booted since")
        if item.until and state.who == LEASE and found.get(item.until, ItemState()).state.begun:
            # Its time is over: what the host has ended by itself meanwhile, nobody needs to begin again.
            return structs.replace(state, state=State.DONE)
        if state.state in OUTCOMES and (later := overtaken_by(self.entries[name], item.number)):
            when = here(str(later.get("at", "")))
            why = f"due again: {later.get('item')} came after it ({later.get('who', '?')}, {when})"
            return structs.replace(state, state=State.UNKNOWN, why=why, due_again=True)
        return state

    def _by_journal(self, name: str) -> dict[str, ItemState]:
        """The states that a journal tells; read again only once it has changed."""
        entries, (count, last, found) = self.entries[name], self._told.get(name, (0, None, {}))
        if count != len(entries) or (entries and entries[-1] is not last):
            found = states(entries, {})
            self._told[name] = (len(entries), entries[-1] if entries else None, found)
        return found

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
            self.name_in(item.phase, role) if self.planned else "",
            self.links[entry.name],
            self.grounds[entry.name],
            self.entries[entry.name],
            self.plan,
            public_words={form.lower() for entry in self.inventory.pair for form in names_of(entry).forms},
        )
        named = self.inventory.production if role is On.PRODUCTION else self.inventory.standby
        return Host(named, record, self.today, role)

    def for_pair(self, item: Item) -> "Swap":
        """This swap with both hosts bound to an item, for items that act on the pair."""
        view = Swap(
            self.inventory, self.site, self.pins, self.planned, self.links, self.grounds, self.entries, plan=self.plan
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
        return Exchange(names_of(host.entry), names_of(self.inventory.other(host.entry.name)), day)


def names_of(entry: HostEntry) -> HostNames:
    """A line of hosts.ini as the editors want it."""
    return HostNames.of(entry.name, entry.fqdn, entry.address, entry.ipv6)


def login_user(entry: HostEntry) -> str:
    """The account that the operator uses on a host."""
    return entry.user or getpass.getuser()
