from __future__ import annotations

import pytest
from msgspec.structs import replace

from irekae.model.findings import Explanation, Finding
from irekae.model.results import Acceptance, Comparison
from irekae.report.verdict import findings, got_better, verdict
from tests.unit.report.sample import sample


def with_checks(results: Acceptance, item: str, **changes: object) -> Acceptance:
    return replace(results, checks=tuple(replace(c, **changes) if c.item == item else c for c in results.checks))


def with_items(results: Acceptance, number: str, **changes: object) -> Acceptance:
    return replace(results, items=tuple(replace(r, **changes) if r.number == number else r for r in results.items))


def kinds(results: Acceptance) -> list[str]:
    return [point.kind for point in verdict(results).reasons]


@pytest.fixture
def good() -> Acceptance:
    return sample(broken=False)


def test_a_swap_in_which_everything_was_done_and_passed_is_accepted(good: Acceptance) -> None:
    judgement = verdict(good)
    assert judgement.word == "accepted"
    assert judgement.reasons == ()


@pytest.mark.parametrize("outcome", ["failed", "error"])
def test_one_failed_check_is_enough_against_it(good: Acceptance, outcome: str) -> None:
    assert verdict(with_checks(good, "9.6", outcome=outcome)).word == "not accepted"


def test_a_check_that_was_not_made_is_never_a_pass(good: Acceptance) -> None:
    results = with_checks(good, "10.2", outcome="not checked")
    assert verdict(results).word == "incomplete"
    assert kinds(results) == ["check not made"]


@pytest.mark.parametrize("number", ["9.6", "10.1"])
def test_an_item_without_any_check_is_missing(good: Acceptance, number: str) -> None:
    results = replace(good, checks=tuple(c for c in good.checks if c.item != number))
    assert verdict(results).word == "incomplete"
    assert [(p.kind, p.item) for p in verdict(results).reasons] == [("item missing", number)]


def test_an_item_without_a_row_is_missing(good: Acceptance) -> None:
    results = replace(good, items=tuple(r for r in good.items if r.number != "7.8"))
    assert [(p.kind, p.item) for p in verdict(results).reasons] == [("item missing", "7.8")]


def test_no_results_at_all_are_incomplete(good: Acceptance) -> None:
    assert verdict(replace(good, items=(), checks=())).word == "incomplete"


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        ("failed", "not accepted"),
        ("unknown", "incomplete"),
        ("running", "incomplete"),
        ("not done", "incomplete"),
        ("nothing to do", "accepted"),
        ("by hand", "accepted"),
        ("waived", "accepted"),
    ],
)
def test_what_an_items_outcome_means_for_the_verdict(good: Acceptance, outcome: str, word: str) -> None:
    assert verdict(with_items(good, "7.5", outcome=outcome)).word == word


@pytest.mark.parametrize("outcome", ["by hand", "waived"])
def test_what_people_did_or_left_stays_an_open_point(good: Acceptance, outcome: str) -> None:
    points = verdict(with_items(good, "7.5", outcome=outcome, why="because")).others
    assert [(p.kind, p.item, p.why) for p in points] == [(outcome, "7.5", "because")]


def test_a_waiver_excuses_a_check_that_was_not_made_but_not_one_that_failed(good: Acceptance) -> None:
    waiver = replace(good.items[0], number="10.2", phase=10, host="dennou", outcome="waived", why="no backup host")
    excused = replace(with_checks(good, "10.2", outcome="not checked"), items=(*good.items, waiver))
    assert verdict(excused).word == "accepted"
    assert [p.kind for p in verdict(excused).others] == ["waived"]
    assert verdict(with_checks(excused, "10.2", outcome="failed")).word == "not accepted"


def test_the_announcement_comes_after_the_verdict_and_does_not_hold_it_up(good: Acceptance) -> None:
    results = with_items(good, "11.1", outcome="not done")
    assert verdict(results).word == "accepted"
    assert [p.kind for p in verdict(results).others] == ["announcement"]


