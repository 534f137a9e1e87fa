"""manual.toml: what the owner's manual says itself, written down a second time, for the acceptance suite alone.

site.toml is where the tasks take their facts from. Were the checks to read it alone, a wrong line in it would make task
and check wrong together. So the manual's own words stand beside it, in a file of their own for a site and a year; the
tasks never read it. A site may have none: its verdict then rests on site.toml alone.
"""

from pathlib import Path
from typing import Literal

import msgspec

from irekae.model.typed import converted
from irekae.site.errors import explain
from irekae.site.filling import fill, placeholders, read_toml
from irekae.site.inventory import Inventory
from irekae.site.kinds import HostName, MailAddress, Port, Positive, Word
from irekae.site.site import Site, site_path

NAME = "manual.toml"
Who = Literal["production", "standby"]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Users(_Table, frozen=True):
    """[users]: numbers of those whose accounts go over (3.4)."""

    first: Positive
    last: Positive


class Manual(_Table, frozen=True):
    """All of manual.toml; each part may be left out.

    running, not_running: services by role (9.1, 9.2); ports: where a service listens; domains: that a role takes mail
    for (7.1, 7.2); fqdn: production's own name in mail (7.2); resolv_conf: production's lines (7.6); cron_mail: the
    mail command of /etc/crontab (9.16); bouncers: the bouncer's lines of a mailing list (7.4).
    """

    running: dict[Who, list[Word]] = {}
    not_running: dict[Who, list[Word]] = {}
    ports: dict[Word, list[Port]] = {}
    domains: dict[Who, list[HostName]] = {}
    fqdn: HostName | None = None
    resolv_conf: list[str] = []
    cron_mail: str | None = None
    bouncers: dict[MailAddress, list[str]] = {}
    users: Users | None = None


def manual_path(path: Path | None = None) -> Path:
    """manual.toml beside site.toml; path: site.toml's."""
    return (path or site_path()).absolute().with_name(NAME)


def load_manual(inventory: Inventory, site: Site, path: Path | None = None) -> Manual:
    """Read manual.toml, its gaps filled as those of site.toml; without a file nothing is said in it.

    Args:
        inventory: gives {ika}, {ika.fqdn} and so on their values.
        site: gives {administrators} its value: no task reads that address.
        path: site.toml; by default what `site_path` says.

    Raises:
        SwapError: file, section and key that are wrong, and what was expected (exit status 2).
    """
    where = manual_path(path)
    if not where.exists():
        return Manual()
    raw = read_toml(where, "correct it, or take it away")
    names = placeholders(inventory) | ({"administrators": site.site.administrators} if site.site.administrators else {})
    filled = fill(raw, names, where)
    try:
        return converted(filled, Manual)
    except msgspec.ValidationError as error:
        raise explain(where, filled, Manual, error) from None
