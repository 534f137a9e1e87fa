from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from irekae.model.results import Evidence
from verify.gate import entry, said
from verify.hiki import HikiPage
from verify.http_client import Answer, ask, fingerprint, forms

FORM = """<form action="/hiki/" method="post"><input type="hidden" name="md5hex" value="d41d">
<input type="hidden" name="session_id" value="a&amp;b"><textarea name="contents">old
text</textarea><input type="submit" name="save" value="Save"><input type="submit" name="preview" value="P">
<input type="checkbox" name="freeze" value="on"><input type="checkbox" name="update_timestamp" checked>
<select name="action"><option>a</option><option value="b" selected>b</option></select>
<input type="reset" name="r"></form>"""


def test_a_form_s_fields_have_the_values_that_a_browser_would_send() -> None:
    form = forms(FORM)[0]
    assert (form.method, form.action) == ("post", "/hiki/")
    assert form.fields == {
        "md5hex": "d41d",
        "session_id": "a&b",
        "contents": "old\ntext",
        "save": "Save",
        "preview": "P",
        "update_timestamp": "on",
        "action": "b",
    }


def test_a_page_without_forms_has_none() -> None:
    assert forms("<p>no form <input name=x>") == []


NOTHING = Evidence("", "", "", "", 0.0)


class Wiki(http.server.BaseHTTPRequestHandler):
    """A wiki with one page, that takes a form only in the session in which it gave it."""

    page = ""

    def do_GET(self) -> None:
        text = FORM if "c=edit" in self.path else type(self).page
        self.reply(200, f"<p>{text}</p>", "session=7; path=/")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.headers["Cookie"] != "session=7":
            self.reply(404, "no session")
            return
        type(self).page = dict(pair.split("=") for pair in body.split("&"))["contents"]
        self.reply(200, "saved")

    def reply(self, status: int, text: str, cookie: str = "") -> None:
        self.send_response(status)
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Wiki) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://wiki.example:{server.server_address[1]}/hiki/"
        server.shutdown()


def test_the_server_is_asked_by_address_and_the_name_goes_into_the_host_header(url: str) -> None:
    answer = ask("127.0.0.1", url)
    assert answer.status == 200
    assert "Host: wiki.example:" in answer.evidence.asked
    assert "status 200" in answer.evidence.answered


def test_a_page_is_written_read_and_removed_in_one_session(url: str) -> None:
    page = HikiPage("127.0.0.1", url, "Test")
    assert page.write("token").status == 200
    assert "token" in page.read().text
    page.write("")
    assert "token" not in page.read().text
    assert len(page.evidence) == 6


def test_no_server_is_an_answer_too() -> None:
    answer = ask("127.0.0.1", "http://x.example:1/")
    assert (answer.status, answer.told()) == (0, f"no answer: {answer.problem}")
    assert "refused" in answer.problem


def test_gate_s_words_are_read() -> None:
    made = Answer(200, {}, '<h1>gate</h1><p class="answer">registered a&amp;b</p>', NOTHING)
    assert said(made) == "registered a&b"
    assert entry(Answer(200, {}, "<tr><td>name</td><td>A &lt; B</td></tr>", NOTHING)) == {"name": "A < B"}
    assert said(Answer(500, {}, "", NOTHING)) == "status 500"


def test_a_fingerprint_is_openssl_s() -> None:
    assert fingerprint(b"").startswith("E3:B0:C4:42")
