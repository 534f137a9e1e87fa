"""Against a small wiki on loopback that answers as Hiki does: pages by ``?Name``, in EUC-JP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, unquote

import pytest

from irekae.model.errors import SwapError
from irekae.report.wiki import Saved, fetch, save_wiki

MANUAL = "[ITPASS2011a]サーバ交換作業"
REBOOT = "[ITPASS2011a]サーバ再起動手順"


def address(name: str) -> str:
    return "./?" + quote(name, encoding="euc_jp")


PAGES = {
    MANUAL: f"""<!DOCTYPE html><html><head><meta charset="EUC-JP"><title>手順</title>
        <link rel="stylesheet" href="/theme.css"><style>body {{ background: url(/b.png) }}</style>
        <script src="/x.js">alert("script")</script></head><body onload="go()">
        <h1>サーバ交換作業 &amp; 手順 &#8594;</h1>
        <a href="{address(REBOOT)}#stop">再起動手順</a> <a href="{address(REBOOT)}">もう一度</a>
        <a href="?c=edit;p=x">編集</a> <a href="{address("BigImage")}">図</a> <a href="{address("Missing")}">なし</a>
        <a href="{address("Away")}">外へ</a> <a href="/other/page">別</a> <a href="http://example.org/">外部</a>
        <a href="javascript:alert(1)">js</a> <img src="/tracker.png"><br/>
        <pre># grep tako /etc/*   &lt;- all</pre></body></html>""",
    REBOOT: f"""<html><body><p id="stop">止める順</p>
        <a href="{address(MANUAL)}">戻る</a> <a href="{address("Deeper")}">奥</a></body></html>""",
    "Deeper": "<html><body>not cited by the manual</body></html>",
}


class Hiki(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        name = unquote(query, encoding="euc_jp")
        self.asked.append(name)
        if name == "Away":
            self.send_response(302)
            self.send_header("Location", "/elsewhere/")
            self.end_headers()
        elif name == "BigImage" or path == "/elsewhere/":
            self.answer(b"x", "image/png" if name else "text/html")
        elif name in PAGES:
            self.answer(PAGES[name].encode("euc_jp", "xmlcharrefreplace"), "text/html")
        else:
            self.send_error(404)

    def answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def wiki() -> Iterator[str]:
    Hiki.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Hiki) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hiki/?{quote(MANUAL, encoding='euc_jp')}"
        server.shutdown()
        thread.join()


@pytest.fixture
def saved(wiki: str, tmp_path: Path) -> Saved:
    return save_wiki(fetch, wiki, tmp_path / "wiki")


def test_the_manual_and_the_page_it_cites_are_saved_readable(saved: Saved) -> None:
    assert sorted(path.name.split("-")[0] for path in saved.pages.values()) == [
        "ITPASS2011a_サーバ再起動手順",
        "index.html",
    ]
    text = saved.first.read_text("utf-8")
    assert "サーバ交換作業 &amp; 手順 →" in text
    assert "# grep tako /etc/*   &lt;- all" in text


def test_links_between_saved_pages_are_local_and_keep_their_place(saved: Saved) -> None:
    text = saved.first.read_text("utf-8")
    [other] = [path for path in saved.pages.values() if path.name != "index.html"]
    assert f'href="{other.name}#stop"' in text
    assert f'href="{other.name}"' in text
    assert 'href="index.html"' in other.read_text("utf-8")


def test_other_links_keep_their_full_address(saved: Saved, wiki: str) -> None:
    text = saved.first.read_text("utf-8")
    host = wiki.split("/hiki/")[0]
    assert f'href="{host}/other/page"' in text
    assert 'href="http://example.org/"' in text
    assert "javascript:" not in text


def test_a_saved_page_reaches_for_nothing(saved: Saved) -> None:
    text = saved.first.read_text("utf-8")
    assert [
        part for part in ("<script", "alert(", "src=", "url(", "theme.css", "onload", "</br>") if part in text
    ] == []


def test_what_could_not_be_saved_is_told_with_its_reason(saved: Saved) -> None:
    reasons = {link.rsplit("?", 1)[1]: why for link, why in saved.left_out.items()}
    assert "404" in reasons["Missing"]
    assert "image/png" in reasons["BigImage"]
    assert "leads away" in reasons["Away"]


def test_only_what_the_manual_cites_is_asked_for_and_only_once(saved: Saved) -> None:
    assert sorted(set(Hiki.asked)) == sorted(["", MANUAL, REBOOT, "BigImage", "Missing", "Away"])
    assert Hiki.asked.count(REBOOT) == 1


def test_the_number_of_pages_is_bounded(wiki: str, tmp_path: Path) -> None:
    saved = save_wiki(fetch, wiki, tmp_path, most=1)
    assert list(saved.pages.values()) == [tmp_path / "index.html"]
    assert all("more than 1" in why for why in saved.left_out.values())


def test_a_wiki_that_does_not_answer_is_an_operators_matter(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hiki) as server:
        port = server.server_port
    with pytest.raises(SwapError, match="cannot be saved"):
        save_wiki(fetch, f"http://127.0.0.1:{port}/hiki/?x", tmp_path)


def test_only_the_web_is_fetched() -> None:
    with pytest.raises(OSError, match="not a web address"):
        fetch("file:///etc/passwd")
