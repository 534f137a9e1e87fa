"""A procedure of the test's own, carried out on two hosts that are folders (farend.py)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import pytest

from irekae.model.errors import Status, SwapError
from irekae.model.items import EXACT, ITEMS, Item, On, item
from irekae.model.journal import State
from irekae.procedure import rollback, runner
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

P, S = On.PRODUCTION, On.STANDBY


def begun(swap: Swap) -> None:
    """Phase 0 has begun: both hosts know the swap and the names that they bear before it."""
    for name, link in swap.links.items():
        run = {"id": "x", "today": "20260101", "name_before": name}
        cast(FarEnd, link).put("/var/lib/irekae/run.json", json.dumps(run))
        link.facts["run"] = run


def declare(number: str, on: On, act: Callable[..., None], **more: Any) -> Item:
    """An item of the procedure; more: of `irekae.items.item`."""
    item(number, "", f"Item {number}", on=on, **more)(act)
    return ITEMS[number]


def do(swap: Swap, *numbers: str) -> None:
    """Carry these items out, in that order."""
    for number in numbers:
        runner.run_item(swap, ITEMS[number])


def refused(swap: Swap) -> SwapError:
    """What a rollback of everything says that is refused."""
    with pytest.raises(SwapError) as raised:
        rollback.rollback(swap, 1)
    assert raised.value.status is Status.REFUSED
    return raised.value


def exchange(swap: Swap) -> None:
    """The machines change places, as phase 6 does it."""
    for table in (swap.links, swap.grounds, swap.entries):
        cast(dict[str, Any], table)["ika"], cast(dict[str, Any], table)["tako"] = table["tako"], table["ika"]
    for name, link in swap.links.items():
        link.entry = swap.inventory.named(name)


def state(swap: Swap, number: str, role: On = P) -> State:
    """What the journal of the host with that role says of an item."""
    return swap.remembered(ITEMS[number], role).state


def events(swap: Swap, name: str) -> list[str]:
    """The journal of a host, each line as "ITEM EVENT"."""
    return [f"{entry['item']} {entry['event']}" for entry in cast(FarEnd, swap.links[name]).recall()["journal"]]


def mail(far: FarEnd, user: str, count: int) -> None:
    """So many messages in a user's Maildir."""
    for number in range(count):
        far.put(f"/home/{user}/Maildir/new/{number}", "mail")
    far.path(f"/home/{user}/Maildir/cur").mkdir(parents=True, exist_ok=True)


def for_copy(swap: Swap) -> Swap:
    """The swap with both hosts bound to an item like 3.1."""
    return swap.for_pair(Item("3.1", "home", "", "", On.PAIR, lambda *_: None, "M", EXACT, False, False, False))
