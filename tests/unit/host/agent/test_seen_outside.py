"""What the public sees, asked of servers that run here: pages and their links, greetings, name service."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, ClassVar

import pytest

from irekae.host.agent import seen_outside, seen_pages
from tests.unit.small_servers import HERE, server

NUMBERS = count()
PAGES: dict[str, Callable[[], tuple[int, str]]] = {
    "/": lambda: (200, '<title>Front</title><a href="a.html">a</a><a href="?Wiki">w</a><a href="?c=delete;p=x">d</a>'
                       '<a href="/moved">m</a><a href="http://other.example/">o</a><a href="/edit.cgi">e</a>'),
    "/a.html": lambda: (200, "<title>A</title>"),
    "/?Wiki": lambda: (200, f"<title>Wiki</title> visit {next(NUMBERS)}"),
    "/moved": lambda: (302, "/a.html"),
    "/restless": lambda: (200, f"<title>Restless</title> {'x' * next(NUMBERS)}"),
}  # fmt: skip


class Site(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        Site.asked.append(self.path)
        status, body = PAGES.get(self.path, lambda: (404, "<title>none</title>"))()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", body)
        self.send_header("Content-Type", "text/html")
        if self.path == "/a.html":
            self.send_header("Last-Modified", "Thu, 26 Nov 2026 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def site() -> Iterator[str]:
    Site.asked = []
    with ThreadingHTTPServer((HERE, 0), Site) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://itpass.example:{http.server_port}"
        http.shutdown()
        thread.join()


def test_links_are_followed_on_the_host_itself_and_no_action_is(site: str) -> None:
    rows = seen_pages.op_seen_pages(HERE, [f"{site}/"], 100, 60)
    assert rows.keys() == {f"{site}/", f"{site}/a.html", f"{site}/?Wiki", f"{site}/moved"}
    assert not [path for path in Site.asked if "delete" in path or "edit" in path]
    assert rows[f"{site}/moved"] == f"302 → {site}/a.html"
    assert "numbers" not in rows[f"{site}/a.html"], "a file"


def test_a_page_that_counts_is_the_same_without_its_numbers(site: str) -> None:
    first, second = (seen_pages.op_seen_pages(HERE, [f"{site}/?Wiki"], 0, 60)[f"{site}/?Wiki"] for _ in range(2))
    assert first != second
    assert first.partition("numbers ")[2] == second.partition("numbers ")[2] != ""


def test_a_page_that_is_never_the_same_is_told_by_status_and_title(site: str) -> None:
    rows = seen_pages.op_seen_pages(HERE, [f"{site}/restless"], 0, 60)
    assert rows == {f"{site}/restless": "200 “Restless”, changes by itself"}


def test_as_many_pages_as_wanted_and_no_more(site: str) -> None:
    assert len(seen_pages.op_seen_pages(HERE, [f"{site}/"], 2, 60)) == 2
    assert len(seen_pages.op_seen_pages(HERE, [f"{site}/"], 0, 60)) == 1


def test_what_does_not_answer_is_a_row(site: str) -> None:
    url = "http://itpass.example:1/"
    assert seen_pages.op_seen_pages(HERE, [url], 0, 60)[url].startswith("no answer: ")


# --- ports ---


def smtp(line: socket.socket) -> None:
    line.sendall(b"220-itpass ESMTP\r\n220 Thu, 26 Nov 2026 12:00:00\r\n")
    line.recv(100)
    line.sendall(b"250-itpass\r\n250-PIPELINING\r\n250 SIZE 1000\r\n")


def test_a_greeting_is_told_with_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    with server(smtp) as port:
        for name in ("GREETS", "MAIL"):
            monkeypatch.setattr(seen_outside, name, (port,))
        found = seen_outside.op_seen_ports(HERE, [port], ["itpass.example"])
    assert found["port"] == {f"tcp/{port}": "open"}
    assert found["greeting"] == {
        f"tcp/{port}": "220-itpass ESMTP",
        f"tcp/{port} PIPELINING": "offered",
        f"tcp/{port} SIZE": "1000",
    }


def test_a_time_stamp_in_a_greeting_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with server(lambda line: line.sendall(b"+OK ready <1896.6971@itpass.example>\r\n")) as port:
        monkeypatch.setattr(seen_outside, "GREETS", (port,))
        found = seen_outside.op_seen_ports(HERE, [port], ["itpass.example"])
    assert found["greeting"] == {f"tcp/{port}": "+OK ready …"}


def test_a_port_that_is_closed_is_told() -> None:
    assert seen_outside.op_seen_ports(HERE, [1], ["x"])["port"] == {"tcp/1": "Connection refused"}


# --- name service ---


@contextmanager
def name_server(flags: int, records: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Answers every question by UDP with these flags, and with so many records announced."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind((HERE, 0))
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                question, where = line.recvfrom(512)
                line.sendto(question[:2] + struct.pack("!5H", flags, 1, records, 0, 0) + question[12:], where)

        thread = threading.Thread(target=serve)
        thread.start()
        connect, port = socket.socket.connect, line.getsockname()[1]
        monkeypatch.setattr(socket.socket, "connect", lambda self, where: connect(self, (where[0], port)))
        try:
            yield
        finally:
            over.set()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
                end.sendto(b"x" * 12, (HERE, port))
            thread.join()


@pytest.mark.parametrize(
    ("flags", "records", "recursion", "answer"),
    [
        (0x8580, 2, "given", "with authority, 2 records"),
        (0x8180, 1, "given", "without authority, 1 records"),
        (0x8105, 0, "refused", "rcode 5"),
        (0x8400, 0, "refused", "with authority, 0 records"),
        (0x8600, 0, "refused", "with authority, cut off"),
    ],
)
def test_a_name_server_s_answer_is_read_from_its_header(
    flags: int, records: int, recursion: str, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with name_server(flags, records, monkeypatch):
        assert seen_outside.recursion(HERE, "example.com") == recursion
        assert seen_outside.op_seen_answers(HERE, [("epa.ac.jp", "MX", 15)]) == {"epa.ac.jp MX": answer}
