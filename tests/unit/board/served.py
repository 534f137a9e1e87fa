"""A board that is really served over loopback, with a state of the test's own; what asks it over HTTP."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from irekae.board import serve
from irekae.board.feed import Feed
from irekae.board.page import Shown
from irekae.board.state import Board
from tests.unit.board.example import example

PATIENCE = 60  # seconds


@dataclass
class Served:
    """A server with its feed."""

    server: serve.Server
    feed: Feed

    @property
    def address(self) -> str:
        """What is typed into a browser."""
        return self.server.address

    def show(self, board: Board) -> None:
        """Publish a board, as the asking thread does."""
        self.feed.publish(Shown(board))

    def ask(self, path: str = "", method: str = "GET", **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of an answer; path: below the token, or from / on as it is."""
        url = urlsplit(self.address)
        connection = http.client.HTTPConnection(url.netloc, timeout=PATIENCE)
        try:
            connection.request(method, path if path.startswith("/") else url.path + path, headers=headers)
            answer = connection.getresponse()
            return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read().decode()
        finally:
            connection.close()

    @contextmanager
    def listening(self, lang: str = "en") -> Iterator[Iterator[dict[str, str]]]:
        """The events of a reader: the parts that each one brings."""
        url = urlsplit(self.address)
        connection = http.client.HTTPConnection(url.netloc, timeout=PATIENCE)
        try:
            connection.request("GET", f"{url.path}events?lang={lang}")
            answer = connection.getresponse()
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield _events(answer)
        finally:
            connection.close()


def _events(answer: http.client.HTTPResponse) -> Iterator[dict[str, str]]:
    for line in answer:
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


@contextmanager
def served(board: Board | None = None) -> Iterator[Served]:
    """A board on a free port of loopback."""
    feed = Feed(Shown(board or example()))
    server = serve.Server(feed, serve.opened("127.0.0.1", 0))
    try:
        yield Served(server, feed)
    finally:
        server.stop()
