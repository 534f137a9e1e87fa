"""The verbs of a name server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from irekae.host.host import Host
from irekae.site.site import Site
from irekae.subjects.name_server.conf import Zone


class NameServer(Protocol):
    """How a name server was installed."""

    name: ClassVar[str]

    def has(self, host: Host, site: Site) -> bool:
        """Is the host's name server of this kind."""

    def conf(self, host: Host, site: Site) -> str:
        """Its configuration; "" where its own tools know it."""

    def tool(self, host: Host, name: str) -> str:
        """One of its tools, as it is called on the host."""

    def folders(self, host: Host, site: Site, zones: Sequence[Zone]) -> list[str]:
        """The folders of its data, none of them in another: what 7.5 keeps a copy of."""
