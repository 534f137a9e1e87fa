"""A swap that is over: the hosts remember it until `fab begin` closes it."""

from irekae.model.clock import here
from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS, WHOLE
from irekae.swap.swap import Swap


def unfinished(swap: Swap) -> list[str]:
    """Items that are neither all settled up to phase 10 nor all undone from phase 1 on."""
    states = {
        f"{item.number} on {swap.name_in(item.phase, role)}": swap.state(item, role).state
        for item in ITEMS.values()
        for role in item.roles
        if 1 <= item.phase <= WHOLE
    }
    if not any(state.begun for state in states.values()):
        return []
    return [f"{where}: {state.value}" for where, state in states.items() if not state.settled]


def said(swap: Swap) -> str:
    """When a finished swap began, when and by whom its last item was settled; "" while none is finished."""
    if len(swap.links) < len(swap.inventory.pair):
        return ""
    states = [
        swap.state(item, role)
        for item in ITEMS.values()
        for role in item.roles
        if 1 <= item.phase <= WHOLE and not item.optional
    ]
    if swap.run is None or not states or not all(state.state.settled for state in states):
        return ""
    last = max(states, key=lambda state: state.at)
    return f"the swap of {swap.run['id']} is finished (last by {last.who or 'somebody'}, {here(last.at)})"


def require_another(swap: Swap) -> None:
    """Refuse to begin where a finished swap is remembered still.

    Raises:
        SwapError: when and by whom it was finished; exit status 3.
    """
    if told := said(swap):
        raise SwapError(
            "the hosts still remember a finished swap",
            told,
            "`fab begin` closes it and keeps what was remembered; then `fab phase0` begins another",
            Status.REFUSED,
        )
