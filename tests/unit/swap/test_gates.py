"""Gates: every reason at once, before the first change."""

from __future__ import annotations

from typing import cast

import pytest

from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS, Item, On, check_item, item
from irekae.model.journal import State
from irekae.swap import gates
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import begun, exchange

BOTH = (On.PRODUCTION, On.STANDBY)


@pytest.fixture(autouse=True)
def procedure(items: dict[str, Item]) -> None:
    """A small procedure: something of every kind."""

    @item("0.2", "", "Preflight", on=On.PAIR)
    def preflight(swap: Swap) -> None: ...

    @item("0.4", "", "Pre-work", on=On.PAIR, optional=True)
    def prework(swap: Swap) -> None: ...

    @item("1.3", "", "Stop", on=On.BOTH)
    def stop(host: object, swap: Swap) -> None: ...

    @item("7.1", "", "Standby's mail", on=On.STANDBY)
    def standby(host: object, swap: Swap) -> None: ...

    @item("7.2", "", "Production's mail", on=On.PRODUCTION)
    def production(host: object, swap: Swap) -> None: ...

    check_item("9.1", "check", "", "Processes", on=On.PRODUCTION)


def settle(swap: Swap, number: str, *roles: On, event: str = "done") -> None:
    for role in roles:
        swap.host(ITEMS[number], role).record.event(event)


def exchanged(swap: Swap) -> None:
    """The machines bear each other's names."""
    begun(swap)
    exchange(swap)


def test_nothing_but_phase_0_without_a_swap(swap: Swap) -> None:
    gates.require(swap, 0, BOTH)
    with pytest.raises(SwapError, match="phase 1 may not start: 1 thing before it") as raised:
        gates.require(swap, 1, BOTH)
    assert raised.value.status is Status.REFUSED
    assert "no swap has begun" in raised.value.detail


def test_all_reasons_are_shown_at_once_with_who_and_when(swap: Swap) -> None:
    begun(swap)
    settle(swap, "1.3", On.STANDBY)
    settle(swap, "1.3", On.PRODUCTION, event="failed")
    with pytest.raises(SwapError, match="phase 5 may not start: 3 things before it") as raised:
        gates.require(swap, 5, BOTH)
    reasons = raised.value.detail.splitlines()
    assert reasons[:2] == ["0.2 Preflight: not done on ika", "0.2 Preflight: not done on tako"]
    assert reasons[2].startswith("1.3 Stop: failed on ika (")


def test_optional_items_are_asked_of_nobody(swap: Swap) -> None:
    begun(swap)
    settle(swap, "0.2", *BOTH)
    assert gates.obstacles(swap, 1, BOTH) == []


@pytest.mark.parametrize(
    ("event", "passes"),
    [
        ("done", True),
        ("nothing", True),
        ("by hand", True),
        ("waived", True),
        ("started", False),
        ("failed", False),
        ("unknown", False),
        ("undone", False),
    ],
)
def test_what_is_settled_passes(swap: Swap, event: str, passes: bool) -> None:
    settle(swap, "0.2", *BOTH, event=event)
    assert (gates.obstacles(swap, 1, BOTH) == []) is passes


def test_up_to_phase_7_both_hosts_keep_step_whichever_is_acted_on(swap: Swap) -> None:
    settle(swap, "0.2", *BOTH)
    settle(swap, "1.3", On.PRODUCTION)
    assert gates.obstacles(swap, 7, [On.PRODUCTION]) == ["1.3 Stop: not done on tako"]


def test_from_phase_8_on_each_host_goes_its_own_way(swap: Swap) -> None:
    exchanged(swap)
    settle(swap, "0.2", *BOTH)
    settle(swap, "1.3", *BOTH)
    settle(swap, "7.2", On.PRODUCTION)
    assert gates.obstacles(swap, 8, [On.PRODUCTION]) == []
    assert gates.obstacles(swap, 8, [On.STANDBY]) == ["7.1 Standby's mail: not done on tako"]
    assert gates.obstacles(swap, 8, BOTH) == ["7.1 Standby's mail: not done on tako"]


def test_checks_bar_the_way_as_other_items_do(swap: Swap) -> None:
    exchanged(swap)
    for number in ("0.2", "1.3"):
        settle(swap, number, *BOTH)
    settle(swap, "7.2", On.PRODUCTION)
    assert gates.obstacles(swap, 9, [On.PRODUCTION]) == []
    assert gates.obstacles(swap, 10, [On.PRODUCTION]) == [
        "7.1 Standby's mail: not done on tako",
        "9.1 Processes: not done on ika",
    ], "the end is about both hosts, whichever is named"


def test_an_item_that_somebody_holds_is_running(swap: Swap) -> None:
    settle(swap, "0.2", *BOTH)
    settle(swap, "1.3", *BOTH)
    swap.links["tako"].facts["holders"] = {"1.3": {"who": "mori@seat", "since": "09:00"}}
    assert gates.obstacles(swap, 2, BOTH) == ["1.3 Stop: running on tako (mori@seat, 09:00)"]
    assert swap.remembered(ITEMS["1.3"], On.STANDBY).state is State.DONE


def test_a_refusal_changes_nothing(swap: Swap) -> None:
    begun(swap)
    far = cast(FarEnd, swap.links["ika"])
    far.asked.clear()
    with pytest.raises(SwapError):
        gates.require(swap, 5, BOTH)
    assert far.asked == []
