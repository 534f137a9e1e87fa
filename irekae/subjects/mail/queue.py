"""The mail queues (1.3, 1.6, 4.1, 7.1, 7.2): local mail is let into the mailboxes, then held, carried and queued anew.

qmail decides once whether a message is local. What lies in production's queue as local would be delivered into the old
machine's /home for ever, and what lies there for its own domains as remote would be refused as coming back (#5.4.6).
"""

import time

from irekae.host.daemons import Daemons
from irekae.host.host import Host
from irekae.host.interrupt import pause
from irekae.host.remote import HostError
from irekae.host.service import ServiceHandle
from irekae.model.errors import Status, SwapError
from irekae.model.journal import Entry
from irekae.site.site import Site, needed
from irekae.subjects.mail import Message, service_of, system_of
from irekae.swap.swap import Swap

TRIED = 3.0  # seconds without a local delivery: each was tried, though the mail system does this and that
_LOOK = 0.25  # seconds between two looks
_STILL = 2  # looks, one after the other, between which it did nothing at all: each was tried
FILES = ("message", "envelope")  # of a held message; the last one makes it whole


def held_folder(site: Site) -> str:
    """Where a host keeps what was taken out of its queue."""
    return f"{site.site.state}/mail/held"


def carried_folder(site: Site) -> str:
    """Where a host keeps what is to be put into its queue for another one."""
    return f"{site.site.state}/mail/carried"


def queued(host: Host, site: Site) -> list[Message]:
    """The messages of a host's queue; none where it is not laid out as the mail system's."""
    return system_of(site).queued(host.link)


def described(message: Message) -> str:
    """`#812 (1,234 bytes, 95 s old, 2 local and 1 remote recipients)`; never what is in it, or for whom."""
    kinds = [f"{message[kind]} {kind}" for kind in ("local", "remote", "new") if message.get(kind)]
    age = max(0, int(time.time()) - message["at"])
    return f"#{message['number']} ({message['size']:,} bytes, {age} s old, {' and '.join(kinds) or 'no'} recipients)"


def drain(host: Host, swap: Swap) -> None:
    """Let the queue's local mail into the mailboxes before they are copied: all is tried at once, in [mail] drain."""
    mail = needed(swap.site.mail)
    before = _local(host, swap.site)
    if not before:
        return
    host.record.change(f"deliver the queue's local mail, for {before} recipients", {"kind": "none"})
    if host.planned:
        return
    system, daemons = system_of(swap.site), Daemons(host, service_of(swap.site))
    system.try_all(host, daemons)
    deadline, tried = time.monotonic() + mail.drain, time.monotonic() + TRIED
    left, turns, still = before, None, 0
    while left and still < _STILL and time.monotonic() < min(deadline, tried):
        pause(_LOOK)
        now = _local(host, swap.site)
        if now != left or system.is_busy(host, daemons):
            left, tried, turns, still = now, time.monotonic() + TRIED, None, 0
        elif system.tries_itself:
            last, turns = turns, daemons.turns()
            still = still + 1 if turns and turns == last else 0
    host.say(f"local mail for {before - left} recipients was delivered; for {left} it stays in the queue")


def _local(host: Host, site: Site) -> int:
    return sum(message["local"] + message["new"] for message in queued(host, site))


def hold(host: Host, swap: Swap) -> None:
    """Take what could not be delivered locally out of production's queue (1.6), each message told by its number.

    What is new in the queue, and for other hosts, is decided and stays.
    """
    waiting = [message for message in queued(host, swap.site) if message["local"] or message["new"]]
    if not waiting:
        return
    what = f"hold {len(waiting)} messages of the queue's local mail"
    undo = {"kind": "mail", "step": "held", "ids": [message["id"] for message in waiting]}
    host.record.change(what, undo, lines=tuple(map(described, waiting)))
    if not host.planned:
        mail = needed(swap.site.mail)
        held = system_of(swap.site).hold(host.link, held_folder(swap.site))
        names = {one["id"] for one in held}
        fate = "to be carried to the new production" if mail.undelivered == "carry" else "left on this machine"
        for message in waiting:
            if message["id"] in names:
                host.say(f"held, {fate}: {described(message)}")


