"""Locks on items: one operator at a time works on an item of a host; a lock lasts as long as the command.

Other seats see whose an item is by its lock: *running*.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from irekae.host.host import Host
from irekae.host.interrupt import pause
from irekae.host.memory import Request
from irekae.host.remote import HostError
from irekae.model.clock import here
from irekae.model.errors import Status, SwapError
from irekae.model.items import Item, On
from irekae.model.journal import operator
from irekae.model.printing.events import Kind
from irekae.swap.seat import is_dead, this_process
from irekae.swap.swap import Swap

UNDER_WAY = 900.0  # seconds for what a dead command was at to come to its end
PATIENCE = 3600.0  # seconds for another run of the checks to come to its end
LOOK = 0.5  # seconds between two looks at another's lock


def take(swap: Swap, item: Item, part: Sequence[On], hosts: Sequence[Host]) -> None:
    """Lock the item on each host, and read what others wrote there while it was not locked.

    Args:
        swap: whose entries are brought up to date.
        item: what is locked.
        part: the roles of the hosts.
        hosts: bound to the item, in the same order.

    Raises:
        SwapError: somebody else works on it (exit status 3); no lock is kept.
    """
    for number, host in enumerate(hosts):
        name = swap.entry_for(item.phase, part[number]).name
        holder = _lock(swap, name, host, item)
        if holder:
            give_back(item, hosts[:number])
            raise _busy(item, host.name, swap.name_in(item.phase, part[number]), holder)


def _busy(item: Item, where: str, named: str, holder: dict[str, Any]) -> SwapError:
    who, since = holder.get("who", "somebody"), holder.get("since", "unknown")
    return SwapError(
        f"{item.number} is being worked on at {where}",
        f"by {who} since {here(since)} (process {holder.get('pid')} on {where})",
        "wait for them or ask them; if their session is dead: "
        f'`fab unlock {item.number} --host {named} --why "their session is dead"`',
        Status.REFUSED,
    )


def _lock(swap: Swap, name: str, host: Host, item: Item) -> dict[str, Any] | None:
    """Lock the item; one that a dead process of this very computer holds is taken over. None, or who holds it.

    What was written until then is read behind each try, in the same round trip: whoever held it may have gone on.
    """
    wanted: Request = ("lock", {"name": item.number, "who": operator(), "seat": this_process()})
    holder: dict[str, Any] | None = swap.catch_up(name, wanted)[0]
    if holder and "pid" in holder and is_dead(holder.get("seat", {})):
        _end_idle(host, item, holder["pid"])
        holder = swap.catch_up(name, wanted)[0]
        if not holder:
            host.record.tell("the lock of a command that has ended at this seat is taken over", Kind.WARNING)
    return holder


def _end_idle(host: Host, item: Item, agent: int) -> None:
    """End the agent of a dead command once what it was asked for last is finished: that is waited for, and told."""
    end, told = time.monotonic() + UNDER_WAY, False
    with suppress(HostError):  # it has ended meanwhile
        while host.link.ask("end_agent", pid=agent, idle=True) and time.monotonic() < end:
            if not told:
                asked = f"what a command that has ended here asked for is still under way there (process {agent})"
                host.record.tell(f"{asked}: waited for", Kind.WARNING)
            told = True


def give_back(item: Item, hosts: Sequence[Host]) -> None:
    """Unlock the item on each host; one that is not locked is left alone."""
    for host in hosts:
        host.link.ask("unlock", name=item.number)


@contextmanager
def held(swap: Swap, role: On, items: Sequence[Item]) -> Iterator[None]:
    """Hold all of these items on one host, or none of them."""
    taken: list[tuple[Item, Host]] = []
    try:
        for item in items:
            host = swap.host(item, role)
            take(swap, item, [role], [host])
            taken.append((item, host))
        yield
    finally:
        # A lost connection has given them back already, and must not hide what was raised inside.
        for item, host in taken:
            with suppress(SwapError):
                give_back(item, [host])


@contextmanager
def awaited(swap: Swap, parts: Sequence[tuple[Item, On]]) -> Iterator[None]:
    """Hold items that are checked; whoever checks them just now is waited for, and told.

    Raises:
        SwapError: the other one does not come to an end (exit status 3).
    """
    taken: list[tuple[Item, Host]] = []
    try:
        # In one order at every seat: no two wait for each other.
        for item, role in sorted(parts, key=lambda one: (one[0].order, one[1])):
            host = swap.host(item, role)
            _wait_for(swap, swap.entry_for(item.phase, role).name, item, host)
            taken.append((item, host))
        yield
    finally:
        for item, host in taken:
            with suppress(SwapError):
                give_back(item, [host])


def _wait_for(swap: Swap, name: str, item: Item, host: Host) -> None:
    told, end = "", time.monotonic() + PATIENCE
    while holder := _lock(swap, name, host, item):
        if time.monotonic() > end:
            raise _busy(item, host.name, host.name, holder)
        who = f"{holder.get('who', 'somebody')} since {here(str(holder.get('since', '')))}"
        if who != told:
            host.record.tell(f"is being checked by {who}: waited for", Kind.WAIT)
            told = who
        pause(LOOK)
