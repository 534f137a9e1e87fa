"""The exchange as the seat sees it: who is where, what each host says, and the one thing to be done next."""

import json
import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NotRequired, TypedDict

from irekae.host.claims import Exchange, Seconds, told
from irekae.host.editors.hostname import stated_name
from irekae.host.host import Host
from irekae.host.interrupt import pause
from irekae.host.overlay import run
from irekae.host.remote import HostError, Lost
from irekae.model.errors import Status, SwapError, again
from irekae.model.items import On
from irekae.model.journal import now, undoable
from irekae.subjects.network import address_guard
from irekae.subjects.network.knocking import wait_until_taken
from irekae.subjects.network.watchdog.words import SETTLED
from irekae.swap.swap import Swap

ITEM = "6.1"
GAP = 0.15  # seconds between two looks at the hosts
GONE = (
    0.3  # seconds without a greeting: less than any address is away, so that the next holder is not taken for the last
)
DEAF = 10.0  # seconds in which two armed hosts must hear each other
SETTLE = 180.0  # seconds beyond the deadline in which both must be back, a reboot (D6) included
ENDS = {"new": ("confirmed", "reverted"), "old": ("reverted", "confirmed")}


class Said(TypedDict):
    """A watchdog's answer: its state, whether it hears the other one, and the seconds that are left."""

    state: Exchange
    hears: bool
    left: NotRequired[Seconds | None]


class Guard(TypedDict):
    """What 5.3 left on a host: name, address, file and commands of either side."""

    old: dict[str, Any]
    new: dict[str, Any]


