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
_NAME = re.compile(r"[A-Za-z0-9_-]+")  # of a setting, as site.toml takes it
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
    _roles(page, system, (eyes, other), pair)


def _roles(page: Page, system: str, both: tuple[Eyes, Eyes], pair: tuple[HostNames, HostNames]) -> None:
    """[mail.production] and [mail.standby]: in what the two differ today, but for what is one machine's own."""
    kind = Postfix if system == "postfix" else Exim
    here, there = (settings_of(one, system) for one in both)
    differ = sorted(name for name in {*here, *there} if here.get(name, "") != there.get(name, ""))
    further = [name for name in differ if name not in kind.for_both]
    here, there = _with_unset(both[0], system, further, here), _with_unset(both[1], system, further, there)
    roles = [
        name
        for name in further
        if _NAME.fullmatch(name) and name in here and not _is_own(name, (here[name], there.get(name, "")), pair)
    ]
    kept = _as_7_2_would_not(both[0], system, here)
    for role, values in (
        ("production", {**kept, **{name: here[name] for name in roles}}),
        ("standby", {name: there[name] for name in roles if name in there}),
    ):
        if values:
            page.table("mail", role, seen="in what the two hosts' settings differ, or 7.2 would change them, by role")
        for name, value in values.items():
            ask = "" if plain([value]) else f"without braces ({value})"
            page.key(name, "" if ask else value, ask=ask)
    if left := [name for name in further if name not in roles]:
        page.say(f"differ too, and are taken for each machine's own: {', '.join(left)}")


def _with_unset(eyes: Eyes, system: str, names: list[str], given: Mapping[str, str]) -> dict[str, str]:
    """What holds on a host of these settings: of postfix its own default where main.cf says nothing, for it takes no
    empty number; what its postfix does not know at all is left out."""
    unset = [name for name in names if name not in given]
    if system != "postfix":
        return {**given, **dict.fromkeys(unset, "")}
    said = eyes.said("postconf", *unset) if unset else ""
    split = (line.partition("=") for line in said.splitlines())
    return {**given, **{name.strip(): value.strip() for name, equals, value in split if equals}}


def _as_7_2_would_not(eyes: Eyes, system: str, given: Mapping[str, str]) -> dict[str, str]:
    """Settings of production that 7.2 writes in any case, and otherwise than they are: where it listens, whose mail is
    its own. Addresses and names stay with the name of production, so they are right on either machine."""
    kept = {}
    if system == "postfix":
        now = _with_unset(eyes, system, ["inet_interfaces", "myorigin"], given)
        usual = {"inet_interfaces": ("all",), "myorigin": ("$myhostname", eyes.fqdn)}
        kept = {name: now[name] for name in usual if now.get(name, "") not in ("", *usual[name])}
    elif given.get("dc_local_interfaces"):
        kept = {"dc_local_interfaces": given["dc_local_interfaces"]}
    for name in CLASSES.get(system, ()):
        if value := given.get(name):
            # Its words must be known beforehand: 7.2 takes every other domain for the host's own.
            kept[name] = value if plain([value]) else eyes.said("postconf", "-x", "-h", name).strip() or value
    return kept


def _is_own(name: str, values: tuple[str, str], pair: tuple[HostNames, HostNames]) -> bool:
    """Is a setting one machine's own, or such that site.toml could not say it."""
    words = {word for host in pair for word in host.forms}
    named = any(word in value for value in values for word in words)
    return named or _OF_MACHINE.fullmatch(name) is not None or len(plain(values)) < len(values)
