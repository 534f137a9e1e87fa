"""Gates look forwards as well: what later work on the same machine stands on is not done again."""

from __future__ import annotations

import pytest

from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS, Item, On, check_item
from irekae.model.journal import State
from irekae.procedure import runner
from irekae.swap import gates
from irekae.swap.swap import Swap
from tests.unit.small_procedure import P, S, begun, declare, exchange, state

BOTH = (P, S)


@pytest.fixture(autouse=True)
def calls(items: dict[str, Item], swap: Swap) -> list[str]:
    """A small procedure with something of every kind; what was done of it."""
    done: list[str] = []
    begun(swap)

    def act(host: object, swap: Swap) -> None:
        done.append(f"{host.record.item} {host.name}")  # type: ignore[attr-defined]

    declare("0.1", On.SEAT, lambda swap: done.append("0.1"), until="99.0")
    declare("0.2", On.PAIR, lambda swap: done.append("0.2"))
    declare("1.3", On.BOTH, act, until="6.1")
    declare("2.2", S, act, until="4.2")
    declare("2.1", S, act, until="4.2", after=("2.2",))
    declare("3.2", On.PAIR, lambda swap: done.append("3.2"), until="4.2")
    declare("4.1", On.PAIR, lambda swap: done.append("4.1"), until="4.2")
    declare("4.2", S, act)
    declare("6.1", On.PAIR, lambda swap: done.append("6.1"))
    declare("7.1", S, act)
    declare("7.2", P, act)
    declare("8.1", On.BOTH, act)
    check_item("9.1", "check", "", "Processes", on=P)
    check_item("9.2", "check_standby", "", "Processes", on=S)
    declare("11.1", On.SEAT, lambda swap: done.append("11.1"))
    return done


def settle(swap: Swap, *numbers: str, event: str = "done") -> None:
    for number in numbers:
        for role in ITEMS[number].roles:
            swap.host(ITEMS[number], role).record.event(event)


def through(swap: Swap, last: str) -> None:
    """Everything up to an item is done; the machines change places in 6.1."""
    end = ITEMS[last].order
    settle(swap, *(number for number, item in ITEMS.items() if item.order <= min(end, (6, 1))))
    if end >= (6, 1):
        exchange(swap)
        settle(swap, *(number for number, item in ITEMS.items() if (6, 1) < item.order <= end))


def refusal(swap: Swap, number: str, hosts: tuple[str, ...] = ()) -> SwapError:
    with pytest.raises(SwapError) as raised:
        runner.run_item(swap, ITEMS[number], hosts)
    assert raised.value.status is Status.REFUSED
    return raised.value


@pytest.mark.parametrize("number", ["0.2", "1.3", "2.1", "2.2", "3.2", "4.1", "4.2", "6.1"])
def test_of_a_finished_swap_nothing_up_to_phase_6_is_done_again(swap: Swap, calls: list[str], number: str) -> None:
    through(swap, "11.1")
    said = refusal(swap, number)
    assert "must not be done now: later work stands on it" in said.what
    assert "the way is forward" in said.hint
    assert calls == []


def test_the_machine_counts_whatever_it_is_called_now(swap: Swap) -> None:
    """2.1 is of the old standby, which is ika now; what stands on it was done there."""
    through(swap, "6.1")
    swap.host(ITEMS["7.2"], P).record.event("done")
    said = gates.standing_on(swap, ITEMS["2.1"], [S])
    assert [line.partition(" (")[0] for line in said] == [
        "on ika, phase 4 has begun: 4.2 done",
        "on ika, phase 6 has begun: 6.1 done",
        "on ika, phase 7 has begun: 7.2 done",
    ]


def test_the_way_out_is_named_as_long_as_there_is_one(swap: Swap) -> None:
    through(swap, "4.2")
    assert refusal(swap, "3.2").hint.startswith("`fab rollback --to phase3` takes back phase 3")


def test_what_a_lease_or_a_boot_took_back_is_done_again_in_the_middle(swap: Swap, calls: list[str]) -> None:
    through(swap, "3.2")
    settle(swap, "2.1", "2.2", event="undone")
    runner.run_phase(swap, 2)
    assert calls == ["2.2 tako", "2.1 tako"]


def test_but_not_behind_the_item_that_closes_what_it_opens(swap: Swap, calls: list[str]) -> None:
    through(swap, "4.2")
    settle(swap, "2.1", "2.2", event="undone")
    with pytest.raises(SwapError, match=r"2\.2, 2\.1 must not be done now"):
        runner.run_phase(swap, 2)
    assert calls == []


def test_what_the_host_has_closed_by_itself_keeps_nobody_from_closing_it_to_the_end(
    swap: Swap, calls: list[str]
) -> None:
    """A boot in the middle of 4.2."""
    through(swap, "4.1")
    settle(swap, "4.2", event="started")
    for number in ("2.1", "2.2"):
        swap.host(ITEMS[number], S).record.event("undone", who="lease", why="the lease ran out")
    runner.run_phase(swap, 2)
    assert calls == []
    runner.run_phase(swap, 4)
    assert calls == ["4.2 tako"]


