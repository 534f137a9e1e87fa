"""The files and folders of site.toml, as they lie on the hosts."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.model.items import On
from irekae.site.site import Site
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap

CONTROL = ("locals", "rcpthosts", "defaulthost", "me")


@each_host
def missing(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Every path of site.toml that an item reads or writes is there."""
    for path in named(host, swap.site):
        if not host.exists(path):
            yield Obstacle(f"{path} is missing", "correct its path in site.toml, or make it")


def named(host: Host, site: Site) -> list[str]:
    """The paths of site.toml that must lie on a host with its role."""
    found = [file.path for file in site.files]
    found += [site.copy.pop_secrets, site.copy.crontabs, site.dns.namedb, site.home.path]
    found += [f"{site.mail.control}/{name}" for name in CONTROL]
    return found + [mailing_list.bouncer for mailing_list in site.mail.lists if host.role is On.PRODUCTION]
