"""Takes a swap back, change by change, in exact reverse."""

from collections.abc import Sequence

from irekae.host.host import Host
from irekae.host.remote import Link, decode
from irekae.host.service import ServiceHandle
from irekae.model.errors import Status, SwapError, wrong_use
from irekae.model.items import EXCHANGE_PHASE, ITEMS, NO_RETURN, Item, On, find_item
from irekae.model.journal import Entry, State, operator, undoable
from irekae.model.printing import show
from irekae.subjects.home.undo_copy import undo_copy
from irekae.subjects.network.transaction import revert_network
from irekae.subjects.stranded_mail import tell_mail_that_stays
from irekae.swap import locking
from irekae.swap.gates import begun_after, reached_no_return
from irekae.swap.swap import Swap

WAY_FORWARD = (
    "mail has arrived on the new production host since: going back would lose it. "
    "The way is forward: finish, then swap again with the roles exchanged (`fab begin`)"
)


def rollback(swap: Swap, phase: int) -> bool:
    """Undo everything from now back to the beginning of a phase, which is left undone too.

    Args:
        swap: connected to the pair.
        phase: the first phase that is taken back.

    Returns:
        Whether there was anything to take back.

    Raises:
        SwapError: the point of no return is behind us, or an undo failed: then everything is kept.
    """
    _refuse_behind_no_return(swap)
    wanted = [item for item in ITEMS.values() if item.phase >= phase and not item.optional]
    begun = _undo_both(swap, [item for item in wanted if item.phase > EXCHANGE_PHASE])
    if phase <= EXCHANGE_PHASE:
        if swap.exchanged:
            tell_mail_that_stays(swap)
            revert_network(swap)
        begun += _undo_both(swap, [item for item in wanted if item.phase <= EXCHANGE_PHASE])
    return bool(begun)


def _undo_both(swap: Swap, items: Sequence[Item]) -> list[Item]:
    return [
        begun
        for role in (On.STANDBY, On.PRODUCTION)
        for begun in _undo(swap, role, [item for item in items if role in item.roles])
    ]


def rollback_item(swap: Swap, number: str, hosts: Sequence[str]) -> bool:
    """Undo one item, if nothing that came after it on the same host stands on it; whether it had begun.

    Raises:
        SwapError: later work stands on it, or an undo failed.
    """
    item, names = find_item(number), [swap.inventory.named(host).name for host in hosts]
    roles = [role for role in item.roles if not names or swap.name_in(item.phase, role) in names]
    if not roles:
        raise wrong_use(f"{number} does not concern {', '.join(names)}")
    _refuse_behind_no_return(swap)
    begun: list[Item] = []
    for role in roles:
        later = _later(swap, item, role)
        if later:
            raise SwapError(
                f"{number} cannot be taken back alone on {swap.entry_for(item.phase, role).name}",
                "\n".join(later),
                f"`fab rollback --to phase{item.phase}` takes them back too",
                Status.REFUSED,
            )
        begun += _undo(swap, role, [item])
    return bool(begun)


def _later(swap: Swap, item: Item, role: On) -> list[str]:
    """What of later phases has begun on the machine, and what changed the same files after this one did."""
    changes, ours = undoable(swap.entries[swap.entry_for(item.phase, role).name]), _changes(swap, role, item)
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


def _refuse_behind_no_return(swap: Swap) -> None:
    if reached_no_return(swap):
        item = ITEMS[NO_RETURN]
        reached = swap.state(item, On.PRODUCTION)
        what = f"the point of no return is behind us: {NO_RETURN} on {swap.name_in(item.phase, On.PRODUCTION)}"
        raise SwapError(what, f"{reached.state.value} ({reached.who}, {reached.at})", WAY_FORWARD, Status.REFUSED)


def _undo(swap: Swap, role: On, items: Sequence[Item]) -> list[Item]:
    """Undo these items' changes on one host, newest first, and mark the items undone; those that had begun."""
    begun = [item for item in items if swap.state(item, role).state is not State.NOT_DONE or _changes(swap, role, item)]
    with locking.held(swap, role, begun):
        changes = [change for item in begun for change in _changes(swap, role, item)]
        for change in sorted(changes, key=lambda change: int(change["n"]), reverse=True):
            _undo_one(swap, role, change)
        for item in begun:
            if swap.remembered(item, role).state is not State.NOT_DONE:
                swap.host(item, role).record.event("undone", why=f"rolled back by {operator()}")
    return begun


