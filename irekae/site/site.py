"""site.toml: what the site is, each fact once, typed when loaded."""

import os
from functools import lru_cache
from pathlib import Path

import msgspec

from irekae.model.errors import wrong_use
from irekae.model.typed import converted
from irekae.site.databases import Database, wrong_databases
from irekae.site.errors import explain
from irekae.site.filling import fill, of_toml, placeholders, read_text
from irekae.site.inventory import Inventory
from irekae.site.mail import Exim, Mail, MailingList, Postfix, Qmail, with_default
from irekae.site.parts import has, needed
from irekae.site.serving import (
    Announce,
    Answer,
    Backup,
    BackupScript,
    Certificate,
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
    "Certificate",
    "Copy",
    "Database",
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
    "has",
    "load_site",
    "needed",
    "site_of",
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
    return site_of(path, read_text(path, "set IREKAE_SITE or stand where site.toml is"), inventory)


def site_of(path: Path, text: str, inventory: Inventory) -> Site:
    """What a text says that is, or would be, site.toml at a path; errors as in `load_site`."""
    return _made_of(path, text, tuple(placeholders(inventory).items()))


@lru_cache(2)
def _made_of(path: Path, text: str, names: tuple[tuple[str, str], ...]) -> Site:
    """Several parts of a command load the same site, one after the other."""
    filled = fill(with_default(of_toml(path, text)), dict(names), path)
    try:
        site = converted(filled, Site)
    except msgspec.ValidationError as error:
        raise explain(path, filled, Site, error) from None
    _cross_check(path, site)
    return site


def _cross_check(path: Path, site: Site) -> None:
    """What each key alone does not tell.

    Raises:
        SwapError: two facts contradict each other.
    """
    known, mend = f"known: {', '.join(site.services)}", "correct the file and call again"
    for number, hook in enumerate(site.hooks, 1):
        if not hook.is_one:
            raise wrong_use(f"{path}: [[hooks]] number {number}: `run` or `post` was expected, one of them", hint=mend)
        if not hook.can_be_told:
            raise wrong_use(f"{path}: [[hooks]] number {number}: `run` holds a NUL, or `post` is no address", hint=mend)
    for name in (*NEEDED, *([site.mail.service] if site.mail else [])):
        if name not in site.services:
            raise wrong_use(f"{path}: [services.{name}]: this section is missing", "phases 2, 4 and 7 restart it", mend)
    for field in msgspec.structs.fields(ServiceItems):
        for service in getattr(site.service_items, field.name):
            if service not in site.services:
                raise wrong_use(f"{path}: [service_items] {field.name}: no service {service!r}", known, mend)
    if site.mail and not isinstance(site.mail, Qmail) and site.mail.one_way:
        told = f"[mail.standby] {site.mail.one_way[0]}: [mail.production] lacks it, so it would stay for ever"
        raise wrong_use(f"{path}: {told}", hint="write down what production has there")
    for box in [box for box in site.spools if box.endswith("/")]:
        told = (
            f"[mail] mailboxes: {box} is a maildir (it ends in a slash) and lies in no [[trees]]: nothing would copy it"
        )
        raise wrong_use(f"{path}: {told}", hint="name its folder in [[trees]]")
    if site.accounts.uid_min > site.accounts.uid_max:
        raise wrong_use(f"{path}: [accounts] uid_max: is below uid_min ({site.accounts.uid_min})", hint=mend)
    for where, why in wrong(site.all_trees, site.site.state, list(site.services)):
        raise wrong_use(f"{path}: {where}: {why}", hint=mend)
    stopped = {key: getattr(site.service_items, key) for key in ("pause", "retire")}
    for key, why in wrong_databases(site.databases, list(site.services), stopped):
        raise wrong_use(f"{path}: [[databases]] {key}: {why}", hint=mend)
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
