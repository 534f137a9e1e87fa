"""Kinds of services that checks speak of, and what a site calls them: known by their ports, whatever they are."""

from __future__ import annotations

from typing import Literal, NamedTuple

from irekae.site.site import Site

Kind = Literal["web", "names", "mailboxes", "smtp", "mail", "ssh", "fail2ban"]


class _Known(NamedTuple):
    """By which ports or process a service of site.toml is known, and what it usually is called."""

    usual: str
    ports: tuple[str, ...] = ()
    process: str = ""


_KINDS: dict[Kind, _Known] = {
    "web": _Known("apache2", ("tcp/80", "tcp/443")),
    "names": _Known("named", ("tcp/53", "udp/53")),
    "mailboxes": _Known("dovecot", ("tcp/110", "tcp/143", "tcp/993", "tcp/995")),
    "smtp": _Known("postfix", ("tcp/25",)),
    "ssh": _Known("ssh", ("tcp/22",), "sshd"),
    "fail2ban": _Known("fail2ban", (), "fail2ban-server"),
}


KINDS = tuple(_KINDS)


def names_of(site: Site, kind: Kind) -> list[str]:
    """The services of that kind, by their names in site.toml; none where it declares none."""
    if kind == "mail":
        return [name for name in (site.its_mail.service,) if name in site.services] if site.mail else []
    known = _KINDS[kind]
    return [
        name
        for name, service in site.services.items()
        if set(known.ports) & set(service.ports) or (known.process and service.process == known.process)
    ]


def init_of(site: Site, kind: Kind) -> str:
    """What the hosts call the first of them; its usual name where site.toml declares none."""
    usual = site.its_mail.service if kind == "mail" else _KINDS[kind].usual
    return next((site.services[name].init for name in names_of(site, kind)), usual)
