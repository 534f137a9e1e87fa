"""What becomes of items, told as it happens, and counted for the end of the command."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from irekae.host.host import Host
from irekae.model import printing
from irekae.model.clock import here
from irekae.model.items import Item, On
from irekae.model.journal import ItemState, State
from irekae.model.printing.events import Bearer, Outcome, Spot
from irekae.swap.swap import Swap


def at(item: Item, hosts: Sequence[Host]) -> Spot:
    """Where an item is, as it is shown."""
    return Spot(item.number, tuple(bearer for host in hosts for bearer in host.record.spot.bearers))


def begin(item: Item, hosts: Sequence[Host]) -> None:
    """An item begins on these hosts."""
    printing.begin(at(item, hosts), item.en)


def end(swap: Swap, spot: Spot, outcome: Outcome) -> None:
    """An item has ended there, under whatever names the machines bear by now."""
    names = {link.machine.first_name: name for name, link in list(swap.links.items())}
    spot = Spot(spot.item, tuple(Bearer(first, names.get(first, now)) for first, now in spot.bearers))
    printing.end(spot, outcome)
    swap.outcomes.append((spot, outcome))


@contextmanager
def taking_back(swap: Swap, role: On, items: Sequence[Item]) -> Iterator[None]:
    """These items are taken back on the host with that role: their changes by number, so all of them at once."""
    spots = [at(item, [swap.host(item, role)]) for item in items]
    for item, spot in zip(items, spots, strict=True):
        printing.begin(spot, item.en, taken_back=True)
    outcome = Outcome(State.UNKNOWN, "not taken back")
    try:
        yield
        outcome = Outcome(State.NOT_DONE, "undone")
    finally:
        for spot in spots:
            end(swap, spot, outcome)


def settled(swap: Swap, item: Item, part: Sequence[On], state: ItemState) -> None:
    """An item is left alone, since it was settled before this command; state: of the first of the roles."""
    spot = Spot(item.number, tuple(_bearer(swap, item, role) for role in part))
    said = f"{state.state.value} already ({state.who}, {here(state.at)})"
    end(swap, spot, Outcome(state.state, said, item.en, before=True))


def _bearer(swap: Swap, item: Item, role: On) -> Bearer:
    name = swap.entry_for(item.phase, role).name
    return Bearer(swap.origin(name), name)
