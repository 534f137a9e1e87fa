"""Plans: nothing is changed, what is stored is held against the hosts later."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from irekae.host.host import Host
from irekae.host.record import PlannedChange
from irekae.model.errors import Status, SwapError
from irekae.model.items import ITEMS, Item, On
from irekae.procedure import plan_view, plans, runner
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, S, begun, declare


@pytest.fixture(autouse=True)
def _procedure(items: dict[str, Item], swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    begun(swap)
    for far in (ika, tako):
        far.put("/etc/hosts", "old\n")
    declare("1.1", On.BOTH, lambda host, swap: host.run("wall"))
    declare("5.1", On.BOTH, lambda host, swap: host.edit("/etc/hosts", lambda text: b"new\n"))
    declare("7.1", S, lambda host, swap: host.put("/etc/locals", b"localhost\n"))


def store(swap: Swap, tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    view = swap.as_plan()
    plans.plan_all(view)
    plans.store(view, path)
    return path


def whole_plan(swap: Swap, whole: bool = False) -> Swap:
    view = swap.as_plan()
    plans.plan_all(view)
    plans.show_plan(view, whole=whole)
    return view


def test_the_whole_plan_is_shown_in_order_and_nothing_is_changed(
    swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    before = ika.files()
    whole_plan(swap)
    lines = capsys.readouterr().out.splitlines()
    heads = [line for line in lines if not line.startswith("        ")]
    assert heads == [
        "the hosts' configuration, 3 files:",
        "  ika /etc/hosts  5.1 Item 5.1",
        "      copy /etc/hosts to /etc/hosts.20260101",
        "      edit /etc/hosts",
        "  tako /etc/hosts  5.1 Item 5.1",
        "      copy /etc/hosts to /etc/hosts.20260101",
        "      edit /etc/hosts",
        "  tako (after the exchange) /etc/locals  7.1 Item 7.1",
        "      create /etc/locals",
        "services, commands and copies:",
        "  1.1 ika: run wall",
        "      $ wall",
        "  1.1 tako: run wall",
        "      $ wall",
        "plan: 7 changes; nothing was changed",
    ]
    assert "        +new" in lines
    assert ika.files() == before


def test_one_phase_of_a_plan_is_shown_alone(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    view = swap.as_plan()
    runner.run_phase(view, 5)
    plans.show_plan(view, "phase 5")
    said = capsys.readouterr().out
    assert "run wall" not in said
    assert "plan: 4 changes; nothing was changed (2 of earlier phases not shown)" in said


def test_no_item_is_planned_on_top_of_its_own_plan(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/mode", "before\n")
    seen: list[bytes] = []
    declare("0.2", P, lambda host, swap: seen.append(host.read("/etc/mode")))
    declare("2.1", P, lambda host, swap: host.edit("/etc/mode", lambda _: b"after\n", dated=False))
    view = swap.as_plan()
    for phase in (0, 1, 2, 5, 5):
        runner.run_phase(view, phase)
    assert seen == [b"before\n"]
    assert [change.what for change in view.plan].count("edit /etc/mode") == 1


def test_long_lists_are_cut_with_a_note(swap: Swap, capsys: pytest.CaptureFixture[str]) -> None:
    view = swap.as_plan()
    view.plan.append(PlannedChange("1.1", "ika", "much", tuple(map(str, range(plan_view.SHOWN + 5)))))
    plans.show_plan(view)
    assert "… 5 more lines (--all-files shows all of it)" in capsys.readouterr().out
    plans.show_plan(view, whole=True)
    assert f"      {plan_view.SHOWN + 4}\n" in capsys.readouterr().out


def test_a_stored_plan_leaves_out_what_differs_from_minute_to_minute(swap: Swap, tmp_path: Path) -> None:
    stored = json.loads(store(swap, tmp_path).read_bytes())
    assert {change["item"] for change in stored["changes"]} == {"5.1", "7.1"}
    assert stored["run"] == "x"


def test_what_was_planned_may_be_done(swap: Swap, tmp_path: Path) -> None:
    path = store(swap, tmp_path)
    plans.require_unchanged(swap, path, 5)
    plans.require_unchanged(swap, path, 7)


def test_a_host_that_changed_since_is_refused_with_what_is_other(swap: Swap, tako: FarEnd, tmp_path: Path) -> None:
    path = store(swap, tmp_path)
    tako.put("/etc/hosts", "old\nand more\n")
    with pytest.raises(SwapError, match="phase 5 would not do what") as raised:
        plans.require_unchanged(swap, path, 5)
    assert raised.value.status is Status.REFUSED
    assert "not planned: 5.1 tako: edit /etc/hosts" in raised.value.detail
    assert "-and more" in raised.value.detail
    assert "planned, not needed now: 5.1 tako: edit /etc/hosts" in raised.value.detail
    assert "ika" not in raised.value.detail
    plans.require_unchanged(swap, path, 7)


def test_what_was_done_since_needs_no_doing(swap: Swap, tmp_path: Path) -> None:
    path = store(swap, tmp_path)
    runner.run_phase(swap, 1)
    runner.run_phase(swap, 5)
    plans.require_unchanged(swap, path, 5)
    plans.require_unchanged(swap, path, 7)


def test_a_plan_of_another_swap_is_refused(swap: Swap, tmp_path: Path) -> None:
    path = store(swap, tmp_path)
    for link in swap.links.values():
        link.facts["run"]["id"] = "y"
    with pytest.raises(SwapError, match="is a plan of another swap") as raised:
        plans.require_unchanged(swap, path, 5)
    assert raised.value.status is Status.WRONG_USE


@pytest.mark.parametrize("text", ["", "{", "[]", '{"made": "x", "run": "", "changes": 5}', '{"made": "x"}'])
def test_what_is_no_plan_is_a_wrong_use(swap: Swap, tmp_path: Path, text: str) -> None:
    (tmp_path / "plan.json").write_text(text)
    for path in (tmp_path / "plan.json", tmp_path / "none"):
        with pytest.raises(SwapError, match="is no stored plan") as raised:
            plans.require_unchanged(swap, path, 5)
        assert raised.value.status is Status.WRONG_USE


def test_a_plan_that_cannot_be_stored_is_told(swap: Swap, tmp_path: Path) -> None:
    with pytest.raises(SwapError, match="cannot be written") as raised:
        plans.store(swap.as_plan(), tmp_path / "none" / "plan.json")
    assert raised.value.status is Status.WRONG_USE


# --- whose files ---

PROGRAM = b"#!/bin/sh\n" + b"exit 0\n" * 700


def with_a_program_of_ours(host: Host, swap: Swap) -> None:
    host.put("/etc/irekae-door", PROGRAM, 0o755, own="closes the door")
    host.put("/var/lib/irekae/new", b"new\n", 0o644, instead_of=("/etc/hosts", b"old\n"))
    host.edit("/etc/a", lambda text: b"2\n", dated=False, team="dns")


def test_files_of_our_own_come_last_a_line_each(swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str]) -> None:
    ika.put("/etc/a", "1\n")
    declare("2.1", P, with_a_program_of_ours)
    whole_plan(swap)
    said = capsys.readouterr().out
    assert "exit 0" not in said
    own = f"  2.1 ika: create /etc/irekae-door, {len(PROGRAM):,} bytes: closes the door\n"
    assert said.endswith(
        f"irekae's own, 1 file (--all-files shows all of it):\n{own}plan: 10 changes; nothing was changed\n"
    )
    whole_plan(swap, whole=True)
    assert capsys.readouterr().out.count("+exit 0") == 700


def test_a_file_that_takes_a_hosts_file_s_place_is_read_as_that(
    swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    ika.put("/etc/a", "1\n")
    declare("2.1", P, with_a_program_of_ours)
    whole_plan(swap)
    said = capsys.readouterr().out
    assert "  ika /etc/a (team dns)  2.1 Item 2.1\n      edit /etc/a\n" in said
    assert (
        "    2.1 Item 2.1\n      create /var/lib/irekae/new, to take the place of /etc/hosts\n        --- /etc/hosts\n"
        in said
    )


def test_a_files_name_forges_no_line_and_is_stored_whatever_it_is(
    swap: Swap, ika: FarEnd, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = "/etc/x\n  9.1 ika: done\udcff\x1b[2J"
    declare("2.1", P, lambda host, swap: host.put(odd, b"x\n"))
    whole_plan(swap)
    said = capsys.readouterr().out
    assert "  ika /etc/x\\x0a  9.1 ika: done\\xff\\x1b[2J  2.1 Item 2.1\n" in said
    assert "\n  9.1 ika: done" not in said
    store(swap, tmp_path)


def test_a_stored_plan_is_whole_and_held_to_what_is_done_however_it_is_sorted(
    swap: Swap, ika: FarEnd, tmp_path: Path
) -> None:
    ika.put("/etc/a", "1\n")
    declare("2.1", P, with_a_program_of_ours)
    path = store(swap, tmp_path)
    stored = json.loads(path.read_bytes())
    [program] = [change for change in stored["changes"] if "irekae-door" in change["what"]]
    assert program["lines"].count("+exit 0") == 700
    for change in stored["changes"]:
        del change["file"]
    path.write_text(json.dumps(stored))
    plans.require_unchanged(swap, path, 2)
    program["lines"][-1] = "+exit 1"
    path.write_text(json.dumps(stored))
    with pytest.raises(SwapError, match="phase 2 would not do what"):
        plans.require_unchanged(swap, path, 2)


# --- what a person did by hand ---


def test_what_was_done_right_by_hand_leaves_nothing(swap: Swap, ika: FarEnd) -> None:
    assert len(plans.what_is_left(swap, ITEMS["5.1"], [P])[0]) == 2
    ika.put("/etc/hosts", "new\n")
    assert plans.what_is_left(swap, ITEMS["5.1"], [P])[0] == []
    assert plans.what_is_left(swap, ITEMS["5.1"], [S])[0] != []


def test_what_always_happens_is_no_difference(swap: Swap) -> None:
    def routine(host: Host, swap: Swap) -> None:
        host.record.change("restart ssh afterwards", {}, routine=True)

    assert plans.what_is_left(swap, declare("2.1", S, routine), [S])[0] == []


def test_a_change_of_the_pair_counts_for_the_host_that_it_is_on(swap: Swap) -> None:
    pair = declare("3.3", On.PAIR, lambda swap: swap.standby.put("/etc/pop.auth", b"x"))
    assert plans.what_is_left(swap, pair, [P])[0] == []
    assert len(plans.what_is_left(swap, pair, [S])[0]) == 1


def test_verifying_changes_nothing(swap: Swap, ika: FarEnd) -> None:
    before = ika.files()
    plans.what_is_left(swap, ITEMS["5.1"], [P, S])
    assert ika.files() == before
    assert swap.plan == []


# --- refusals ---


def test_a_plan_goes_on_past_refusals_and_ends_with_all_of_them(
    swap: Swap, ika: FarEnd, capsys: pytest.CaptureFixture[str]
) -> None:
    def stubborn(host: Host, swap: Swap) -> None:
        raise SwapError("it cannot be", "for a reason", "do this")

    def two_files(host: Host, swap: Swap) -> None:
        host.edit("/etc/missing", lambda text: text)
        host.put("/etc/there", b"x\n")

    declare("2.1", P, stubborn)
    declare("5.3", P, two_files)
    view = whole_plan(swap)
    with pytest.raises(SwapError) as raised:
        plans.want_no_refusal(view)
    said = capsys.readouterr().out
    assert "/etc/there  5.3 Item 5.3\n      create /etc/there\n" in said, "the same item goes on"
    assert "/etc/locals  7.1 Item 7.1\n      create /etc/locals\n" in said, "and so do the phases behind it"
    assert said.startswith("  2.1 ika: REFUSED: it cannot be\n      for a reason\n      next: do this\n")
    assert "plan: 8 changes, 2 refused; nothing was changed" in said
    assert raised.value.what == "2 things of this plan would be refused"
    assert raised.value.status is Status.REFUSED
    assert "2.1 ika: it cannot be" in raised.value.detail
    assert "5.3 ika: /etc/missing is missing on ika" in raised.value.detail


def test_what_would_be_refused_is_left_to_do(swap: Swap) -> None:
    def stubborn(host: Host, swap: Swap) -> None:
        raise SwapError("it cannot be")

    assert plans.what_is_left(swap, declare("2.1", P, stubborn), [P])[0] == ["2.1 ika: it cannot be"]
