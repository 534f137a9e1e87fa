"""Saves the wiki's manual page and the pages that it cites (item 0.1), because the wiki is away during the swap."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.parse import unquote_to_bytes, urldefrag, urljoin, urlsplit

from irekae.model.errors import SwapError

MOST_PAGES = 60
MOST_BYTES = 5_000_000
TIMEOUT = 20.0


class Fetched(NamedTuple):
    """One page: where it was found in the end, and its text."""

    url: str
    text: str


Fetch = Callable[[str], Fetched]


class Saved(NamedTuple):
    """What was saved: the file of the first page, all files by address, and why others were not."""

    first: Path
    pages: dict[str, Path]
    left_out: dict[str, str]


def fetch(url: str) -> Fetched:
    """Return the page at `url`, which must be http or https and HTML.

    Raises:
        OSError: it does not answer, refuses, is not HTML or is larger than 5 MB.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise URLError(f"not a web address: {url}")
    # Imported here, for it takes long and most commands do without.
    from urllib.request import Request, urlopen

    with urlopen(Request(url, headers={"User-Agent": "irekae"}), timeout=TIMEOUT) as answer:
        kind = answer.headers.get_content_type()
        if kind not in ("text/html", "application/xhtml+xml"):
            raise URLError(f"not a page but {kind}")
        data = answer.read(MOST_BYTES + 1)
        charset = answer.headers.get_content_charset() or _declared(data)
        found = answer.geturl()
    if len(data) > MOST_BYTES:
        raise URLError("larger than 5 MB")
    return Fetched(found, _decoded(data, charset))


def _declared(data: bytes) -> str:
    found = re.search(rb"""charset\s*=\s*["']?([A-Za-z0-9_.:-]+)""", data[:2048])
    return found.group(1).decode() if found else "utf-8"


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def save_wiki(fetch: Fetch, url: str, folder: Path, most: int = MOST_PAGES) -> Saved:
    """Save the page at `url` and the pages of the same wiki that it links to, with links between them made local.

    Only pages that the first one cites are followed, not the whole wiki. Same wiki: same scheme, host, port and path,
    another page name (Hiki's ``?PageName``). Links to anywhere else keep their full address.

    Args:
        fetch: gets a page; raises OSError for one that cannot be had.
        url: address of the manual's page.
        folder: made if it is missing.
        most: how many pages at most.

    Raises:
        SwapError: the first page cannot be had.
    """
    first = _manual_page(fetch, url)
    pages, left_out = {_page(url): first}, {}
    cited = dict.fromkeys(_page(link) for link in _links(first) if _same_wiki(first.url, link))
    for link in cited:
        if link in pages or link == _page(first.url):
            continue
        if len(pages) >= most:
            left_out[link] = f"more than {most} pages"
            continue
        try:
            found = fetch(link)
        except OSError as wrong:
            left_out[link] = str(wrong)
            continue
        if _same_wiki(first.url, found.url):
            pages[link] = found
        else:
            left_out[link] = f"leads away from the wiki, to {found.url}"
    return _written(pages, folder, _page(url), left_out)


def _manual_page(fetch: Fetch, url: str) -> Fetched:
    try:
        return fetch(url)
    except OSError as wrong:
        raise SwapError(
            "the wiki's manual page cannot be saved",
            detail=f"{url}: {wrong}",
            hint="is [site] wiki in site.toml right, and does the wiki answer?",
        ) from wrong


def _written(pages: dict[str, Fetched], folder: Path, first: str, left_out: dict[str, str]) -> Saved:
    folder.mkdir(parents=True, exist_ok=True)
    files = {link: folder / ("index.html" if link == first else _file_name(link)) for link in pages}
    names = {link: path.name for link, path in files.items()}
    names[_page(pages[first].url)] = "index.html"
    for link, path in files.items():
        path.write_text(_localized(pages[link], names), "utf-8")
    return Saved(files[first], files, left_out)


def _page(url: str) -> str:
    """An address without its fragment: two links into one page are one page."""
    return urldefrag(url).url


def _same_wiki(first: str, link: str) -> bool:
    """Another page of the same wiki, by its name alone: Hiki's commands (``?c=edit;p=…``) are not pages to keep."""
    ours, theirs = urlsplit(first), urlsplit(link)
    same = (ours.scheme, ours.netloc, ours.path) == (theirs.scheme, theirs.netloc, theirs.path)
    return same and not re.search(r"(^|[;&])c=", theirs.query)


def _file_name(url: str) -> str:
    """A name that can be read, cannot leave the folder, and differs for every address."""
    raw = unquote_to_bytes(urlsplit(url).query)
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        name = raw.decode("euc_jp", "replace")  # the wiki's encoding in 2011
    legible = re.sub(r"[^\w-]+", "_", name).strip("_")[:40] or "front"
    return f"{legible}-{hashlib.sha256(url.encode()).hexdigest()[:8]}.html"


def _links(page: Fetched) -> Iterator[str]:
    finder = _Rewriter(page.url, {})
    finder.feed(page.text)
    finder.close()
    yield from finder.found


def _localized(page: Fetched, names: dict[str, str]) -> str:
    rewriter = _Rewriter(page.url, names)
    rewriter.feed(page.text)
    rewriter.close()
    return "".join(rewriter.out)


class _Rewriter(HTMLParser):
    """Copies a page without scripts, styles and forms' targets; links to saved pages become local, others absolute."""

    def __init__(self, base: str, names: dict[str, str]) -> None:
        super().__init__(convert_charrefs=False)
        self.base = base
        self.names = names
        self.out: list[str] = ['<meta charset="utf-8">']
        self.found: list[str] = []
        self._dropped = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._dropped = tag
        elif tag not in ("meta", "base", "link"):
            kept = "".join(self._attribute(tag, key, value) for key, value in attrs)
            self.out.append(f"<{tag}{kept}>")

    def _attribute(self, tag: str, key: str, value: str | None) -> str:
        if key.startswith("on") or key in ("src", "srcset", "action", "style", "background", "data"):
            return ""  # nothing of a saved page may reach for the network
        if tag == "a" and key == "href":
            value = self._target(value or "")
        return f" {key}" if value is None else f' {key}="{escape(value)}"'

    def _target(self, link: str) -> str:
        target = urljoin(self.base, link)
        self.found.append(target)
        page, fragment = urldefrag(target)
        local = self.names.get(page)
        if local is None:
            return target if urlsplit(target).scheme in ("http", "https", "mailto") else "#"
        return f"{local}#{fragment}" if fragment else local

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._dropped = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == self._dropped:
            self._dropped = ""
        else:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._dropped:
            self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.out.append(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.out.insert(0, f"<!{decl}>")
