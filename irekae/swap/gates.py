"""What stands in the way, all of it at once, before the first change."""

from collections.abc import Iterable

from irekae.model.errors import Status, SwapError
from irekae.model.items import EXCHANGE_PHASE, ITEMS, Item, On
from irekae.model.journal import State
from irekae.swap.swap import Swap


def obstacles(swap: Swap, phase: int, roles: Iterable[On]) -> list[str]:
    """Why the phase may not start on the hosts of these roles; empty when it may.

    Every item before it must be settled: on both hosts up to phase 7, later on the host that is acted on, since from
    phase 7 on the two need not keep step.
    """
    wanted = tuple(roles)
    found = []
    for item in sorted(ITEMS.values(), key=lambda item: item.order):
        if item.phase >= phase or item.optional:
            continue
        for role in item.roles:
            if item.phase > EXCHANGE_PHASE and role not in wanted:
                continue
            state = swap.state(item, role)
            if not state.state.settled:
                found.append(_reason(item, swap.name_in(item.phase, role), state.state, state.who, state.at))
    return found


def _reason(item: Item, host: str, state: State, who: str, at: str) -> str:
    by = f" ({who}, {at})" if who else ""
    return f"{item.number} {item.en}: {state.value} on {host}{by}"


def require(swap: Swap, phase: int, roles: Iterable[On]) -> None:
    """Refuse a phase whose time has not come.

    Raises:
        SwapError: with every reason; exit status 3, and nothing was changed.
    """
    if swap.run is None and phase > 0:
        raise refused(phase, ["no swap has begun: phase 0 is not done on either host"])
    reasons = obstacles(swap, phase, roles)
    if reasons:
        raise refused(phase, reasons)


def refused(phase: int, reasons: list[str]) -> SwapError:
    """The refusal, with its reasons."""
    return SwapError(
        f"phase {phase} may not start: {len(reasons)} thing{'s' if len(reasons) > 1 else ''} before it",
        "\n".join(reasons),
        "`fab status` shows where the swap stands; `fab done` or `fab waive` record what was settled otherwise",
        Status.REFUSED,
    )
