"""A document of a large site shows what matters, counts what it leaves out, and leads nowhere where nothing stands."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from irekae.model.language import LANGS
from irekae.model.results import Acceptance, Check, Comparison, Leftover
from irekae.report import hiki, html, markdown
from irekae.report.extract import MOST_CHECKS, MOST_FOLLOWING, MOST_POINTS, MOST_ROWS, extract
from irekae.report.points import check_anchor
from irekae.report.verdict import fresh, verdict
from tests.unit.report.sample import sample
from tests.unit.report.test_html import Page


def many(checks: int, failed: int = 0, follow: int = 0, rows: int = 0) -> Acceptance:
    """Results of a site with as many domains; the last ones failed, and as many follow from the first failure."""
    results = sample(broken=False)
    like = next(check for check in results.checks if check.item == "9.7")
    made = [
        replace(like, id=f"{like.id}[{number}]", title=f"example{number}.org A", outcome="passed")
        for number in range(checks)
    ]
    made[checks - failed :] = [replace(check, outcome="failed", before="passed") for check in made[checks - failed :]]
    first = made[checks - failed].id if failed else ""
    made += [_following(like, number, first) for number in range(follow)]
    return replace(
        results,
        checks=(*results.checks, *made),
        baseline=tuple(Comparison(f"box {number}", "1", "1", "same") for number in range(rows)),
        leftovers=tuple(Leftover("ika", "/etc/hosts", number, "tako") for number in range(rows)),
    )


def _following(like: Check, number: int, first: str) -> Check:
    return replace(like, id=f"follows[{number}]", item="9.10", outcome="failed", before="passed", follows=first)


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_is_bounded_and_each_link_leads_somewhere(lang: str) -> None:
    results = many(3000, failed=900, follow=800, rows=2000)
    text = html.render(results, lang)  # type: ignore[arg-type]
    page = Page(text)
    dangling = {link for link in page.links if link.startswith("#")} - {f"#{name}" for name in page.ids}
    assert dangling == set()
    assert len(page.ids) == len(set(page.ids))
    assert page.tags["article"] + page.tags["details"] < MOST_CHECKS + MOST_POINTS * (MOST_FOLLOWING + 1)
    assert len(text) < 3_000_000


def test_what_is_left_out_is_counted_and_what_failed_stands_before_what_passed() -> None:
    results = fresh(many(2000, failed=MOST_CHECKS + 100, rows=MOST_ROWS + 7))
    shown = extract(results, verdict(results))
    assert len(shown.bad.shown) == MOST_CHECKS
    assert (shown.bad.left, shown.leftovers.left, shown.baseline.left) == (100, 7, 7)
    assert not any(check.outcome == "passed" for check in shown.rest.shown)
    assert len(shown.bad.shown) + len(shown.rest.shown) + shown.bad.left + shown.rest.left == len(results.checks)
    assert len(shown.reasons.shown) + shown.reasons.left == len(verdict(results).reasons)


def test_of_what_passed_each_item_on_each_host_is_shown() -> None:
    results = fresh(many(5000))
    shown = extract(results, verdict(results))
    assert {(check.item, check.host) for check in shown.rest.shown} == {
        (check.item, check.host) for check in results.checks
    }
    assert shown.rest.left == len(results.checks) - MOST_CHECKS


def test_what_a_point_leads_to_is_shown_wherever_it_stands() -> None:
    results = many(50, rows=MOST_ROWS * 2)
    last = Comparison("uid of ueno", "1023", "1024", "new difference")
    results = fresh(replace(results, baseline=(*results.baseline, last)))
    shown = extract(results, verdict(results))
    assert shown.baseline.shown[-1] == (MOST_ROWS * 2, last)
    assert len(shown.baseline.shown) == MOST_ROWS


def test_documents_without_links_are_bounded_and_say_how_many_are_left_out() -> None:
    results = many(3000, failed=900, follow=800, rows=2000)
    for text in (markdown.render(results), hiki.render(results, "en")):
        assert len(text) < 3_000_000
        assert f"{2000 - MOST_ROWS} more are in acceptance.json" in text


def test_a_small_site_is_shown_whole() -> None:
    results = sample()
    text = html.render(results)
    assert all(check_anchor(check) in text for check in results.checks)
    assert not re.search("more are in acceptance.json", text)
