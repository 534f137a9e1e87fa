"""bind that was built by hand, as the manual's: its data lie where [dns] namedb says, named.conf beside that folder."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import ClassVar

from irekae.host.host import Host
from irekae.site.site import Site, needed
from irekae.subjects.name_server.conf import Zone

TOOLS = ("/usr/local/bind/sbin", "/usr/local/bind/bin")  # not in root's PATH


class BuiltBind:
    """bind below /usr/local."""

    name: ClassVar[str] = "built"

    def has(self, host: Host, site: Site) -> bool:
        """Site.toml says where its data lie: nobody else could."""
        return bool(site.dns and site.dns.namedb)

    def conf(self, host: Host, site: Site) -> str:
        """Beside the folder with the data."""
        return f"{posixpath.dirname(_namedb(site))}/named.conf"

    def tool(self, host: Host, name: str) -> str:
        """Where it was built, else as root's PATH has it."""
        return next((path for path in (f"{folder}/{name}" for folder in TOOLS) if host.exists(path)), name)

    def folders(self, host: Host, site: Site, zones: Sequence[Zone]) -> list[str]:
        """The manual's one."""
        return [_namedb(site)]


def _namedb(site: Site) -> str:
    return needed(needed(site.dns).namedb)
