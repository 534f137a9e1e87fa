"""Services: which commands to run on a host and what their answers mean, for sysvinit and systemd alike. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from irekae.host.services.state import Answer, Argv, Links, ServiceManager, ServiceState, Verb
from irekae.host.services.systemd import Systemd, uncounted
from irekae.host.services.sysvinit import Sysvinit

__all__ = [
    "Answer",
    "Argv",
    "Links",
    "ServiceManager",
    "ServiceState",
    "Systemd",
    "Sysvinit",
    "Verb",
    "choose",
    "typed",
    "uncounted",
]


def choose(facts: Mapping[str, bool]) -> ServiceManager:
    """The manager of a host. facts["systemd"]: whether /run/systemd/system is there (see sd_booted(3))."""
    return Systemd() if facts["systemd"] else Sysvinit()


def typed(commands: Sequence[Argv]) -> str:
    """Commands as a person types them, on one line."""
    return "; ".join(map(shlex.join, commands))
