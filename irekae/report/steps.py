"""How each item is done by hand, looked at and mended, with this site's facts (steps.toml): for the manual on paper."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from irekae.model.language import Lang
from irekae.site.inventory import Inventory
from irekae.site.site import Qmail, Site

_FILE = Path(__file__).with_name("steps.toml")
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
def steps() -> dict[str, Step]:
    """Return what steps.toml says, by the item's number."""
    return msgspec.convert(
        {name: step for name, step in _told().items() if name not in ("undo", "comments")}, dict[str, Step]
    )


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


def filled(text: str, values: dict[str, str]) -> Iterator[str]:
    """Yield the lines of `text` with its gaps filled in; raises KeyError for a gap that has no value."""
    yield from _GAP.sub(lambda gap: values[gap[1]], text).split("\n")


def values_of(inventory: Inventory, site: Site, day: str) -> dict[str, str]:
    """Return the value of every gap; day: YYYYMMDD."""
    found = {"day": day, **_of_hosts(inventory), **_of_mail(site), **_of_files(site), **_of_web(site)}
    found |= {
        "operators": ":".join(site.site.operators),
        "warning": site.phase1.warning,
        "term_wait": str(site.phase1.term_wait),
        "scheduled": " ".join(site.phase1.scheduled),
        "uid_min": str(site.accounts.uid_min),
        "uid_max": str(site.accounts.uid_max),
        "lease": str(site.root_door.lease),
        "interface": site.network.interface,
        "confirm_within": str(site.network.confirm_within),
        "jail": site.fail2ban.jail,
        "backup_user": site.backup.user,
        "backup_scripts": "\n".join(f"{one.script} -n" for one in site.backup.scripts),
        "backup_logs": " ".join(one.log for one in site.backup.scripts),
    }
    return found


def _of_hosts(inventory: Inventory) -> dict[str, str]:
    found: dict[str, str] = {}
    for role, entry in (("production", inventory.production), ("standby", inventory.standby)):
        found |= {role: entry.name, f"{role}.fqdn": entry.fqdn, f"{role}.address": entry.address}
    return found


def _of_mail(site: Site) -> dict[str, str]:
    lists = site.mail.lists
    return {
        "administrators": site.site.administrators,
        "control": site.mail.conf,
        "qmail": site.mail.bin.removesuffix("/bin") if isinstance(site.mail, Qmail) else "",
        "domains": ", ".join(site.mail.domains),
        "maildir": site.mail.maildir,
        "bouncer": " ".join(one.bouncer for one in lists if one.bouncer),
        "bouncer_lines": "\n".join(line for one in lists for line in one.bouncer_lines),
        "list": ", ".join(one.address for one in lists),
        "pop_user": site.pop.user,
    }


def _of_files(site: Site) -> dict[str, str]:
    return {
        "home": site.home.path,
        "excludes": " ".join(f"--exclude={shlex.quote(rule)}" for rule in site.home.excludes),
        "crontabs": site.copy.crontabs,
        "pop_secrets": site.copy.pop_secrets,
        "sshd_config": site.root_door.sshd_config,
        "state": site.site.state,
        "trees": " ".join(site.leftovers.trees),
        "name_files": "\n".join(one.path for one in site.files if one.names),
        "address_files": ", ".join(one.path for one in site.files if one.addresses),
    }


def _of_web(site: Site) -> dict[str, str]:
    return {
        "service_name": site.site.service_name,
        "search": site.dns.search,
        "namedb": site.dns.namedb,
        "page": site.web.pages[0].url if site.web.pages else "",
        "hiki": site.web.hiki.url,
        "gate": site.web.gate.url,
        "httpd_conf": site.web.httpd_conf,
    }