def test_new_failures_are_told_from_old_ones_and_come_first(good: Acceptance) -> None:
    results = with_checks(good, "9.4", outcome="failed", before="failed")
    results = with_checks(results, "9.7", outcome="failed", before="unknown")
    results = with_checks(results, "9.9", outcome="failed", before="passed")
    assert list(dict.fromkeys((p.item, p.since) for p in verdict(results).reasons)) == [
        ("9.9", "new"),
        ("9.7", "unknown"),
        ("9.4", "already so before"),
    ]


def test_a_failure_that_is_old_still_speaks_against_it(good: Acceptance) -> None:
    assert verdict(with_checks(good, "9.4", outcome="failed", before="failed")).word == "not accepted"


def test_what_got_better_is_known(good: Acceptance) -> None:
    results = with_checks(good, "9.9", before="failed")
    assert [c.item for c in got_better(results)] == ["9.9"]


def test_a_difference_that_nobody_declared_speaks_against_it(good: Acceptance) -> None:
    results = replace(good, baseline=(Comparison("mails", "412", "411", "new difference"),))
    assert verdict(results).word == "not accepted"
    assert verdict(replace(good, baseline=(Comparison("mails", "412", "413", "expected difference"),))).reasons == ()


STALE = "made at 10:00, before ika has booted again"


@pytest.mark.parametrize("outcome", ["passed", "failed", "error"])
def test_a_result_that_no_longer_counts_is_one_that_was_not_made(good: Acceptance, outcome: str) -> None:
    results = with_checks(good, "9.1", outcome=outcome, stale=STALE)
    assert verdict(results).word == "incomplete"
    assert set(kinds(results)) == {"check not made"}
    assert verdict(results).reasons[0].why == STALE


@pytest.mark.parametrize(("outcome", "word"), [("failed", "not accepted"), ("unknown", "incomplete")])
@pytest.mark.parametrize("number", ["9.6", "7.2", "10.1", "9.2"])
def test_the_newest_word_counts_whoever_spoke_it(good: Acceptance, number: str, outcome: str, word: str) -> None:
    """The checks of the item passed, and later it failed, or ended nobody knows how."""
    row = replace(good.items[0], number=number, phase=int(number.split(".")[0]), host="ika", outcome=outcome)
    results = replace(good, items=(*(r for r in good.items if r.number != number), row))
    assert verdict(results).word == word
    assert [point.item for point in verdict(results).reasons] == [number]


def test_what_a_check_says_already_is_not_said_twice(good: Acceptance) -> None:
    check = next(check for check in good.checks if check.item == "9.6")
    row = replace(good.items[0], number="9.6", phase=9, host=check.host, outcome="failed")
    results = with_checks(replace(good, items=(*good.items, row)), "9.6", outcome="failed")
    assert set(kinds(results)) == {"check failed"}


def test_pre_work_that_was_left_out_is_no_obstacle(good: Acceptance) -> None:
    assert verdict(with_items(good, "0.4", outcome="not done")).word == "accepted"
    assert verdict(replace(good, items=tuple(r for r in good.items if r.number != "0.4"))).word == "accepted"


@pytest.mark.parametrize("outcome", ["failed", "unknown", "running"])
def test_pre_work_that_failed_is_made_good_by_the_copy_of_the_day(good: Acceptance, outcome: str) -> None:
    assert verdict(with_items(good, "0.4", outcome=outcome)).word == "accepted"
    uncopied = with_items(with_items(good, "0.4", outcome=outcome), "3.1", outcome="failed")
    assert "0.4" in {point.item for point in verdict(uncopied).reasons}


def said(finding: Finding) -> Explanation:
    return Explanation(
        id=finding.id, values=finding.values, subject="", who="mori@seat", at="2026-01-01T00:00:00Z", why="a trial"
    )


LOST = Comparison("mails", "412", "411", "new difference")