def test_an_item_is_not_done_before_the_one_of_its_phase_that_it_builds_on(swap: Swap, calls: list[str]) -> None:
    through(swap, "1.3")
    assert "2.2 Item 2.2: not done on tako" in refusal(swap, "2.1").detail
    runner.run_phase(swap, 2)
    assert calls == ["2.2 tako", "2.1 tako"], "in its order the phase does both"


def test_an_exchange_from_which_both_hosts_went_back_bars_no_mending_before_it(swap: Swap, calls: list[str]) -> None:
    through(swap, "4.2")
    settle(swap, "6.1", event="failed")
    runner.run_item(swap, ITEMS["4.2"])
    assert calls == ["4.2 tako"]
    settle(swap, "6.1", event="started")
    assert "6.1 unknown" in refusal(swap, "4.2").detail


def test_what_was_waived_beforehand_stands_on_nothing(swap: Swap, calls: list[str]) -> None:
    through(swap, "1.3")
    settle(swap, "11.1", event="waived")
    runner.run_item(swap, ITEMS["1.3"], ["tako"])
    assert calls == ["1.3 tako"]


def test_nothing_changes_on_the_hosts_by_what_may_be_repeated_at_any_time(swap: Swap, calls: list[str]) -> None:
    through(swap, "11.1")
    runner.run_item(swap, ITEMS["0.1"])
    assert calls == ["0.1"]


def test_a_phase_of_which_nothing_is_left_says_so(swap: Swap, calls: list[str]) -> None:
    through(swap, "11.1")
    runner.run_phase(swap, 4)
    assert calls == []


def test_a_plan_of_what_is_over_is_refused_too(swap: Swap) -> None:
    through(swap, "11.1")
    view = swap.as_plan()
    with pytest.raises(SwapError, match=r"2\.1 must not be done now"):
        runner.run_item(view, ITEMS["2.1"])


# --- from phase 7 on ---


def change(swap: Swap, number: str, role: On) -> None:
    """The item is repeated, and finds something to do."""
    host = swap.host(ITEMS[number], role)
    host.record.change("edit /etc/x", {"kind": "none"})
    host.record.event("done")


def test_a_setting_may_be_mended_and_the_reboot_is_due_again(swap: Swap, calls: list[str]) -> None:
    through(swap, "9.2")
    runner.run_item(swap, ITEMS["7.2"])
    assert calls == ["7.2 ika"]
    assert state(swap, "8.1", P) is State.DONE, "nothing was changed"
    change(swap, "7.2", P)
    due = swap.state(ITEMS["8.1"], P)
    assert (due.state, due.due_again) == (State.UNKNOWN, True)
    assert due.why.startswith("due again: 7.2 came after it (")
    assert state(swap, "8.1", S) is State.DONE, "the other host is not concerned"
    with pytest.raises(SwapError, match="phase 11 may not start") as raised:
        runner.run_phase(swap, 11, ["tako"])
    assert "8.1 Item 8.1: unknown on ika" in raised.value.detail
    assert "9.1 Processes: unknown on ika" in raised.value.detail


def test_after_the_reboot_that_was_due_the_checks_are_due(swap: Swap) -> None:
    through(swap, "9.2")
    change(swap, "7.1", S)
    swap.yes = True
    runner.run_phase(swap, 8)
    assert state(swap, "8.1", S) is State.NOTHING
    assert state(swap, "9.2", S) is State.UNKNOWN
    assert state(swap, "9.1", P) is State.DONE


def test_a_reboot_may_be_repeated_after_the_checks_which_then_are_due_again(swap: Swap, calls: list[str]) -> None:
    through(swap, "9.2")
    runner.run_item(swap, ITEMS["8.1"], ["ika"])
    assert calls == ["8.1 ika"]
    change(swap, "8.1", P)
    assert swap.state(ITEMS["9.1"], P).due_again
    assert state(swap, "9.2", S) is State.DONE


def test_the_seat_asks_for_both_hosts(swap: Swap, calls: list[str]) -> None:
    through(swap, "9.2")
    swap.host(ITEMS["9.1"], P).record.event("failed")
    for hosts in ((), ("tako",), ("ika",)):
        assert "9.1 Processes: failed on ika" in refusal(swap, "11.1", hosts).detail
    assert calls == []


def test_a_phase_that_concerns_none_of_the_named_hosts_is_wrong_use(swap: Swap) -> None:
    through(swap, "1.3")
    with pytest.raises(SwapError, match="phase 2 concerns tako only") as raised:
        runner.run_phase(swap, 2, ["ika"])
    assert raised.value.status is Status.WRONG_USE


def test_who_went_on_meanwhile_is_noticed_under_the_lock(swap: Swap, calls: list[str]) -> None:
    """Another seat closes the door between this one's gate and its lock."""
    through(swap, "3.2")
    other = swap.links["tako"]
    passed = gates.require

    def late(*args: object) -> None:
        passed(*args)  # type: ignore[arg-type]
        entry = {"item": "4.2", "event": "done", "who": "mori@seat2", "at": "2026-01-01T00:00:00+09:00"}
        other.ask("append", entry=entry)

    gates.require = late  # type: ignore[assignment]
    try:
        assert "4.2 done (mori@seat2" in refusal(swap, "2.1").detail
    finally:
        gates.require = passed
    assert calls == []
    assert other.ask("holders") == {}
