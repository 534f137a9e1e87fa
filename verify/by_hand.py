"""Commands that remedies name: by the host's own service manager, of the services as site.toml calls them."""

from __future__ import annotations

from typing import Literal, NamedTuple

from irekae.site.site import Site
from verify.finding import Finding
from verify.world import Server

Kind = Literal["web", "names", "mailboxes", "smtp", "mail", "ssh", "fail2ban"]
Verb = Literal["start", "stop", "restart", "reload", "status"]


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


def init_of(site: Site, kind: Kind) -> str:
    """What site.toml calls a service; its usual name where it declares none."""
    if kind == "mail":
        service = site.services.get(site.its_mail.service)
        return service.init if service else site.its_mail.service
    known = _KINDS[kind]
    for service in site.services.values():
        if set(known.ports) & set(service.ports) or (known.process and service.process == known.process):
            return service.init
    return known.usual


def manage(systemd: bool, verb: Verb, init: str) -> str:
    """The command for a service by its name."""
    return f"systemctl {verb} {init}" if systemd else f"service {init} {verb}"


def act(server: Server, verb: Verb, kind: Kind) -> str:
    """The command for a service of the site on a host."""
    return manage(_by_systemd(server), verb, init_of(server.world.site, kind))


def turn_off(server: Server, kind: Kind) -> str:
    """The command that stops a service for good."""
    init = init_of(server.world.site, kind)
    if _by_systemd(server):
        return f"systemctl disable --now {init}"
    return f"{manage(False, 'stop', init)}; update-rc.d {init} disable"


def log_of(server: Server, kind: Kind) -> str:
    """Where a service says what it lacks."""
    return f"journalctl -u {init_of(server.world.site, kind)}" if _by_systemd(server) else "/var/log"


def _by_systemd(server: Server) -> bool:
    """By what the host says of itself; `service`, which knows both, where it says nothing."""
    try:
        return server.facts.systemd
    except Finding:
        return False
