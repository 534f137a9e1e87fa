"""The board over HTTP: read only, and only for whoever has the token of its address."""

import json
import secrets
from collections.abc import AsyncIterator
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from irekae.board.feed import Feed
from irekae.model.language import LANGS, Lang

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    # The address holds the token: no other site learns of it, and no cache keeps what it shows.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
READING = ("GET", "HEAD")
KINDS = {"board.css": "text/css", "board.js": "text/javascript"}


def application(feed: Feed, token: str) -> ASGIApp:
    """The board below ``/TOKEN/``; everything else is not there.

    Args:
        feed: what is shown.
        token: of the address.
    """

    async def document(request: Request) -> Response:
        return Response(feed.now.page(language(request)), media_type="text/html")

    async def events(request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        return StreamingResponse(_changes(feed, language(request)), media_type="text/event-stream")

    routes = [Route("/", document), Route("/events", events), *(Route(f"/{name}", _own) for name in KINDS)]
    return Guarded(Starlette(routes=routes), token)


async def _changes(feed: Feed, lang: Lang) -> AsyncIterator[str]:
    """The parts of the page that are new to this reader, as server-sent events (HTML standard, 9.2)."""
    known: dict[str, str] = {}
    async for shown in feed.all():
        fresh = {name: html for name, html in shown.parts(lang).items() if known.get(name) != html}
        known |= fresh
        # JSON has no line ends of its own, so no text can end the event.
        yield f"event: parts\ndata: {json.dumps(fresh)}\n\n" if fresh else ": still here\n\n"


async def _own(request: Request) -> Response:
    name = request.url.path.rpartition("/")[2]
    return Response(_file(name), media_type=KINDS[name])


@cache
def _file(name: str) -> bytes:
    return (files("irekae.board") / "templates" / name).read_bytes()


def language(request: Request) -> Lang:
    """The language that is asked for: ?lang=, or else what the browser prefers (RFC 9110, 12.5.4)."""
    asked = request.query_params.get("lang", "")
    wanted: dict[str, float] = {asked: 2.0}
    for part in request.headers.get("accept-language", "")[:1000].split(","):
        name, _, weight = part.strip().partition(";q=")
        wanted.setdefault(name.partition("-")[0].lower(), _weight(weight))
    return max(LANGS, key=lambda lang: wanted.get(lang, 0.0))


def _weight(text: str) -> float:
    try:
        return min(1.0, max(0.0, float(text or "1")))
    except ValueError:
        return 0.0


class Guarded:
    """Lets through who has the token and only reads; says of everything what a browser may do with it.

    Args:
        app: the board.
        token: the first part of every path.
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        """Nothing is kept but these."""
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._answer(scope)(scope, receive, sent)

    def _answer(self, scope: dict[str, Any] | Any) -> ASGIApp:
        first, slash, rest = str(scope["path"]).removeprefix("/").partition("/")
        # In a time that tells nothing of the token.
        known = secrets.compare_digest(first.encode("utf-8", "surrogateescape"), self._token)
        if not known or not slash:
            return PlainTextResponse("not here", 404)
        if scope["method"] not in READING:
            return PlainTextResponse("the board is read only", 405, {"Allow": ", ".join(READING)})
        scope["path"], scope["raw_path"] = f"/{rest}", f"/{rest}".encode("utf-8", "surrogateescape")
        return self._app
