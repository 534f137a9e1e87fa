"""What the checks are parametrised with: the facts of site.toml and of the manual, one case each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from irekae.site.site import Answer, Service, Site
from verify.manual_facts import LOCAL_DOMAINS, NOT_RUNNING, RUNNING
from verify.selection import Role


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


def services(site: Site, role: Role, state: str) -> dict[str, Any]:
    """Services that are to be `state` ("on" or "off") in the role."""
    cases = {}
    timers = {timer.init: timer for timer in site.timers if timer not in site.services.values()}
    for name, service in {**site.services, **timers}.items():
        declared = service.production if role == "production" else service.standby
        if name in RUNNING[role]:
            declared = "on"
        elif name in NOT_RUNNING[role]:
            declared = "off"
        if declared == state:
            cases[name] = ServiceCase(name, service, state)
    return cases


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


def domains(site: Site) -> list[str]:
    """The mail domains: the manual's and site.toml's."""
    return sorted({*LOCAL_DOMAINS, *site.domains}) if site.mail else []


_SUBJECTS: dict[str, Callable[[Site], dict[str, Any]]] = {
    "zone": zones,
    "record": answers,
    "resolved": lambda site: {f"{answer.name}/{answer.type}": answer for answer in site.resolves},
    "page": lambda site: {page.url: page for page in site.pages},
    "named_file": lambda site: {file.path: file for file in site.files if file.names},
    "addressed_file": lambda site: {file.path: file for file in site.files if file.addresses},
    "domain": lambda site: {domain: domain for domain in domains(site)},
    "mailing_list": lambda site: {listed.address: listed for listed in site.lists},
    "script": lambda site: {script.script: script for script in (site.backup.scripts if site.backup else ())},
}
SUBJECTS = frozenset({*_SUBJECTS, "service"})


def cases(site: Site, subject: str, role: Role, state: str) -> dict[str, Any]:
    """The cases of a subject, by a name that stands in the check's id."""
    return services(site, role, state) if subject == "service" else _SUBJECTS[subject](site)


def subject_of(fixtures: Sequence[str]) -> str | None:
    """The subject among the names of a check's arguments."""
    return next((name for name in fixtures if name in SUBJECTS), None)
