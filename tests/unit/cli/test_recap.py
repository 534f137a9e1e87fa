"""The end of a command: what became of its items on each host, what comes next and whose it is."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from irekae.cli.recap import following, recapped
from irekae.host.host import Host
from irekae.model.errors import SwapError
from irekae.model.items import Item, On
from irekae.model.journal import SENT, State
from irekae.model.printing.events import Bearer, Recap
from irekae.model.printing.terminal import Terminal
from irekae.procedure import runner
from irekae.swap.swap import Swap
from tests.unit.small_procedure import P, begun, declare, exchange


def writes(host: Host, _: Swap) -> None:
    host.put("/etc/made", b"x")


def nothing(host: Host, _: Swap) -> None:
    """Nothing is to be done."""


def fails(host: Host, _: Swap) -> None:
    raise SwapError("it broke", hint="mend it")


def carry_out(swap: Swap, phase: int) -> None:
    with recapped(swap):
        runner.run_phase(swap, phase)


def test_each_host_is_summed_up_and_the_next_command_named(
    swap: Swap, items: dict[str, Item], capsys: pytest.CaptureFixture[str]
) -> None:
    begun(swap)
    declare("1.1", On.BOTH, writes)
    declare("1.2", On.STANDBY, nothing)
    declare("2.1", On.STANDBY, writes)
    carry_out(swap, 1)
    said = capsys.readouterr().out.splitlines()[-4:]
    assert said[:3] == [
        "ika: 1 done",
        "tako: 1 done, 1 nothing to do",
        "next: `fab phase2` (head)",
    ]
    assert said[3].startswith("times are ")


def test_what_was_done_before_counts_apart(
    swap: Swap, items: dict[str, Item], capsys: pytest.CaptureFixture[str]
) -> None:
    begun(swap)
    declare("1.1", On.PRODUCTION, writes)
    declare("1.2", On.PRODUCTION, writes)
    runner.run_item(swap, items["1.1"])
    swap.host(items["1.2"], P).record.event("by hand", why="typed")
    carry_out(swap, 1)
    assert "ika: 1 by hand, 1 done before\n" in capsys.readouterr().out


def test_a_failure_is_summed_up_and_says_itself_what_comes_next(
    swap: Swap, items: dict[str, Item], capsys: pytest.CaptureFixture[str]
) -> None:
    begun(swap)
    declare("1.1", On.PRODUCTION, writes)
    declare("1.2", On.PRODUCTION, fails)
    with pytest.raises(SwapError):
        carry_out(swap, 1)
    said = capsys.readouterr().out
    assert "ika: 1 done, 1 failed\n" in said
    assert "next:" not in said


def test_nothing_is_summed_up_where_nothing_began(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SwapError), recapped(swap):
        raise SwapError("refused")
    assert capsys.readouterr().out == ""


def test_a_host_that_is_left_over_is_named(swap: Swap, items: dict[str, Item]) -> None:
    begun(swap)
    declare("1.1", On.BOTH, writes)
    runner.run_phase(swap, 1, ["ika"])
    assert following(swap) == (
        "`fab -H tako phase1`",
        "one person, or one a host: `fab -H ika phase1`, `fab -H tako phase1`",
    )


def test_the_diffs_are_read_before_files_are_changed(swap: Swap, items: dict[str, Item]) -> None:
    begun(swap)
    declare("5.1", On.BOTH, writes)
    assert following(swap)[0] == "`fab phase5 --plan`, then `fab phase5`"


def test_behind_the_last_phase_the_report_is_signed_until_the_mail_is_sent(swap: Swap, items: dict[str, Item]) -> None:
    begun(swap)
    declare("11.1", On.SEAT, lambda _: None)
    runner.run_item(swap, items["11.1"])
    assert following(swap)[0] == "`fab report`, then `fab phase11.mail --send`"
    swap.host(items["11.1"], P).record.event(SENT)
    assert following(swap) == ("", "")


def test_an_outcome_names_the_machines_as_they_are_called_by_then(
    swap: Swap, items: dict[str, Item], capsys: pytest.CaptureFixture[str]
) -> None:
    begun(swap)
    declare("6.1", On.PAIR, lambda _: exchange(swap))
    carry_out(swap, 6)
    said = capsys.readouterr().out
    assert "  6.1 tako + ika: " in said
    assert "ika → tako: 1 " in said
    assert "tako → ika: 1 " in said


def test_a_host_that_is_silent_leaves_open_what_comes_next(swap: Swap) -> None:
    swap.drop("tako")
    assert following(swap) == ("", "")


def test_a_machine_is_shown_with_both_its_names_once_they_differ() -> None:
    screen = io.StringIO()
    terminal = Terminal(Console(file=screen, force_terminal=True, color_system="standard", width=90, highlight=False))
    said = ((State.DONE, "2 done"), (State.FAILED, "1 failed"))
    terminal.recap(Recap(((Bearer("tako", "ika"), said),), "`fab phase8`", "head", "JST (+0900)"))
    assert "tako → ika" in screen.getvalue()
    assert "\x1b[1;31m1 failed\x1b[0m" in screen.getvalue()


def test_what_comes_next_is_nobody_s_in_particular() -> None:
    assert Recap((), "`fab report`", "", "UTC (+0000)").lines()[0] == "next: `fab report`"
    assert Recap((), "`fab phase8`", "head", "UTC (+0000)").lines()[0] == "next: `fab phase8` (head)"
