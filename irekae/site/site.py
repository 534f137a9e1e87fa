"""site.toml: what the site is, each fact once, typed when loaded."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from irekae.model.errors import wrong_use
from irekae.site.databases import wrong_databases
from irekae.site.errors import Step, explain, place
from irekae.site.inventory import Inventory
from irekae.site.mail import Exim, Mail, MailingList, Postfix, Qmail, with_default
from irekae.site.parts import needed
from irekae.site.serving import (
    Announce,
    Answer,
    Backup,
    BackupScript,
    Dns,
    Fail2ban,
    Gate,
    Hiki,
    Page,
    Pop,
    Web,
)
from irekae.site.tables import (
    Accepting,
    AccountRange,
    Boot,
    Copy,
    General,
    Leftovers,
    NamedFile,
    Network,
    Phase1,
    RootDoor,
    Service,
    ServiceItems,
    Site,
)
from irekae.site.trees import Home, Tree, TreeLeft, wrong

__all__ = [
    "Accepting",
    "AccountRange",
    "Announce",
    "Answer",
    "Backup",
    "BackupScript",
    "Boot",
    "Copy",
    "Dns",
    "Exim",
    "Fail2ban",
    "Gate",
    "General",
    "Hiki",
    "Home",
    "Leftovers",
    "Mail",
    "MailingList",
    "NamedFile",
    "Network",
    "Page",
    "Phase1",
    "Pop",
    "Postfix",
    "Qmail",
    "RootDoor",
    "Service",
    "ServiceItems",
    "Site",
    "Tree",
    "TreeLeft",
    "Web",
    "load_site",
    "needed",
    "site_path",
]

NEEDED = ("ssh",)  # services that items restart by name, beside the mail system's


def site_path() -> Path:
    """site.toml of the environment (`IREKAE_SITE`), or of the current folder."""
    return Path(os.environ.get("IREKAE_SITE", "site.toml"))


def load_site(inventory: Inventory, path: Path | None = None) -> Site:
    """Read site.toml and fill in the addresses and full names of hosts.ini.

    Args:
        inventory: gives {ika}, {ika.fqdn} and so on their values.
        path: the file; by default what `site_path` says.

    Raises:
        SwapError: file, section and key that are wrong, and what was expected (exit status 2).
    """
    path = (path or site_path()).absolute()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise wrong_use(f"{path} cannot be read", str(error), "set IREKAE_SITE or stand where site.toml is") from None
    except tomllib.TOMLDecodeError as error:
        raise wrong_use(f"{path} is not TOML", str(error), "correct that line and call again") from None
    raw = with_default(raw)
    filled = _fill(raw, raw, _placeholders(inventory), path, [])
    try:
        site = msgspec.convert(filled, Site)
    except msgspec.ValidationError as error:
        raise explain(path, filled, Site, error) from None
    _cross_check(path, site)
    return site


def _placeholders(inventory: Inventory) -> dict[str, str]:
    values = {}
    named = {host.name: host for host in inventory.pair}
    named |= {group: hosts[0] for group in ("backup", "outside") if (hosts := inventory.group(group))}
    for name, host in named.items():
        values[name] = host.address
        values[f"{name}.fqdn"] = host.fqdn
    return values


def _fill(value: Any, raw: Any, names: dict[str, str], path: Path, steps: list[Step]) -> Any:
    if isinstance(value, dict):
        return {key: _fill(inner, raw, names, path, [*steps, key]) for key, inner in value.items()}
    if isinstance(value, list):
        return [_fill(inner, raw, names, path, [*steps, index]) for index, inner in enumerate(value)]
    if not isinstance(value, str):
        return value

    def one(match: re.Match[str]) -> str:
        if match[1] not in names:
            known = ", ".join(f"{{{name}}}" for name in names)
            raise wrong_use(f"{path}: {place(raw, steps)}: unknown placeholder {match[0]}", f"known: {known}")
        return names[match[1]]

    return re.sub(r"\{([A-Za-z0-9_.-]+)\}", one, value)


def _cross_check(path: Path, site: Site) -> None:
    """What each key alone does not tell.

    Raises:
        SwapError: two facts contradict each other.
    """
    known = f"known: {', '.join(site.services)}"
    for name in (*NEEDED, *([site.mail.service] if site.mail else [])):
        if name not in site.services:
            raise wrong_use(f"{path}: [services.{name}]: this section is missing", "phases 2, 4 and 7 restart it")
    for field in msgspec.structs.fields(ServiceItems):
        for service in getattr(site.service_items, field.name):
            if service not in site.services:
                raise wrong_use(f"{path}: [service_items] {field.name}: no service {service!r}", known)
    if site.mail and not isinstance(site.mail, Qmail) and site.mail.one_way:
        told = f"[mail.standby] {site.mail.one_way[0]}: [mail.production] lacks it, so it would stay for ever"
        raise wrong_use(f"{path}: {told}", hint="write down what production has there")
    if site.accounts.uid_min > site.accounts.uid_max:
        raise wrong_use(f"{path}: [accounts] uid_max: is below uid_min ({site.accounts.uid_min})")
    for where, why in wrong(site.all_trees, site.site.state, list(site.services)):
        raise wrong_use(f"{path}: {where}: {why}", hint="correct the file and call again")
    stopped = {key: getattr(site.service_items, key) for key in ("pause", "retire")}
    for key, why in wrong_databases(site.databases, list(site.services), stopped):
        raise wrong_use(f"{path}: [[databases]] {key}: {why}", hint="correct the file and call again")
    _refuse_twins(path, "[[trees_left]] path", [left.path for left in site.trees_left])
    _refuse_twins(path, "[[files]] path", [file.path for file in site.files])
    _refuse_twins(path, "[services] init", [service.init for service in site.services.values()])
    _refuse_twins(path, "[mail] domains", site.domains)


def _refuse_twins(path: Path, where: str, values: list[str]) -> None:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise wrong_use(
            f"{path}: {where}: {', '.join(twice)} stands there twice", hint="correct the file and call again"
        )