def _changes(swap: Swap, role: On, item: Item) -> list[Entry]:
    """What an item changed on a host and nobody has undone; more than its state tells, which a lease may have ended."""
    journal = swap.entries[swap.entry_for(item.phase, role).name]
    return [change for change in undoable(journal) if change["item"] == item.number]


def _undo_one(swap: Swap, role: On, change: Entry) -> None:
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
        _undo_change(swap, host, change)
    except SwapError as error:
        raise SwapError(
            f"the undo of “{change['what']}” ({item.number}) failed on {host.link.entry.name}",
            f"{error}\nnothing further was undone; what was kept lies in "
            f"{swap.site.site.state}/checkpoints/{change['n']:06d} on {host.link.entry.name}",
            "put it back by hand or mend the cause, then the same command again goes on from here",
            error.status if error.status is Status.INCOMPLETE else Status.FAILED,
        ) from None
    host.record.event("change undone", n=change["n"])
    undo = change["undo"]
    stays = undo.get("kind") == "none" or (undo.get("kind") == "run" and not undo.get("argv"))
    word = "stays (nothing takes it back)" if stays else "undone"
    show(f"  {item.number} {host.link.entry.name}: {word}: {change['what']}")


def _undo_change(swap: Swap, host: Host, change: Entry) -> None:
    undo = change["undo"]
    link = host.link
    for path, state in undo.get("kept", {}).items():
        link.ask("restore", n=change["n"], path=path, was=state)
    kind = undo.get("kind")
    if kind == "rename":
        _rename_back(link, undo)
    elif kind == "remove":
        link.ask("remove", path=undo["path"])
    elif kind == "links":
        link.ask("set_links", links=undo["links"])
        _commands(host, undo["commands"])
        _stop_what_a_boot_started(swap, host, undo)
    elif kind == "service":
        _service(swap, host, undo)
    elif kind == "run" and undo["argv"]:
        _commands(host, [undo["argv"]])
    elif kind == "copy":
        undo_copy(swap, swap.host(find_item(change["item"]), On.PRODUCTION), host, undo)


def _rename_back(link: Link, undo: Entry) -> None:
    """Rename again; done already, by an attempt that died before it could say so, when only the target is there."""
    if link.ask("stat", path=undo["source"]) or not link.ask("stat", path=undo["target"]):
        link.ask("rename", source=undo["source"], target=undo["target"])


def _stop_what_a_boot_started(swap: Swap, host: Host, undo: Entry) -> None:
    """A service that was only enabled runs when the host has booted since."""
    if undo.get("running") is False and _handle(swap, host, undo["init"]).state().running:
        _service(swap, host, undo)


def _handle(swap: Swap, host: Host, init: str) -> ServiceHandle:
    service = next((found for found in swap.site.services.values() if found.init == init), None)
    if service is None:
        raise SwapError(f"site.toml has no service {init!r} any more", hint="put it back into [services]")
    return ServiceHandle(host, service)


def _service(swap: Swap, host: Host, undo: Entry) -> None:
    """Start or stop it, and look: an init script's word alone is not enough."""
    handle, running = _handle(swap, host, undo["init"]), bool(undo["running"])
    manager, init = handle.manager, handle.init
    if not running:
        _commands(host, manager.stop(init))
    elif undo.get("again") or handle.state().running is not True:
        _commands(host, manager.restart(init) if undo.get("again") else manager.start(init))
    if handle.state().running is not running:
        raise SwapError(f"{init} {'does not run' if running else 'still runs'} on {host.name}", handle.state().detail)


def _commands(host: Host, commands: Sequence[Sequence[str]]) -> None:
    for argv in commands:
        found = host.link.ask("daemon_run", argv=list(argv))
        if found["status"] != 0:
            said = decode(found["out"]).decode("utf-8", "replace")
            raise SwapError(f"{' '.join(argv)} ended with status {found['status']}", said)
