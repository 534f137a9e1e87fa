"""[mail]: the mail system, its domains, and the settings that it has by its role."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from irekae.host.editors import HostNames
from irekae.site.mail import Exim, Postfix
from irekae.subjects.first_site import stores
from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.first_site.page import Page, plain
from irekae.subjects.first_site.served import HOST
from irekae.subjects.first_site.services import MAIL_SYSTEMS, Daemon
from irekae.subjects.mail.address_classes import ALIASES, OWN, RELAYED, alias_domains, is_itself, tables, words
from irekae.subjects.mail.exim import MACROS
from irekae.subjects.mail.origin import is_own, of_exim
from irekae.subjects.mail.tables import text_of

EXIM = "/etc/exim4/update-exim4.conf.conf"
QMAIL = "/var/qmail"
# Whose domains [mail.production] names beside those that are the host's own.
CLASSES = {
    "postfix": ("virtual_mailbox_domains", "virtual_alias_domains", "relay_domains"),
    "exim4": ("dc_relay_domains",),
}
LOCALS = "dc_other_hostnames"
_NAME = re.compile(r"[A-Za-z0-9_-]+")  # of a setting, as site.toml takes it
_OF_MACHINE = re.compile(r"\w+_[ug]id_maps|my(hostname|networks)")  # numbers and addresses of one machine


def system_of(daemons: Mapping[str, Daemon]) -> str:
    """The mail system among what runs, "" for none."""
    return next((name for name in MAIL_SYSTEMS if name in daemons), "")


def domains_of(eyes: Eyes, system: str) -> list[str]:
    """The mail domains of a mail system's own configuration."""
    if system == "postfix":
        found = words("\n".join(_expanded(eyes, name) for name in (OWN, *CLASSES[system])))
        found += sorted(_of_aliases(eyes))
    elif system == "exim4":
        found = _of_exim(settings_of(eyes, system).get(LOCALS, ""))
    else:
        found = eyes.text(f"{QMAIL}/control/locals").split()
    return list(dict.fromkeys(word for word in found if _is_domain(word)))


def _is_domain(word: str) -> bool:
    """Is it a domain that a person may write to; others are right in the system's own settings alone."""
    return HOST.fullmatch(word) is not None and not is_itself(word)


def _of_exim(value: str) -> list[str]:
    return [word for word in re.split(r"[:;\s]+", value) if word]


def _expanded(eyes: Eyes, name: str) -> str:
    """A parameter of postfix's with the others filled in."""
    return eyes.said("postconf", "-x", "-h", name).strip()


def _of_aliases(eyes: Eyes) -> set[str]:
    """Domains in the tables of aliases, of which virtual_alias_domains is made where main.cf leaves it out."""
    both = tables(_expanded(eyes, ALIASES)) & tables(_expanded(eyes, "virtual_alias_maps"))
    texts = [eyes.text(path) for table in both if (path := text_of(table))]
    return set().union(*map(alias_domains, texts))


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
    system = system_of(daemons)
    if not system:
        for one in (one for one in daemons.values() if one.kind in ("mail", "box")):
            known = ", ".join(MAIL_SYSTEMS)
            page.say(f"{one.process} has to do with mail on {eyes.entry.name}; [mail] knows {known}: none was found")
        return
    page.table("mail", seen=f"{system} runs on {eyes.entry.name}")
    page.key("system", system)
    if system == "qmail":
        page.key("control", f"{QMAIL}/control")
        page.key("bin", f"{QMAIL}/bin")
    domains = domains_of(eyes, system)
    if domains:
        page.key("domains", domains, "the mail system's configuration")
    else:  # without any [mail] would not load
        ask = "the domains that production takes mail for: looking finds none (without any, delete all of [mail])"
        page.key("domains", [pair[0].fqdn], ask=ask)
    box = eyes.said("postconf", "-h", "home_mailbox").strip().rstrip("/") if system == "postfix" else ""
    page.key("maildir", box or "Maildir", "postconf home_mailbox" if box else "")
    _boxes(page, eyes)
    _origin(page, system, other, pair[1])
    _roles(page, system, (eyes, other), pair)


