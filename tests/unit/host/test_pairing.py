"""Who is who: pins decide, and both hosts must agree with them and with each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from irekae.host import connections, pairing
from irekae.model.errors import Status, SwapError
from irekae.site.machines import fingerprint
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import begun, exchange

Facts = dict[str, Any]


def agree(swap: Swap) -> None:
    pairing.want_agreement(swap.inventory, swap.links)


def confirmed(swap: Swap) -> None:
    """The swap is behind phase 6."""
    begun(swap)
    exchange(swap)
    for link in swap.links.values():
        link.facts["exchange"] = "confirmed"


def refused(swap: Swap) -> SwapError:
    with pytest.raises(SwapError) as raised:
        agree(swap)
    assert raised.value.status is Status.REFUSED
    told = raised.value.what + raised.value.detail
    for link in swap.links.values():
        assert fingerprint(link.machine.keys[0]) in told, "both facts are shown"
    return raised.value


@pytest.mark.parametrize("at", [lambda swap: None, begun, confirmed])
def test_hosts_as_the_swap_left_them_agree(swap: Swap, at: Callable[[Swap], None]) -> None:
    at(swap)
    agree(swap)


def lie(facts: Facts, **said: Any) -> None:
    run = said.pop("run", {})
    facts.update(said)
    if run is None:
        facts["run"] = None
    elif run:
        facts["run"] = {**(facts["run"] or {"id": "x", "today": "20260101", "name_before": "tako"}), **run}


# What root of the standby may write into its memory, to become production for the seat, or to make it act elsewhere.
LIES: list[dict[str, Any]] = [
    {"run": {"name_before": "ika"}, "exchange": "confirmed"},
    {"run": {"name_before": "ika"}},
    {"exchange": "confirmed"},
    {"run": {"role_before": "production"}},
    {"run": {"machine_id": "0" * 32}},
    {"run": {"id": "another"}},
    {"run": {"today": "20200202"}},
    {"run": {"name_before": "squid"}},
]


@pytest.mark.parametrize("said", LIES)
def test_what_one_host_says_alone_is_refused_before_the_exchange(
    swap: Swap, tako: FarEnd, said: dict[str, Any]
) -> None:
    begun(swap)
    lie(tako.facts, **said)
    refused(swap)


@pytest.mark.parametrize("said", [said for said in LIES if said != {"exchange": "confirmed"}] + [{"exchange": ""}])
def test_and_behind_it(swap: Swap, tako: FarEnd, said: dict[str, Any]) -> None:
    confirmed(swap)
    lie(tako.facts, **{**said, **({"exchange": ""} if said.get("run") == {"name_before": "ika"} else {})})
    refused(swap)


def test_a_swap_that_the_standby_alone_remembers_is_not_begun_by_it(swap: Swap, tako: FarEnd) -> None:
    lie(tako.facts, run={"role_before": "standby"})
    assert "has lost what it remembered" in refused(swap).what


@pytest.mark.parametrize("state", pairing.IN_BETWEEN)
def test_in_the_middle_of_the_exchange_either_may_answer(swap: Swap, state: str) -> None:
    begun(swap)
    exchange(swap)
    for link in swap.links.values():
        link.facts["exchange"] = state
    agree(swap)


def test_a_machine_at_the_others_address_is_refused_with_the_name_that_must_be_its(swap: Swap) -> None:
    begun(swap)
    exchange(swap)
    assert "ika is answered by the machine that must be tako" in "".join(refused(swap).args) + refused(swap).detail


# --- what is lost is no stranger ---


def test_a_lost_memory_is_told_apart_from_a_stranger_with_the_way_out(swap: Swap, ika: FarEnd) -> None:
    confirmed(swap)
    lie(ika.facts, run=None, exchange="", journal=[])
    error = refused(swap)
    assert error.what.startswith("tako has lost what it remembered of the swap x; it is no stranger")
    assert "fab begin --why" in error.hint
    assert "fingerprints" in error.hint


def test_a_crash_between_the_two_hosts_of_phase_0_is_no_loss(swap: Swap, tako: FarEnd) -> None:
    begun(swap)
    lie(tako.facts, run=None)
    agree(swap)


def test_once_anything_was_done_it_is(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    begun(swap)
    ika.facts["journal"] = [{"event": "done", "item": "1.3", "phase": 1}]
    lie(tako.facts, run=None)
    assert "tako has lost what it remembered" in refused(swap).what


# --- another seat went on ---


def test_a_seat_whose_pins_are_of_an_earlier_swap_is_told_to_compare(swap: Swap) -> None:
    """Another seat has closed the swap; or its memory was removed on both hosts."""
    exchange(swap)
    error = refused(swap)
    assert isinstance(error, pairing.Behind)
    assert "`fab trust`" in error.hint


def test_also_when_the_next_swap_has_begun_already(swap: Swap) -> None:
    exchange(swap)
    for name, link in swap.links.items():
        link.facts["run"] = {"id": "y", "today": "20270101", "name_before": name}
    assert isinstance(refused(swap), pairing.Behind)


def test_one_of_them_alone_makes_no_seat_believe_it(swap: Swap, tako: FarEnd) -> None:
    begun(swap)
    lie(tako.facts, run={"id": "y", "name_before": "ika"})
    assert not isinstance(refused(swap), pairing.Behind)


# --- one machine at both addresses ---


def test_one_machine_at_both_addresses_is_told_as_what_it_is(
    swap: Swap, ika: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = FarEnd(swap.inventory.standby, ika.machine, ika.root)
    links = {"ika": ika, "tako": twin}
    monkeypatch.setattr(connections, "Link", lambda inventory, entry, *rest: links[entry.name])
    fresh = Swap(swap.inventory, swap.site, swap.pins)
    with pytest.raises(SwapError, match="one machine answers at both addresses") as raised:
        fresh.connect()
    assert raised.value.status is Status.REFUSED
    for entry in swap.inventory.pair:
        assert entry.address in raised.value.detail
    assert fresh.links == {}
    twin.close()


def test_a_machine_that_has_moved_since_is_not(swap: Swap, ika: FarEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is connected under its former name is a dead end."""
    moved = FarEnd(swap.inventory.standby, ika.machine, ika.root)
    moved.facts["exchange"] = "trial"
    fresh = Swap(swap.inventory, swap.site, swap.pins)
    fresh._keep(swap.inventory.production, ika)  # type: ignore[arg-type]
    ika.lose()
    monkeypatch.setattr(connections, "Link", lambda inventory, entry, *rest: moved)
    fresh._keep_apart(swap.inventory.standby, moved)  # type: ignore[arg-type]
    assert set(fresh.links) == {"tako"}
    moved.close()


# --- one host is off ---


def test_a_host_that_is_off_leaves_the_other_to_be_shown(
    swap: Swap, tako: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(inventory: object, entry: Any, *rest: object) -> FarEnd:
        if entry.name == "ika":
            raise SwapError("ika (1.2.3.4:22) cannot be reached")
        return tako

    monkeypatch.setattr(connections, "Link", link)
    fresh = Swap(swap.inventory, swap.site, swap.pins)
    with pytest.raises(SwapError, match=r"ika .* cannot be reached"):
        fresh.connect()
    fresh.connect(some=True)
    assert set(fresh.links) == {"tako"}
    assert fresh.silent["ika"].what == "ika (1.2.3.4:22) cannot be reached"