def test_a_difference_that_a_person_has_explained_is_an_open_point_by_name(good: Acceptance) -> None:
    results = replace(good, baseline=(LOST,), explanations=(said(LOST.finding),))
    assert verdict(results).word == "accepted"
    (point,) = verdict(results).others
    assert (point.kind, point.title, point.finding) == ("explained", "mails", LOST.finding.id)
    assert "mori@seat: a trial" in point.why


def test_an_explanation_of_other_values_explains_nothing(good: Acceptance) -> None:
    lost_more = replace(LOST, after="12")
    results = replace(good, baseline=(lost_more,), explanations=(said(LOST.finding),))
    assert verdict(results).word == "not accepted"
    assert [point.finding for point in verdict(results).reasons] == [LOST.finding.id]


@pytest.mark.parametrize(("explained", "word"), [(0, "not accepted"), (1, "not accepted"), (2, "accepted")])
def test_a_check_that_tells_findings_passes_once_each_is_explained(good: Acceptance, explained: int, word: str) -> None:
    told = tuple(Finding(subject="file", key=path, was="as booted", found="edited") for path in ("/etc/a", "/etc/b"))
    check = replace(good.checks[0], outcome="failed", findings=told)
    given = tuple(said(finding) for finding in told[:explained])
    results = replace(good, checks=(check, *good.checks[1:]), explanations=given)
    assert verdict(results).word == word
    assert [p.title for p in verdict(results).reasons] == [finding.title for finding in told[explained:]]
    assert findings(results) == list(told)


def test_evidence_that_is_gone_leaves_it_incomplete(good: Acceptance) -> None:
    results = replace(good, evidence_missing=("survey of today",))
    assert verdict(results).word == "incomplete"
    assert kinds(results) == ["evidence missing"]
    (lost,) = findings(results)
    assert verdict(replace(results, explanations=(said(lost),))).word == "accepted"


# --- one cause ---


def stopped(good: Acceptance, runs: str = "failed", *followers: str) -> Acceptance:
    """apache2 does not run, and these items failed for just that."""
    root = next(c for c in good.checks if c.title == "apache2 runs")
    checks = [replace(c, outcome="failed", follows=root.id) if c.item in followers else c for c in good.checks]
    return replace(good, checks=tuple(replace(c, outcome=runs) if c.id == root.id else c for c in checks))


def test_what_follows_from_a_failure_stands_beneath_it(good: Acceptance) -> None:
    judgement = verdict(stopped(good, "failed", "9.4", "9.5", "9.6"))
    assert judgement.word == "not accepted"
    assert [point.title for point in judgement.reasons] == ["apache2 runs"]
    assert [point.item for point in judgement.reasons[0].following] == ["9.4", "9.4", "9.5", "9.6"]
    assert len(judgement.all_reasons) == 5


def test_a_cause_that_has_passed_since_explains_nothing(good: Acceptance) -> None:
    judgement = verdict(stopped(good, "passed", "9.4"))
    assert [point.item for point in judgement.reasons] == ["9.4", "9.4"]
    assert judgement.word == "not accepted"


def test_what_was_not_made_for_a_cause_is_told_once(good: Acceptance) -> None:
    down = stopped(good, "failed", "9.4")
    results = with_checks(down, "9.4", outcome="not checked")
    assert kinds(results) == ["check failed"]
    assert [point.kind for point in verdict(results).reasons[0].following] == ["check not made"] * 2


def test_reasons_stand_in_the_manuals_order_new_failures_first(good: Acceptance) -> None:
    results = with_checks(good, "9.10", outcome="failed", before="passed")
    results = with_checks(results, "9.4", outcome="failed", before="passed")
    results = with_checks(results, "9.3", outcome="failed", before="failed")
    results = with_items(results, "5.1", outcome="failed")
    told = list(dict.fromkeys(point.item for point in verdict(results).reasons))
    assert told == ["9.4", "9.10", "5.1", "9.3"]
