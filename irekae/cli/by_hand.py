"""What a person decides: an item is done by hand, waived, taken back, or somebody's dead session is ended."""

from collections.abc import Sequence
from typing import Any

from irekae.cli import session
from irekae.cli.entry import plan_asked, show_all
from irekae.cli.recap import recapped
from irekae.host.since import keep_as_mended
from irekae.model.clock import here
from irekae.model.errors import SwapError, wrong_use
from irekae.model.items import BEGINNING, EXCHANGE, Act, Item, On, named_item
from irekae.model.journal import State
from irekae.model.near import meant, near
from irekae.model.printing import show
from irekae.procedure import plans
from irekae.procedure.rollback import rollback as take_back
from irekae.procedure.rollback import rollback_item
from irekae.procedure.rollback_plan import plan_rollback, plan_rollback_item
from irekae.swap import gates, locking
from irekae.swap.swap import Swap


def done(c: Any, item: str, host: str = "", why: str = "") -> None:
    """Record an item as done by hand; it is verified where its own verbs can look."""
    found, roles, swap = _of_hosts(c, item, host, why)
    if not (roles := _not_done(swap, found, roles)):
        return
    gates.require(swap, found.phase, roles, [(found, (role,)) for role in roles])
    differences, mended = plans.what_is_left(swap, found, roles)
    if differences:
        raise SwapError(
            f"{item} is not as it must be: {len(differences)} things are left to do",
            "\n".join(differences),
            f"do them, or `fab {found.command}`; {_waive(swap, found, roles)} says that they shall stay",
        )
    for role, path in mended:
        keep_as_mended(swap.host(found, role).record, path)
    _record(swap, found, roles, State.BY_HAND, why, [found.anyway, found.keeps])


def waive(c: Any, item: str, host: str = "", why: str = "") -> None:
    """Record that an item shall not be done, and why; also before its time has come."""
    if item == EXCHANGE:
        raise wrong_use(
            f"{item} is the exchange itself: there is no swap without it",
            hint="`fab phase6`, or `fab rollback --to phase1`",
        )
    found, roles, swap = _of_hosts(c, item, host, why)
    if found.number == BEGINNING and swap.run is None:
        raise wrong_use(
            f"{item} begins the swap: without it none has begun, and no phase may start",
            hint="end each obstacle as its remedy says, then `fab phase0`",
        )
    if not (roles := _not_done(swap, found, roles)):
        return
    if found.anyway:  # part of it is carried out all the same, and that has its time
        gates.require(swap, found.phase, roles)
    if later := [line for role in roles for line in _overruled(swap, found, role)]:
        raise gates.too_late(swap, item, later, found.phase)
    _record(swap, found, roles, State.WAIVED, why, [found.anyway])


def _overruled(swap: Swap, item: Item, role: On) -> list[str]:
    """What stands on an item that a person has settled already."""
    return gates.standing_on(swap, item, [role]) if swap.state(item, role).state.settled else []


def _not_done(swap: Swap, item: Item, roles: Sequence[On]) -> list[On]:
    """The roles on whose hosts the item is not done; of the others it is said when and by whom it was."""
    left = []
    for role in roles:
        state = swap.state(item, role)
        if state.state in (State.DONE, State.NOTHING):
            where = swap.name_in(item.phase, role)
            show(f"{item.number} on {where}: {state.state.value} already ({state.who}, {here(state.at)})")
        else:
            left.append(role)
    return left


def _waive(swap: Swap, item: Item, roles: Sequence[On]) -> str:
    where = f" --host {swap.name_in(item.phase, roles[0])}" if len(roles) < len(item.roles) else ""
    return f'`fab waive {item.number}{where} --why "…"`'


