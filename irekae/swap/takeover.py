"""A seat that comes to a swap that is under way: which pinned machine bore which name before, both hosts must say."""

from msgspec import structs

from irekae.model.errors import Status, SwapError, typed
from irekae.model.printing import ask, is_attended, show
from irekae.site.machines import Machine, Pins, save_pins
from irekae.swap.swap import Swap


def take_over(swap: Swap, yes: bool) -> None:
    """Pin each machine under the name that it bore before the swap, once both say the same and the operator agrees.

    Args:
        swap: with the pins that were just taken; not connected.
        yes: the operator has agreed already.

    Raises:
        SwapError: he does not (exit status 3); the pins stay as they are.
    """
    try:
        swap.connect(believe=True)
    except SwapError as error:
        show(f"whether a swap is under way was not asked: {error.what}")
        return
    found = _agreed(swap)
    if not found or all(machine.first_name == name for machine, name in found):
        return
    for machine, name in found:
        show(f"the machine pinned as {machine.first_name} was {name} before the swap that both remember")
    if not (yes or (is_attended() and ask("Is that so? Type yes:") == "yes")):
        raise SwapError("the pairing is not taken over", "", f"look at both consoles; then `{typed()} --yes`",
                        Status.REFUSED)  # fmt: skip
    renamed = [structs.replace(machine, first_name=name) for machine, name in found]
    known = [machine for machine, _ in found]
    others = [machine for machine in swap.pins.machines if machine not in known]
    save_pins(swap.inventory, Pins([*renamed, *others]))
    show("taken over")


def _agreed(swap: Swap) -> list[tuple[Machine, str]]:
    """Each machine with the name that it bore before, where both say the same of one swap; else nothing."""
    links = [swap.links[entry.name] for entry in swap.inventory.pair]
    runs = [link.facts["run"] for link in links]
    if not all(runs) or runs[0]["id"] != runs[1]["id"]:
        return []
    names = [str(run["name_before"]) for run in runs]
    if set(names) != {entry.name for entry in swap.inventory.pair}:
        return []
    return [(link.machine, name) for link, name in zip(links, names, strict=True)]