def _origin(page: Page, system: str, eyes: Eyes, own: HostNames) -> None:
    """The domain of what the standby's programs send without one, which 7.1 would else take of the administrators."""
    if system == "qmail":
        return  # its 7.1 knows no such key
    if system == "postfix":
        said = _expanded(eyes, "myorigin")
        names = (*own.names, _expanded(eyes, "myhostname"))
    else:
        split = settings_of(eyes, system).get("dc_use_split_config") == "true"
        said, names = of_exim(eyes.text(f"/etc/exim4/{MACROS[split]}").encode(), "/etc/mailname"), own.names
    domain = next(iter(eyes.text(said).split()), "") if said.startswith("/") else said
    if HOST.fullmatch(domain) and not is_own(domain, names):
        page.key("origin", domain, f"of what programs of {eyes.entry.name} send without a domain today")


def _boxes(page: Page, eyes: Eyes) -> None:
    """mailboxes, where some lie elsewhere than a site has them without that key."""
    found = stores.look(eyes, stores.stores_of(eyes))
    usual = next(one.default for one in msgspec.structs.fields(Postfix) if one.name == "mailboxes")
    further = [one for one in found.patterns if one not in usual]
    if len(further) > stores.MOST:
        page.ask(f"mailboxes: {len(further)} folders of {eyes.entry.name} hold users' mail, as {further[0]}: name each")
    elif further:
        page.key("mailboxes", [*usual, *further], f"{found.maildirs} maildirs outside the users' homes")
    for path in found.others:
        page.say(
            f"{path} holds folders, and looking finds neither maildirs nor files that postfix names in them: what lies "
            "there goes over, and nobody counts it (mailboxes)"
        )


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
    kept = _as_7_2_would_not(both[0], system, here, pair[0])
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


def _as_7_2_would_not(eyes: Eyes, system: str, given: Mapping[str, str], own: HostNames) -> dict[str, str]:
    """Settings of production that 7.2 writes in any case, and otherwise than they are: where it listens, whose mail is
    its own. Addresses and names stay with the name of production, so they are right on either machine."""
    if system != "postfix":
        others = [word for word in _of_exim(given.get(LOCALS, "")) if not _is_domain(word) and not is_itself(word)]
        names = [*([LOCALS] if others else []), "dc_local_interfaces", *CLASSES.get(system, ())]
        return {name: given[name] for name in names if given.get(name)}
    classes = _classes(eyes, given)
    now = _with_unset(eyes, system, ["inet_interfaces", "myorigin", *classes], given)
    usual = {"inet_interfaces": ("all",), "myorigin": ("$myhostname", own.fqdn)}
    kept = {name: now[name] for name in usual if now.get(name, "") not in ("", *usual[name])}
    full = own.fqdn.lower()
    itself = ("", full, full.partition(".")[0])
    if "myhostname" in given and _expanded(eyes, "myhostname").lower().rstrip(".") not in itself:
        kept["myhostname"] = given["myhostname"]
    for name in classes:
        if value := now.get(name):
            # Its words must be known beforehand: 7.2 takes every other domain for the host's own.
            kept[name] = value if plain([value]) else _expanded(eyes, name) or value
    return kept


def _classes(eyes: Eyes, given: Mapping[str, str]) -> list[str]:
    """The parameters by which postfix takes mail otherwise than [mail] domains say (`address_classes.changes`): those
    that main.cf gives, tables that their defaults name, and its own where these are not domains that all know."""
    further = [name for name in CLASSES["postfix"] if name in given or (name != RELAYED and _by_default(eyes, name))]
    own = words(_expanded(eyes, OWN))
    looked_up = any(tables(_expanded(eyes, name)) for name in (OWN, *further))
    others = [word for word in own if not _is_domain(word) and not is_itself(word)]
    return [*([OWN] if looked_up or others else []), *further]


def _by_default(eyes: Eyes, name: str) -> bool:
    """Does its default name tables with domains in them."""
    return bool(_of_aliases(eyes) if name == ALIASES else tables(_expanded(eyes, name)))


def _is_own(name: str, values: tuple[str, str], pair: tuple[HostNames, HostNames]) -> bool:
    """Is a setting one machine's own, or such that site.toml could not say it."""
    words = {word for host in pair for word in host.forms}
    named = any(word in value for value in values for word in words)
    return named or _OF_MACHINE.fullmatch(name) is not None or len(plain(values)) < len(values)
