"""The commands around the phases: resume, done, waive, unlock, rollback."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from irekae.cli import by_hand, commands, registry, session, work
from irekae.host.host import Host
from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS, Item, On
from irekae.model.journal import State
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, S, begun, declare, state

C = SimpleNamespace()


@pytest.fixture(autouse=True)
def calls(items: dict[str, Item], swap: Swap, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A procedure of two phases; what was done of it."""
    done: list[str] = []
    begun(swap)

    def edit(host: Host, swap: Swap) -> None:
        done.append(f"{host.record.item} {host.name}")
        host.edit("/etc/hosts", lambda text: b"new\n", dated=False)

    declare("1.1", On.BOTH, edit)
    declare("2.1", S, lambda host, swap: done.append(f"2.1 {host.name}"))
    declare("6.1", On.PAIR, lambda swap: None)
    declare("8.1", On.BOTH, lambda host, swap: None)
    for link in swap.links.values():
        cast(FarEnd, link).put("/etc/hosts", "old\n")

    def connected(
        planned: bool = False, hosts: Any = (), send: bool = False, yes: bool = False, *_: bool, **__: bool
    ) -> Swap:
        for name in hosts:
            swap.inventory.named(name)
        swap.yes = yes
        return swap.as_plan() if planned else swap

    monkeypatch.setattr(session, "connected", connected)
    return done


def test_resume_goes_on_at_the_first_item_that_is_not_done(swap: Swap, calls: list[str]) -> None:
    swap.host(ITEMS["1.1"], P).record.event("done")
    swap.host(ITEMS["1.1"], S).record.event("failed")
    work.resume(C, through=2)
    assert calls == ["1.1 tako", "2.1 tako"]


def test_resume_shows_what_it_would_do(swap: Swap, calls: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    work.resume(C, plan=True, through=2)
    assert "plan: 2 changes; nothing was changed" in capsys.readouterr().out
    assert state(swap, "1.1", P) is State.NOT_DONE


def test_work_done_by_hand_is_verified(swap: Swap, ika: FarEnd) -> None:
    with pytest.raises(SwapError, match=r"1\.1 is not as it must be: 1 things are left to do") as raised:
        by_hand.done(C, "1.1", "ika", "I did it")
    assert raised.value.detail.startswith("1.1 ika: edit /etc/hosts")
    ika.put("/etc/hosts", "new\n")
    by_hand.done(C, "1.1", "ika", "I did it")
    assert state(swap, "1.1", P) is State.BY_HAND
    assert swap.remembered(ITEMS["1.1"], P).why == "I did it"
    assert state(swap, "1.1", S) is State.NOT_DONE


def test_without_a_host_all_that_the_item_concerns_are_meant(swap: Swap) -> None:
    by_hand.waive(C, "1.1", "", "not this year")
    assert state(swap, "1.1", P) is state(swap, "1.1", S) is State.WAIVED


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: by_hand.waive(C, "1.1", "", "  "), "a reason is needed"),
        (lambda: by_hand.done(C, "1.1", "", ""), "a reason is needed"),
        (lambda: by_hand.waive(C, "1.1", "squid", "x"), "no host 'squid'"),
        (lambda: by_hand.waive(C, "2.1", "ika", "x"), "2.1 does not concern ika"),
        (lambda: by_hand.waive(C, "9.99", "", "x"), "the manual has no item '9.99'"),
        (lambda: by_hand.waive(C, "6.1", "", "x"), "6.1 is the exchange itself"),
        (lambda: by_hand.rollback(C), "what is to be taken back"),
        (lambda: by_hand.rollback(C, to="phase12"), "what is to be taken back"),
        (lambda: by_hand.rollback(C, to="phase²"), "what is to be taken back"),
        (lambda: by_hand.rollback(C, to="one"), "what is to be taken back"),
        (lambda: by_hand.rollback(C, item="x"), "the manual has no item 'x'"),
        (lambda: by_hand.rollback(C, item="1.1", host="squid"), "no host 'squid'"),
        (lambda: commands.status(C, "fr"), "no language 'fr'"),
    ],
)
def test_wrong_use_changes_nothing(swap: Swap, call: Callable[[], None], said: str) -> None:
    with pytest.raises(SwapError, match=said) as raised:
        call()
    assert raised.value.status is Status.WRONG_USE
    assert swap.entries == {"ika": [], "tako": []}


