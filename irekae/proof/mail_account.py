"""Every message that was queued when the swap began (1.6), and what became of it; and mail that is stranded.

Stranded is what lies on the old machine alone and came there behind the copy: nobody looks for it there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from irekae.host.remote import Link
from irekae.model.journal import Entry
from irekae.model.legible import legible
from irekae.model.results import Comparison
from irekae.subjects.mail import system_of
from irekae.subjects.mail.queue import carried_folder, held_folder
from irekae.swap.swap import Swap

Message = dict[str, Any]
BEFORE = "queued"


@dataclass(frozen=True)
class Machine:
    """One machine's queue then and now.

    Attributes:
        name: that it bears now.
        then: what 1.6 found in its queue.
        now: what is in it now, by id.
        held: what 1.6 took out of it, by id.
        ends: what its log says of those that are in it no more, by number.
    """

    name: str
    then: list[Message]
    now: dict[str, Message]
    held: dict[str, Message]
    ends: dict[str, str] = field(default_factory=dict)


def rows(swap: Swap, since: float) -> Iterator[Comparison]:
    """A row for each message that was queued, and for each that is stranded; nothing before the names are exchanged.

    Args:
        swap: connected to the pair.
        since: when the copy was confirmed, seconds since 1970.
    """
    if not swap.exchanged or swap.site.mail is None:
        return
    old, new = swap.inventory.standby.name, swap.inventory.production.name
    carried = _by_id(swap.links[new], carried_folder(swap.site))
    machines = {name: _machine(swap, name) for name in (old, new)}
    machines = {
        name: _with_ends(swap, one, queued_anew(carried) if name == new else []) for name, one in machines.items()
    }
    leave = swap.site.mail.undelivered == "leave"
    for machine in machines.values():
        for message in machine.then:
            yield fate(message, machine, machines[new], carried, leave)
    yield from late(machines[old], machines[new], carried, leave)
    yield from stranded(swap, machines[old], since)


def queued_anew(carried: dict[str, Message]) -> list[Message]:
    """What was carried, as it lies in the new machine's queue, and from when on.

    While it lay on the old one, another message may have had its number there, and its end in the log.
    """
    placed = [one for one in carried.values() if one["placed"] is not None]
    return [{"number": one["placed"], "at": one["since"]} for one in placed]


def late(old: Machine, new: Machine, carried: dict[str, Message], leave: bool) -> Iterator[Comparison]:
    """A row for each message that was submitted on the old machine behind 1.6 and held right before 6.1."""
    known = {message["id"] for message in old.then}
    for name, held in old.held.items():
        if name not in known:
            yield fate({**held, "number": name.partition(".")[0]}, old, new, carried, leave)


def _machine(swap: Swap, name: str) -> Machine:
    link = swap.links[name]
    queue = system_of(swap.site).queued(link)
    now = {message["id"]: message for message in queue}
    return Machine(name, found_then(swap.entries[name]), now, _by_id(link, held_folder(swap.site)))


def _with_ends(swap: Swap, machine: Machine, carried: list[Message]) -> Machine:
    waiting = {one["number"] for one in machine.now.values()}
    gone = [one for one in (*machine.then, *carried) if one["number"] not in waiting]
    asked = [{"number": one["number"], "at": one["at"]} for one in gone]
    system = swap.site.its_mail.system
    ends = swap.links[machine.name].ask("mail_ends", system=system, messages=asked) if asked else {}
    return replace(machine, ends=ends)


def _by_id(link: Link, folder: str) -> dict[str, Message]:
    return {one["id"]: one for one in link.ask("mail_held", folder=folder)}


def found_then(entries: list[Entry]) -> list[Message]:
    """The messages that the newest 1.6 of a journal has found."""
    told = [entry for entry in entries if entry.get("event") == "mail" and "messages" in entry]
    return list(told[-1]["messages"]) if told else []


def left(swap: Swap) -> Iterator[str]:
    """A sentence for each message that site.toml wants left on the old machine (`undelivered = "leave"`)."""
    if not swap.exchanged or swap.site.mail is None or swap.site.mail.undelivered != "leave":
        return
    name, folder = swap.inventory.standby.name, held_folder(swap.site)
    for held in swap.links[name].ask("mail_held", folder=folder):
        if held["placed"] is None:
            yield (
                f"message #{held['id'].partition('.')[0]} ({held['size']} bytes, queued at {held['at']}, "
                f"{held['recipients']} local recipients) is left undelivered on {name}: {folder}/{held['id']}"
            )


def fate(message: Message, machine: Machine, new: Machine, carried: dict[str, Message], leave: bool) -> Comparison:
    """What became of one message.

    Args:
        message: as 1.6 found it.
        machine: in whose queue it was.
        new: the machine that is production now.
        carried: what was carried there, by id.
        leave: site.toml wants held mail to be left; a person must say why it may.
    """
    told = [_carried(message, machine, new, carried, leave)] if message["id"] in machine.held else []
    told += _in_queue(message, machine, new, is_all=not told)
    verdict = "new difference" if any(lost for _, lost in told) else "expected difference"
    subject = f"mail #{message['number']} ({message['size']} bytes, queued at {message['at']})"
    became = "; ".join(text for text, _ in told)
    return Comparison(subject, f"{BEFORE} on the machine that is {machine.name} now", became, verdict)  # type: ignore[arg-type]


def _carried(
    message: Message, machine: Machine, new: Machine, carried: dict[str, Message], leave: bool
) -> tuple[str, bool]:
    """What became of what 1.6 took out of the queue, and whether it is lost."""
    placed = carried.get(message["id"], {}).get("placed")
    if placed is None:
        return f"held on the machine that is {machine.name} now" + (", as site.toml wants it" if leave else ""), True
    if any(one["number"] == placed for one in new.now.values()):
        return f"carried to {new.name}, where it waits as #{placed}", False
    proved, lost = _end(new, placed)
    if lost:
        return f"carried to {new.name} as #{placed}, and gone from its queue; the log there knows no end of it", True
    return f"carried to {new.name} as #{placed}, and delivered or sent back there" + proved, False


def _in_queue(message: Message, machine: Machine, new: Machine, is_all: bool) -> list[tuple[str, bool]]:
    """What became of what stayed in the queue, and whether it is lost; is_all: 1.6 took nothing out."""
    now = machine.now.get(message["id"])
    if now is None:
        proved, lost = _end(machine, message["number"])
        told = f"delivered or sent back by the machine that is {machine.name} now" + proved
        if lost:
            told = f"gone from the queue of the machine that is {machine.name} now; the log there knows no end of it"
        return [(told, lost)] if is_all else []
    if now["local"] and machine is not new:
        return [(f"local mail in the queue of {machine.name}, the old machine", True)]
    if now.get("held") and message.get("held") is False:
        return [(f"on hold in the queue of {machine.name}, where somebody has put it since", True)]
    return [(f"{machine.name} goes on trying", False)] if now["local"] or now["remote"] or now["new"] else []


def _end(machine: Machine, number: object) -> tuple[str, bool]:
    """What is to be said of the proof that a message came to its end, and whether there is proof that it did not."""
    told = machine.ends.get(str(number), "")
    if told == "unread":
        return "; no end of it stands in what could be read of its log", False
    return "" if told == "ended" else "; no log tells of it", told == "known"


def stranded(swap: Swap, old: Machine, since: float) -> Iterator[Comparison]:
    """Mail that came to the old machine behind the copy: in its mailboxes, or to be delivered into them."""
    boxes = swap.site.mailboxes
    late = swap.links[old.name].ask("mail_since", boxes=boxes, since=since)
    new = swap.links[swap.inventory.production.name]
    for user, name in new.ask("mail_lacks", boxes=boxes, messages=late) if late else ():
        yield _stranded(f"{legible(name)} of {legible(user)}", f"in a mailbox on {old.name}, the old machine")
    known = {message["id"] for message in old.then}
    for message in old.now.values():
        if message["local"] and message["id"] not in known:
            yield _stranded(f"#{message['number']}", f"to be delivered on {old.name}, the old machine")


def _stranded(what: str, where: str) -> Comparison:
    return Comparison(f"stranded mail {what}", "none", where, "new difference")
