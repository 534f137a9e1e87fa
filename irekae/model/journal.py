"""What the hosts remember: entries of the journal, and what they say of each item."""

import getpass
import os
import socket
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

Entry = dict[str, Any]
SENT = "announced"  # the event of the announcement that was sent (11.1)


class State(StrEnum):
    """What became of an item on a machine."""

    NOT_DONE = "not done"
    RUNNING = "running"
    DONE = "done"
    NOTHING = "nothing to do"
    FAILED = "failed"
    UNKNOWN = "unknown"
    BY_HAND = "by hand"
    WAIVED = "waived"

    @property
    def settled(self) -> bool:
        """Does a gate let this pass."""
        return self in (State.DONE, State.NOTHING, State.BY_HAND, State.WAIVED)

    @property
    def begun(self) -> bool:
        """Has anything been done; a decision not to do it is none."""
        return self not in (State.NOT_DONE, State.WAIVED)


class ItemState(msgspec.Struct, frozen=True):
    """An item on a machine: its state, who brought it there, when, how long it took in seconds, why, in which boot.

    due_again: it was settled, until something came after it that makes it due again.
    refuted: it was settled, until a check found it otherwise.
    """

    state: State = State.NOT_DONE
    who: str = ""
    at: str = ""
    took: float = 0.0
    why: str = ""
    detail: tuple[str, ...] = ()
    boot: str = ""
    due_again: bool = False
    refuted: bool = False


def operator() -> str:
    """Who acts, as others will see it: user@workstation."""
    user = os.environ.get("SUDO_USER") or getpass.getuser()
    return f"{user}@{socket.gethostname()}"


def now() -> str:
    """The seat's time, ISO 8601 with zone, to the millisecond."""
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


ENDS = {
    "done": State.DONE,
    "nothing": State.NOTHING,
    "failed": State.FAILED,
    "refuted": State.FAILED,
    "unknown": State.UNKNOWN,
    "by hand": State.BY_HAND,
    "waived": State.WAIVED,
    "undone": State.NOT_DONE,
    "proved": State.DONE,
}
LEASE = "lease"  # who has undone it: the host itself, when root's way in had had its time (2.2)
BY_CHECKS = ("refuted", "proved")  # what a check says of an item: nothing was done


def states(entries: Iterable[Entry], holders: Mapping[str, Mapping[str, Any]]) -> dict[str, ItemState]:
    """The state of every item that a machine's journal speaks of.

    Args:
        entries: the journal's lines, oldest first.
        holders: the locks that living agents hold, by item number.
    """
    found: dict[str, ItemState] = {}
    for entry in entries:
        item, event = str(entry.get("item", "")), entry.get("event")
        if event == "started":
            # No outcome follows while it runs, or when whoever ran it died: then nobody knows.
            found[item] = ItemState(State.UNKNOWN, str(entry.get("who", "")), str(entry.get("at", "")))
        elif event in ENDS:
            found[item] = _ended(ENDS[event], entry)
    for item, holder in holders.items():
        found[item] = ItemState(State.RUNNING, str(holder.get("who", "?")), str(holder.get("since", "?")))
    return found


def _ended(state: State, entry: Entry) -> ItemState:
    took, detail = entry.get("took", 0.0), entry.get("detail", ())
    return ItemState(
        state,
        str(entry.get("who", "")),
        str(entry.get("at", "")),
        float(took) if isinstance(took, (int, float)) else 0.0,
        str(entry.get("why", "")),
        tuple(str(line) for line in detail) if isinstance(detail, (list, tuple)) else (str(detail),),
        str(entry.get("boot", "")),
        refuted=entry.get("event") == "refuted",
    )


def overtaken_by(entries: Iterable[Entry], number: str) -> Entry | None:
    """What came after the last outcome of a reboot or a check, and makes it due again; None when it still counts.

    A setting of phase 7 that was changed has to hold over a reboot (8.1), and what was checked before a reboot
    has to be checked behind it (phase 9).
    """
    phase, since = int(number.split(".")[0]), None
    if phase not in (REBOOT, PROOF):
        return None
    for entry in entries:
        item, event = str(entry.get("item", "")), entry.get("event")
        if item == number and event in ENDS and event not in BY_CHECKS:
            since = None
        elif since is None:
            setting = event == "change" and item.startswith(f"{SETTINGS}.")
            rebooted = phase == PROOF and event == "done" and item == f"{REBOOT}.1"
            since = entry if setting or rebooted else None
    return since


SETTINGS, REBOOT, PROOF = 7, 8, 9  # phases


def undoable(entries: Iterable[Entry]) -> list[Entry]:
    """The changes that have not been undone, newest first."""
    changes: dict[int, Entry] = {}
    for entry in entries:
        if entry.get("event") == "change":
            changes[int(entry["n"])] = entry
        elif entry.get("event") == "change undone":
            changes.pop(int(entry["n"]), None)
    return [changes[n] for n in sorted(changes, reverse=True)]
