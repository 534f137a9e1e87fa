"""Pages as the public sees them, for the survey: asked of an address by another computer. What looks like an action is
not followed, so that nothing is changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
import time
from typing import TYPE_CHECKING, List, Sequence, Tuple

from irekae.host.agent.base import operation
from irekae.host.agent.seen import Rows

# What the web needs is imported where it is used: it takes longer than all the rest of the agent's start.
if TYPE_CHECKING:
    import http.client
    import ssl
    from concurrent.futures import ThreadPoolExecutor

ASKED_FOR = 10.0  # seconds for one question
ASKERS = 4
LARGEST_PAGE = 1 << 20  # bytes that are looked at
LINKED = re.compile(r"""(?is)<(?:a|area|frame|iframe|img|link|script)\b[^>]*?\b(?:href|src)\s*=\s*["']?([^"'\s>]+)""")
TITLE_OF_PAGE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")
# A page of a wiki by its name, and the lists of pages of those that are known: other questions may be actions.
HARMLESS = re.compile(r"[^=;&]*\Z|(?:c|cmd|action)=(?:index|list|recent)\Z|title=Special:AllPages\Z")
ACTION = re.compile(r"(?i)delete|remove|logout|edit|login|save|attach")
MADE_BY_PROGRAM = "(without its numbers "
Page = Tuple[str, List[str]]


@operation
def op_seen_pages(address: str, urls: Sequence[str], most: int, seconds: float) -> Rows:
    """Each page: status, title, digest, and a digest without its numbers where a program has made it.

    Links are followed to the hosts of the given pages, breadth first, until there are `most`; 0: none is followed.

    Args:
        address: who is asked, whatever the names stand for.
        urls: where to begin.
        most: pages.
        seconds: for all; what is not asked by then has no row.
    """
    from urllib.parse import urlsplit

    deadline = time.monotonic() + seconds
    hosts = {urlsplit(url).hostname for url in urls}
    rows: Rows = {}
    waiting, seen = list(dict.fromkeys(urls)), set(urls)
    with askers() as pool:
        while waiting and time.monotonic() < deadline:
            batch, waiting = waiting[: ASKERS * 4], waiting[ASKERS * 4 :]
            for url, (row, links) in zip(batch, pool.map(lambda one: page(address, one), batch)):
                rows[url] = row
                for link in links:
                    if link not in seen and len(seen) < most and urlsplit(link).hostname in hosts:
                        seen.add(link)
                        waiting.append(link)
        settle(rows, pool, address, deadline)
    return rows


def askers() -> ThreadPoolExecutor:
    """Threads that ask side by side."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(ASKERS)


def settle(rows: Rows, pool: ThreadPoolExecutor, address: str, deadline: float) -> None:
    """Ask again for the pages that a program makes, for a visit may change what the next one sees; what is never the
    same twice is told by its status and title alone."""
    unsure = [url for url, row in rows.items() if MADE_BY_PROGRAM in row]
    for last in (False, True):
        if time.monotonic() > deadline:
            return
        again = dict(zip(unsure, (row for row, _ in pool.map(lambda one: page(address, one), unsure))))
        unsure = [url for url in unsure if without_numbers(again[url]) != without_numbers(rows[url])]
        rows.update(again)
        for url in unsure if last else ():
            rows[url] = "{}, changes by itself".format(rows[url].partition(" content ")[0])


def without_numbers(row: str) -> str:
    """The part of a page's row that numbers in it do not change."""
    return row.partition(MADE_BY_PROGRAM)[2] or row


def page(address: str, url: str) -> Page:
    """A page as a row, and where its links lead."""
    import http.client
    from urllib.parse import urljoin, urlsplit

    parts = urlsplit(url)
    secure = parts.scheme == "https"
    try:
        line = connection(address, parts.port or (443 if secure else 80), parts.hostname or "", secure)
        with contextlib.closing(line):
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            line.request("GET", path, headers={"Host": parts.netloc, "User-Agent": "irekae-survey"})
            answer = line.getresponse()
            body = answer.read(LARGEST_PAGE)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return f"no answer: {type(error).__name__}", []
    target = urljoin(url, answer.getheader("Location") or "")
    shown, links = described_page(answer, body)
    if 300 <= answer.status < 400:
        shown, links = f"{answer.status} → {target}", [target]
    return shown, [link for link in (joined_link(url, link) for link in links) if link]


def connection(address: str, port: int, name: str, secure: bool) -> http.client.HTTPConnection:
    """A connection to an address for a name. Certificates are rows of their own."""
    import http.client

    if not secure:
        return http.client.HTTPConnection(address, port, timeout=ASKED_FOR)
    line = http.client.HTTPSConnection(address, port, timeout=ASKED_FOR)
    line.sock = encrypted(socket.create_connection((address, port), ASKED_FOR), name)
    return line


def encrypted(line: socket.socket, name: str) -> ssl.SSLSocket:
    """TLS over a connection, whatever the certificate says."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(line, server_hostname=name)


def described_page(answer: http.client.HTTPResponse, body: bytes) -> Page:
    """Status, title and digests, and the links of a page of HTML."""
    import html

    shown = f"{answer.status}"
    digest = hashlib.sha256(body).hexdigest()[:12]
    text_of_page = body.decode("utf-8", "replace") if "html" in (answer.getheader("Content-Type") or "") else ""
    title = TITLE_OF_PAGE.search(text_of_page)
    if title:
        shown += " “{}”".format(" ".join(html.unescape(title.group(1)).split())[:100])
    shown += f" content {digest}"
    if not (answer.getheader("Last-Modified") or answer.getheader("ETag")):
        bare = re.sub(rb"[0-9a-f]{16,}|\d+", b"0", body)
        shown += f" {MADE_BY_PROGRAM}{hashlib.sha256(bare).hexdigest()[:12]})"
    return shown, [html.unescape(link) for link in LINKED.findall(text_of_page)]


def joined_link(url: str, link: str) -> str:
    """Where a link leads, "" when it is not to be followed."""
    from urllib.parse import urldefrag, urljoin, urlsplit

    try:
        target = urldefrag(urljoin(url, link))[0]
        parts = urlsplit(target)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or ACTION.search(parts.path) or not HARMLESS.match(parts.query):
        return ""
    return "" if parts.query and ACTION.search(parts.query) else target
