"""The board over HTTP, on loopback: who gets what, and what a browser may do with it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from starlette.requests import Request

from irekae.board.feed import Feed
from irekae.board.page import PARTS, Shown
from irekae.board.state import board
from irekae.board.web import HEADERS, language
from tests.unit.board.example import DAY, example, heard
from tests.unit.board.served import Served, served

LATER = replace(heard(), at=f"{DAY}13:20:47+09:00", copy="19,000,000,000 71% 80.00MB/s 0:01:40")


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    with served() as found:
        yield found


def test_the_page_is_there_for_whoever_has_the_token(site: Served) -> None:
    status, headers, body = site.ask()
    assert status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert "What comes next" in body


@pytest.mark.parametrize("path", ["/", "/board.css", "/events", "/x/", "//", "/%ff/", "/favicon.ico"])
def test_without_the_token_nothing_is_there(site: Served, path: str) -> None:
    assert site.ask(path)[0] == 404


def test_a_token_that_is_nearly_right_is_wrong(site: Served) -> None:
    token = site.address.split("/")[3]
    for near in (token[:-1], token + "A", token.swapcase(), token + "%C3%A9", token + "%00"):
        assert site.ask(f"/{near}/")[0] == 404


def test_every_board_has_a_token_of_its_own_that_nobody_guesses(site: Served) -> None:
    with served() as other:
        tokens = [one.address.split("/")[3] for one in (site, other)]
    assert tokens[0] != tokens[1]
    assert all(len(token) >= 32 for token in tokens)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_it_only_reads(site: Served, method: str) -> None:
    status, headers, _ = site.ask(method=method)
    assert (status, headers["allow"]) == (405, "GET, HEAD")
    assert site.ask("/", method)[0] == 404


@pytest.mark.parametrize("path", ["", "events", "board.css", "board.js"])
def test_head_tells_the_kind_and_ends(site: Served, path: str) -> None:
    status, headers, body = site.ask(path, "HEAD")
    assert (status, body) == (200, "")
    kinds = {"": "text/html", "events": "text/event-stream", "board.css": "text/css", "board.js": "text/javascript"}
    assert headers["content-type"].partition(";")[0] == kinds[path]


@pytest.mark.parametrize("path", ["", "board.js", "nothing", "/", "/x/"])
def test_a_browser_is_told_to_run_nothing_else_keep_nothing_and_tell_nobody(site: Served, path: str) -> None:
    _, headers, _ = site.ask(path)
    assert {name.lower(): value for name, value in HEADERS.items()}.items() <= headers.items()
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
    assert "set-cookie" not in headers


@pytest.mark.parametrize("path", ["board.css/x", "templates/page.html.j2", "../state.py", "..%2f..%2fstate.py", "page"])
def test_no_other_file_is_given_out(site: Served, path: str) -> None:
    assert site.ask(path)[0] == 404


def test_a_reader_gets_all_of_it_first_and_then_what_has_changed() -> None:
    with served() as site, site.listening() as events:
        assert list(next(events)) == list(PARTS)
        site.show(board(LATER))
        fresh = next(events)
    assert "71 %" in fresh["copy"]
    assert "lines" not in fresh


def test_however_many_look_everyone_gets_his_own_language() -> None:
    with served() as site, ExitStack() as stack:
        readers = [stack.enter_context(site.listening(lang)) for lang in ("en", "ja") * 5]
        first = [next(events)["next"] for events in readers]
        site.show(board(replace(LATER, rows=())))
        second = [next(events)["next"] for events in readers]
    assert [("次の作業" in html) for html in first] == [False, True] * 5
    assert first != second


def test_those_who_look_are_let_go_when_the_board_ends() -> None:
    with served() as site, site.listening() as events:
        next(events)
        site.server.stop()
        assert next(events, None) is None
        assert not site.server.lives


def test_a_reader_without_news_hears_a_sign_of_life() -> None:
    async def heartbeats() -> list[Shown]:
        feed = Feed(Shown(example()))
        found = []
        async for shown in feed.all(heartbeat=0.001):
            found.append(shown)
            if len(found) == 3:
                feed.end()
        return found

    assert len(set(map(id, asyncio.run(heartbeats())))) == 1


def test_no_log_learns_of_what_was_asked(site: Served, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        site.ask()
        site.ask("/nearly/")
        site.ask("board.js", "BREW")
    assert site.address.split("/")[3] not in caplog.text


@pytest.mark.parametrize(
    ("query", "accepts", "lang"),
    [
        ("", "", "en"),
        ("", "ja,en;q=0.8", "ja"),
        ("", "en-GB,ja;q=0.9", "en"),
        ("", "fr, ja-JP;q=0.5, en;q=0.4", "ja"),
        ("", "en;q=x, ja;q=0.1", "ja"),
        ("lang=ja", "en", "ja"),
        ("lang=en", "ja", "en"),
        ("lang=tlh", "ja", "ja"),
    ],
)
def test_the_language_is_the_one_that_is_asked_for(query: str, accepts: str, lang: str) -> None:
    headers = [(b"accept-language", accepts.encode())]
    request = Request({"type": "http", "query_string": query.encode(), "headers": headers})
    assert language(request) == lang
