"""The outage does not begin unwatched: phase 1 asks whether a prober lives outside, unless it is told not to."""

from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS, On
from irekae.model.journal import State
from irekae.proof.outage.place import outside, place, running
from irekae.proof.outage.targets import targets
from irekae.swap.swap import Swap

STARTED_BY = "0.3"


def want_watcher(swap: Swap) -> None:
    """Refuse to begin the outage while nobody measures it.

    A site without a computer outside measures none; neither does one where a person has settled 0.3 otherwise.

    Raises:
        SwapError: no prober runs there, or it cannot be asked; exit status 3, and nothing was changed.
    """
    item = ITEMS.get(STARTED_BY)
    excused = item and swap.state(item, On.PRODUCTION).state in (State.WAIVED, State.BY_HAND)
    if swap.unwatched or excused or place(swap.inventory) is None:
        return
    try:
        with outside(swap) as link:
            lives, why = bool(running(swap, link)), f"no prober runs on {link.entry.name}"
    except SwapError as error:
        lives, why = False, error.what
    if not lives:
        hint = "`fab prober start`, then again; or `fab phase1 --unwatched`: the outage is then not measured"
        raise SwapError("nobody would measure the outage", why, hint, Status.REFUSED)


def who_watches(swap: Swap) -> str:
    """Whether a prober lives outside, and what it asks; for people."""
    if place(swap.inventory) is None:
        return "hosts.ini names no computer outside: nobody measures the outage"
    try:
        with outside(swap) as link:
            lives, where = bool(running(swap, link)), link.entry.name
    except SwapError as error:
        return f"not known: {error.what}"
    if not lives:
        return f"no prober runs on {where}: nobody measures the outage"
    asked = ", ".join(dict.fromkeys(target["service"] for target in targets(swap.inventory, swap.site)))
    return f"a prober on {where} asks {asked}"
