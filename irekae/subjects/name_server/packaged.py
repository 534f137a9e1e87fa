"""bind9 of a distribution's package: its tools know where named.conf is, and that says where the zones' files are."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from typing import ClassVar

from irekae.host.host import Host
from irekae.site.site import Site
from irekae.site.trees import holds, is_system_folder
from irekae.subjects.name_server.conf import Zone

CONF = "/etc/bind/named.conf"
_GIVEN = re.compile(r"(?:^|\s)-c\s*(/\S+)")


class PackagedBind:
    """bind9 of the package."""

    name: ClassVar[str] = "packaged"

    def has(self, host: Host, site: Site) -> bool:
        """Nothing was said of another."""
        return not (site.dns and site.dns.namedb)

    def conf(self, host: Host, site: Site) -> str:
        """What named was told to read, where it was told something (OPTIONS of /etc/default/named)."""
        given = _GIVEN.search(host.look("ps", "-C", "named", "-o", "args=").text)
        return given[1] if given else ""

    def tool(self, host: Host, name: str) -> str:
        """In root's PATH."""
        return name

    def folders(self, host: Host, site: Site, zones: Sequence[Zone]) -> list[str]:
        """That of named.conf and those of the zones' files, wherever they are; none of the system's own."""
        conf = self.conf(host, site) or CONF
        found = sorted({posixpath.dirname(path) for path in (conf, *(zone.file for zone in zones))})
        own = [folder for folder in found if not is_system_folder(folder)]
        return [one for one in own if not any(holds(other, one) for other in own if other != one)]
