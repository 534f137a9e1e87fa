"""How each item is done by hand, looked at and mended, with this site's facts (steps.toml): for the manual on paper."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from irekae.host.services import ServiceManager, Verb
from irekae.model.language import Lang
from irekae.model.typed import converted
from irekae.site.inventory import Inventory
from irekae.site.site import Qmail, Site, Tree, Web

Values = dict[str, str | None]
"""Gap → its text; None of what this site has not."""
_FILE = Path(__file__).with_name("steps.toml")
USUAL = "qmail"  # the mail system of steps.toml
_COMMENT = re.compile(r"((?:^|\s)# )(.*)$")
_GAP = re.compile(r"\{([\w.]+)\}")


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the manual says of an item: commands by hand, what to look at then, and what to do where it is not so."""

    hand: list[str]
    check: str
    check_ja: str
    remedy: str
    remedy_ja: str


@cache
def steps(system: str = USUAL) -> dict[str, Step]:
    """Return what steps.toml says, by the item's number; steps_mail.toml has the word for another mail system."""
    usual = {name: step for name, step in _told().items() if name not in ("undo", "comments")}
    return converted({**usual, **_of_systems().get(system, {})}, dict[str, Step])


@cache
def _of_systems() -> dict[str, dict[str, Any]]:
    return tomllib.loads(_FILE.with_name("steps_mail.toml").read_text(encoding="utf-8"))


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def by_hand(step: Step, lang: Lang) -> list[str]:
    """Return the commands of a step, what stands behind a # in them in `lang`."""
    comments: dict[str, str] = _told()["comments"] if lang == "ja" else {}

    def said(found: re.Match[str]) -> str:
        return found[1] + comments.get(found[2], found[2])

    return [_COMMENT.sub(said, line) for line in step.hand]


def undo(text: str, lang: Lang) -> str:
    """Return how an item is taken back, in `lang`; raises KeyError for a text that steps.toml lacks."""
    return str(_told()["undo"][text]) if lang == "ja" else text


def filled(text: str, values: Values) -> Iterator[str]:
    """Yield the lines of `text` with its gaps filled in; none with a gap for what this site has not.

    Raises KeyError for a gap that has no name in `values`.
    """
    for line in text.split("\n"):
        if all(values[gap[1]] is not None for gap in _GAP.finditer(line)):
            yield from _GAP.sub(lambda gap: str(values[gap[1]]), line).split("\n")


class By(NamedTuple):
    """What carries things out on a host: its service manager; what is typed there to bring the network up anew, and to
    ask who holds the pair's addresses, a line each."""

    services: ServiceManager
    network: str
    holders: str


def on_both(one: By, other: By, names: Sequence[str]) -> By:
    """The same for an item that acts on both: what differs is told with the host's name behind it."""
    behind = [f"    # {name}" for name in names]
    same = [one.network == other.network, one.holders == other.holders]
    network = one.network if same[0] else f"{one.network}{behind[0]}\n{other.network}{behind[1]}"
    holders = one.holders if same[1] else f"{one.holders}{behind[0]}\n{other.holders}{behind[1]}"
    return By(one.services, network, holders)


def values_of(inventory: Inventory, site: Site, day: str, by: By) -> Values:
    """Return the value of every gap; day: YYYYMMDD; by: of the host where the item acts."""
    found: Values = {
        "day": day,
        **_of_hosts(inventory),
        **_of_mail(site),
        **_of_files(site),
        **_of_web(site),
        **_of_backups(site),
        **_of_services(site, by),
        **_of_host(site, by),
    }
    found["tree_copies"] = "\n".join(_by_hand(tree, inventory.standby.name) for tree in site.trees) or None
    found |= {
        "operators": ":".join(site.site.operators),
        "warning": site.phase1.warning,
        "term_wait": str(site.phase1.term_wait),
        "scheduled": " ".join(site.phase1.files) or None,
        "timers": " ".join(site.phase1.timers) or None,
        "uid_min": str(site.accounts.uid_min),
        "uid_max": str(site.accounts.uid_max),
        "lease": str(site.root_door.lease),
        "confirm_within": str(site.network.confirm_within),
        "jail": site.fail2ban.jail if site.fail2ban else None,
    }
    return found


def _by_hand(tree: Tree, standby: str) -> str:
    """The dry run of a tree's copy; owners go by name."""
    rules = "".join(f"--exclude={shlex.quote(rule)} " for rule in tree.excludes)
    return f"rsync -aHAXxn{'c' * tree.checksum} --delete {rules}{tree.path}/ root@{standby}:{tree.path}/"


def _of_hosts(inventory: Inventory) -> Values:
    found: Values = {}
    for role, entry in (("production", inventory.production), ("standby", inventory.standby)):
        found |= {role: entry.name, f"{role}.fqdn": entry.fqdn, f"{role}.address": entry.address}
    return found


