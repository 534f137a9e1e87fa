"""What would end an item of postfix, or change what production does with mail, seen before the swap (0.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from irekae.host.host import Host
from irekae.model.items import On
from irekae.site.mail import Postfix
from irekae.subjects.mail import origin
from irekae.subjects.mail.address_classes import (
    ALIASES,
    CLASSES,
    NAMES,
    OWN,
    Change,
    alias_domains,
    changes,
    fatally_empty,
    is_itself,
    literal,
    not_taken,
    tables,
)
from irekae.subjects.mail.main_cf_seen import MainCf
from irekae.subjects.mail.tables import text_of
from irekae.swap.obstacle import Obstacle

FILTERS = ("content_filter", "smtpd_milters", "non_smtpd_milters", "smtpd_proxy_filter")
_LOOPBACK = re.compile(r"(localhost|127\.[0-9.]+|\[::1\]|::1):")


def obstacles(host: Host, seen: MainCf, mail: Postfix, then: Mapping[str, str]) -> Iterator[Obstacle]:
    """What main.cf and master.cf have beside what 7.1 and 7.2 know; production takes today what site.toml says.

    Args:
        host: either of the pair.
        seen: its main.cf.
        mail: [mail] of site.toml.
        then: what 7.1 or 7.2 writes on it.
    """
    asked = host.look("postconf", "-c", mail.config, "-x", "queue_directory", "multi_instance_directories")
    if asked.status != 0:
        said = asked.err.decode("utf-8", "replace").strip()
        yield Obstacle(f"postconf fails: {said}", "correct [mail] config in site.toml")
        return
    yield from _laid_out(seen, mail)
    yield from _listeners(host, mail)
    yield from _filters(seen, mail)
    if host.role is On.PRODUCTION:
        yield from _domains(seen, mail, then)
        yield from _empty(seen, mail)
    elif not mail.origin and "myorigin" not in mail.standby:
        today = seen.settings("myorigin", "myhostname")
        yield from origin.lost(_said(host, today["myorigin"]), then["myorigin"], [today["myhostname"], host.entry.fqdn])


def _laid_out(seen: MainCf, mail: Postfix) -> Iterator[Obstacle]:
    found = seen.settings("queue_directory", "multi_instance_directories")
    if found["queue_directory"] != mail.queue:
        yield Obstacle(
            f"postfix's queue is {found['queue_directory']}, not {mail.queue}",
            "correct [mail] queue in site.toml",
        )
    if more := found["multi_instance_directories"]:
        yield Obstacle(
            f"postfix has further instances ({more}): nobody would look at their queues",
            "`postmulti -i NAME -e destroy` for those that nobody needs, or exchange their mail by hand",
        )


def _listeners(host: Host, mail: Postfix) -> Iterator[Obstacle]:
    """Services of master.cf with an address of their own: inet_interfaces doesn't close them on the standby."""
    for line in host.query("postconf", "-c", mail.config, "-M").text.splitlines():
        words = line.split()
        if len(words) > 1 and words[1] == "inet" and ":" in words[0] and not _LOOPBACK.match(words[0]):
            yield Obstacle(
                f"master.cf has a service with an address of its own ({words[0]}): the standby would listen there",
                f"write its port alone into {mail.config}/master.cf; inet_interfaces names the addresses",
            )


def _filters(seen: MainCf, mail: Postfix) -> Iterator[Obstacle]:
    found = {name: value for name, value in seen.settings(*FILTERS).items() if value}
    if found and not mail.filters:
        told = ", ".join(f"{name} = {value}" for name, value in found.items())
        yield Obstacle(
            f"mail passes through a filter ({told}): where it does not run, the standby's own mail waits for it",
            "name the filters' services in [mail] filters of site.toml, on at both roles in [services]",
        )


def _domains(seen: MainCf, mail: Postfix, wrote: Mapping[str, str]) -> Iterator[Obstacle]:
    names = (*NAMES, *CLASSES, "virtual_alias_maps")
    today, then = seen.settings(*names), seen.settings(*names, over=wrote)
    within = seen.within(today, mail.domains)
    if missing := not_taken(mail.domains, today, within):
        yield Obstacle(
            f"postfix does not take mail for {', '.join(missing)} today", "correct [mail] domains in site.toml"
        )
    known = set().union(*(literal(then[name]) for name in CLASSES))
    words = {word for name in CLASSES for word in literal(today[name]) - known if not is_itself(word)}
    if words:
        yield Obstacle(
            f"postfix takes mail for {', '.join(sorted(words))} today, and site.toml does not know it",
            "add it to [mail] domains in site.toml, or take it out of main.cf",
        )
    _read_aliases(seen.host, today, within)
    for settings in (today, then):
        settings["myorigin"] = _said(seen.host, settings["myorigin"])
    # Where main.cf leaves its name out, it is the host's own, which phase 0 has looked at.
    unsaid = seen.settings("myhostname", defaults=True)["myhostname"] == today["myhostname"]
    given = {*mail.production, *(["myhostname"] if unsaid else [])}
    yield from map(_lost, changes(today, then, given, within))


def _read_aliases(host: Host, today: Mapping[str, str], within: dict[str, set[str]]) -> None:
    """Add what tables of aliases have of domains: where it is left out, virtual_alias_domains names them."""
    for table in tables(today[ALIASES]) & tables(today["virtual_alias_maps"]):
        path = text_of(table)
        held = host.find(path) if path else None
        found = alias_domains(held.data.decode("utf-8", "replace")) if held else set[str]()
        within[table] |= found - literal(today[OWN])


def _said(host: Host, value: str) -> str:
    """myorigin, which may be a file that has it in its first line (/etc/mailname)."""
    held = host.find(value) if value.startswith("/") else None
    return held.data.decode("utf-8", "replace").partition("\n")[0].strip() if held else value


def _lost(change: Change) -> Obstacle:
    line = f"{change.name} = {json.dumps(change.before, ensure_ascii=False)}"
    return Obstacle(
        f'{change.name} of main.cf is "{change.before}" today, and 7.2 would make it "{change.after}"',
        f"write `{line}` into [mail.production] of site.toml, and it stays; or bring main.cf to what 7.2 writes",
    )


def _empty(seen: MainCf, mail: Postfix) -> Iterator[Obstacle]:
    """Values of site.toml without which postfix's programs would end as soon as they read them, at 7.1 or 7.2."""
    for role, values in (("production", mail.production), ("standby", mail.standby)):
        defaults = seen.settings(*values, defaults=True) if values else {}
        for name, wanted in fatally_empty(values, defaults):
            yield Obstacle(
                f"[mail.{role}] {name} of site.toml is empty, and postfix wants {wanted} there: what reads it ends",
                f"give it a value in [mail.{role}], or leave it out there",
            )
