"""What the public asks of production, asked from another computer and from the seat in the same way."""

from __future__ import annotations

import base64
import re
import urllib.parse
from dataclasses import dataclass
from typing import Any

import dns.message

from irekae.model.results import Evidence
from irekae.site.site import Site
from verify.dns_client import Reply, question, read_reply
from verify.evidence import Start
from verify.http_client import Answer
from verify.record import Record

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True)
class View:
    """The answers that one computer gets.

    Attributes:
        name: of the computer that asked, as in evidence.
    """

    name: str
    answers: dict[str, dict[str, Any]]
    began: Start

    def page(self, url: str) -> Answer:
        """What came of a page."""
        raw = self.answers[f"page {url}"]
        asked = f"GET {url}" + (f", sent on to {raw['url']}" if raw.get("url", url) != url else "")
        if "problem" in raw:
            return Answer(0, {}, "", self._seen(asked, raw, f"no answer: {raw['problem']}"), problem=raw["problem"])
        body, headers = base64.b64decode(raw["body"]), raw["headers"]
        text = decoded(body, headers.get("content-type", ""))
        shown = "\n".join(
            [f"status {raw['status']}", *[f"{name}: {value}" for name, value in headers.items()], "", text]
        )
        return Answer(raw["status"], headers, text, self._seen(asked, raw, shown), bytes.fromhex(raw["certificate"]))

    def reply(self, name: str, kind: str, transport: str) -> Reply:
        """What the name server said."""
        raw = self.answers[f"dns {name} {kind} {transport}"]
        asked = f"{name} {kind} over {transport}"
        if "problem" in raw:
            problem = f"no answer: {raw['problem']}"
            return Reply("", False, False, (), self._seen(asked, raw, problem), problem)
        reply = dns.message.from_wire(bytes.fromhex(raw["hex"]))
        return read_reply(reply, self._seen(asked, raw, reply.to_text()))

    def _seen(self, asked: str, raw: dict[str, Any], answered: str) -> Evidence:
        heard = self.began.heard(asked, answered, self.name)
        return Evidence(heard.asked, heard.answered, heard.seen_from, heard.at, raw["took"])


def decoded(body: bytes, content_type: str) -> str:
    """A page's text in the character set that its server, or its own head, names (RFC 9110 8.3.2, HTML 4 5.2.2)."""
    named = _CHARSET.search(content_type.encode()) or _CHARSET.search(body[:2048])
    try:
        return body.decode(named[1].decode() if named else "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def questions(site: Site, address: str) -> dict[str, dict[str, Any]]:
    """Every page, every zone and every declared record, asked at production's address."""
    own = sorted({urllib.parse.urlsplit(page.url).hostname or "" for page in site.pages} | {site.site.service_name})
    asked: dict[str, dict[str, Any]] = {
        f"page {page.url}": {"kind": "page", "address": address, "url": page.url, "own": own} for page in site.pages
    }
    names = [(zone, "SOA") for zone in site.zones]
    names += [(answer.name, answer.type) for answer in site.answers]
    for name, kind in dict.fromkeys(names):
        data = question(name, kind, recurse=False).to_wire().hex()
        for transport in ("udp", "tcp"):
            asked[f"dns {name} {kind} {transport}"] = {
                "kind": "dns", "address": address, "transport": transport, "hex": data,
            }  # fmt: skip
    return asked


def shut_out(service: str, port: str, name: str) -> tuple[str, str]:
    """Cause and remedy where the seat gets an answer and another computer none."""
    return (
        f"only some are let in: a packet rule, or an access list of {service}, shuts out everybody else",
        f"on {name}: iptables -S INPUT; nft list ruleset: take out what shuts {port}, and what sets it at boot",
    )


def the_public_gets(check: Record, problems: dict[str, str], expected: str, service: str, port: str, name: str) -> None:
    """Hold what the computers got against one another: where some are shut out and others not, that is what is wrong.

    Args:
        problems: computer → why it got nothing; "" where it got an answer.
        expected: what was asked for.
        service, port, name: who should have answered, where, on which host.

    Raises:
        Finding: some got an answer, others none.
    """
    cause, remedy = shut_out(service, port, name)
    found = "; ".join(f"{who}: {problem or 'an answer'}" for who, problem in problems.items())
    check.expect(
        all(problems.values()) or not any(problems.values()),
        f"{expected}, for everybody",
        found,
        cause=cause,
        remedy=remedy,
    )
