"""Saves the wiki's manual page and the pages that it cites (item 0.1), because the wiki is away during the swap."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path
from typing import NamedTuple
from urllib.error import URLError
from urllib.parse import unquote_to_bytes, urldefrag, urljoin, urlsplit

from irekae.model import seat_files
from irekae.model.errors import SwapError

# No policy of the browser is needed for what nh3 lets through; it stands there for what nobody has thought of.
_HEAD = """<!DOCTYPE html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; form-action 'none'; base-uri 'none'">
<title>{title}</title>
"""
# Of these not even the text is kept; of every other tag that is not allowed, it is.
_DROPPED_WHOLE = {"script", "style", "title", "iframe", "object", "noscript", "template", "svg", "math"}
_ATTRIBUTES = {
    "*": {"id", "lang", "dir"},
    "a": {"href", "name"},
    "td": {"rowspan", "colspan"},
    "th": {"rowspan", "colspan", "scope"},
    "ol": {"start"},
}
_FOLLOWED = {"http", "https", "mailto"}
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
    files = {link: folder / ("index.html" if link == first else _file_name(link)) for link in pages}
    names = {link: path.name for link, path in files.items()}
    names[_page(pages[first].url)] = "index.html"
    for link, path in files.items():
        seat_files.write(path, _localized(pages[link], names).encode("utf-8", "replace"))
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


def _links(page: Fetched) -> list[str]:
    """Where the page's links lead, in its order."""
    found: list[str] = []

    def note(tag: str, key: str, value: str) -> str:
        if (tag, key) == ("a", "href"):
            found.append(urljoin(page.url, value))
        return value

    _cleaned(page.text, note)
    return found


def _localized(page: Fetched, names: dict[str, str]) -> str:
    """The page as it is kept: links to saved pages local, others absolute, nothing that acts or reaches out."""

    def lead(tag: str, key: str, value: str) -> str:
        return _target(urljoin(page.url, value), names) if (tag, key) == ("a", "href") else value

    title = re.search(r"<title[^>]*>(.*?)</title", page.text, re.DOTALL | re.IGNORECASE)
    return _HEAD.format(title=escape(unescape(title[1])) if title else "") + _cleaned(page.text, lead) + "\n"


def _target(link: str, names: dict[str, str]) -> str:
    page, fragment = urldefrag(link)
    local = names.get(page)
    if local is None:
        return link if urlsplit(link).scheme in _FOLLOWED else "#"
    return f"{local}#{fragment}" if fragment else local


def _cleaned(text: str, link: Callable[[str, str, str], str]) -> str:
    """What a browser would show of a page, by tags and attributes that are known to be harmless.

    Args:
        text: of the page.
        link: is given tag, attribute and value of each that is kept, and returns the value to keep.
    """
    import nh3

    return nh3.clean(
        text,
        tags=nh3.ALLOWED_TAGS - {"img", "area", "map"},
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=link,
        url_schemes=_FOLLOWED,
        link_rel="noreferrer",
    )
