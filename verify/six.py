"""The services of production over IPv6, at the addresses that its names have."""

from __future__ import annotations

import base64
import errno
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from irekae.model.results import Evidence
from irekae.site.site import Page, Site
from verify.dns_client import Reply, query, through
from verify.mail_access import PORTS
from verify.public import decoded
from verify.record import Record
from verify.world import Server

NO_SIX = (errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
"""What a computer without IPv6 says of itself, whomever it calls."""
SMTP = 25
AT_ONCE = {465, 993, 995}
"""Ports at which TLS begins with the call: the caller speaks first (RFC 8314)."""


@dataclass(frozen=True)
class Service:
    """What a name stands for: a page, or a port that greets."""

    name: str
    url: str = ""
    port: int = 0
    contains: str = ""

    def at(self, address: str) -> dict[str, Any]:
        """The question for far/public.py."""
        if self.url:
            own = [self.name]
            return {"kind": "page", "address": address, "url": self.url, "own": own, "contains": self.contains}
        kind = "call" if self.port in AT_ONCE else "words"
        return {"kind": kind, "address": address, "port": self.port}

    def told(self) -> str:
        """For people."""
        return self.url or f"port {self.port} of {self.name}"


def services(site: Site) -> list[Service]:
    """Every page by the name that it is called by; mailboxes and SMTP of the service; SMTP of the mail exchangers."""
    found = [Service(_name_of(page), url=page.url, contains=page.contains) for page in site.pages]
    mailboxes = [*site.pop.protocols, *site.pop.submission] if site.pop else []
    ports = [*([SMTP] if site.mail else []), *dict.fromkeys(PORTS[protocol] for protocol in mailboxes)]
    found += [Service(site.site.service_name, port=port) for port in ports]
    exchangers = [one.value.split()[-1].rstrip(".") for one in site.answers if one.type == "MX"]
    return list(dict.fromkeys([*found, *(Service(name, port=SMTP) for name in exchangers)]))


def _name_of(page: Page) -> str:
    return urllib.parse.urlsplit(page.url).hostname or ""


Asking = Callable[[str], Reply]
"""Asks for a name's AAAA records."""


def asking(server: Server, site: Site, check: Record) -> Asking:
    """Who knows the names' IPv6 addresses: production's own name server; where it has none, the one that it asks."""
    if site.dns:
        return lambda name: query(server.entry.address, name, "AAAA", "udp", recurse=True)
    check.saw(server.facts.of_file("/etc/resolv.conf"))
    servers = server.facts.resolver.servers
    if not servers:
        check.not_made("production's resolv.conf names no server")
    return lambda name: through(server.backend, servers[0], name, "AAAA")


def addresses(asked: Asking, names: list[str]) -> tuple[dict[str, list[str]] | None, list[Evidence]]:
    """The IPv6 addresses of each name that has one; None: who is asked is silent."""
    replies: dict[str, Reply] = {}
    for name in dict.fromkeys(names):
        replies[name] = asked(name)
        if replies[name].problem:
            return None, [replies[name].evidence]  # it would be waited for with each of them
    found = {name: reply.values("AAAA") for name, reply in replies.items()}
    return {name: values for name, values in found.items() if values}, [reply.evidence for reply in replies.values()]


def has_no_six(answers: dict[str, dict[str, Any]]) -> bool:
    """Whether the computer that asked has no IPv6 itself."""
    return all(answer.get("errno") in NO_SIX for answer in answers.values())


def trouble(answer: dict[str, Any], asked: dict[str, Any]) -> str:
    """Why a service is none; "" where it answers what it was asked for."""
    if "problem" in answer:
        return str(answer["problem"])
    if "status" in answer:
        shown = decoded(base64.b64decode(answer["body"]), answer["headers"].get("content-type", ""))
        if answer["status"] != 200:
            return f"status {answer['status']}"
        return "" if asked["contains"] in shown else f"a page without {asked['contains']!r}"
    if "hex" in answer or answer.get("connected"):
        return ""
    return "" if answer.get("said", "")[:3] in ("220", "+OK", "* O", "SSH") else f"it says {answer.get('said', '')!r}"
