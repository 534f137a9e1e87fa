"""Takes a swap back, change by change, in exact reverse."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from irekae import subjects
from irekae.host.service import ServiceHandle
from irekae.model.clock import here
from irekae.model.errors import Status, SwapError, wrong_use
from irekae.model.items import DECLARED, EXCHANGE_PHASE, NO_RETURN, Item, On, find_item, named_item
from irekae.model.journal import Entry, State, operator, undoable
from irekae.model.printing.events import Kind
from irekae.procedure.before_word import what_one_sees
from irekae.procedure.others_work import refuse_over_others_work
from irekae.procedure.undo import undo_change
from irekae.procedure.undo_files import Found
from irekae.swap import consent, locking, telling
from irekae.swap.gates import begun_after, reached_no_return
from irekae.swap.swap import Swap

Heed = Callable[[], Found]
ROLES = (On.STANDBY, On.PRODUCTION)  # in this order they are taken back
STOPS_AGAIN = "6.2"
OPENS_DOOR, DOOR_PHASE = "2.1", 2  # the copy's key is made for it
WAY_FORWARD = (
    "mail has arrived on the new production host since: going back would lose it. "
    "The way is forward: finish, then swap again with the roles exchanged (`fab begin`)"
)


def rollback(swap: Swap, phase: int, keep: Sequence[str] = ()) -> bool:
    """Undo everything from now back to the beginning of a phase, which is left undone too.

    Args:
        swap: connected to the pair.
        phase: the first phase that is taken back.
        keep: files and services in which what others did since stays, where it touches what is taken back.

    Returns:
        Whether there was anything to take back.

    Raises:
        SwapError: the point of no return is behind us; others' work is in the way, and nothing was changed; or an undo
            failed, and everything is kept.
    """
    refuse_behind_no_return(swap)
    wanted = items_from(phase)
    heed = refuse_over_others_work(swap, wanted, (), keep, f"--to phase{phase}")
    _want_word(swap, [(role, item) for role in ROLES for item in wanted if role in item.roles])
    back = phase <= EXCHANGE_PHASE and swap.exchanged
    rests = _rest(swap) if back else frozenset()
    begun = _undo_both(
        swap, [item for item in wanted if item.phase > EXCHANGE_PHASE], lambda: replace(heed(), rests=rests)
    )
    if phase <= EXCHANGE_PHASE:
        if back:
            if swap.site.mail:
                subjects.tell_mail_that_stays(swap)
            subjects.revert_network(swap)
        begun += _undo_both(swap, [item for item in wanted if item.phase <= EXCHANGE_PHASE], heed)
    if phase <= DOOR_PHASE:
        subjects.forget_key(swap)
    return bool(begun)


def _rest(swap: Swap) -> frozenset[str]:
    """Stop what 1.3 stops, on both hosts, until 1.3 itself is taken back; their init scripts.

    A host that has its old mail domains again, and not yet its old address, sends its own queued mail back (#5.4.6).
    """
    pair, services = swap.for_pair(find_item(STOPS_AGAIN)), swap.site.services_of(swap.site.service_items.pause)
    for host in (pair.production, pair.standby):
        for handle in (ServiceHandle(host, service) for service in services):
            if handle.state().running:
                handle.end()
    return frozenset(service.init for service in services)


def _want_word(swap: Swap, parts: Sequence[tuple[On, Item]]) -> None:
    """Let the operator confirm it, where there is anything to take back."""
    begun = [(item, (role,)) for role, item in parts if has_begun(swap, role, item)]
    if begun:
        newest_first = sorted(begun, key=lambda part: part[0].order, reverse=True)
        consent.confirm(swap, consent.ROLLBACK, newest_first, what_one_sees)


def items_from(phase: int) -> list[Item]:
    """What is taken back with a phase: its items and all later ones."""
    return [item for item in DECLARED.values() if item.phase >= phase and not item.optional]


def _undo_both(swap: Swap, items: Sequence[Item], heed: Heed) -> list[Item]:
    return [
        begun for role in ROLES for begun in _undo(swap, role, [item for item in items if role in item.roles], heed)
    ]


def rollback_item(swap: Swap, number: str, hosts: Sequence[str], keep: Sequence[str] = ()) -> bool:
    """Undo one item, if nothing that came after it on the same host stands on it; whether it had begun.

    Raises:
        SwapError: later work stands on it, others' work is in the way, or an undo failed.
    """
    item, roles, heed = alone(swap, number, hosts, keep)
    _want_word(swap, [(role, item) for role in roles])
    begun = [begun for role in roles for begun in _undo(swap, role, [item], heed)]
    if number == OPENS_DOOR:
        subjects.forget_key(swap)
    return bool(begun)


def alone(swap: Swap, number: str, hosts: Sequence[str], keep: Sequence[str]) -> tuple[Item, list[On], Heed]:
    """An item that may be taken back alone, the roles of these hosts, and what its undo has to heed."""
    item, names = named_item(number), [swap.inventory.named(host).name for host in hosts]
    roles = [role for role in item.roles if not names or swap.name_in(item.phase, role) in names]
    if not roles:
        raise wrong_use(f"{number} does not concern {', '.join(names)}")
    refuse_behind_no_return(swap)
    for role in roles:
        later = _later(swap, item, role)
        if later:
            raise SwapError(
                f"{number} cannot be taken back alone on {swap.entry_for(item.phase, role).name}",
                "\n".join(later),
                f"`fab rollback --to phase{item.phase}` takes them back too",
                Status.REFUSED,
            )
    asked = f"--item {number}" + (f" --host {names[0]}" if len(names) == 1 else "")
    return item, roles, refuse_over_others_work(swap, [item], names, keep, asked)


def _later(swap: Swap, item: Item, role: On) -> list[str]:
    """What of later phases has begun on the machine, and what changed the same files after this one did."""
    changes, ours = undoable(swap.entries[swap.entry_for(item.phase, role).name]), changes_of(swap, role, item)
    first = min((change["n"] for change in ours), default=0)
    touched = {path for change in ours for path in _touches(change)}
    above = [
        change["item"]
        for change in changes
        if change["item"] != item.number and change["n"] > first and touched & set(_touches(change))
    ]
    touching = [f"{number} changed the same files after it" for number in dict.fromkeys(above)]
    return [*begun_after(swap, item, role, (item.phase + 1, 0)), *touching]


def _touches(change: Entry) -> list[str]:
    undo = change["undo"]
    named = [str(undo[key]) for key in ("source", "target", "path") if key in undo]
    return [*undo.get("kept", {}), *named, *(["the boot links"] if undo.get("kind") == "links" else [])]


def refuse_behind_no_return(swap: Swap) -> None:
    """Raise SwapError where the new production host has been rebooted: exit status 3."""
    if reached_no_return(swap):
        item = find_item(NO_RETURN)
        reached = swap.state(item, On.PRODUCTION)
        what = f"the point of no return is behind us: {NO_RETURN} on {swap.name_in(item.phase, On.PRODUCTION)}"
        raise SwapError(what, f"{reached.state.value} ({reached.who}, {here(reached.at)})", WAY_FORWARD, Status.REFUSED)


def _undo(swap: Swap, role: On, items: Sequence[Item], heed: Heed) -> list[Item]:
    """Undo these items' changes on one host, newest first, and mark the items undone; those that had begun."""
    begun = [item for item in items if has_begun(swap, role, item)]
    with locking.held(swap, role, begun):
        changes = [change for item in begun for change in changes_of(swap, role, item)]
        with telling.taking_back(swap, role, begun):
            for change in sorted(changes, key=lambda change: int(change["n"]), reverse=True):
                _undo_one(swap, role, change, heed())
            for item in begun:
                if swap.remembered(item, role).state is not State.NOT_DONE:
                    swap.host(item, role).record.event("undone", why=f"rolled back by {operator()}")
    return begun


def has_begun(swap: Swap, role: On, item: Item) -> bool:
    """Is there anything of an item on a host to be taken back."""
    return swap.state(item, role).state is not State.NOT_DONE or bool(changes_of(swap, role, item))


def stays(undo: Entry) -> bool:
    """Is there nothing that takes a change back: a session that was ended, a mail that was sent."""
    return undo.get("kind") == "none" or (undo.get("kind") == "run" and not undo.get("argv"))


def changes_of(swap: Swap, role: On, item: Item) -> list[Entry]:
    """What an item changed on a host and nobody has undone; more than its state tells, which a lease may have ended."""
    journal = swap.entries[swap.entry_for(item.phase, role).name]
    return [change for change in undoable(journal) if change["item"] == item.number]


def _undo_one(swap: Swap, role: On, change: Entry, found: Found) -> None:
    """Undo one change, and write that down.

    Raises:
        SwapError: it could not be undone; nothing further is touched.
    """
    item = find_item(change["item"])
    host = swap.host(item, role)
    if swap.remembered(item, role).state.settled:
        # Half taken back is not done any more: whoever resumes from here does it again.
        host.record.event("unknown", why=f"being rolled back by {operator()}")
    try:
        undo_change(swap, host, host.record.ground, change, found)
        if found.clashes:
            raise SwapError(
                "others have changed it", "\n".join(line for told in found.clashes.values() for line in told)
            )
    except SwapError as error:
        raise SwapError(
            f"the undo of “{change['what']}” ({item.number}) failed on {host.link.entry.name}",
            f"{error}\nnothing further was undone; what was kept lies in "
            f"{swap.site.site.state}/checkpoints/{change['n']:06d} on {host.link.entry.name}",
            "put it back by hand or mend the cause, then the same command again goes on from here",
            error.status if error.status is Status.INCOMPLETE else Status.FAILED,
        ) from None
    host.record.event("change undone", n=change["n"])
    word = "stays (nothing takes it back)" if stays(change["undo"]) else "undone"
    host.record.tell(f"{word}: {change['what']}", Kind.UNDONE)
