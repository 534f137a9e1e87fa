"""Items carried out: gate, lock, intent, act, outcome, whatever goes wrong in between."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import cast

import pytest

from irekae.host.host import Host
from irekae.host.remote import Lost
from irekae.model.errors import Bug, Status, SwapError
from irekae.model.items import ITEMS, Item, On
from irekae.model.journal import State
from irekae.procedure import runner
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, S, begun, declare, events, state

Act = Callable[..., None]


@pytest.fixture(autouse=True)
def _begun(items: dict[str, Item], swap: Swap) -> None:
    begun(swap)


def test_intent_comes_before_the_act_and_the_outcome_after(swap: Swap) -> None:
    seen: list[list[str]] = []

    def act(host: Host, swap: Swap) -> None:
        seen.append(events(swap, "ika"))
        host.say("something worth knowing")

    declare("1.1", P, act)
    runner.run_phase(swap, 1)
    assert seen == [["1.1 started"]]
    assert events(swap, "ika") == ["1.1 started", "1.1 done"]
    assert swap.entries["ika"][-1]["detail"] == ["something worth knowing"]
    assert events(swap, "tako") == []


def test_what_an_item_keeps_is_kept_behind_its_act_and_it_is_not_done_without(swap: Swap) -> None:
    calls: list[str] = []

    def keeps(host: Host, swap: Swap) -> None:
        calls.append("kept")
        if len(calls) == 2:
            raise SwapError("could not be kept")

    one = declare("1.1", P, lambda host, swap: calls.append("acted"), keeps=keeps)
    with pytest.raises(SwapError, match="could not be kept"):
        runner.run_item(swap, one)
    assert state(swap, "1.1", P) is State.FAILED
    runner.run_item(swap, one)
    assert calls == ["acted", "kept", "acted", "kept"]
    assert state(swap, "1.1", P) is State.NOTHING


def test_what_is_done_is_not_done_again_by_its_phase_but_by_its_own_name(
    swap: Swap, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[str] = []
    one = declare("1.1", On.BOTH, lambda host, swap: calls.append(host.name))
    runner.run_phase(swap, 1)
    runner.run_phase(swap, 1)
    assert sorted(calls) == ["ika", "tako"]
    assert "nothing to do already (" in capsys.readouterr().out
    runner.run_item(swap, one)
    assert sorted(calls) == ["ika", "ika", "tako", "tako"]
    assert state(swap, "1.1", P) is State.NOTHING


def test_hosts_are_chosen_and_the_pair_goes_together(swap: Swap) -> None:
    calls: list[str] = []
    declare("1.1", On.BOTH, lambda host, swap: calls.append(host.name))
    declare("1.2", On.PAIR, lambda swap: calls.append(f"{swap.production.name}+{swap.standby.name}"))
    declare("1.3", P, lambda host, swap: calls.append("production"))
    runner.run_phase(swap, 1, ["tako"])
    assert calls == ["tako", "ika+tako"]
    assert state(swap, "1.2", P) is state(swap, "1.2", S) is State.NOTHING


@pytest.mark.parametrize("name", ["squid", "outside", "dennou"])
def test_other_hosts_are_a_wrong_use(swap: Swap, name: str) -> None:
    declare("1.1", On.BOTH, lambda host, swap: None)
    with pytest.raises(SwapError) as raised:
        runner.run_phase(swap, 1, [name])
    assert raised.value.status is Status.WRONG_USE


def test_an_item_for_the_other_host_is_a_wrong_use(swap: Swap) -> None:
    only = declare("1.1", P, lambda host, swap: None)
    with pytest.raises(SwapError, match="concerns ika only") as raised:
        runner.run_item(swap, only, ["tako"])
    assert raised.value.status is Status.WRONG_USE


def test_a_failure_stops_the_items_after_it_and_is_journaled(swap: Swap) -> None:
    def fail(host: Host, swap: Swap) -> None:
        raise SwapError(f"no luck on {host.name}", hint="try again")

    calls: list[str] = []
    declare("1.1", On.BOTH, fail)
    declare("1.2", P, lambda host, swap: calls.append("later"))
    with pytest.raises(SwapError, match="2 things failed") as raised:
        runner.run_phase(swap, 1)
    assert raised.value.status is Status.FAILED
    assert "no luck on ika" in raised.value.detail
    assert "no luck on tako" in raised.value.detail
    assert calls == []
    assert state(swap, "1.1", P) is state(swap, "1.1", S) is State.FAILED
    assert swap.entries["ika"][-1]["detail"] == ["no luck on ika\n  next: try again"]


def test_what_runs_beside_is_waited_for_though_something_else_failed(swap: Swap) -> None:
    go, calls = threading.Event(), []

    def beside(swap: Swap) -> None:
        go.wait(30)
        calls.append("beside")

    def fail(host: Host, swap: Swap) -> None:
        go.set()
        raise SwapError("no luck")

    declare("1.1", On.PAIR, beside, beside=True)
    declare("1.2", P, fail)
    with pytest.raises(SwapError, match="no luck"):
        runner.run_phase(swap, 1)
    assert calls == ["beside"]
    assert state(swap, "1.1", P) is State.NOTHING


def test_a_bug_is_failed_in_the_journal_and_quotes_nothing_there(swap: Swap) -> None:
    def broken(host: Host, swap: Swap) -> None:
        raise KeyError("$6$hash")

    declare("1.1", P, broken)
    with pytest.raises(Bug) as raised:
        runner.run_phase(swap, 1)
    assert raised.value.status is Status.FAILED
    assert "Traceback" in raised.value.detail
    assert "in broken" in raised.value.detail
    assert events(swap, "ika") == ["1.1 started", "1.1 failed"]
    assert "KeyError in broken" in swap.entries["ika"][-1]["detail"][0]
    assert "$6$" not in str(swap.entries["ika"])
    runner_again = cast(FarEnd, swap.links["ika"]).ask("lock", name="1.1", who="x")
    assert runner_again is None, "its lock is free again"


def test_a_lost_connection_leaves_the_item_unknown(swap: Swap, ika: FarEnd) -> None:
    def cut(host: Host, swap: Swap) -> None:
        ika.lose()
        host.exists("/etc")

    declare("1.1", P, cut)
    with pytest.raises(Lost) as raised:
        runner.run_phase(swap, 1)
    assert raised.value.status is Status.INCOMPLETE
    ika.fails = lambda op, arguments: None
    assert events(swap, "ika") == ["1.1 started"]
    assert state(swap, "1.1", P) is State.UNKNOWN


def test_a_connection_that_dies_after_a_failure_does_not_hide_it(swap: Swap, ika: FarEnd) -> None:
    def fail(swap: Swap) -> None:
        ika.lose()
        raise SwapError("the disk is full", "on tako", "make room")

    declare("1.1", On.PAIR, fail)
    with pytest.raises(SwapError) as raised:
        runner.run_phase(swap, 1)
    assert (raised.value.what, raised.value.hint) == ("the disk is full", "make room")
    assert raised.value.status is Status.INCOMPLETE
    assert raised.value.detail.startswith("on tako\nafter that, its outcome could not be written down: the connection")
    assert events(swap, "tako") == ["1.1 started", "1.1 failed"], "the other host is told all the same"


def test_a_connection_that_was_dropped_does_not_hide_it_either(swap: Swap) -> None:
    def fail(host: Host, swap: Swap) -> None:
        swap.drop("ika")
        raise SwapError("ika is not back", status=Status.INCOMPLETE)

    declare("1.1", P, fail)
    with pytest.raises(SwapError, match="ika is not back") as raised:
        runner.run_phase(swap, 1)
    assert "it is not connected" in raised.value.detail or "was lost" in raised.value.detail


def test_an_outcome_that_cannot_be_written_is_no_success(swap: Swap, ika: FarEnd) -> None:
    declare("1.1", P, lambda host, swap: ika.lose())
    with pytest.raises(Lost):
        runner.run_phase(swap, 1)


# --- plans ---


def test_a_plan_journals_nothing_takes_no_lock_and_collects(swap: Swap, ika: FarEnd) -> None:
    declare("1.1", P, lambda host, swap: host.run("one"))
    declare("2.1", P, lambda host, swap: host.run("two"))
    view = swap.as_plan()
    runner.run_phase(view, 2)
    assert [change.what for change in view.plan] == ["run one", "run two"]
    assert events(swap, "ika") == []
    assert {"append", "lock", "checkpoint", "change"}.isdisjoint(ika.asked)


def test_a_plan_leaves_out_what_is_done(swap: Swap) -> None:
    declare("1.1", P, lambda host, swap: host.run("one"))
    runner.run_phase(swap, 1)
    view = swap.as_plan()
    runner.plan_before(view, 3)
    assert view.plan == []


def test_items_of_an_earlier_phase_bar_the_way(swap: Swap) -> None:
    declare("1.1", P, lambda host, swap: None)
    declare("2.1", P, lambda host, swap: None)
    with pytest.raises(SwapError, match="phase 2 may not start"):
        runner.run_phase(swap, 2)
    with pytest.raises(SwapError, match="phase 2 may not start"):
        runner.run_item(swap, ITEMS["2.1"])