def want_at_rest(swap: Swap) -> None:
    """The mail system rests on both hosts while they change places (6.1), on the new production until 7.2.

    Args:
        swap: with both hosts bound to 6.1, at their old names.

    Raises:
        SwapError: it runs on one of them (exit status 3).
    """
    mail = swap.site.its_mail
    service = service_of(swap.site)
    for host, why in (
        (swap.production, "what it delivers there from now on, nobody carries over"),
        (swap.standby, "with production's name it would send its own queued mail back (#5.4.6)"),
    ):
        if ServiceHandle(host, service).state().running:
            raise SwapError(
                f"{mail.service} runs on {host.name}: {why}",
                hint="`fab phase1.pause` stops it; then `fab phase6`",
                status=Status.REFUSED,
            )
    # A boot behind 6.1 would start it under production's name with its old domains; 7.3 lets it start again.
    ServiceHandle(swap.standby, service).disable()


def carry_late(swap: Swap) -> None:
    """What was submitted on production itself since 1.3 is held and carried as well, right before 6.1.

    A message is taken from any program while the mail system rests: nobody else would look for it on the old machine.

    Args:
        swap: with both hosts bound to 6.1, at their old names.
    """
    hold(swap.production, swap)
    carry(swap)


def carry(swap: Swap) -> None:
    """Copy production's held messages to the standby, to be queued there when it is production (4.1)."""
    if swap.planned or needed(swap.site.mail).undelivered != "carry":
        return
    source, target = held_folder(swap.site), carried_folder(swap.site)
    held = [one["id"] for one in swap.production.link.ask("mail_held", folder=source) if one["placed"] is None]
    there = {one["id"] for one in swap.standby.link.ask("mail_held", folder=target)}
    for name in held:
        if name not in there:
            undo = {"kind": "mail", "step": "kept", "path": f"{target}/{name}"}
            swap.standby.record.change(f"keep message #{name.partition('.')[0]} of {swap.production.name}", undo)
            for part in FILES:
                swap.standby.remember(f"{target}/{name}/{part}", swap.production.read(f"{source}/{name}/{part}"))


def settle(host: Host, swap: Swap) -> None:
    """While it rests: have each queued recipient decided by what is configured now."""
    if host.planned:
        return
    for message in system_of(swap.site).settle(host.link):
        kinds = [f"{message[kind]} {kind}" for kind in ("local", "remote") if message[kind]]
        host.say(f"message #{message['number']} was decided anew: {' and '.join(kinds)} by what locals says now")


def place(host: Host, swap: Swap) -> None:
    """Put what was carried here into the queue, each message once (7.2)."""
    folder = carried_folder(swap.site)
    waiting = [one for one in host.link.ask("mail_held", folder=folder) if one["placed"] is None]
    if not waiting:
        return
    host.record.change(f"put {len(waiting)} carried messages into the queue", {"kind": "mail", "step": "carried"})
    if not host.planned:
        for one in system_of(swap.site).place(host.link, folder):
            host.say(f"message #{one['id'].partition('.')[0]} of the old machine is queued here as #{one['placed']}")


def take_back(host: Host, swap: Swap, undo: Entry) -> None:
    """Undo of `hold` (held), of `carry` (kept) and of `place` (carried)."""
    system = system_of(swap.site)
    if undo["step"] == "held":
        system.place(host.link, held_folder(swap.site), undo.get("ids"))
        return
    if undo["step"] == "kept":
        host.link.ask("remove", path=undo["path"])
        return
    try:
        stay = system.withdraw(host.link, carried_folder(swap.site))
    except HostError as error:
        if error.kind != "running":
            raise
        held = host.link.ask("mail_held", folder=carried_folder(swap.site))
        stay = [one for one in held if one["placed"] is not None]
    for one in stay:
        host.warn(f"message #{one['placed']} was taken up here already: it comes on the old machine once more")
