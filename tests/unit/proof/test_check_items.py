"""Phases of checks: each time they are called, by what is found now; what they find otherwise reopens its item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest

from irekae.host.host import Host
from irekae.model.errors import SwapError
from irekae.model.findings import Explanation, Finding
from irekae.model.items import ITEMS, Item, On, check_item
from irekae.model.journal import State, now
from irekae.model.journal import states as states_of
from irekae.model.results import Check
from irekae.procedure import runner
from irekae.proof import check_items, suite_records
from irekae.swap import gates, locking
from irekae.swap.evidence import Kind, Reading, keep
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, S, begun, declare, exchange

Found = dict[tuple[str, str], str]  # (item, host) → outcome
FINDING = Finding(subject="file", key="/etc/fstab", was="as booted", found="edited since")


def check(number: str, host: str, outcome: str, *findings: Finding) -> Check:
    told: Any = outcome
    return Check(
        id=f"test_{number}", item=number, host=host, title="it holds", outcome=told, expected="x", found="y",
        at=now(), took=0.1, findings=findings, remedy="start\nit",
    )  # fmt: skip


@pytest.fixture
def found() -> Found:
    """What the suite will find."""
    return {("9.1", "ika"): "passed", ("9.2", "tako"): "passed", ("7.2", "ika"): "passed", ("5.1", "ika"): "passed"}


@pytest.fixture
def runs(items: dict[str, Item], swap: Swap, found: Found, monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """A swap behind its reboot; the items that each run of the suite was asked for."""
    asked: list[Sequence[str]] = []
    begun(swap)

    def act(host: Host, swap: Swap) -> None: ...

    declare("5.1", On.BOTH, act)
    declare("6.1", On.PAIR, lambda swap: None)
    declare("7.2", P, act)
    declare("8.1", On.BOTH, act)
    check_item("9.1", "one", "", "One", on=P)
    check_item("9.2", "two", "", "Two", on=S)
    declare("10.1", P, act)
    for number in ("5.1", "6.1"):
        for role in (P, S):
            swap.host(ITEMS[number], role).record.event("done")
    exchange(swap)
    for number, roles in (("7.2", (P,)), ("8.1", (P, S))):
        for role in roles:
            swap.host(ITEMS[number], role).record.event("done")

    def suite(hosts: Sequence[str], numbers: Sequence[str], *_: Any) -> list[Check]:
        asked.append(list(numbers))
        wanted = [key for key in found if key[0] in numbers or key[0].split(".")[0] in numbers]
        return [check(number, host, found[number, host]) for number, host in wanted]

    monkeypatch.setattr(check_items, "run_suite", suite)
    return asked


def states(swap: Swap, *numbers: str) -> list[State]:
    return [swap.state(ITEMS[number], role).state for number in numbers for role in ITEMS[number].roles]


def test_a_phase_of_checks_checks_each_time(swap: Swap, runs: list[Sequence[str]], found: Found) -> None:
    runner.run_phase(swap, 9)
    found["9.1", "ika"] = "failed"
    with pytest.raises(SwapError, match="1 checks have not passed") as raised:
        runner.run_phase(swap, 9)
    told = ["9.1 ika: it holds", "  expected: x", "  found: y", "  remedy: start it"]
    assert raised.value.detail.splitlines() == told
    assert states(swap, "9.1", "9.2") == [State.FAILED, State.DONE]
    found["9.1", "ika"] = "passed"
    runner.run_phase(swap, 9)
    assert states(swap, "9.1", "9.2") == [State.DONE, State.DONE]
    assert len(runs) == 3
    assert [one.outcome for one in suite_records.newest(Reading(swap)) if one.item == "9.1"] == ["passed"]


@pytest.mark.parametrize("event", ["waived", "by hand"])
def test_a_persons_word_on_a_check_is_not_asked_again(
    swap: Swap, runs: list[Sequence[str]], found: Found, event: str, capsys: pytest.CaptureFixture[str]
) -> None:
    swap.host(ITEMS["9.1"], P).record.event(event, why="because")
    runner.run_phase(swap, 9)
    assert swap.state(ITEMS["9.1"], P).why == "because"
    assert f"9.1 ika: One: {event} already" in capsys.readouterr().out
    runner.run_item(swap, ITEMS["9.1"])
    assert states(swap, "9.1") == [State.DONE]


@pytest.mark.parametrize("outcome", ["failed", "error"])
def test_a_check_that_fails_reopens_its_item_until_it_passes(
    swap: Swap, runs: list[Sequence[str]], found: Found, outcome: str
) -> None:
    found["7.2", "ika"] = outcome
    with pytest.raises(SwapError, match=r"7\.2 ika: it holds"):
        runner.run_phase(swap, 9)
    assert states(swap, "7.2", "9.1") == [State.FAILED, State.DONE]
    with pytest.raises(SwapError, match="phase 10 may not start") as refused:
        gates.require(swap, 10, [P])
    assert "mend it, then `fab phase9`" in refused.value.detail
    found["7.2", "ika"] = "passed"
    runner.run_phase(swap, 9)
    assert states(swap, "7.2", "8.1", "9.1") == [State.DONE, State.DONE, State.DONE, State.DONE]
    gates.require(swap, 10, [P])


def test_a_waived_item_of_phase_9_lets_no_failed_setting_pass(
    swap: Swap, runs: list[Sequence[str]], found: Found
) -> None:
    swap.host(ITEMS["9.1"], P).record.event("waived", why="because")
    found["7.2", "ika"] = "failed"
    with pytest.raises(SwapError):
        runner.run_phase(swap, 9)
    with pytest.raises(SwapError, match="phase 10 may not start"):
        gates.require(swap, 10, [P])


def test_a_setting_of_before_the_exchange_is_reopened_on_the_machine_that_made_it(
    swap: Swap, runs: list[Sequence[str]], found: Found
) -> None:
    found["5.1", "ika"] = "failed"
    with pytest.raises(SwapError):
        runner.run_phase(swap, 9)
    # The machine that is ika now was the standby in phase 5.
    assert (swap.state(ITEMS["5.1"], S).state, swap.state(ITEMS["5.1"], P).state) == (State.FAILED, State.DONE)
    found["5.1", "ika"] = "passed"
    runner.run_phase(swap, 9)
    assert states(swap, "5.1") == [State.DONE, State.DONE]


def test_what_a_check_refutes_is_due_no_less_for_a_later_change(
    swap: Swap, runs: list[Sequence[str]], found: Found
) -> None:
    """8.1, that a change of phase 7 made due again, is not settled by a check that passes."""
    found["8.1", "ika"] = "failed"
    with pytest.raises(SwapError):
        runner.run_phase(swap, 9)
    swap.host(ITEMS["7.2"], P).record.change("edit", {"kind": "run", "argv": []})
    swap.host(ITEMS["7.2"], P).record.event("done")
    found["8.1", "ika"] = "passed"
    check_items.prove(swap, [(ITEMS["9.1"], P), (ITEMS["9.2"], S)], alone=False)
    assert not swap.state(ITEMS["8.1"], P).state.settled


def test_a_persons_word_on_a_setting_stays(swap: Swap, runs: list[Sequence[str]], found: Found) -> None:
    swap.host(ITEMS["7.2"], P).record.event("waived", why="the list moved")
    found["7.2", "ika"] = "failed"
    with pytest.raises(SwapError):
        runner.run_phase(swap, 9)
    assert states(swap, "7.2") == [State.WAIVED]


@pytest.mark.parametrize(("explained", "state"), [(True, State.DONE), (False, State.FAILED)])
def test_a_check_whose_findings_are_explained_has_passed_for_its_item(
    swap: Swap, runs: list[Sequence[str]], monkeypatch: pytest.MonkeyPatch, explained: bool, state: State
) -> None:
    told = [check("9.1", "ika", "failed", FINDING), check("9.2", "tako", "passed")]
    suite: Callable[..., list[Check]] = lambda *_: told  # noqa: E731
    monkeypatch.setattr(check_items, "run_suite", suite)
    if explained:
        said = Explanation(id=FINDING.id, values=FINDING.values, subject="", who="mori@seat", at=now(), why="mine")
        keep(swap, Kind.EXPLANATION, said)
        runner.run_phase(swap, 9)
    else:
        with pytest.raises(SwapError):
            runner.run_phase(swap, 9)
    assert states(swap, "9.1") == [state]


def seen_elsewhere(swap: Swap, name: str, *numbers: str) -> dict[str, State]:
    """What another seat is told of items on a host."""
    far = cast(FarEnd, swap.links[name])
    seat = FarEnd(far.entry, far.machine, far.root)
    facts = seat.recall()
    seat.close()
    found = states_of(facts["journal"], facts["holders"])
    return {number: found[number].state for number in numbers}


def test_while_the_checks_are_made_other_seats_see_them_running(
    swap: Swap, runs: list[Sequence[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    suite: Callable[..., list[Check]] = vars(check_items)["run_suite"]

    def looked_at(*asked: Any) -> list[Check]:
        seen.append(seen_elsewhere(swap, "ika", "9.1") | seen_elsewhere(swap, "tako", "9.2"))
        return suite(*asked)

    monkeypatch.setattr(check_items, "run_suite", looked_at)
    runner.run_phase(swap, 9)
    assert seen == [{"9.1": State.RUNNING, "9.2": State.RUNNING}]
    assert seen_elsewhere(swap, "ika", "9.1") == {"9.1": State.DONE}


def test_a_run_that_breaks_gives_its_items_back(
    swap: Swap, runs: list[Sequence[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*asked: Any) -> list[Check]:
        raise SwapError("the acceptance suite ended with status 3")

    monkeypatch.setattr(check_items, "run_suite", broken)
    with pytest.raises(SwapError, match="ended with status 3"):
        runner.run_phase(swap, 9)
    assert seen_elsewhere(swap, "ika", "9.1") == {"9.1": State.UNKNOWN}


def test_another_run_is_waited_for_and_told(
    swap: Swap, runs: list[Sequence[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    far = cast(FarEnd, swap.links["ika"])
    mori = FarEnd(far.entry, far.machine, far.root)
    mori.ask("lock", name="9.1", who="mori@seat2")
    monkeypatch.setattr(locking, "pause", lambda seconds: mori.ask("unlock", name="9.1"))
    runner.run_phase(swap, 9)
    mori.close()
    assert "9.1 ika: is being checked by mori@seat2 since 2" in capsys.readouterr().out
    assert states(swap, "9.1") == [State.DONE]


def test_one_that_never_ends_is_not_waited_for_without_end(
    swap: Swap, runs: list[Sequence[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    far = cast(FarEnd, swap.links["ika"])
    mori = FarEnd(far.entry, far.machine, far.root)
    mori.ask("lock", name="9.1", who="mori@seat2")
    monkeypatch.setattr(locking, "PATIENCE", -1.0)
    with pytest.raises(SwapError, match=r"9\.1 is being worked on at ika"):
        runner.run_phase(swap, 9)
    mori.close()
    assert runs == []


def test_the_baseline_says_what_is_wrong_today_and_why(
    swap: Swap, ika: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [check("8.1", "tako", "failed"), check("9.1", "ika", "passed")]
    monkeypatch.setattr(check_items, "run_suite", lambda *_: found)
    monkeypatch.setattr("irekae.proof.baseline.has_begun", lambda _: False)
    monkeypatch.setattr("irekae.proof.baseline.keep_facts", lambda _: "kept: 3 rows")
    assert check_items.keep_baseline(swap) == [
        "baseline: 2 checks, 1 not passed today (8.1 tako); kept: 3 rows",
        "8.1 tako: it holds",
        "  expected: x",
        "  found: y",
    ]
    found[0] = check("8.1", "tako", "passed")
    assert check_items.keep_baseline(swap) == ["baseline: 2 checks, 0 not passed today; kept: 3 rows"]