def _of_mail(site: Site) -> Values:
    lists, mail = site.lists, site.mail
    return {
        "administrators": site.site.administrators,
        "control": mail.conf if mail else None,
        "qmail": mail.bin.removesuffix("/bin") if isinstance(mail, Qmail) else None,
        "domains": ", ".join(site.domains) or None,
        "maildir": mail.maildir if mail else None,
        "mail_origin": site.mail_origin if mail else None,
        "pause_units": " ".join(one.init for one in site.services_of(site.service_items.pause)) or None,
        "boot_units": " ".join(one.init for one in site.services_of(site.service_items.boot_mail)) or None,
        "bouncer": " ".join(one.bouncer for one in lists if one.bouncer) or None,
        "bouncer_lines": "\n".join(line for one in lists for line in one.bouncer_lines) or None,
        "list": ", ".join(one.address for one in lists) or None,
        "pop_user": site.pop.user if site.pop else None,
    }


def _of_host(site: Site, by: By) -> Values:
    """What is typed on a host of that kind; `sysvinit` and `systemd` begin a line that is for such hosts alone."""
    mail = site.services.get(site.mail.service) if site.mail else None
    units = [site.services[one.service].init for one in site.databases]
    typed, log = by.services.by_hand, by.services.log(mail.init) if mail else ""
    systemd = by.services.name == "systemd"
    return {
        "sysvinit": None if systemd else "",
        "systemd": "" if systemd else None,
        "restart_ssh": typed("restart", _named(site, "sshd", "ssh")),
        "restart_fail2ban": typed("restart", _named(site, "fail2ban-server", "fail2ban")),
        "restart_mail": typed("restart", mail.init) if mail else None,
        "restart_network": by.network,
        "ask_holders": by.holders,
        "mail_log": f"`{log}`" if log else "/var/log/mail.log",
        "start_name": typed("start", "NAME"),
        "databases_on": "; ".join(typed("on", unit) for unit in units) or None,
        "databases_off": "; ".join(typed("off", unit) for unit in units) or None,
    }


_MAILBOXES = {"tcp/110", "tcp/143", "tcp/993", "tcp/995"}


def _named(site: Site, process: str, usual: str) -> str:
    return next((one.init for one in site.services.values() if one.process == process), usual)


def _of_services(site: Site, by: By) -> Values:
    items, services = site.service_items, site.services.items()

    def each(names: list[str], verb: Verb) -> str | None:
        return "; ".join(by.services.by_hand(verb, one.init) for one in site.services_of(names)) or None

    name_server = next((service.init for service in site.services_of(items.boot_dns)), None)
    pop = next((one.init for one in site.services.values() if _MAILBOXES & set(one.ports)), None)
    return {
        "stop": each(items.pause, "stop"),
        "disable_retired": each(items.retire, "disable"),
        "enable_mail": each(items.boot_mail, "enable"),
        "enable_web": each(items.boot_web, "enable"),
        "dns_service": name_server,
        "retire_dns": each(items.retire_dns, "off"),
        "pop_service": pop,
        "apop": "" if site.pop and site.pop.apop else None,
        "no_apop": "" if site.pop and not site.pop.apop else None,
        "processes": "|".join(service.process for _, service in services if service.process),
        "on_production": ", ".join(name for name, service in services if service.production == "on"),
        "on_standby": ", ".join(name for name, service in services if service.standby == "on"),
    }


def _of_backups(site: Site) -> Values:
    scripts = site.backup.scripts if site.backup else []
    return {
        "backup_user": site.backup.user if site.backup else None,
        "backup_scripts": "\n".join(f"{one.script} -n" for one in scripts) or None,
        "backup_logs": " ".join(one.log for one in scripts) or None,
    }


def _of_files(site: Site) -> Values:
    home = site.home
    return {
        "home": home.path if home else None,
        "excludes": " ".join(f"--exclude={shlex.quote(rule)}" for rule in home.excludes) if home else None,
        "crontabs": site.copy.crontabs,
        "pop_secrets": site.copy.pop_secrets,
        "sshd_config": site.root_door.sshd_config,
        "state": site.site.state,
        "trees": " ".join(site.leftovers.trees) if site.leftovers else None,
        "name_files": "\n".join(one.path for one in site.files if one.bears_names),
        "address_files": ", ".join(one.path for one in site.files if one.addresses),
    }


def _of_web(site: Site) -> Values:
    web = site.web or Web()
    return {
        "service_name": site.site.service_name,
        "search": site.dns.search if site.dns else None,
        "ttl_during": str(site.dns.ttl_during) if site.dns and site.dns.ttl_during else None,
        "namedb": (site.dns.namedb or "/etc/bind") if site.dns else None,
        "page": web.pages[0].url if web.pages else None,
        "hiki": web.hiki.url if web.hiki else None,
        "gate": web.gate.url if web.gate else None,
        "httpd_conf": web.httpd_conf,
    }
