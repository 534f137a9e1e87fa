"""Before the outage, the exchange and the point of no return a person says so."""

from __future__ import annotations

import io

import pytest

from irekae.model import errors
from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS, Item, On
from irekae.procedure import before_word, runner
from irekae.swap import consent
from irekae.swap.swap import Swap
from tests.unit.small_procedure import P, S, begun, declare


class Terminal(io.StringIO):
    """What an operator types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def calls(items: dict[str, Item], swap: Swap, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []
    begun(swap)
    swap.unwatched, swap.yes = True, False
    monkeypatch.setattr(errors, "_typed", ["fab phase1"])
    monkeypatch.setattr(before_word, "who_watches", lambda swap: "a prober on outside asks http")
    declare("1.1", On.BOTH, lambda host, swap: done.append(host.name), asks="outage")
    declare("1.5", On.BOTH, lambda host, swap: None)
    return done


def typing(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(text))


def test_nobody_there_and_no_yes_changes_nothing_and_names_the_command(
    swap: Swap, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("outage\n"))
    with pytest.raises(SwapError, match="nobody is there to confirm") as raised:
        runner.run_phase(swap, 1)
    assert raised.value.status is Status.REFUSED
    assert "`fab phase1 --yes`" in raised.value.hint
    assert swap.entries == {"ika": [], "tako": []}
    assert calls == []


def test_the_word_lets_it_begin(
    swap: Swap, calls: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typing(monkeypatch, "outage\n")
    runner.run_phase(swap, 1)
    assert sorted(calls) == ["ika", "tako"]
    said = capsys.readouterr().out
    assert "the outage begins" in said
    assert f"tako {swap.inventory.standby.address} (machine " in said
    assert "nothing is done yet" in said


@pytest.mark.parametrize("typed", ["yes\n", "\n", "", "exchange\n"])
def test_any_other_word_does_not(swap: Swap, calls: list[str], monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    typing(monkeypatch, typed)
    with pytest.raises(SwapError, match="not confirmed: nothing was changed") as raised:
        runner.run_phase(swap, 1)
    assert raised.value.status is Status.REFUSED
    assert calls == []


def test_a_script_says_yes(swap: Swap, calls: list[str]) -> None:
    swap.yes = True
    runner.run_phase(swap, 1)
    assert sorted(calls) == ["ika", "tako"]


def test_what_has_begun_is_gone_on_with_unasked_on_that_host_only(swap: Swap, calls: list[str]) -> None:
    swap.host(ITEMS["1.1"], P).record.event("failed")
    runner.run_phase(swap, 1, ["ika"])
    assert calls == ["ika"]
    with pytest.raises(SwapError, match="nobody is there"):
        runner.run_phase(swap, 1, ["tako"])


def test_what_asks_nothing_is_not_asked_for(swap: Swap) -> None:
    runner.run_item(swap, ITEMS["1.5"])


def test_a_reboot_that_is_due_again_is_asked_for_again(swap: Swap, calls: list[str]) -> None:
    declare("7.1", S, lambda host, swap: None)
    declare("8.1", On.BOTH, lambda host, swap: calls.append(f"8.1 {host.name}"), asks="reboot")
    for number in ("1.1", "1.5", "7.1", "8.1"):
        for role in ITEMS[number].roles:
            swap.host(ITEMS[number], role).record.event("done")
    swap.host(ITEMS["7.1"], S).record.change("edit", {"kind": "none"})
    with pytest.raises(SwapError, match="nobody is there to confirm"):
        runner.run_phase(swap, 8)
    swap.yes = True
    runner.run_phase(swap, 8)
    assert len(calls) == 1


def test_a_reboot_that_is_repeated_is_asked_for_and_one_that_was_begun_is_not(swap: Swap, calls: list[str]) -> None:
    declare("8.1", On.BOTH, lambda host, swap: calls.append(f"8.1 {host.name}"), asks="reboot")
    swap.host(ITEMS["1.1"], P).record.event("done")
    for name, event in ((P, "done"), (S, "failed")):
        swap.host(ITEMS["8.1"], name).record.event(event)
    with pytest.raises(SwapError, match="nobody is there to confirm"):
        consent.require(swap, [(ITEMS["8.1"], (P,))], lambda swap: [])
    consent.require(swap, [(ITEMS["8.1"], (S,))], lambda swap: [])
    assert calls == []


def test_a_plan_asks_nothing(swap: Swap) -> None:
    runner.run_phase(swap.as_plan(), 1)


def test_what_happens_and_how_the_hosts_are_stands_in_a_table(
    swap: Swap, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typing(monkeypatch, "outage\n")
    runner.run_phase(swap, 1, ["ika"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"  What will happen  {consent.WILL_HAPPEN['outage']}"
    assert lines[1] == "                    1.1 Item 1.1 (ika)"
    assert [line[:18].strip() for line in lines[2:10] if line[:18].strip()] == [
        "Where it stands", "Logged in", "At work", "Prober", "Root's way in",
    ]  # fmt: skip


def test_many_items_are_told_by_phase(swap: Swap) -> None:
    many = [(declare(f"{phase}.{step}", P, lambda host, swap: None), (P,)) for phase in (5, 7) for step in range(1, 9)]
    seen = consent._doing(swap, many)
    assert seen == [
        "phase 5: " + ", ".join(f"5.{step}" for step in range(1, 9)),
        "phase 7: " + ", ".join(f"7.{step}" for step in range(1, 9)),
    ]
