"""Commands that remedies name: by the host's own service manager, of the services as site.toml calls them."""

from __future__ import annotations

from typing import Literal

from verify.finding import Finding
from verify.kinds import Kind, init_of
from verify.world import Server

Verb = Literal["start", "stop", "restart", "reload", "status"]


def manage(systemd: bool, verb: Verb, init: str) -> str:
    """The command for a service by its name."""
    return f"systemctl {verb} {init}" if systemd else f"service {init} {verb}"


def awaken(systemd: bool) -> str:
    """The commands for processes that somebody has stopped, or frozen with their unit."""
    return "kill -CONT PID, or systemctl thaw UNIT" if systemd else "kill -CONT PID"


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
