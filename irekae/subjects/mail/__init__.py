"""The mail system of the pair: one adapter for each, chosen by [mail] system of site.toml.

An adapter says in a few verbs how local mail is drained, told, taken out of the queue and put into another one, and how
a host takes mail for the site's domains, or none. What the items do with it (`queue`) knows no mail system. To add one,
write a table in irekae/site/mail.py, a module here with a class like `PostfixSystem`, and put it into `SYSTEMS`;
tests/unit/subjects/mail/test_contract.py asks each the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from irekae.site.site import Service, Site
from irekae.subjects.mail.adapter import MailSystem, Message
from irekae.subjects.mail.exim import EximSystem
from irekae.subjects.mail.postfix import PostfixSystem
from irekae.subjects.mail.qmail import QmailSystem

__all__ = ["SYSTEMS", "MailSystem", "Message", "service_of", "system_of"]

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
