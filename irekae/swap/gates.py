"""What stands in the way, all of it at once, before the first change: what is not done yet, and what is done already.

An item has its time and its place. Before it, all that it builds on is settled; behind it, nothing that builds on it
has begun on the same machine, whatever that is called by now.
"""

from collections.abc import Iterable, Sequence

from irekae.model.clock import here
from irekae.model.errors import Status, SwapError
from irekae.model.items import EXCHANGE, EXCHANGE_PHASE, ITEMS, NO_RETURN, PROOF, WHOLE, Item, On
from irekae.model.journal import State
from irekae.swap.swap import Swap

Part = tuple[Item, tuple[On, ...]]  # an item, and the roles of the hosts on which it is to act


def require(swap: Swap, phase: int, roles: Iterable[On], parts: Sequence[Part] = ()) -> None:
    """Refuse what must not be done now.

    Args:
        swap: connected to the pair; in a plan, only what is over is refused, since the rest is planned before it.
        phase: of the items.
        roles: of the hosts that are asked for.
        parts: what is left to be carried out there.

    Raises:
        SwapError: with every reason; exit status 3, and nothing was changed.
    """
    later = [reason for item, part in parts for reason in standing_on(swap, item, part)]
    if later:
        numbers = ", ".join(dict.fromkeys(item.number for item, part in parts if standing_on(swap, item, part)))
        raise too_late(swap, numbers, list(dict.fromkeys(later)), phase)
    if swap.planned:
        return
    if swap.run is None and phase > 0:
        raise refused(phase, ["no swap has begun: phase 0 is not done on either host"])
    asked = [role for item, part in parts for role in (*part, *(item.asked_of if len(item.asked_of) > 1 else ()))]
    reasons = obstacles(swap, phase, [*roles, *asked])
    reasons += [reason for item, part in parts for reason in _missing(swap, item, part, parts)]
    if reasons:
        raise refused(phase, reasons)


# --- backwards ---


def obstacles(swap: Swap, phase: int, roles: Iterable[On]) -> list[str]:
    """Why the phase may not start on the hosts of these roles; empty when it may.

    Every item before it must be settled: on both hosts up to phase 7, later on the host that is acted on, since from
    phase 7 on the two need not keep step. The end (phases 10, 11) is again about both.
    """
    wanted = (On.PRODUCTION, On.STANDBY) if phase >= WHOLE else tuple(roles)
    found = []
    for item in sorted(ITEMS.values(), key=lambda item: item.order):
        if item.phase >= phase or item.optional:
            continue
        for role in item.roles:
            mendable = phase == PROOF and swap.state(item, role).refuted  # the checks say when it is mended
            if (item.phase <= EXCHANGE_PHASE or role in wanted) and not mendable:
                found += _unsettled(swap, item, role)
    return found


def _missing(swap: Swap, item: Item, part: Sequence[On], parts: Sequence[Part]) -> list[str]:
    """Items of its own phase that it builds on, and that are not settled: unless they are carried out before it."""
    coming = {other.number for other, _ in parts}
    found = []
    for number in item.after:
        if number in ITEMS and number not in coming:
            for role in ITEMS[number].roles:
                if role in part or ITEMS[number].on is On.PAIR:
                    found += _unsettled(swap, ITEMS[number], role)
    return found


def _unsettled(swap: Swap, item: Item, role: On) -> list[str]:
    state = swap.state(item, role)
    if state.state.settled:
        return []
    by = f" ({state.who}, {here(state.at)})" if state.who else ""
    why = f": {state.why}" if (state.state is State.UNKNOWN or state.refuted) and state.why else ""
    why += f" ({'; '.join(state.detail)}): mend it, then `fab phase9`" if state.refuted else ""
    return [f"{item.number} {item.en}: {state.state.value} on {swap.name_in(item.phase, role)}{by}{why}"]


def refused(phase: int, reasons: list[str]) -> SwapError:
    """The refusal, with its reasons."""
    number, _, _ = reasons[0].partition(" ")
    hint = f"`fab phase{number.partition('.')[0]}`; or, for what was settled otherwise, "
    hint += f'`fab done {number} --why "…"`, `fab waive {number} --why "…"`'
    return SwapError(
        f"phase {phase} may not start: {len(reasons)} thing{'s' if len(reasons) > 1 else ''} before it",
        "\n".join(reasons),
        hint if number in ITEMS else "`fab phase0`",
        Status.REFUSED,
    )


# --- forwards ---


def standing_on(swap: Swap, item: Item, roles: Iterable[On]) -> list[str]:
    """What has begun on the machines of these roles and stands on the item, a line for each phase and machine.

    An item of the seat is about both machines.
    """
    wanted = item.asked_of if item.on is On.SEAT else tuple(roles)
    return [line for role in wanted for line in _standing_on(swap, item, role)]


def _standing_on(swap: Swap, item: Item, role: On) -> list[str]:
    return begun_after(swap, item, role, item.ends)


def begun_after(swap: Swap, item: Item, role: On, end: tuple[int, int]) -> list[str]:
    """What has begun from this place of the manual on, on the machine that has the role in the item's phase."""
    phases: dict[int, list[str]] = {}
    for other in sorted(ITEMS.values(), key=lambda other: other.order):
        there = same_machine(item.phase, role, other.phase)
        if other.order < end or other is item or other.optional or there not in other.roles:
            continue
        state = swap.state(other, there)
        if state.state.begun and not _went_back(swap, other, state.state):
            by = f" ({state.who}, {here(state.at)})" if state.who else ""
            phases.setdefault(other.phase, []).append(f"{other.number} {state.state.value}{by}")
    now = swap.entry_for(item.phase, role).name
    return [f"on {now}, phase {phase} has begun: {_first(begun)}" for phase, begun in phases.items()]


def _went_back(swap: Swap, item: Item, state: State) -> bool:
    """Is it an exchange that failed: both hosts have gone back, and nothing stands on what was before it."""
    return item.number == EXCHANGE and state is State.FAILED and not swap.exchanged


def _first(begun: Sequence[str]) -> str:
    return begun[0] + (f" and {len(begun) - 1} more" if len(begun) > 1 else "")


def same_machine(phase: int, role: On, other: int) -> On:
    """The role that a machine has in another phase: in the exchange the two change places."""
    if (phase > EXCHANGE_PHASE) is (other > EXCHANGE_PHASE):
        return role
    return On.STANDBY if role is On.PRODUCTION else On.PRODUCTION


def too_late(swap: Swap, what: str, reasons: list[str], phase: int) -> SwapError:
    """The refusal of what later work stands on, with the way out."""
    if reached_no_return(swap):
        hint = "the way is forward: mend by hand what is wrong; once the swap is finished `fab begin` closes it, "
        hint += "and `fab phase0` begins another"
    else:
        hint = f"`fab rollback --to phase{phase}` takes back phase {phase} and all after it; then it is its turn again"
    return SwapError(f"{what} must not be done now: later work stands on it", "\n".join(reasons), hint, Status.REFUSED)


def reached_no_return(swap: Swap) -> bool:
    """Has the reboot of the new production host begun: mail arrives there."""
    return NO_RETURN in ITEMS and swap.state(ITEMS[NO_RETURN], On.PRODUCTION).state.begun
