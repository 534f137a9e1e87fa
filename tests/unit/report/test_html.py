from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace

from irekae.model.language import LANGS
from irekae.model.results import Evidence, manual_numbers
from irekae.report import html
from irekae.report.points import check_anchor
from tests.unit.report.sample import sample

VOID = {"meta", "br", "col"}


class Page(HTMLParser):
    """What a page holds: ids, links, tags, and the text in the order in which it is read."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        if tag not in VOID:
            self.open.append(tag)
        for key, value in attrs:
            self.attributes.append((key, value or ""))
            if key == "id":
                self.ids.append(value or "")
            if key == "href":
                self.links.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text += data


@pytest.fixture(params=[(lang, broken) for lang in LANGS for broken in (True, False)], ids=str)
def page(request: pytest.FixtureRequest) -> Page:
    lang, broken = request.param
    return Page(html.render(sample(broken), lang))


def test_every_link_leads_to_a_place_on_the_page(page: Page) -> None:
    assert page.links
    assert [link for link in page.links if not link.startswith("#") or link[1:] not in page.ids] == []


def test_no_place_has_two_owners(page: Page) -> None:
    assert [name for name, count in Counter(page.ids).items() if count > 1] == []


def test_every_item_of_the_manual_has_its_row(page: Page) -> None:
    assert [number for number in manual_numbers() if f"item-{number}" not in page.ids] == []


def test_every_check_can_be_reached_from_its_item(page: Page) -> None:
    for check in sample().checks:
        assert "#" + check_anchor(check) in page.links
        assert check_anchor(check) in page.ids
        assert f"#item-{check.item}" in page.links


def test_the_page_needs_no_network_and_no_script(page: Page) -> None:
    assert page.tags["script"] == page.tags["link"] == page.tags["img"] == page.tags["iframe"] == 0
    assert [key for key, _ in page.attributes if key in ("src", "srcset") or key.startswith("on")] == []
    assert "url(" not in html.render(sample())
    assert "@import" not in html.render(sample())


def test_verdict_comes_first_then_reasons_then_open_points() -> None:
    text = Page(html.render(sample())).text
    places = [text.index(part) for part in ("Not accepted", "What speaks", "Open points", "Failures", "Items of the")]
    assert places == sorted(places)


def test_failures_come_before_everything_that_passed() -> None:
    ids = Page(html.render(sample())).ids
    checks = {check_anchor(c): c.outcome for c in sample().checks}
    outcomes = [checks[name] for name in ids if name in checks]
    assert outcomes[:4] == ["failed", "failed", "error", "not checked"]
    assert set(outcomes[4:]) == {"passed"}


def test_text_from_hosts_cannot_become_markup() -> None:
    hostile = "</pre><script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m"
    results = sample()
    check = replace(results.checks[0], title=hostile, evidence=(Evidence(hostile, hostile, hostile, check_at(), 0.1),))
    page = Page(html.render(replace(results, checks=(check,))))
    assert page.tags["script"] == page.tags["img"] == 0
    assert "alert(1)" in page.text
    assert "\\x1b[31m" in page.text


def check_at() -> str:
    return sample().checks[0].at


def test_a_check_that_was_not_made_says_so_on_its_item() -> None:
    text = Page(html.render(sample())).text
    assert "0 of 1 passed" in text
    assert "No evidence: the check was not made." in text


def test_additions_to_the_manual_are_visibly_additions() -> None:
    row = html.render(sample()).split('id="item-7.8"')[1].split("</tbody>")[0]
    assert "our addition" in row


def test_results_without_outages_and_baseline_say_not_measured() -> None:
    text = Page(html.render(replace(sample(), outages=(), phases=(), baseline=(), figures={}))).text
    assert text.count("Not measured.") == 3


def test_an_outage_that_has_not_ended_says_so() -> None:
    results = sample()
    outage = replace(results.outages[0], gone=(replace(results.outages[0].gone[0], end=None),))
    assert "not back" in Page(html.render(replace(results, outages=(outage,)))).text


def test_host_keys_show_what_a_user_of_each_name_sees_change() -> None:
    row = html.render(sample()).split('ika <span class="small quiet">ssh-ed25519')[1].split("</tr>")[0]
    before, after = row.index("SHA256:9Zx1"), row.index("SHA256:uT4c")
    assert before < after


def test_endless_answers_and_outages_are_cut_short_with_a_note() -> None:
    results = sample()
    long = "\n".join(f"line {n}" for n in range(5000))
    check = replace(results.checks[0], evidence=(Evidence("cat log", long, "outside", check_at(), 0.1),))
    outage = replace(results.outages[0], gone=results.outages[0].gone * 30)
    text = Page(html.render(replace(results, checks=(check,), outages=(outage,)))).text
    assert "… 4880 more lines in acceptance.json" in text
    assert "line 119\n" in text
    assert "line 120\n" not in text
    assert "… 22 more" in text


def test_one_cause_is_counted_once_and_what_follows_is_linked_beneath_it() -> None:
    results = sample(broken=False)
    root = next(c for c in results.checks if c.title == "apache2 runs")
    checks = tuple(
        replace(c, outcome="failed", follows=root.id) if c.item == "9.4" else
        replace(c, outcome="failed") if c is root else c for c in results.checks
    )  # fmt: skip
    page = html.render(replace(results, checks=checks))
    counted = html.counts(replace(results, checks=checks))
    assert (counted.failed, counted.following) == (1, 2)
    beneath = page.split('class="following')[1].split("</ul>")[0]
    assert [f"#{check_anchor(c)}" in beneath for c in checks if c.follows] == [True, True]
    assert page.count(f'<a href="#{check_anchor(root)}">follows from another failure</a>') == 2


def test_evidence_is_folded() -> None:
    page = html.render(sample())
    assert page.count('<details class="part"') == 6
    assert "<details open" not in page
