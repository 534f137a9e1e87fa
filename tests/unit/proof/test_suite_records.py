"""Runs of the suite on the hosts: every seat judges by the newest result that still counts."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest
from msgspec.structs import replace

from irekae.model.items import ITEMS, Item, On
from irekae.model.journal import now
from irekae.model.results import Check
from irekae.proof import suite_records
from irekae.proof.suite_records import SuiteRun, begun, ended, lacking, newest
from irekae.swap.evidence import Kind, Reading, keep
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import P, S, declare, exchange
from tests.unit.small_procedure import begun as swap_begun


@pytest.fixture(autouse=True)
def _items(items: dict[str, Item], swap: Swap) -> None:
    swap_begun(swap)
    declare("0.3", On.SEAT, lambda swap: None)
    declare("7.2", On.BOTH, lambda host, swap: None)
    declare("11.1", On.SEAT, lambda swap: None)


def check(host: str = "ika", outcome: str = "passed", name: str = "test_x") -> Check:
    found: Any = outcome
    return Check(
        id=name, item="9.4", host=host, title="", outcome=found, expected="", found="",
        at="2026-01-01T00:00:00+09:00", took=0.1,
    )  # fmt: skip


def run(swap: Swap, *checks: Check) -> None:
    ended(swap, Kind.SUITE, begun(swap, ["ika", "tako"], []), checks)


def again(swap: Swap) -> list[Check]:
    """What another seat, which knows what the hosts remember alone, takes for the newest results."""
    for name in swap.links:
        swap.refresh(name)
    return newest(Reading(swap))


def change(swap: Swap, number: str, role: On = P) -> None:
    swap.host(ITEMS[number], role).record.change("edit", {"kind": "run", "argv": []})


def boots(swap: Swap, name: str) -> None:
    cast(FarEnd, swap.links[name]).facts["boot_id"] = "another boot"


def test_every_seat_finds_the_newest_result_of_each_check(swap: Swap) -> None:
    run(swap, check(outcome="failed"), check("tako", "failed"))
    run(swap, check(outcome="passed"), check(name="test_y"))
    assert [(one.host, one.id, one.outcome, one.stale) for one in again(swap)] == [
        ("ika", "test_x", "passed", ""),
        ("tako", "test_x", "failed", ""),
        ("ika", "test_y", "passed", ""),
    ]


def test_an_older_pass_does_not_outlive_a_newer_failure(swap: Swap) -> None:
    run(swap, check())
    run(swap, check(outcome="failed"))
    assert [one.outcome for one in again(swap)] == ["failed"]


def test_what_one_host_has_lost_is_found_on_the_other(swap: Swap, tmp_path: Any) -> None:
    run(swap, check())
    for file in (tmp_path / "ika").rglob("*.json.gz"):
        file.unlink()
    assert [one.outcome for one in again(swap)] == ["passed"]


@pytest.mark.parametrize("role", [P, S])
def test_a_change_on_either_host_makes_a_result_stale(swap: Swap, role: On) -> None:
    run(swap, check())
    change(swap, "7.2", role)
    (found,) = again(swap)
    assert "before 7.2" in found.stale
    assert f"changed something on {swap.entry_for(7, role).name}" in found.stale
    run(swap, check())
    assert [one.stale for one in again(swap)] == [""]


def test_a_change_while_the_suite_runs_makes_its_result_stale(swap: Swap) -> None:
    begins = begun(swap, ["ika"], [])
    change(swap, "7.2")
    ended(swap, Kind.SUITE, begins, [check()])
    assert "before 7.2" in again(swap)[0].stale


def test_the_announcement_changes_nothing_that_was_checked(swap: Swap) -> None:
    run(swap, check())
    change(swap, "11.1")
    assert [one.stale for one in again(swap)] == [""]


def test_a_boot_of_its_host_makes_a_result_stale(swap: Swap) -> None:
    run(swap, check(), check("tako"), check("dennou"))
    boots(swap, "ika")
    assert [(one.host, bool(one.stale)) for one in newest(Reading(swap))] == [
        ("ika", True),
        ("tako", False),
        ("dennou", False),
    ]


def test_a_result_of_before_the_exchange_counts_for_neither_name(swap: Swap) -> None:
    run(swap, check(), check("tako"))
    boots(swap, "ika")  # the far ends of these tests share one kernel
    exchange(swap)
    assert all(one.stale for one in newest(Reading(swap)) if one.host == "tako")


def test_a_result_is_stale_after_the_declared_age(swap: Swap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite_records, "now", lambda: "2026-01-01T12:00:00+09:00")
    run(swap, check())
    monkeypatch.setattr(suite_records, "now", lambda: "2026-01-02T11:59:00+09:00")
    assert not newest(Reading(swap))[0].stale
    monkeypatch.setattr(suite_records, "now", lambda: "2026-01-02T12:01:00+09:00")
    assert "more than 24 hours ago" in newest(Reading(swap))[0].stale


def test_a_run_that_a_journal_does_not_know_counts_only_where_nothing_was_changed(swap: Swap) -> None:
    """As with a host that was put back from a copy: nobody knows what came since."""
    change(swap, "7.2")
    here = {entry.name: swap.links[entry.name].ask("clock")["boot_id"] for entry in swap.inventory.pair}
    lost = SuiteRun(id="x", who="mori@seat", began=now(), hosts=("ika",), items=(), boots=here, checks=(check(),))
    keep(swap, Kind.SUITE, lost)
    assert "before 7.2" in again(swap)[0].stale


def test_a_baseline_that_is_done_and_lies_nowhere_is_told(swap: Swap) -> None:
    assert lacking(swap) == []
    swap.host(ITEMS["0.3"], P).record.event("done")
    assert [line.partition(":")[0] for line in lacking(swap)] == ["baseline", "survey"]
    ended(swap, Kind.BASELINE, begun(swap, ["ika"], []), [check(outcome="failed")])
    assert [line.partition(":")[0] for line in lacking(swap)] == ["survey"]
    keep(swap, Kind.SURVEY, {})
    assert lacking(swap) == []
    assert {key: one.outcome for key, one in suite_records.before(Reading(swap)).items()} == {
        ("test_x", "ika"): "failed"
    }


def test_runs_hold_what_a_reader_needs() -> None:
    names = {field.name for field in msgspec.structs.fields(SuiteRun)}
    assert names == {"id", "who", "began", "hosts", "items", "boots", "checks"}


def test_two_runs_at_once_lose_nothing_of_each_other(swap: Swap) -> None:
    one, other = begun(swap, ["ika"], ["9.4"]), begun(swap, ["ika"], ["9.5"])
    ended(swap, Kind.SUITE, other, [check(name="test_y")])
    ended(swap, Kind.SUITE, one, [replace(check(), outcome="failed")])
    assert {(found.id, found.outcome) for found in again(swap)} == {("test_y", "passed"), ("test_x", "failed")}