def test_the_exchange_cannot_be_said_to_be_done_while_the_names_are_the_old_ones(swap: Swap) -> None:
    for number, role in (("1.1", P), ("1.1", S), ("2.1", S)):
        swap.host(ITEMS[number], role).record.event("done")
    with pytest.raises(SwapError, match=r"6\.1 is not as it must be") as raised:
        by_hand.done(C, "6.1", "", "by hand")
    assert "still bear the names" in raised.value.detail


def other(far: FarEnd) -> FarEnd:
    """Another operator."""
    return FarEnd(far.entry, far.machine, far.root)


def test_what_somebody_works_on_is_not_settled_over_his_head(swap: Swap, ika: FarEnd) -> None:
    mori = other(ika)
    mori.ask("lock", name="1.1", who="mori@seat2")
    with pytest.raises(SwapError, match=r"1\.1 is being worked on at ika"):
        by_hand.waive(C, "1.1", "ika", "x")
    mori.close()
    by_hand.waive(C, "1.1", "ika", "x")


def test_a_dead_session_is_ended_and_the_item_unknown(
    swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    mori = other(ika)
    mori.ask("lock", name="1.1", who="mori@seat2")
    swap.refresh("ika")
    ended: list[int] = []

    def end(pid: int) -> list[int]:
        ended.append(pid)
        mori.close()
        return []

    ika._end_agent = end  # type: ignore[attr-defined]
    by_hand.unlock(C, "1.1", "ika", "his train has left")
    assert ended == [mori.facts["pid"]]
    assert state(swap, "1.1", P) is State.UNKNOWN
    assert swap.remembered(ITEMS["1.1"], P).why == "session of mori@seat2 ended: his train has left"
    assert "the session of mori@seat2 (since 2" in capsys.readouterr().out


@pytest.mark.parametrize("left", [[4711], []])
def test_a_session_that_does_not_end_is_told(swap: Swap, ika: FarEnd, left: list[int]) -> None:
    mori = other(ika)
    mori.ask("lock", name="1.1", who="mori@seat2")
    swap.refresh("ika")
    ika._end_agent = lambda pid: left  # type: ignore[attr-defined]
    with pytest.raises(SwapError, match=r"1\.1 on ika is still held") as raised:
        by_hand.unlock(C, "1.1", "ika", "x")
    assert "fuser /var/lib/irekae/locks/1.1" in raised.value.hint
    mori.close()


def test_nothing_is_unlocked_where_nobody_holds_it(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    by_hand.unlock(C, "1.1", "ika", "x")
    assert "nobody holds it" in capsys.readouterr().out
    assert swap.entries["ika"] == []


@pytest.mark.parametrize("to", ["phase1", "1"])
def test_rollback_takes_a_phase_by_name_or_number(swap: Swap, ika: FarEnd, to: str) -> None:
    work.resume(C, through=1)
    assert ika.path("/etc/hosts").read_bytes() == b"new\n"
    by_hand.rollback(C, to=to, yes=True)
    assert ika.path("/etc/hosts").read_bytes() == b"old\n"


def test_rollback_of_one_item_on_one_host(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    work.resume(C, through=1)
    by_hand.rollback(C, item="1.1", host="tako", yes=True)
    assert (ika.path("/etc/hosts").read_bytes(), tako.path("/etc/hosts").read_bytes()) == (b"new\n", b"old\n")


def test_every_option_of_every_command_has_its_line_of_help() -> None:
    declare("1.7", P, lambda host, swap: None, asks="outage")
    declare("11.1", On.SEAT, lambda swap: None)
    known = [
        *(read() for read in registry.COMMANDS.values()),
        work.phase_command(1, "Start"),
        work.phase_command(11, "Announcement"),
    ]
    for command in known:
        assert all(registry.options_of(command).values())
    used = {name for command in known for name in registry.options_of(command)}
    assert used == registry.OPTIONS.keys()


# --- going on ---


def fail(swap: Swap, number: str, role: On) -> None:
    swap.host(ITEMS[number], role).record.event("failed")


def test_resume_ends_with_the_phase_that_was_begun(swap: Swap, calls: list[str]) -> None:
    fail(swap, "1.1", S)
    work.resume(C)
    assert calls == ["1.1 ika", "1.1 tako"] or calls == ["1.1 tako", "1.1 ika"]
    assert state(swap, "2.1", S) is State.NOT_DONE


def test_resume_begins_no_phase(swap: Swap, calls: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    work.resume(C)
    assert calls == []
    assert "nothing was interrupted: what has begun is done. Next: `fab phase1`" in capsys.readouterr().out
    for role in (P, S):
        swap.host(ITEMS["1.1"], role).record.event("done")
    work.resume(C)
    assert calls == []
    assert "Next: `fab phase2`" in capsys.readouterr().out


def test_resume_on_one_host_leaves_the_other_alone(
    swap: Swap, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in (P, S):
        fail(swap, "1.1", role)
    monkeypatch.setattr(session, "hosts_of", lambda c: ["tako"])
    work.resume(C)
    assert calls == ["1.1 tako"]


def test_what_was_waived_beforehand_is_no_phase_that_was_begun(swap: Swap, calls: list[str]) -> None:
    fail(swap, "1.1", P)
    for role in (P, S):
        swap.host(ITEMS["8.1"], role).record.event("waived")
    work.resume(C)
    assert {call.split()[0] for call in calls} == {"1.1"}


# --- an item has its time ---


def everything(swap: Swap) -> None:
    for number in ITEMS:
        for role in ITEMS[number].roles:
            swap.host(ITEMS[number], role).record.event("done")


def test_a_finished_swap_is_remembered_and_said_so(swap: Swap) -> None:
    everything(swap)
    with pytest.raises(SwapError, match="the hosts still remember a finished swap") as raised:
        work.phase_command(0, "Preparation")(C)
    assert raised.value.status is Status.REFUSED
    assert "the swap of x is finished (last by " in raised.value.detail
    assert "`fab begin`" in raised.value.hint


def test_any_other_phase_of_it_says_so_too(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    everything(swap)
    work.phase_command(1, "Start")(C)
    assert "the swap of x is finished (last by " in capsys.readouterr().out


def test_what_is_not_due_yet_is_not_said_to_be_done_by_hand(swap: Swap) -> None:
    with pytest.raises(SwapError, match="phase 8 may not start") as raised:
        by_hand.done(C, "8.1", "", "the power failed")
    assert raised.value.status is Status.REFUSED
    assert swap.entries == {"ika": [], "tako": []}


def test_but_what_shall_not_be_done_may_be_said_beforehand(swap: Swap) -> None:
    by_hand.waive(C, "8.1", "tako", "it has no disk to boot from")
    by_hand.rollback(C, to="phase1", yes=True)
    assert state(swap, "8.1", S) is State.WAIVED or state(swap, "8.1", S) is State.NOT_DONE


@pytest.mark.parametrize("command", [by_hand.done, by_hand.waive])
def test_what_is_done_stays_done(swap: Swap, command: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    everything(swap)
    before = [len(swap.entries[name]) for name in ("ika", "tako")]
    command(C, "1.1", "", "x")
    assert [len(swap.entries[name]) for name in ("ika", "tako")] == before
    assert "1.1 on ika: done already (" in capsys.readouterr().out


def test_a_decision_that_later_work_stands_on_is_not_overruled(swap: Swap) -> None:
    everything(swap)
    swap.host(ITEMS["1.1"], P).record.event("by hand", why="x")
    with pytest.raises(SwapError, match=r"1\.1 must not be done now: later work stands on it"):
        by_hand.waive(C, "1.1", "ika", "y")


def test_an_item_of_the_other_host_is_not_taken_back(swap: Swap) -> None:
    with pytest.raises(SwapError, match=r"2\.1 does not concern ika") as raised:
        by_hand.rollback(C, item="2.1", host="ika")
    assert raised.value.status is Status.WRONG_USE
