"""Takes a swap back, change by change, in exact reverse."""

from collections.abc import Sequence

from irekae.copying import undo_copy
from irekae.errors import Status, SwapError
from irekae.exchange import revert_network
from irekae.host import Host
from irekae.items import EXCHANGE_PHASE, ITEMS, NO_RETURN, Item, On, find_item
from irekae.journal import Entry, State, operator, undoable
from irekae.record import show
from irekae.remote import decode
from irekae.services import choose
from irekae.swap import Swap

WAY_FORWARD = (
    "mail has arrived on the new production host since: going back would lose it. "
    "The way is forward: finish, then swap again with the roles exchanged (`fab begin`)"
)


def rollback(swap: Swap, phase: int) -> None:
    """Undo everything from now back to the beginning of a phase, which is left undone too.

    Args:
        swap: connected to the pair.
        phase: the first phase that is taken back.

    Raises:
        SwapError: the point of no return is behind us, or an undo failed: then everything is kept.
    """
    _refuse_behind_no_return(swap)
    for number in range(11, phase - 1, -1):
        if number == EXCHANGE_PHASE and swap.exchanged:
            revert_network(swap)
            _mark(swap, [item for item in ITEMS.values() if item.phase == number], (On.STANDBY, On.PRODUCTION))
        for role in (On.STANDBY, On.PRODUCTION):
            _undo(swap, role, [item for item in ITEMS.values() if item.phase == number and not item.optional])


def rollback_item(swap: Swap, number: str, hosts: Sequence[str]) -> None:
    """Undo one item, if nothing that came after it on the same host stands on it.

    Raises:
        SwapError: a later phase has begun, or an undo failed.
    """
    item = find_item(number)
    _refuse_behind_no_return(swap)
    for role in item.roles:
        name = swap.name_in(item.phase, role)
        if hosts and name not in hosts:
            continue
        later = [
            other.number
            for other in ITEMS.values()
            if other.phase > item.phase and role in other.roles and swap.state(other, role).state is not State.NOT_DONE
        ]
        if later:
            raise SwapError(
                f"{number} cannot be taken back alone on {name}",
                f"later items have begun: {', '.join(later)}",
                f"`fab rollback --to phase{item.phase}` takes them back too",
                Status.REFUSED,
            )
        _undo(swap, role, [item])


def _refuse_behind_no_return(swap: Swap) -> None:
    item = ITEMS[NO_RETURN]
    reached = swap.state(item, On.PRODUCTION)
    if reached.state is not State.NOT_DONE:
        what = f"the point of no return is behind us: {NO_RETURN} on {swap.name_in(item.phase, On.PRODUCTION)}"
        raise SwapError(what, f"{reached.state.value} ({reached.who}, {reached.at})", WAY_FORWARD, Status.REFUSED)


def _undo(swap: Swap, role: On, items: Sequence[Item]) -> None:
    """Undo these items' changes on one host, newest first, and mark the items undone."""
    if not items:
        return
    entry = swap.entry_for(items[0].phase, role)
    link, journal = swap.links[entry.name], swap.entries[entry.name]
    numbers = {item.number for item in items}
    holders = [number for number in link.facts["holders"] if number in numbers]
    if holders:
        raise SwapError(
            f"{', '.join(holders)} is being worked on at {entry.name}", hint="wait for them", status=Status.REFUSED
        )
    for change in [change for change in undoable(journal) if change["item"] in numbers]:
        host = swap.host(find_item(change["item"]), role)
        try:
            _undo_change(swap, host, change)
        except SwapError as error:
            raise SwapError(
                f"the undo of “{change['what']}” ({change['item']}) failed on {entry.name}",
                f"{error}\nnothing further was undone; what was kept lies in "
                f"{swap.site.site.state}/checkpoints/{change['n']:06d} on {entry.name}",
                "put it back by hand or mend the cause, then the same command again goes on from here",
                error.status if error.status is Status.INCOMPLETE else Status.FAILED,
            ) from None
        host.record.event("change undone", n=change["n"])
        word = "stays (nothing takes it back)" if change["undo"].get("kind") == "none" else "undone"
        show(f"  {change['item']} {entry.name}: {word}: {change['what']}")
    _mark(swap, items, (role,))


def _mark(swap: Swap, items: Sequence[Item], roles: Sequence[On]) -> None:
    for item in items:
        for role in roles:
            if role in item.roles and swap.state(item, role).state is not State.NOT_DONE:
                swap.host(item, role).record.event("undone", why=f"rolled back by {operator()}")


def _undo_change(swap: Swap, host: Host, change: Entry) -> None:
    undo = change["undo"]
    link = host.link
    for path, state in undo.get("kept", {}).items():
        link.ask("restore", n=change["n"], path=path, was=state)
    kind = undo.get("kind")
    if kind == "rename" and link.ask("stat", path=undo["source"]):
        link.ask("rename", source=undo["source"], target=undo["target"])
    elif kind == "remove":
        link.ask("remove", path=undo["path"])
    elif kind == "links":
        link.ask("set_links", links=undo["links"])
        _commands(host, undo["commands"])
    elif kind == "service":
        _service(host, undo)
    elif kind == "run" and undo["argv"]:
        _commands(host, [undo["argv"]])
    elif kind == "copy":
        undo_copy(swap, swap.host(find_item(change["item"]), On.PRODUCTION), host, undo)


def _service(host: Host, undo: dict[str, object]) -> None:
    manager, init = choose({"systemd": host.link.facts["systemd"]}), str(undo["init"])
    if not undo["running"]:
        commands = manager.stop(init)
    else:
        commands = manager.restart(init) if undo.get("again") else manager.start(init)
    _commands(host, commands)


def _commands(host: Host, commands: Sequence[Sequence[str]]) -> None:
    for argv in commands:
        found = host.link.ask("daemon_run", argv=list(argv))
        if found["status"] != 0:
            said = decode(found["out"]).decode("utf-8", "replace")
            raise SwapError(f"{' '.join(argv)} ended with status {found['status']}", said)
