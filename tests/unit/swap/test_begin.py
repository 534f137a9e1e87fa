"""The beginning of a swap, and its end: who bore which name stands on both hosts."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from irekae.host import connections
from irekae.host.pairing import Behind
from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS, Item, On, item
from irekae.site.machines import Pins, fingerprint, load_pins, save_pins
from irekae.swap import begin
from irekae.swap.swap import Swap
from irekae.swap.takeover import take_over
from tests.unit.farend import STATE, FarEnd
from tests.unit.small_procedure import exchange

RUN = f"{STATE}/run.json"


@pytest.fixture(autouse=True)
def _items(items: dict[str, Item], swap: Swap) -> None:
    swap.yes = False

    @item("0.2", "", "Preflight", on=On.PAIR)
    def preflight(swap: Swap) -> None: ...

    @item("1.3", "", "Stop", on=On.BOTH)
    def stop(host: object, swap: Swap) -> None: ...

    @item("11.1", "", "Mail", on=On.SEAT)
    def mail(swap: Swap) -> None: ...


def nothing_kept() -> None:
    """What the hosts keep for the undo: `subjects.forget_replaced` has its own tests."""


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
    begin.begin_again(swap, "", nothing_kept)
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
    remembered: list[bool] = []
    with pytest.raises(SwapError, match="neither complete nor rolled back") as raised:
        begin.begin_again(swap, "", lambda: remembered.append(ika.path(RUN).exists()))
    assert raised.value.status is Status.REFUSED
    assert raised.value.detail == "1.3 on tako: failed"
    assert ika.path(RUN).exists()
    begin.begin_again(swap, "we stay like this", lambda: remembered.append(ika.path(RUN).exists()))
    assert not ika.path(RUN).exists()
    assert remembered == [True], "what was kept goes once, while the hosts still know where it lies"


def test_no_swap_cannot_be_closed(swap: Swap) -> None:
    with pytest.raises(SwapError, match="no swap has begun") as raised:
        begin.begin_again(swap, "", nothing_kept)
    assert raised.value.status is Status.WRONG_USE


def test_closing_that_died_after_the_first_host_goes_on(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    first(swap)
    settle(swap, "done", "done")

    def die(op: str, arguments: object) -> None:
        if op == "archive":
            raise KeyboardInterrupt

    tako.fails = die
    with pytest.raises(KeyboardInterrupt):
        begin.begin_again(swap, "", nothing_kept)
    tako.fails = lambda op, arguments: None
    for name in ("ika", "tako"):
        swap.refresh(name)
    assert not ika.path(RUN).exists()
    with pytest.raises(SwapError, match="is closed on one host only") as raised:
        first(swap)
    assert raised.value.status is Status.REFUSED
    begin.begin_again(swap, "", nothing_kept)
    assert not tako.path(RUN).exists()


def test_machines_are_called_by_the_names_that_they_bear_now(swap: Swap) -> None:
    """After A→B the roles are exchanged: the next swap goes B→A."""
    first(swap)
    settle(swap, "done", "done")
    machines = {name: link.machine for name, link in swap.links.items()}
    exchange(swap)
    for link in swap.links.values():
        link.facts["exchange"] = "confirmed"
    begin.begin_again(swap, "", nothing_kept)
    pins = load_pins(swap.inventory)
    renamed = {machine.first_name: machine.keys for machine in pins.machines}
    assert renamed == {"ika": machines["tako"].keys, "tako": machines["ika"].keys}


# --- what is lost, and who contradicts whom ---


def lost(swap: Swap) -> None:
    """The swap is done, and the old production machine has lost what it remembered."""
    first(swap)
    settle(swap, "done", "done")
    exchange(swap)
    for link in swap.links.values():
        link.facts["exchange"] = "confirmed"
    swap.links["tako"].facts.update(run=None, exchange="", journal=[])


def test_what_one_host_has_lost_is_ended_with_a_reason_and_a_word(
    swap: Swap, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lost(swap)
    machines = {name: link.machine for name, link in swap.links.items()}
    with pytest.raises(SwapError, match="tako has lost what it remembered") as raised:
        begin.begin_again(swap, "", nothing_kept)
    assert "fab begin --why" in raised.value.hint
    with pytest.raises(SwapError, match="nobody has compared") as raised:
        begin.begin_again(swap, "its disk was replaced", nothing_kept)
    assert "--yes" in raised.value.hint
    assert swap.links["ika"].facts["run"], "nothing was closed"
    swap.yes = True
    begin.begin_again(swap, "its disk was replaced", nothing_kept)
    assert fingerprint(machines["tako"].keys[0]) in capsys.readouterr().out
    assert {machine.first_name: machine.keys for machine in load_pins(swap.inventory).machines} == {
        name: machine.keys for name, machine in machines.items()
    }


def test_a_seat_that_is_behind_closes_nothing(swap: Swap) -> None:
    exchange(swap)
    swap.yes = True
    with pytest.raises(Behind):
        begin.begin_again(swap, "why not", nothing_kept)
    first(swap)
    with pytest.raises(Behind):
        begin.begin_again(swap, "why not", nothing_kept)


def taken_over(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The pins of a fresh seat that has pinned each machine under the name at which it answers now."""
    pins = Pins([replace(link.machine, first_name=name) for name, link in swap.links.items()])
    fresh, links = Swap(swap.inventory, swap.site, pins), dict(swap.links)
    for link, machine in zip(links.values(), pins.machines, strict=True):
        link.machine = machine
    monkeypatch.setattr(connections, "Link", lambda inventory, entry, *rest: links[entry.name])
    save_pins(swap.inventory, pins)
    take_over(fresh, yes=True)
    return {machine.first_name: machine.keys for machine in load_pins(swap.inventory).machines}


def test_a_new_seat_takes_the_pairing_of_a_swap_over_that_both_machines_tell(
    swap: Swap, monkeypatch: pytest.MonkeyPatch
) -> None:
    first(swap)
    exchange(swap)
    now = {name: link.machine.keys for name, link in swap.links.items()}
    assert taken_over(swap, monkeypatch) == {"ika": now["tako"], "tako": now["ika"]}


@pytest.mark.parametrize("lie", [{"name_before": "tako"}, {"id": "y"}, None])
def test_but_not_what_one_of_them_tells(
    swap: Swap, monkeypatch: pytest.MonkeyPatch, lie: dict[str, str] | None
) -> None:
    first(swap)
    exchange(swap)
    facts = swap.links["tako"].facts
    facts["run"] = {**facts["run"], **lie} if lie else None
    now = {name: link.machine.keys for name, link in swap.links.items()}
    assert taken_over(swap, monkeypatch) == now
