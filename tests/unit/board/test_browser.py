"""Looks at the board in headless Chromium, where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from irekae.board import page
from irekae.board.state import Board, board
from irekae.model.language import LANGS
from tests.chromium import CHROMIUM, Chromium
from tests.unit.board.example import AWAY, DAY, example, heard
from tests.unit.board.served import Served, served

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="needs chromium")]

WIDTHS = (320, 390, 768, 1280)
LATER = board(replace(heard(), at=f"{DAY}13:21:44+09:00", copy="27,000,000,000 99% 80.00MB/s 0:00:01"), example())
SHARE = 'document.querySelector("progress").value'


def crowded() -> Board:
    """Everything that a board can say at once, in words without a blank."""
    long = "x" * 300
    hosts = tuple(replace(host, silent=long, was="tako") for host in heard().hosts)
    return board(replace(heard(), hosts=hosts, exchanging=True, copy=long), replace(example(), remedy=long))


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    with served() as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as found:
        yield found


@pytest.mark.parametrize("state", [example(), crowded()], ids=["usual", "crowded"])
def test_no_page_is_wider_than_its_window(site: Served, browser: Chromium, state: Board) -> None:
    site.show(state)
    for lang in LANGS:
        for width in WIDTHS:
            browser.resize(width)
            browser.open(f"{site.address}?lang={lang}")
            assert browser.run("document.documentElement.scrollWidth") == width
            assert browser.run("document.documentElement.scrollHeight") > 900


def test_what_changes_is_shown_without_a_load_in_the_reader_s_language(site: Served, browser: Chromium) -> None:
    for lang, word in zip(LANGS, ("Who works on what", "作業中"), strict=True):
        site.show(example())
        browser.open(f"{site.address}?lang={lang}")
        assert browser.run(SHARE) == 63
        browser.run("window.same = true")
        site.show(LATER)
        browser.until(f"{SHARE} === 99")
        assert browser.run("window.same")
        assert word in browser.run("document.body.innerText")


def test_durations_are_counted_on(site: Served, browser: Chromium) -> None:
    site.show(example())
    browser.open(site.address)
    first = browser.run('document.querySelector("#work .lasting").textContent')
    assert browser.until(f'document.querySelector("#work .lasting").textContent !== "{first}" && "counted"')


def test_a_board_that_has_ended_is_told_and_one_that_comes_back_is_taken_up(browser: Chromium) -> None:
    with served() as site:
        browser.open(site.address)
        browser.until('document.querySelector("#lost").hidden')
    assert "No word from the board since" in browser.until(
        '!document.querySelector("#lost").hidden && document.querySelector("#lost").innerText'
    )


def test_nothing_but_its_own_files_is_loaded_and_its_style_is_taken(site: Served, browser: Chromium) -> None:
    site.show(example())
    browser.resize(1280)
    browser.open(site.address)
    loaded = browser.run("performance.getEntriesByType('resource').map(one => one.name)")
    assert all(name.startswith(site.address) for name in loaded)
    assert browser.run("getComputedStyle(document.body).display") == "grid"


def test_what_a_host_says_is_text_also_when_it_comes_later(site: Served, browser: Chromium) -> None:
    site.show(example())
    browser.open(site.address)
    nasty = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    site.show(board(replace(heard(), copy=nasty, hosts=AWAY), example()))
    browser.until('document.querySelector("#copy").innerText.includes("onerror")')
    assert browser.run('document.querySelectorAll("img, section script").length') == 0


def test_dark_and_light_follow_the_reader_s_own_setting(site: Served, browser: Chromium) -> None:
    grounds = []
    for dark in (False, True):
        browser.prefer(dark)
        browser.open(site.address)
        grounds.append(browser.run("getComputedStyle(document.body).backgroundColor"))
    browser.prefer(False)
    assert grounds == ["rgb(253, 253, 252)", "rgb(23, 25, 28)"]


def test_without_javascript_the_page_is_read_and_renews_itself(site: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "RENEWED", 1)
    site.show(example())
    with Chromium(scripts=False) as browser:
        browser.open(site.address)
        assert "63 %" in browser.html()
        site.show(LATER)
        browser.wait_for("Page.loadEventFired")
        assert "99 %" in browser.html()
