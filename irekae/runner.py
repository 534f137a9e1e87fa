"""Carries items out: gate, lock, intent, act, outcome."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from irekae import gates
from irekae.errors import Status, SwapError
from irekae.host import Host
from irekae.items import ITEMS, Item, On, items_of
from irekae.journal import State, operator
from irekae.proving import prove
from irekae.record import show
from irekae.remote import Lost
from irekae.swap import Swap


def run_phase(swap: Swap, phase: int, hosts: Sequence[str] = ()) -> None:
    """Carry out what is not done of a phase.

    Args:
        swap: connected to the pair.
        phase: 0 to 11.
        hosts: names to act on; both when empty. An item for the pair runs when either is named.

    Raises:
        SwapError: refused by a gate, or an item failed; what could be done beside it was done.
    """
    roles = _roles(swap, hosts)
    if swap.planned:
        plan_before(swap, phase)
    else:
        gates.require(swap, phase, roles)
    pending = [item for item in items_of(phase) if not item.optional and _wanted(item, roles)]
    _run(swap, pending, roles, again=False)


def run_item(swap: Swap, item: Item, hosts: Sequence[str] = ()) -> None:
    """Carry out one item, even if it is done: its verbs look first. Arguments and errors as in `run_phase`."""
    roles = _roles(swap, hosts)
    if not _wanted(item, roles):
        names = ", ".join(swap.name_in(item.phase, role) for role in item.roles)
        raise SwapError(f"{item.number} {item.en} concerns {names} only", hint="leave -H out", status=Status.WRONG_USE)
    if swap.planned:
        plan_before(swap, item.phase)
    else:
        gates.require(swap, item.phase, roles)
    _run(swap, [item], roles, again=True)


def plan_before(swap: Swap, phase: int) -> None:
    """Plan what is not done of the phases before, so that this one is planned on top of it."""
    for item in ITEMS.values():
        if item.phase < phase and not item.optional and item.number not in {change.item for change in swap.plan}:
            _run(swap, [item], (On.PRODUCTION, On.STANDBY), again=False)


def act_planned(swap: Swap, item: Item, roles: Sequence[On]) -> None:
    """Plan one item, done or not, on the hosts of these roles."""
    for part in _parts(swap, item, roles, again=True):
        _act(swap, item, [swap.host(item, role) for role in part])


def _roles(swap: Swap, hosts: Sequence[str]) -> tuple[On, ...]:
    if not hosts:
        return (On.PRODUCTION, On.STANDBY)
    named = [swap.inventory.named(name) for name in hosts]
    roles = {swap.inventory.production: On.PRODUCTION, swap.inventory.standby: On.STANDBY}
    strangers = [entry.name for entry in named if entry not in roles]
    if strangers:
        pair = " or ".join(entry.name for entry in swap.inventory.pair)
        raise SwapError(f"-H {', '.join(strangers)}: a phase acts on {pair}", status=Status.WRONG_USE)
    return tuple(roles[entry] for entry in named)


def _wanted(item: Item, roles: Sequence[On]) -> bool:
    return item.on is On.SEAT or bool(set(item.roles) & set(roles))


def _run(swap: Swap, items: Sequence[Item], roles: Sequence[On], again: bool) -> None:
    errors: list[SwapError] = []
    with ThreadPoolExecutor(8) as pool:
        beside: list[Future[None]] = []
        for item in (item for item in items if not item.check):
            parts = _parts(swap, item, roles, again)
            tries = [pool.submit(_carry_out, swap, item, part) for part in parts]
            if item.beside:
                beside += tries
                continue
            errors += _errors(tries)
            if errors:
                break
        errors += _errors(beside)
    if errors:
        raise _together(errors)
    checks = [
        (item, role) for item in items if item.check for part in _parts(swap, item, roles, again) for role in part
    ]
    if checks and not swap.planned:
        prove(swap, checks)


def _errors(tries: Sequence[Future[None]]) -> list[SwapError]:
    found = []
    for future in tries:
        error = future.exception()
        if isinstance(error, SwapError):
            found.append(error)
        elif error is not None:
            raise error
    return found


def _together(errors: Sequence[SwapError]) -> SwapError:
    if len(errors) == 1:
        return errors[0]
    status = max((error.status for error in errors), key=lambda status: (status is Status.INCOMPLETE, status))
    return SwapError(f"{len(errors)} things failed", "\n".join(str(error) for error in errors), errors[0].hint, status)


def _parts(swap: Swap, item: Item, roles: Sequence[On], again: bool) -> list[tuple[On, ...]]:
    """The hosts to act on, one tuple a try: items for the pair take both at once."""
    together = item.on in (On.PAIR, On.SEAT)
    parts: list[tuple[On, ...]] = [item.roles] if together else [(role,) for role in item.roles if role in roles]
    if again:
        return parts
    left = [part for part in parts if not all(swap.state(item, role).state.settled for role in part)]
    if not swap.planned:
        for part in parts:
            if part not in left:
                done = swap.state(item, part[0])
                where = " + ".join(swap.name_in(item.phase, role) for role in part)
                show(f"  {item.number} {where}: {item.en}: {done.state.value} already ({done.who}, {done.at})")
    return left


def _carry_out(swap: Swap, item: Item, part: tuple[On, ...]) -> None:
    hosts = [swap.host(item, role) for role in part]
    if swap.planned:
        _act(swap, item, hosts)
        return
    names = " + ".join(host.name for host in hosts)
    _take_locks(item, hosts)
    show(f"  {item.number} {names}: {item.en} …")
    began = time.monotonic()
    try:
        for host in hosts:
            host.record.event("started")
        acted = _act(swap, item, hosts)
    except Lost:
        show(f"  {item.number} {names}: unknown, the connection was lost after {time.monotonic() - began:.1f} s")
        raise
    except SwapError as error:
        _finish(swap, item, hosts, "failed", began, [str(error)])
        show(f"  {item.number} {names}: FAILED after {time.monotonic() - began:.1f} s")
        raise
    notes = [note for record in acted for note in record.record.notes]
    changes = sum(record.record.changes for record in acted)
    outcome = "done" if changes or notes else "nothing"
    _finish(swap, item, hosts, outcome, began, notes)
    show(f"  {item.number} {names}: {State(outcome if changes or notes else State.NOTHING).value}, "
         f"{time.monotonic() - began:.1f} s")  # fmt: skip


def _act(swap: Swap, item: Item, hosts: list[Host]) -> list[Host]:
    """Call the item's function; the hosts whose records tell what it did."""
    if item.on in (On.PAIR, On.SEAT):
        view = swap.for_pair(item)
        item.act(view)
        return list(view.bound.values())
    item.act(hosts[0], swap)
    return hosts


def _finish(swap: Swap, item: Item, hosts: list[Host], event: str, began: float, detail: list[str]) -> None:
    took = round(time.monotonic() - began, 3)
    for role, _ in zip(item.roles if len(hosts) > 1 else _role_of(swap, item, hosts[0]), hosts, strict=True):
        # The item may have moved the names or rebooted the host: find it where it is now.
        swap.host(item, role).record.event(event, took=took, detail=detail)
        swap.links[swap.entry_for(item.phase, role).name].ask("unlock", name=item.number)


def _role_of(swap: Swap, item: Item, host: Host) -> tuple[On, ...]:
    return tuple(role for role in item.roles if swap.name_in(item.phase, role) == host.record.host)


def _take_locks(item: Item, hosts: list[Host]) -> None:
    for host in hosts:
        holder = host.link.ask("lock", name=item.number, who=operator())
        if holder:
            who, since = holder.get("who", "somebody"), holder.get("since", "unknown")
            raise SwapError(
                f"{item.number} is being worked on at {host.name}",
                f"by {who} since {since} (process {holder.get('pid')} on {host.name})",
                "wait for them or ask them; if their session is dead, `fab unlock` shows how to free it",
                Status.REFUSED,
            )
