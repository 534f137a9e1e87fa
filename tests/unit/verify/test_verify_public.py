"""What the public asks: the same questions from everywhere, and who is shut out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import dns.message
import pytest

from irekae.site.site import Answer
from verify.dns_client import is_right, of_one_name, read_reply
from verify.evidence import start
from verify.far import public
from verify.finding import Finding
from verify.public import View, decoded, the_public_gets
from verify.record import Record
from verify.relaying import is_refused


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        moved = {
            "/old": "http://own.example/new",
            "/away": "http://elsewhere.example/",
            "/loop": "http://own.example/loop",
        }
        self.send_response(301 if self.path in moved else 200)
        if self.path in moved:
            self.send_header("Location", moved[self.path].replace("own.example", self.headers["Host"]))
        self.end_headers()
        self.wfile.write(b"page " + self.path.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def asked(questions: dict[str, dict[str, Any]]) -> View:
    return View("outside", public.main({"questions": questions})["answers"], start())


@pytest.mark.parametrize(("path", "status", "text"), [
    ("/", 200, "page /"), ("/old", 200, "page /new"), ("/away", 301, "page /away"), ("/loop", 301, "page /loop"),
])  # fmt: skip
def test_a_page_that_is_sent_on_within_the_site_is_the_page_there(port: int, path: str, status: int, text: str) -> None:
    url = f"http://localhost:{port}{path}"
    question = {"kind": "page", "address": "127.0.0.1", "url": url, "own": ["localhost"]}
    answer = asked({f"page {url}": question}).page(url)
    assert (answer.status, answer.text) == (status, text)


def test_what_does_not_answer_says_why() -> None:
    url = "http://localhost:1/"
    question = {"kind": "page", "address": "127.0.0.1", "url": url, "own": []}
    answer = asked({f"page {url}": question}).page(url)
    assert (answer.status, answer.problem, answer.told()) == (0, "refused", "no answer: refused")


@pytest.mark.parametrize(("body", "kind"), [
    (b"<meta content='text/html; charset=EUC-JP'>\xc6\xfc", "text/html"), (b"\xc6\xfc", "text/html; charset=euc-jp"),
    ("日".encode(), ""),
    (b"\x1b$BF|\x1b(B", 'text/html; charset="iso-2022-jp"'), ("日".encode(), "text/html; charset=x-no"),
])  # fmt: skip
def test_a_page_is_read_in_the_character_set_that_it_names(body: bytes, kind: str) -> None:
    assert "日" in decoded(body, kind)


def test_who_is_shut_out_alone_is_the_finding() -> None:
    check = Record("9.4", "ika", "x", "")
    the_public_gets(check, {"outside": "", "seat": ""}, "the page", "httpd", "tcp/80", "ika")
    the_public_gets(check, {"outside": "refused", "seat": "refused"}, "the page", "httpd", "tcp/80", "ika")
    with pytest.raises(Finding) as error:
        the_public_gets(check, {"outside": "no answer", "seat": ""}, "the page", "httpd", "tcp/80", "ika")
    assert "shuts out everybody else" in error.value.cause
    assert error.value.found == "outside: no answer; seat: an answer"
    assert "tcp/80" in error.value.remedy


def test_all_records_of_a_name_are_declared_together() -> None:
    declared = [Answer("x.example", "A", value) for value in ("192.0.2.1", "192.0.2.2")]
    message = dns.message.from_text(
        "id 1\nopcode QUERY\nrcode NOERROR\nflags QR AA\n;ANSWER\n"
        "X.example. 1 IN A 192.0.2.2\nX.example. 1 IN A 192.0.2.1\n"
    )
    reply = read_reply(message, start().heard("", ""))
    both = of_one_name(declared[0], [*declared, Answer("y.example", "A", "192.0.2.3")])
    assert both.values == ("192.0.2.1", "192.0.2.2")
    assert is_right(reply, both)
    assert not is_right(reply, of_one_name(declared[0], declared[:1])), "one more than is declared"


@pytest.mark.parametrize(("said", "refused"), [
    ("553 sorry", True), ("550 5.7.1 no", True), ("454 4.7.1 <x@y>: Relay access denied", True),
    ("450 4.2.0 greylisted", False), ("451 4.7.1 later", False), ("454 4.3.0 no TLS", False), ("250 ok", False),
])  # fmt: skip
def test_a_refusal_is_one_for_good(said: str, refused: bool) -> None:
    assert is_refused({"codes": {"rcpt": int(said[:3])}, "said": [f"< {said}"]}) is refused
