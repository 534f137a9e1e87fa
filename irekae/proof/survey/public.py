"""Asks for all that the public can see of production, from another computer: rows by kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dns.rdatatype

from irekae.host.remote import Link
from irekae.model.errors import SwapError
from irekae.model.legible import line
from irekae.proof.outage.place import outside, place
from irekae.proof.survey.certificates import told
from irekae.proof.survey.looking import NOT_SEEN, Kinds, Rows
from irekae.site.site import Site
from irekae.swap.swap import Swap

WIKI_INDEX = "?c=index"
MOST_QUESTIONS = 3000
OVER_IPV6 = " over IPv6"  # behind the key of a row
CRAWL, AGAIN = 60.0, 600.0  # seconds for following links; for asking for all pages again that were found
KINDS = ("page", "port", "greeting", "certificate", "name service", "record answered")


@contextmanager
def asker(swap: Swap) -> Iterator[Link]:
    """Who asks as the public does: the computer outside; where there is none, the other one of the pair."""
    if place(swap.inventory) is None:
        yield swap.links[swap.inventory.standby.name]
    else:
        with outside(swap) as link:
            yield link


def from_outside(swap: Swap, seen: Kinds, before: Kinds | None = None) -> Kinds:
    """What another computer sees of production's address; where that cannot be asked, rows that say so.

    Args:
        swap: connected.
        seen: what was seen on production's machine: its virtual hosts, users' pages, listeners, records.
        before: what was seen from outside before the swap; then the same pages, ports and records are asked for.
    """
    if before and any(NOT_SEEN in rows for rows in before.values()):
        return before
    try:
        with asker(swap) as link:
            kinds = _asked(link, swap, seen, before)
    except SwapError as error:
        return {kind: {NOT_SEEN: f"could not be asked: {line(error.what)}"} for kind in KINDS}
    return {kind: {line(key): line(value) for key, value in rows.items()} for kind, rows in kinds.items()}


def _asked(link: Link, swap: Swap, seen: Kinds, before: Kinds | None) -> Kinds:
    """Both families: the second is asked for what the first has, but for pages that links alone lead to."""
    entry = swap.inventory.production
    found = _at(link, swap, entry.address, seen, _plain(before) if before else None)
    if entry.ipv6:
        pages = {url: row for url, row in found["page"].items() if url in urls(swap.site, seen)}
        for kind, rows in _at(link, swap, entry.ipv6, seen, {**found, "page": pages}).items():
            found[kind] = {**found[kind], **{f"{key}{OVER_IPV6}": row for key, row in rows.items()}}
    return {**found, "certificate": told(found["certificate"])}


def _plain(kinds: Kinds) -> Kinds:
    """Rows of IPv4 alone."""
    return {kind: {key: row for key, row in rows.items() if OVER_IPV6 not in key} for kind, rows in kinds.items()}


def _at(link: Link, swap: Swap, address: str, seen: Kinds, before: Kinds | None) -> Kinds:
    """What one address answers; certificates as they are."""
    site = swap.site
    asked, names = before or {}, [site.site.service_name, *virtual_names(seen, "443")]
    pages = {"urls": list(asked["page"]), "most": 0, "seconds": AGAIN} if before else {
        "urls": urls(site, seen), "most": site.survey.pages, "seconds": CRAWL}  # fmt: skip
    ports = sorted({*listening(seen), *(int(key.partition("/")[2]) for key in asked.get("port", {}))})
    found = link.ask("seen_ports", address=address, ports=ports, names=list(dict.fromkeys(names)))
    zones = site.zones
    return {
        "page": _rows(link, "seen_pages", address=address, **pages),
        **found,
        "name service": _rows(link, "seen_policy", address=address, zones=zones, foreign=site.survey.foreign),
        "record answered": _rows(link, "seen_answers", address=address, questions=questions(seen, asked)),
    }


def _rows(link: Link, op: str, **arguments: Any) -> Rows:
    answer: Rows = link.ask(op, **arguments)
    return answer


def questions(seen: Kinds, asked: Kinds) -> list[tuple[str, str, int]]:
    """Name, type and its number of each set of records: those that were asked for, else those of the zones' files."""
    keys = asked.get("record answered") or (
        key.partition(": ")[2] for key in seen.get("zone record", {}) if not key.endswith((": serial", ": (its file)"))
    )
    pairs = [(name.rstrip("."), kind) for name, _, kind in (key.partition(" ") for key in keys)]
    return [(name, kind, int(dns.rdatatype.from_text(kind))) for name, kind in pairs[:MOST_QUESTIONS] if name and kind]


def urls(site: Site, seen: Kinds) -> list[str]:
    """Where the look at the pages begins: declared pages, every virtual host, the wiki's index, users' pages."""
    hosts = [
        f"{scheme}://{name}/"
        for port, scheme in (("80", "http"), ("443", "https"))
        for name in virtual_names(seen, port)
    ]
    users = [f"http://{site.site.service_name}/~{user}/" for user in seen.get("user page", {})]
    declared = [page.url for page in site.pages]
    wiki = [site.web.hiki.url + WIKI_INDEX] if site.web and site.web.hiki else []
    return list(dict.fromkeys([*declared, *hosts, *wiki, *users]))


def virtual_names(seen: Kinds, port: str) -> list[str]:
    """Names of the virtual hosts at a port."""
    return [key.partition(" ")[2] for key in seen.get("virtual host", {}) if key.startswith(f"{port} ")]


def listening(seen: Kinds) -> list[int]:
    """Ports of TCP at which somebody listens for others than the host itself."""
    found = []
    for key, addresses in seen.get("listener", {}).items():
        protocol, _, port = key.partition(" ")[0].partition("/")
        if protocol == "tcp" and port.isdigit() and any(not local(one) for one in addresses.split(", ")):
            found.append(int(port))
    return found


def local(address: str) -> bool:
    """Is that an address of the host alone."""
    return address == "::1" or address.startswith("127.")
