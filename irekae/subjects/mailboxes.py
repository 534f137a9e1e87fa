"""Mailboxes that go to the new production with the copy of /home, and those that stay with a home left alone."""

from typing import NamedTuple

from irekae.host.host import Host
from irekae.site.site import Site, needed
from irekae.site.trees import holds
from irekae.subjects.trees.rsync_command import is_left_alone

Boxes = dict[str, list[int]]
"""User → messages and bytes."""


class Mailboxes(NamedTuple):
    """The mailboxes on a host, by user. A spool elsewhere moves, though its user's home is left alone."""

    moving: Boxes
    staying: Boxes


def home_stays(site: Site, user: str) -> bool:
    """Does the copy pass by a user's home ([home] excludes of site.toml)."""
    return site.home is not None and is_left_alone(site.home, user)


def mailboxes(site: Site, host: Host) -> Mailboxes:
    """What of the mail on a host goes along, and what does not."""
    found: Boxes = host.link.ask("mailboxes", boxes=site.mailboxes)
    alone = [user for user in found if home_stays(site, user)]
    if not alone:
        return Mailboxes(found, {})
    outside = [box for box in site.mailboxes if not holds(needed(site.home).path, box)]
    beyond: Boxes = host.link.ask("mailboxes", boxes=outside)
    staying = {}
    for user in alone:
        messages, size = found.pop(user)
        if user in beyond:
            found[user] = beyond[user]
            messages, size = messages - beyond[user][0], size - beyond[user][1]
        if messages:
            staying[user] = [messages, size]
    return Mailboxes(found, staying)
