"""[mail]: the mail system, its domains, and the settings that it has by its role."""

from __future__ import annotations

import re
from collections.abc import Mapping

from irekae.host.editors import HostNames
from irekae.site.mail import Exim, Postfix
from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.first_site.page import Page, plain
from irekae.subjects.first_site.served import HOST
from irekae.subjects.first_site.services import MAIL_SYSTEMS, Daemon

EXIM = "/etc/exim4/update-exim4.conf.conf"
QMAIL = "/var/qmail"
# Whose domains [mail.production] names beside those that are the host's own.
CLASSES = {
    "postfix": ("virtual_mailbox_domains", "virtual_alias_domains", "relay_domains"),
    "exim4": ("dc_relay_domains",),
}
_OF_MACHINE = re.compile(r"\w+_[ug]id_maps|my(hostname|networks)")  # numbers and addresses of one machine


def domains_of(eyes: Eyes, system: str) -> list[str]:
    """The mail domains of a mail system's own configuration."""
    if system == "postfix":
        words = eyes.said("postconf", "-x", "-h", "mydestination", *CLASSES["postfix"])
        found = re.split(r"[,\s]+", words)
    elif system == "exim4":
        found = re.split(r"[:;\s]+", settings_of(eyes, system).get("dc_other_hostnames", ""))
    else:
        found = eyes.text(f"{QMAIL}/control/locals").split()
    kept = [word for word in found if HOST.fullmatch(word) and not word.startswith("localhost")]
    return list(dict.fromkeys(kept))


def settings_of(eyes: Eyes, system: str) -> dict[str, str]:
    """What its file sets: main.cf of postfix, exim4's of Debian."""
    if system == "postfix":
        split = (line.partition("=") for line in eyes.said("postconf", "-n").splitlines())
        return {name.strip(): value.strip() for name, equals, value in split if equals}
    found = re.findall(r"^(dc_[a-z_]+)=['\"]?([^'\"\n]*)", eyes.text(EXIM), re.MULTILINE)
    return dict(found) if system == "exim4" else {}


def tell(page: Page, eyes: Eyes, other: Eyes, daemons: Mapping[str, Daemon], pair: tuple[HostNames, HostNames]) -> None:
    """The table of the system that takes mail.

    Args:
        page: is written to.
        eyes, other: production and standby.
        daemons: what runs on production.
        pair: names and addresses of the two.
    """
    system = next((name for name in MAIL_SYSTEMS if name in daemons), "")
    if not system:
        for one in (one for one in daemons.values() if one.kind == "mail"):
            known = ", ".join(MAIL_SYSTEMS)
            page.say(f"{one.process} takes mail on {eyes.entry.name}; [mail] knows {known}: none was found")
        return
    page.table("mail", seen=f"{system} runs on {eyes.entry.name}")
    page.key("system", system)
    if system == "qmail":
        page.key("control", f"{QMAIL}/control")
        page.key("bin", f"{QMAIL}/bin")
    domains = domains_of(eyes, system)
    ask = "" if domains else "the domains that production takes mail for"
    page.key("domains", domains, "the mail system's configuration", ask)
    box = eyes.said("postconf", "-h", "home_mailbox").strip().rstrip("/") if system == "postfix" else ""
    page.key("maildir", box or "Maildir", "postconf home_mailbox" if box else "")
    _roles(page, system, (settings_of(eyes, system), settings_of(other, system)), pair)


def _roles(
    page: Page, system: str, both: tuple[Mapping[str, str], Mapping[str, str]], pair: tuple[HostNames, HostNames]
) -> None:
    """[mail.production] and [mail.standby]: in what the two differ today, but for what is one machine's own."""
    kind = Postfix if system == "postfix" else Exim
    here, there = both
    differ = sorted(name for name in {*here, *there} if here.get(name, "") != there.get(name, ""))
    further = [name for name in differ if name not in kind.for_both]
    roles = [name for name in further if not _is_own(name, (here.get(name, ""), there.get(name, "")), pair)]
    classes = [name for name in CLASSES.get(system, ()) if here.get(name)]
    for role, names, values in (("production", [*classes, *roles], here), ("standby", roles, there)):
        if names:
            page.table("mail", role, seen="in what the two hosts' settings differ, by role")
        for name in names:
            page.key(name, values.get(name, ""))
    if left := [name for name in further if name not in roles]:
        page.say(f"differ too, and are taken for each machine's own: {', '.join(left)}")


def _is_own(name: str, values: tuple[str, str], pair: tuple[HostNames, HostNames]) -> bool:
    """Is a setting one machine's own, or such that site.toml could not say it."""
    words = {word for host in pair for word in host.forms}
    named = any(word in value for value in values for word in words)
    return named or _OF_MACHINE.fullmatch(name) is not None or len(plain(values)) < len(values)
