"""Which mail system the site has, and its adapter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from irekae.site.site import Service, Site
from irekae.subjects.mail.adapter import MailSystem
from irekae.subjects.mail.exim import EximSystem
from irekae.subjects.mail.postfix import PostfixSystem
from irekae.subjects.mail.qmail import QmailSystem

SYSTEMS: dict[str, Callable[[Site, Any], MailSystem]] = {
    "qmail": QmailSystem,
    "postfix": PostfixSystem,
    "exim4": EximSystem,
}


def system_of(site: Site) -> MailSystem:
    """The adapter of the site's mail system."""
    mail = site.its_mail
    return SYSTEMS[mail.system](site, mail)


def service_of(site: Site) -> Service:
    """The service of site.toml that is the mail system's."""
    mail = site.its_mail
    return site.services[mail.service]