def _record(swap: Swap, item: Item, roles: Sequence[On], outcome: State, why: str, acts: Sequence[Act | None]) -> None:
    """Write an outcome that a person decides on, unless somebody works on the item just now.

    acts: what is carried out of it all the same.
    """
    for role in roles:
        with locking.held(swap, role, [item]):
            host = swap.host(item, role)
            for act in filter(None, acts):
                act(host, swap)
            host.record.event(outcome.value, why=why)
        show(f"{item.number} on {swap.name_in(item.phase, role)}: {outcome.value} ({why})")


def _of_hosts(c: Any, number: str, host: str, why: str) -> tuple[Item, list[On], Swap]:
    """An item, the roles of the named hosts that it concerns, and the swap."""
    if not why.strip():
        raise wrong_use("a reason is needed", hint='--why "…": it stands in the report')
    hosts = session.of_one(c, host)
    found, swap = named_item(number), session.connected(hosts=hosts)
    names = [swap.inventory.named(name).name for name in hosts]
    roles = [role for role in found.roles if not names or swap.name_in(found.phase, role) in names]
    if not roles:
        raise wrong_use(f"{number} does not concern {', '.join(names)}")
    return found, roles, swap


def rollback(
    c: Any,
    to: str = "",
    item: str = "",
    host: str = "",
    keep: str = "",
    plan: bool = False,
    yes: bool = False,
    all_files: bool = False,
    verbose: bool = False,
) -> None:
    """Take the swap back: --to phase5 undoes phase 5 and all after it, --item 5.1 one item; --plan shows it only."""
    show_all(verbose)
    phases = {f"phase{number}": number for number in range(12)}
    hosts, planned = session.of_one(c, host), plan_asked(plan)
    kept = [name.strip() for name in keep.split(",") if name.strip()]
    if item:
        number, swap = named_item(item).number, session.connected(hosts=hosts, yes=yes)
        if planned:
            plan_rollback_item(swap, number, hosts, kept, all_files)
            return
        with recapped(swap):
            begun = rollback_item(swap, number, hosts, kept)
    elif to in phases or f"phase{to}" in phases:
        if hosts:
            raise wrong_use("rollback --to takes back both hosts at once", f"named: {', '.join(hosts)}", "leave it out")
        phase, swap = phases[to if to in phases else f"phase{to}"], session.connected(yes=yes)
        if planned:
            plan_rollback(swap, phase, kept, all_files)
            return
        with recapped(swap):
            begun = take_back(swap, phase, kept)
    else:
        hint = meant([f"--to {name}" for name in near(to, phases)], "--to phaseN (0 to 11), or --item N.N")
        raise wrong_use("what is to be taken back?", f"there is no phase {to!r}" if to else "", hint)
    show("rolled back" if begun else "nothing had to be rolled back: none of it has begun")


def unlock(c: Any, item: str, host: str = "", why: str = "") -> None:
    """End the session of another operator that holds an item on a host, when it is dead."""
    found, roles, swap = _of_hosts(c, item, host, why)
    for role in roles:
        name = swap.entry_for(found.phase, role).name
        holder = swap.links[name].facts["holders"].get(found.number)
        if not holder:
            show(f"{item} on {name}: nobody holds it")
            continue
        who, since = holder.get("who", "somebody"), holder.get("since", "unknown")
        _end_session(swap, name, found.number, holder)
        swap.host(found, role).record.event("unknown", why=f"session of {who} ended: {why}")
        show(f"{item} on {name}: the session of {who} (since {here(since)}) is ended")


def _end_session(swap: Swap, name: str, number: str, holder: dict[str, Any]) -> None:
    link = swap.links[name]
    left = link.ask("end_agent", pid=holder["pid"]) if "pid" in holder else []
    if left or number in link.ask("holders"):
        path = f"{swap.site.site.state}/locks/{number}"
        hint = f"on {name}: `fuser {path}` names the process; `kill -KILL` it if you know that nobody needs it"
        raise SwapError(f"{number} on {name} is still held", f"by process {holder.get('pid', '?')}", hint)
