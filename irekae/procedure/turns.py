"""Whose turn it is: the hosts that an item acts on, and what of a phase is left to do there."""

from collections.abc import Sequence

from irekae.model.clock import here
from irekae.model.errors import Status, SwapError
from irekae.model.items import MENDING, Item, On
from irekae.model.printing import show
from irekae.swap.swap import Swap


def concerns(swap: Swap, what: str, items: Sequence[Item]) -> SwapError:
    """The refusal of what has nothing to do on the hosts that were named."""
    names = ", ".join(dict.fromkeys(swap.name_in(item.phase, role) for item in items for role in item.roles))
    return SwapError(f"{what} concerns {names} only", hint="leave -H out", status=Status.WRONG_USE)


def roles_of(swap: Swap, hosts: Sequence[str]) -> tuple[On, ...]:
    """The roles of the hosts of these names; both without a name.

    Raises:
        SwapError: a name is none of the pair's (exit status 2).
    """
    if not hosts:
        return (On.PRODUCTION, On.STANDBY)
    named = [swap.inventory.named(name) for name in hosts]
    roles = {swap.inventory.production: On.PRODUCTION, swap.inventory.standby: On.STANDBY}
    strangers = [entry.name for entry in named if entry not in roles]
    if strangers:
        pair = " or ".join(entry.name for entry in swap.inventory.pair)
        raise SwapError(f"-H {', '.join(strangers)}: a phase acts on {pair}", status=Status.WRONG_USE)
    return tuple(roles[entry] for entry in named)


def wanted(item: Item, roles: Sequence[On]) -> bool:
    """Has the item anything to do with the hosts of these roles."""
    return item.on is On.SEAT or bool(set(item.roles) & set(roles))


def parts_of(swap: Swap, item: Item, roles: Sequence[On], again: bool) -> list[tuple[On, ...]]:
    """The hosts to act on, one tuple a try: items for the pair take both at once."""
    together = item.on in (On.PAIR, On.SEAT)
    parts: list[tuple[On, ...]] = [item.roles] if together else [(role,) for role in item.roles if role in roles]
    return parts if again else [part for part in parts if not is_settled(swap, item, part)]


def is_settled(swap: Swap, item: Item, part: Sequence[On]) -> bool:
    """Is nothing left to be done of an item on the hosts of these roles.

    What a check found otherwise is mended by hand where the item's time is over (phases 0 to 6).
    """
    states = [swap.state(item, role) for role in part]
    return all(state.state.settled or (state.refuted and item.phase < MENDING) for state in states)


def tell_settled(swap: Swap, item: Item, roles: Sequence[On]) -> None:
    """Say what is left alone since it is done."""
    for part in parts_of(swap, item, roles, again=True):
        if is_settled(swap, item, part):
            done = swap.state(item, part[0])
            where = " + ".join(swap.name_in(item.phase, role) for role in part)
            show(f"  {item.number} {where}: {item.en}: {done.state.value} already ({done.who}, {here(done.at)})")
