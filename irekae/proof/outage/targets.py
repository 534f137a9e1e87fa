"""What the prober asks, and what must come back: drawn from hosts.ini and site.toml."""

from typing import Any
from urllib.parse import urlsplit

from irekae.site.inventory import Inventory
from irekae.site.site import Site

# Seconds between two questions. openbsd-inetd turns a service off for ten minutes that is asked for more than 256 times
# a minute (inetd(8), -R), and the users' share must stay free; each question to smtp and ssh starts a process.
OFTEN, SELDOM = 0.25, 0.5
_DNS_TYPES = {"A": 1, "SOA": 6}


def targets(inventory: Inventory, site: Site) -> list[dict[str, Any]]:
    """What is asked, and what must come back: production's services, and ssh of the standby's name."""
    here, there = inventory.pair
    found = [_page(site, scheme, here.address) for scheme in ("http", "https")]
    if question := _dns_question(site):
        found.append({"service": "dns", "kind": "dns", "address": here.address, "port": 53, "gap": OFTEN, **question})
    found += [
        _banner("smtp", "smtp", here.address, 25, "220", "QUIT") if site.mail else {},
        _banner("pop", "pop", here.address, 110, "+OK", "QUIT") if site.pop and site.pop.greets else {},
        _banner("ssh", "ssh", here.address, here.port, "SSH-", ""),
        _banner(f"ssh {there.name}", "ssh", there.address, there.port, "SSH-", ""),
    ]
    for entry, service in ((here, "ssh IPv6"), (there, f"ssh {there.name} IPv6")):
        if entry.ipv6:
            found.append(_banner(service, "ssh", entry.ipv6, entry.port, "SSH-", ""))
    return [target for target in found if target]


def _page(site: Site, scheme: str, address: str) -> dict[str, Any]:
    """The first of site.toml's pages that is fetched that way; nothing when there is none."""
    for page in site.pages:
        url = urlsplit(page.url)
        if url.scheme == scheme:
            port = url.port or (443 if scheme == "https" else 80)
            return {
                "service": scheme, "kind": scheme, "address": address, "port": port, "gap": OFTEN,
                "host": url.hostname, "path": url.path or "/", "contains": page.contains,
            }  # fmt: skip
    return {}


def _dns_question(site: Site) -> dict[str, Any]:
    """The address of the service name if site.toml declares it, else the first zone's SOA; nothing without a zone."""
    name = site.site.service_name
    if any(answer.name == name and answer.type == "A" for answer in site.answers):
        return {"name": name, "type": _DNS_TYPES["A"]}
    return {"name": site.zones[0], "type": _DNS_TYPES["SOA"]} if site.zones else {}


def _banner(service: str, kind: str, address: str, port: int, greeting: str, bye: str) -> dict[str, Any]:
    return {
        "service": service, "kind": kind, "address": address, "port": port, "gap": SELDOM,
        "greeting": greeting, "bye": bye,
    }  # fmt: skip
