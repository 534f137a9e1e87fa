"""hosts.ini and site.toml out of what was seen on both hosts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from irekae.model.legible import line as legible
from irekae.site.inventory import HostEntry, Inventory
from irekae.site.marks import MARK
from irekae.subjects.first_site import data, loading, mail, names, operators, pages, served, services, who
from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.first_site.page import Page, plain
from irekae.swap.swap import login_user

UNSEEN = {
    "pop": "a mailbox of the checks' own, by which mail is sent and fetched (9.9, 9.10)",
    "mail.mailboxes": "users' mail that lies elsewhere than in their homes and in /var/mail (1.6, 4.1)",
    "mail.lists": "mailing lists (9.11)",
    "certificates": "names that a client must find a certificate of, and for how many days (9.4, 9.10)",
    "web.hiki": "a wiki, of which a page is written and read (9.5)",
    "web.gate": "a form for registering accounts (9.6)",
    "backup": "scripts of another host that fetch backups (10.1)",
    "announce": "the mail to the users at the end (11.1)",
    "trees_left": "data that stays on the old machine on purpose (0.2)",
    "hooks": "commands that are told of each phase",
}


def both_files(known: Inventory, production: Eyes, standby: Eyes, paths: Mapping[str, Path]) -> dict[str, str]:
    """hosts.ini and site.toml of the two, as the project's own loaders take them.

    Args:
        known: the other hosts that are known already.
        production, standby: the two.
        paths: where they are to be written.

    Raises:
        SwapError: see `who.want_as_named`.
    """
    who.want_as_named(known, production, standby)
    hosts, site = hosts_ini(known, production, standby), site_toml(production, standby)
    written = loading.known_of(paths["hosts.ini"], hosts, known)
    return {
        "hosts.ini": loading.hosts_loading(paths["hosts.ini"], hosts),
        "site.toml": loading.site_loading(paths["site.toml"], site, written),
    }


def fqdn_of(eyes: Eyes) -> str:
    """The full name that a host gives itself, else what hosts.ini says."""
    return eyes.fqdn or eyes.entry.fqdn


def hosts_ini(known: Inventory, production: Eyes, standby: Eyes) -> str:
    """hosts.ini of the two, with whom they ask for names; known: the other hosts that are known already."""
    lines = [
        "# WHO: the hosts, in Ansible's INI form. A name keeps its address for ever; machines change places under it.",
        "# Written by `fab init`.",
    ]
    both = bool(production.ipv6 and standby.ipv6)
    for role, eyes in (("production", production), ("standby", standby)):
        lines += ["", f"[{role}]", *_no_ipv6(eyes, both), _host(eyes, both, production.entry)]
    lines += [
        "",
        "# Takes the backups (phase 10), and another computer from which mail is sent and fetched: empty, and those",
    ]
    lines += ["# checks are not made.", *_known(known), "", "# The name servers that the standby asks (9.14)."]
    lines += [
        "[resolvers]",
        *(_resolvers(known, standby) or _group(known, "resolvers")),
        "",
        "[all:vars]",
        *_access(production.entry),
    ]
    return "\n".join(lines) + "\n"


def _no_ipv6(eyes: Eyes, both: bool) -> list[str]:
    """What is asked about a host's IPv6 addresses: they change places where both hosts have one each."""
    given = ", ".join(map(legible, eyes.given_ipv6))
    told = f"{eyes.entry.name} has {given}, and not both hosts have one IPv6 address: which is each one's ipv6, if any?"
    return [f"{MARK}: {told}"] if given and not both else []


def _host(eyes: Eyes, both: bool, usual: HostEntry) -> str:
    words = [eyes.entry.name, f"ansible_host={eyes.entry.address}"]
    words += [f"ansible_port={eyes.entry.port}"] if eyes.entry.port != usual.port else []
    words += [f"ipv6={eyes.ipv6}"] if both else []
    words.append(f"fqdn={legible(fqdn_of(eyes))}")
    return " ".join(words) + ("" if eyes.fqdn else f"  {MARK}: the full name (hostname -f says none)")


def _known(known: Inventory) -> list[str]:
    return [line for name in ("backup", "outside") for line in (f"[{name}]", *_group(known, name))]


