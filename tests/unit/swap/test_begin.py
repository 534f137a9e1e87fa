"""The beginning of a swap, and its end: who bore which name stands on both hosts."""

from __future__ import annotations

import json

import pytest

from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS, Item, On, item
from irekae.site.machines import load_pins
from irekae.swap import begin
from irekae.swap.swap import Swap
from tests.unit.farend import STATE, FarEnd

RUN = f"{STATE}/run.json"


@pytest.fixture(autouse=True)
def _items(items: dict[str, Item]) -> None:
    @item("0.2", "", "Preflight", on=On.PAIR)
    def preflight(swap: Swap) -> None: ...

    @item("1.3", "", "Stop", on=On.BOTH)
    def stop(host: object, swap: Swap) -> None: ...

    @item("11.1", "", "Mail", on=On.SEAT)
    def mail(swap: Swap) -> None: ...


def first(swap: Swap) -> None:
    begin.begin(swap.for_pair(ITEMS["0.2"]))
    for name in ("ika", "tako"):
        swap.refresh(name)


def run_of(far: FarEnd) -> dict[str, object]:
    found: dict[str, object] = json.loads(far.path(RUN).read_bytes())
    return found


def test_both_hosts_learn_the_same_swap_and_their_own_name(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    first(swap)
    assert run_of(ika)["id"] == run_of(tako)["id"]
    assert (run_of(ika)["name_before"], run_of(tako)["name_before"]) == ("ika", "tako")
    assert (run_of(ika)["role_before"], run_of(tako)["role_before"]) == ("production", "standby")
    assert ika.path(RUN).stat().st_mode & 0o777 == 0o600
    assert swap.today == run_of(ika)["today"]


def test_begun_twice_is_the_same_swap(swap: Swap, ika: FarEnd) -> None:
    first(swap)
    before = ika.path(RUN).read_bytes()
    first(swap)
    assert ika.path(RUN).read_bytes() == before


def test_a_crash_between_the_hosts_is_made_up_for(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    first(swap)
    tako.path(RUN).unlink()
    swap.refresh("tako")
    first(swap)
    assert run_of(tako)["id"] == run_of(ika)["id"]
    assert run_of(tako)["name_before"] == "tako"


def test_hosts_that_remember_different_swaps_are_refused(swap: Swap, ika: FarEnd) -> None:
    first(swap)
    ika.put(RUN, json.dumps({**run_of(ika), "id": "other"}))
    swap.refresh("ika")
    with pytest.raises(SwapError, match="the hosts remember different swaps") as raised:
        first(swap)
    assert raised.value.status is Status.REFUSED


def settle(swap: Swap, *events: str) -> None:
    for role, event in zip((On.PRODUCTION, On.STANDBY), events, strict=True):
        swap.host(ITEMS["1.3"], role).record.event(event)


@pytest.mark.parametrize("events", [("done", "nothing"), ("undone", "undone")])
def test_a_swap_that_is_complete_or_rolled_back_is_put_away(swap: Swap, ika: FarEnd, events: tuple[str, str]) -> None:
    first(swap)
    settle(swap, *events)
    (swap.inventory.state).mkdir()
    (swap.inventory.state / "baseline.json").write_text("{}")
    (swap.inventory.state / "predicted.json").write_text("{}")
    name = str(run_of(ika)["id"]).replace(":", "")
    begin.begin_again(swap, "")
    assert not ika.path(RUN).exists()
    archived = ika.path(f"{STATE}/archive/{name}")
    assert json.loads((archived / "run.json").read_bytes())["name_before"] == "ika"
    last = json.loads((archived / "journal.jsonl").read_text().splitlines()[-1])
    assert last["event"] == "closed"
    assert sorted(path.name for path in swap.inventory.state.iterdir()) == [
        "archive",
        "machines.json",
        "predicted.json",
    ]
    assert (swap.inventory.state / "archive" / name / "baseline.json").exists()


def test_a_swap_in_the_middle_is_refused_unless_a_reason_is_given(swap: Swap, ika: FarEnd) -> None:
    first(swap)
    settle(swap, "done", "failed")
    with pytest.raises(SwapError, match="neither complete nor rolled back") as raised:
        begin.begin_again(swap, "")
    assert raised.value.status is Status.REFUSED
    assert raised.value.detail == "1.3 on tako: failed"
    assert ika.path(RUN).exists()
    begin.begin_again(swap, "we stay like this")
    assert not ika.path(RUN).exists()


def test_no_swap_cannot_be_closed(swap: Swap) -> None:
    with pytest.raises(SwapError, match="no swap has begun") as raised:
        begin.begin_again(swap, "")
    assert raised.value.status is Status.WRONG_USE


def test_closing_that_died_after_the_first_host_goes_on(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    first(swap)
    settle(swap, "done", "done")

    def die(op: str, arguments: object) -> None:
        if op == "archive":
            raise KeyboardInterrupt

    tako.fails = die
    with pytest.raises(KeyboardInterrupt):
        begin.begin_again(swap, "")
    tako.fails = lambda op, arguments: None
    for name in ("ika", "tako"):
        swap.refresh(name)
    assert not ika.path(RUN).exists()
    with pytest.raises(SwapError, match="is closed on one host only") as raised:
        first(swap)
    assert raised.value.status is Status.REFUSED
    begin.begin_again(swap, "")
    assert not tako.path(RUN).exists()


def test_machines_are_called_by_the_names_that_they_bear_now(swap: Swap) -> None:
    """After A→B the roles are exchanged: the next swap goes B→A."""
    first(swap)
    settle(swap, "done", "done")
    machines = {name: link.machine for name, link in swap.links.items()}
    swap.links["ika"].machine, swap.links["tako"].machine = machines["tako"], machines["ika"]
    begin.begin_again(swap, "")
    pins = load_pins(swap.inventory)
    renamed = {machine.first_name: machine.keys for machine in pins.machines}
    assert renamed == {"ika": machines["tako"].keys, "tako": machines["ika"].keys}