class Coordinator:
    """The exchange as the seat sees it.

    Args:
        swap: with both hosts bound to 6.1.
        take: the side to go to, "new" (the other one's name and address) or "old".
    """

    def __init__(self, swap: Swap, take: str) -> None:
        """Production is the promising host, the standby the deciding one."""
        self.swap = swap
        self.take = take
        self.hosts = (swap.production, swap.standby)
        self.ids: dict[str, str] = {}
        self.told: dict[str, str] = {}
        self.deaf = ""

    def goal(self, host: Host) -> str:
        """The name that the host is to bear."""
        return host.entry.name if self.take == "old" else self.swap.inventory.other(host.entry.name).name

    @staticmethod
    def _at_once(act: Callable[[Any], Any], things: Sequence[Any]) -> list[Any]:
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(act, things))

    # --- who is where ---

    def join(self) -> list[Host]:
        """Connect to what can be reached and bind each host to its machine's connection; the hosts reached."""
        self._at_once(self.swap.join, self.swap.inventory.pair)
        found = []
        for host in self.hosts:
            link = self.swap.link_of(host.entry.name)
            if link is None:
                continue
            name = link.entry.name
            host.record.link, host.record.ground = link, self.swap.grounds[name]
            host.record.entries = self.swap.entries[name]
            self._want_same_machine(host)
            found.append(host)
        return found

    def _want_same_machine(self, host: Host) -> None:
        """The host key named the machine; its machine-id must agree with all that is known of it."""
        link = host.link
        shown = str(link.facts["machine_id"])
        known = [
            link.machine.machine_id,
            (link.facts["run"] or {}).get("machine_id", ""),
            self.ids.get(host.entry.name, ""),
        ]
        for expected in known:
            if expected and expected != shown:
                raise SwapError(
                    f"{link.entry.name} has the host key of one machine and the machine-id of another",
                    f"machine-id {shown}, expected {expected}",
                    "find out which machine that is before going on",
                    Status.REFUSED,
                )
        self.ids[host.entry.name] = shown

    def ask(self, host: Host, word: str) -> Said | None:
        """Tell a host's watchdog a word; its answer, or None when the connection is gone."""
        link = host.link
        try:
            with link.patience(5):
                found = run(link, [*address_guard.call(self.swap), "ask", word], timeout=10)
        except (Lost, HostError):
            self.swap.drop(link.entry.name)
            return None
        if not found.out.strip():
            raise SwapError(
                f"the watchdog of {host.entry.name} does not answer",
                found.err.decode("utf-8", "replace").strip(),
                f"was phase 5 done? {address_guard.script(self.swap)} must lie on {host.entry.name}",
            )
        answer: Said = told(host.entry.name, "the watchdog", found.out, Said)
        return answer

    def look(self) -> dict[On, Said]:
        """What the hosts that can be reached say."""
        hosts = self.join()
        answers = self._at_once(lambda host: self.ask(host, "status"), hosts)
        return {host.role: said for host, said in zip(hosts, answers, strict=True) if said is not None}

    def words(self) -> list[str] | None:
        """Both hosts' states if both are settled, else None."""
        seen = self.look()
        words = [str(said["state"]) for said in seen.values()]
        return words if len(words) == 2 and all(word in SETTLED for word in words) else None

    # --- steps ---

    def announce(self) -> None:
        """Write the intent on both hosts."""
        for host in self.hosts:
            addresses = ", ".join(self.swap.inventory.named(self.goal(host)).addresses)
            host.record.change(f"become {self.goal(host)} ({addresses})", {"kind": "exchange"})

    def arm(self) -> None:
        """Give both watchdogs the plan; nothing changes before both say go."""
        shared = {
            "id": now(),
            "secret": secrets.token_hex(32),
            "take": self.take,
            "leave": "old" if self.take == "new" else "new",
            "done": ENDS[self.take][0],
            "back": ENDS[self.take][1],
            "confirm_within": self.swap.site.network.confirm_within,
        }
        ids = {host.role: str(host.link.facts["machine_id"]) for host in self.hosts}

        def arm(host: Host) -> None:
            guard = host.read(f"{address_guard.folder(self.swap)}/guard.json")
            known = told(host.entry.name, "guard.json", guard, Guard)
            named = stated_name(host.read("/etc/hostname"))
            plan = {
                **shared,
                "me": ids[host.role],
                "peer": ids[On.STANDBY if host.role is On.PRODUCTION else On.PRODUCTION],
                "decides": host.role is On.STANDBY,
                "old": known["old"],
                "new": {**known["new"], "name": named},
            }
            sent = json.dumps(plan).encode()
            found = run(host.link, [*address_guard.call(self.swap), "arm"], sent, timeout=30)
            if found.status:
                raise SwapError(
                    f"the watchdog of {host.entry.name} could not be armed",
                    (found.text + found.err.decode("utf-8", "replace")).strip(),
                    "`fab phase5.addresses` stages the address anew, then `fab phase6`",
                )

        self._at_once(arm, self.hosts)

    def settle(self) -> None:
        """Do what there is to do until both hosts have come to rest on the wanted side.

        Raises:
            SwapError: they came to rest elsewhere.
        """
        words = self.wait_settled()
        if set(words) == {ENDS[self.take][0]}:
            return
        reasons = "\n".join(f"{host.entry.name}: {line}" for host in self.hosts for line in self._log(host))
        if set(words) <= {"", ENDS[self.take][1]}:
            if self.take == "new":
                self.mark_undone()
            if self.deaf:
                raise SwapError(
                    f"{self.deaf} heard nothing of the other host on the Ethernet in {DEAF:.0f} s: nothing was changed",
                    reasons,
                    f"let the switch and what filters there pass frames of type 0x88b5 between the two, then {again()}",
                )
            raise SwapError("both hosts went back", reasons, f"mend what stopped it, then {again()}")
        raise SwapError("the hosts do not agree", reasons, "look at both: docs/phase6.md", Status.INCOMPLETE)

    def wait_settled(self) -> list[str]:
        """Both hosts' states when they have come to rest."""
        began = time.monotonic()
        limit = began + self.swap.site.network.confirm_within * 2 + SETTLE
        while time.monotonic() < limit:
            seen = self.look()
            self._show(seen)
            if len(seen) == 2:
                words = [str(said["state"]) for said in seen.values()]
                if all(word in SETTLED for word in words):
                    return words
                if self._push(seen, time.monotonic() - began):
                    continue  # what became of it is to be seen at once
            pause(GAP)
        missing = [host.entry.name for host in self.hosts if host.role not in seen]
        raise Lost(" and ".join(missing) or "both", f"no end after {limit - began:.0f} s: {self.told}")

    def _push(self, seen: dict[On, Said], waited: float) -> bool:
        """The one thing that is to be done next, by both states (docs/phase6.md has the table); was there one."""
        promising, deciding = self.hosts
        match (seen[On.PRODUCTION]["state"], seen[On.STANDBY]["state"]):
            case ("armed", "armed"):
                if all(said["hears"] for said in seen.values()):
                    self._go()
                elif waited > DEAF:
                    self.deaf = " and ".join(host.name for host in self.hosts if not seen[host.role]["hears"])
                    self.abort()
                else:
                    return False
            # Only one was armed when another seat died: nothing has changed, and nothing will.
            case ("armed", word) if word in SETTLED:
                self.ask(promising, "abort")
            case (word, "armed") if word in SETTLED:
                self.ask(deciding, "abort")
            case ("trial", "trial") if self._in_place():
                self.ask(promising, "prepare")
            case ("prepared", "trial") if self._in_place():
                self.ask(deciding, "confirm")
            case ("prepared", word) if word == ENDS[self.take][0]:
                self.ask(promising, "confirm")
            case _:
                return False
        return True

    def _in_place(self) -> bool:
        return all(host.link.entry.name == self.goal(host) for host in self.hosts)

    def _go(self) -> None:
        """Let them go, and log out: the connections of the old addresses are of no use any more."""
        for host in self.hosts:
            host.link.ask("unlock", name=ITEM)
        self._at_once(lambda host: self.ask(host, "go"), self.hosts)
        for host in self.hosts:
            self.swap.drop(host.link.entry.name)
        # Whoever logs in again too early is cut off in the middle of it.
        soon = self.swap.site.network.confirm_within / 4
        self._at_once(lambda entry: wait_until_taken(entry, soon), self.swap.inventory.pair)

    def abort(self) -> None:
        """Ask both to go back: the deciding one first, since the other one follows it."""
        for host in reversed(self.hosts):
            if self.swap.link_of(host.entry.name):
                self.ask(host, "abort")

    # --- what is told and written down ---

    def mark_undone(self) -> None:
        """Both are at their old places: earlier entries of the exchange are taken back."""
        for host in self.hosts:
            for change in undoable(host.record.entries):
                if change["undo"].get("kind") == "exchange":
                    host.record.event("change undone", n=change["n"])

    def _show(self, seen: dict[On, Said]) -> None:
        for host in self.hosts:
            said = seen.get(host.role)
            word = (said["state"] or "at rest") if said else "away"
            if self.told.get(host.entry.name) != word:
                self.told[host.entry.name] = word
                left = said.get("left") if said else None
                host.record.tell(f"{word}, {left:.0f} s left" if left else word)

    def _log(self, host: Host) -> list[str]:
        if self.swap.link_of(host.entry.name) is None:
            return ["cannot be reached"]
        return host.look("tail", "-n", "12", f"{address_guard.folder(self.swap)}/watchdog.log").text.splitlines()

    def away(self, host: Host) -> str:
        """What the host's own log says of the time without an address."""
        said = [line for line in self._log(host) if "without an address" in line]
        return said[-1].partition(" ")[2] if said else "no time without an address is recorded"
