"""Mailboxes that go to the new production with the copy of /home, and those that stay with a home left alone."""

from fnmatch import fnmatchcase

from irekae.host.host import Host
from irekae.site.site import Site
from irekae.subjects.home.rsync_command import OURS

Boxes = dict[str, list[int]]
"""User → messages and bytes."""


def is_left_alone(site: Site, user: str) -> bool:
    """Does the copy pass by a user's home ([home] excludes of site.toml)."""
    return any(fnmatchcase(f"/{user}", rule.rstrip("/")) for rule in (*site.home.excludes, *OURS))


def moving(site: Site, host: Host) -> Boxes:
    """The mailboxes on a host, without those in homes that the copy leaves alone."""
    found: Boxes = host.link.ask("mailboxes", boxes=site.mailboxes)
    alone = [user for user in found if is_left_alone(site, user)]
    if alone:
        inside = f"{site.home.path}/"
        beyond = host.link.ask("mailboxes", boxes=[box for box in site.mailboxes if not box.startswith(inside)])
        for user in alone:
            del found[user]
        found |= {user: beyond[user] for user in alone if user in beyond}
    return found


def staying(site: Site, host: Host) -> Boxes:
    """The mailboxes in homes that the copy leaves alone, where there is mail in them."""
    inside = [box for box in site.mailboxes if box.startswith(f"{site.home.path}/")]
    found: Boxes = host.link.ask("mailboxes", boxes=inside)
    return {user: box for user, box in found.items() if box[0] and is_left_alone(site, user)}
