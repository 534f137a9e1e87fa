"""What the checks are parametrised with: the facts of site.toml and of the manual, one case each."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from irekae.site.site import Answer, Service, Site
from verify.declared import Declared
from verify.selection import Role

_NAMED = re.compile(r"[^:]*[a-z][^.:]*")
"""A name, and no address: its last part has letters."""


@dataclass(frozen=True)
class ServiceCase:
    """A service, and whether it has to be there in a role; the manual's word goes before site.toml's."""

    name: str
    service: Service
    state: str


@dataclass(frozen=True)
class DnsCase:
    """A question to the name server, and how it is sent."""

    name: str
    transport: str
    answer: Answer | None = None


def services(declared: Declared, role: Role, state: str) -> dict[str, Any]:
    """Services that are to be `state` ("on" or "off") in the role."""
    site = declared.site
    timers = {timer.init: timer for timer in site.timers if timer not in site.services.values()}
    return {
        name: ServiceCase(name, service, state)
        for name, service in {**site.services, **timers}.items()
        if declared.state_of(name, service, role) == state
    }


def zones(site: Site) -> dict[str, Any]:
    """Every zone, over UDP and over TCP: some servers answer only one of them."""
    return {f"{zone}/{transport}": DnsCase(zone, transport) for zone in site.zones for transport in ("udp", "tcp")}


def answers(site: Site) -> dict[str, Any]:
    """Every declared record, over UDP and over TCP."""
    return {
        f"{answer.name}/{answer.type}/{transport}": DnsCase(answer.name, transport, answer)
        for answer in site.answers
        for transport in ("udp", "tcp")
    }


@dataclass(frozen=True)
class CertificateCase:
    """A name at a port, and for how many days its certificate must last.

    Attributes:
        own: one that vouches for itself will do, as long as it is made for the name.
    """

    id: str
    name: str
    protocol: str
    days: int
    own: bool = False


def certificates(site: Site) -> dict[str, CertificateCase]:
    """Every name at every port that site.toml names; and what goes without saying.

    Whoever reads his mail by a protocol trusts its certificate. A site that says what its pages' certificates are to be
    has other pages over TLS: each is to show one of its own name.
    """
    found = [
        CertificateCase(f"{one.name}/{protocol}", one.name, protocol, one.days)
        for one in site.certificates
        for protocol in one.at
    ]
    said = {(case.name.lower(), case.protocol) for case in found}
    protocols = {case.protocol for case in found}
    days = min((one.days for one in site.certificates), default=0)
    if "https" in protocols:
        names = [name for name in https_hosts(site) if (name, "https") not in said]
        found += [CertificateCase(f"{name}/https", name, "https", days, own=True) for name in names]
    if site.pop:
        mail = site.pop.name or site.site.service_name
        asked = [one for one in (*site.pop.access, *site.pop.submission) if one not in protocols]
        found += [CertificateCase(f"{mail}/{one}", mail, one, days) for one in asked]
    return {case.id: case for case in found}


def https_hosts(site: Site) -> dict[str, str]:
    """The names whose pages are shown over TLS, at the port of https, each with one of its addresses (URL)."""
    parts = {url: urllib.parse.urlsplit(url) for url in (site.web.over_tls if site.web else ())}
    found: dict[str, str] = {}
    for url, part in parts.items():
        if part.hostname and _NAMED.fullmatch(part.hostname) and part.port in (None, 443):
            found.setdefault(part.hostname, url)
    return found


def _certificates(of_pages: bool) -> Callable[[Site], dict[str, Any]]:
    return lambda site: {
        name: case for name, case in certificates(site).items() if (case.protocol == "https") is of_pages
    }


_SUBJECTS: dict[str, Callable[[Site], dict[str, Any]]] = {
    "zone": zones,
    "record": answers,
    "resolved": lambda site: {f"{answer.name}/{answer.type}": answer for answer in site.resolves},
    "database": lambda site: {database.label: database for database in site.databases},
    "page": lambda site: {page.url: page for page in site.pages},
    "https_page": https_hosts,
    "named_file": lambda site: {file.path: file for file in site.files if file.bears_names},
    "addressed_file": lambda site: {file.path: file for file in site.files if file.addresses},
    "mailing_list": lambda site: {listed.address: listed for listed in site.lists},
    "bounced_list": lambda site: {listed.address: listed for listed in site.lists if listed.bouncer},
    "access": lambda site: {protocol: protocol for protocol in (site.pop.access if site.pop else ())},
    "submission": lambda site: {protocol: protocol for protocol in (site.pop.submission if site.pop else ())},
    "page_certificate": _certificates(of_pages=True),
    "mail_certificate": _certificates(of_pages=False),
    "tree": lambda site: {tree.path: tree for tree in site.trees},
    "script": lambda site: {script.script: script for script in (site.backup.scripts if site.backup else ())},
}
SUBJECTS = frozenset({*_SUBJECTS, "service", "domain"})


def cases(declared: Declared, subject: str, role: Role, state: str) -> dict[str, Any]:
    """The cases of a subject, by a name that stands in the check's id."""
    if subject == "service":
        return services(declared, role, state)
    if subject == "domain":
        return {domain: domain for domain in declared.domains}
    return _SUBJECTS[subject](declared.site)


def subject_of(fixtures: Sequence[str]) -> str | None:
    """The subject among the names of a check's arguments."""
    return next((name for name in fixtures if name in SUBJECTS), None)
