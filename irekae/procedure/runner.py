"""Carries items out: gate, lock, intent, act, outcome."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from irekae.host import interrupt
from irekae.host.host import Host
from irekae.host.remote import Lost
from irekae.model.errors import Bug, Status, SwapError
from irekae.model.items import ITEMS, Item, On, items_of
from irekae.model.journal import State, operator
from irekae.model.printing import show
from irekae.model.printing.events import Outcome
from irekae.procedure import hooks
from irekae.procedure.before_word import what_one_sees
from irekae.procedure.turns import concerns, parts_of, roles_of, tell_settled, wanted
from irekae.proof.check_items import prove
from irekae.proof.outage.watcher import want_watcher
from irekae.swap import consent, gates, locking, telling
from irekae.swap.swap import Swap


def run_phase(swap: Swap, phase: int, hosts: Sequence[str] = ()) -> None:
    """Carry out what is not done of a phase.

    Args:
        swap: connected to the pair.
        phase: 0 to 11.
        hosts: names to act on; both when empty. An item for the pair runs when either is named.

    Raises:
        SwapError: refused by a gate, or an item failed; what could be done beside it was done.
    """
    roles = roles_of(swap, hosts)
    pending = [item for item in items_of(phase) if not item.optional and wanted(item, roles)]
    if not items_of(phase):
        show(f"nothing of phase {phase} is part of this site")
        return
    if not pending:
        raise concerns(swap, f"phase {phase}", items_of(phase))
    _want_time_and_word(swap, phase, pending, roles, again=False)
    with hooks.told(swap, phase, hosts):
        _run(swap, pending, roles, again=False)


def run_item(swap: Swap, item: Item, hosts: Sequence[str] = ()) -> None:
    """Carry out one item, even if it is done: its verbs look first. Arguments and errors as in `run_phase`."""
    roles = roles_of(swap, hosts)
    if not wanted(item, roles):
        raise concerns(swap, f"{item.number} {item.en}", [item])
    _want_time_and_word(swap, item.phase, [item], roles, again=True)
    _run(swap, [item], roles, again=True)


def _want_time_and_word(swap: Swap, phase: int, items: Sequence[Item], roles: Sequence[On], again: bool) -> None:
    """Refuse what has not come yet or is over; let the operator confirm what is asked for; in a plan, plan up to it."""
    parts = [(item, part) for item in items for part in parts_of(swap, item, roles, again)]
    gates.require(swap, phase, roles, parts)
    if swap.planned:
        plan_before(swap, phase)
    elif consent.begins_outage(swap, parts):
        want_watcher(swap)
    consent.require(swap, parts, what_one_sees)


def plan_before(swap: Swap, phase: int) -> None:
    """Plan what is not done of the phases before, so that this one is planned on top of it."""
    for item in ITEMS.values():
        if item.phase < phase and not item.optional:
            _run(swap, [item], (On.PRODUCTION, On.STANDBY), again=False)


def act_planned(swap: Swap, item: Item, roles: Sequence[On]) -> None:
    """Plan one item, done or not, on the hosts of these roles."""
    for part in parts_of(swap, item, roles, again=True):
        _plan(swap, item, [swap.host(item, role) for role in part])


def _plan(swap: Swap, item: Item, hosts: list[Host]) -> None:
    """Plan one item on these hosts; what it would be refused for stands in the plan, and the plan goes on."""
    planned = {(item.number, host.name) for host in hosts}
    if planned <= swap.in_plan:
        return
    swap.in_plan.update(planned)
    try:
        _act(swap, item, hosts)
    except SwapError as error:
        hosts[0].record.refused(error)


def _run(swap: Swap, items: Sequence[Item], roles: Sequence[On], again: bool) -> None:
    pool = ThreadPoolExecutor(8)
    tries: list[Future[None]] = []
    try:
        _run_acts(swap, pool, tries, [item for item in items if not item.check], roles, again)
    except KeyboardInterrupt:
        interrupt.ask_to_stop()
        show("interrupted: the hosts finish what they were just doing (Ctrl-C again leaves at once)")
        wait(tries, interrupt.TIDY)
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    checks = [
        (item, role) for item in items if item.check for part in parts_of(swap, item, roles, True) for role in part
    ]
    if checks and not swap.planned:
        prove(swap, checks, again)


def _run_acts(
    swap: Swap,
    pool: ThreadPoolExecutor,
    tries: list[Future[None]],
    items: Sequence[Item],
    roles: Sequence[On],
    again: bool,
) -> None:
    """Carry the items out in their order, those that may run beside the others beside them; raise what went wrong."""
    beside: list[Future[None]] = []
    errors: list[SwapError] = []
    for item in items:
        if not (again or swap.planned):
            tell_settled(swap, item, roles)
        parts = parts_of(swap, item, roles, again)
        now = [pool.submit(_carry_out, swap, item, part, again) for part in parts]
        tries += now
        if item.beside:
            beside += now
        else:
            errors = _errors(now)
        if errors:
            break
    errors += _errors(beside)
    if errors:
        raise _together(errors)


def _errors(tries: Sequence[Future[None]]) -> list[SwapError]:
    """What went wrong in these tries, waiting for each; `_carry_out` raises nothing but SwapError."""
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


def _carry_out(swap: Swap, item: Item, part: tuple[On, ...], again: bool) -> None:
    """One item on the hosts of these roles: lock, intent, act, outcome.

    Raises:
        SwapError: it failed; what is not one of ours is a Bug.
        KeyboardInterrupt: the operator wants an end.
    """
    hosts = [swap.host(item, role) for role in part]
    if swap.planned:
        _plan(swap, item, hosts)
        return
    locking.take(swap, item, part, hosts)
    if not again and all(swap.remembered(item, role).state.settled for role in part):
        # Another operator did it since this command began; what it changed must not be done on top of that.
        locking.give_back(item, hosts)
        outcome = Outcome(State.DONE, "done meanwhile by somebody else", item.en, before=True)
        telling.end(swap, telling.at(item, hosts), outcome)
        return
    if later := gates.standing_on(swap, item, part):
        # Another operator went on since this command began.
        locking.give_back(item, hosts)
        raise gates.too_late(swap, item.number, later, item.phase)
    telling.begin(item, hosts)
    began = time.monotonic()
    try:
        for host in hosts:
            host.record.event("started")
        acted = _act(swap, item, hosts)
    except Lost:
        _tell(swap, item, hosts, State.UNKNOWN, began, "unknown, the connection was lost")
        raise
    except KeyboardInterrupt:
        _finish(swap, item, part, "unknown", began, why=f"interrupted by {operator()}")
        _tell(swap, item, hosts, State.UNKNOWN, began, "unknown, interrupted")
        raise
    except Exception as error:
        raise _failed(swap, item, part, hosts, began, error) from None
    _tell(swap, item, hosts, _succeeded(swap, item, part, acted, began), began)


def _failed(
    swap: Swap, item: Item, part: tuple[On, ...], hosts: Sequence[Host], began: float, error: Exception
) -> SwapError:
    """Write down and show that an item failed; the error to be raised, the first one whatever else goes wrong."""
    failure = error if isinstance(error, SwapError) else Bug(error)
    unwritten = _finish(
        swap, item, part, "failed", began, [failure.place if isinstance(failure, Bug) else str(failure)]
    )
    _tell(swap, item, hosts, State.FAILED, began, "FAILED")
    if not unwritten:
        return failure
    detail = f"{failure.detail}\nafter that, its outcome could not be written down: {unwritten.what}".strip()
    return SwapError(failure.what, detail, failure.hint, Status.INCOMPLETE)


def _succeeded(swap: Swap, item: Item, part: tuple[On, ...], acted: Sequence[Host], began: float) -> State:
    """Write down what the item did; nothing to do is an outcome of its own."""
    notes = [note for host in acted for note in host.record.notes]
    changes = sum(host.record.changes for host in acted)
    outcome = State.DONE if changes or notes else State.NOTHING
    unwritten = _finish(swap, item, part, "done" if outcome is State.DONE else "nothing", began, notes)
    if unwritten:
        raise unwritten
    return outcome


def _tell(swap: Swap, item: Item, hosts: Sequence[Host], state: State, began: float, said: str = "") -> None:
    outcome = Outcome(state, said or state.value, seconds=time.monotonic() - began)
    telling.end(swap, telling.at(item, hosts), outcome)


def _act(swap: Swap, item: Item, hosts: list[Host]) -> list[Host]:
    """Call the item's function, and keep what it keeps; the hosts whose records tell what it did."""
    if item.on in (On.PAIR, On.SEAT):
        view = swap.for_pair(item)
        item.act(view)
        return list(view.bound.values())
    item.act(hosts[0], swap)
    if item.keeps:
        item.keeps(hosts[0], swap)
    return hosts


def _finish(
    swap: Swap,
    item: Item,
    part: tuple[On, ...],
    event: str,
    began: float,
    detail: Sequence[str] = (),
    **more: str,
) -> SwapError | None:
    """Write the outcome on every host that can still be told, and give the locks back; why one could not be."""
    took = round(time.monotonic() - began, 3)
    unwritten: SwapError | None = None
    for role in part:
        try:
            # The item may have moved the names or rebooted the host: find it where it is now.
            host = swap.host(item, role)
            boot = host.link.facts["boot_id"]
            host.record.event(
                event, ("unlock", {"name": item.number}), took=took, detail=list(detail), boot=boot, **more
            )
        except SwapError as error:
            unwritten = unwritten or error
    return unwritten