def _group(known: Inventory, name: str) -> list[str]:
    hosts = known.group(name)
    third = {host.name: f" third={host.third}" if host.third else "" for host in hosts}
    return [f"{host.name} ansible_host={host.address} fqdn={host.fqdn}{third[host.name]}" for host in hosts]


def _resolvers(known: Inventory, eyes: Eyes) -> list[str]:
    asked = re.findall(r"^nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$", eyes.text("/etc/resolv.conf"), re.MULTILINE)
    own = {"127.0.0.1", "127.0.0.53", *(one.address for one in known.pair)}
    others = [address for address in asked if address not in own]
    return [f"resolver{number} ansible_host={address}" for number, address in enumerate(others, 1)]


def _access(entry: HostEntry) -> list[str]:
    lines = [f"ansible_port={entry.port}"]
    lines += [f"ansible_user={entry.user}"] if entry.user else []
    return lines + ([f"ansible_ssh_private_key_file={entry.key_file}"] if entry.key_file else [])


def site_toml(production: Eyes, standby: Eyes) -> str:
    """site.toml of the two."""
    pair = (production.entry.name, standby.entry.name)
    fqdns = (fqdn_of(production), fqdn_of(standby))
    page = Page()
    page.say("WHAT: each fact of the site once. Written by `fab init` after a look; docs/site.md tells every key.")
    page.say(f"{{{pair[0]}}} and {{{pair[1]}}} stand for the addresses. Correct it: what is marked, you must decide:")
    page.say(f"`fab phase0` refuses to begin as long as a line bears {MARK.removeprefix('# ')}.")
    _general(page, production, fqdns)
    page.say()
    daemons, others = services.running(production), services.running(standby)
    zones, strangers = served.zone_files(production), services.strangers(production, daemons)
    services.tell(page, daemons, others, pair, strangers, zones=bool(zones))
    data.tell(page, production, standby, daemons)
    own, other = names.names_of(production, fqdns[0]), names.names_of(standby, fqdns[1])
    folders = sorted({path.rpartition("/")[0] for path in zones.values()})
    of_web = pages.conf_of(production)
    trees = names.places(production, [served.conf_of(production), of_web])
    found = names.search(production, own, other, trees), names.search(standby, other, own, trees)
    names.tell(page, *found, pair, trees, names.data_of(mail.system_of(daemons), folders))
    page.table("network", seen=f"{production.entry.address} on {production.interface or 'no interface'}")
    if production.interface and production.interface == standby.interface:
        page.key("interface", production.interface)
    else:
        page.say(f"interface is left out, for {pair[1]} has {standby.interface or 'none'}: each host's is looked for")
    page.key("confirm_within", 60, "seconds; unconfirmed, both hosts go back")
    mail.tell(page, production, standby, daemons, (own, other))
    served.dns(page, production, standby, fqdns, daemons)
    pages.tell(page, production, of_web, daemons)
    served.fail2ban(page, production, daemons)
    for eyes in (production, standby):
        for path, why in sorted(eyes.unseen.items()):
            page.say(f"nothing here is of what {path} holds or tells, for it could not be asked. {why}")
    _unseen(page)
    return page.text


def _unseen(page: Page) -> None:
    """What looking does not find, and the site may have: without it that is not part of the site."""
    there = {line.strip("[]").partition("]")[0] for line in page.lines if line.startswith("[")}
    there |= {"mail.mailboxes"} if any(line.startswith("mailboxes = ") for line in page.lines) else set()
    left = {name: told for name, told in UNSEEN.items() if name not in there}
    page.say()
    page.say("Looking finds none of these. What your site has of them, docs/site.md and the site.toml of irekae tell:")
    for name, told in left.items():
        page.say(f"  {name}: {told}")


def _general(page: Page, eyes: Eyes, fqdns: tuple[str, str]) -> None:
    domain = fqdns[0].partition(".")[2]
    found, own = operators.operators_of(eyes), login_user(eyes.entry)
    page.table("site")
    page.key("title", domain, f"the domain of {fqdns[0]}")
    page.key("domain", domain)
    page.key("service_name", fqdns[0], ask="the name that the public knows the service by")
    page.key("administrators", f"root@{fqdns[0]}", ask="who gets mail about the swap")
    page.key("operators", plain(sorted({own, *found})), f"on {eyes.entry.name}: {operators.told(found, own)}")
