"""Which name server a host has, and its adapter."""

from __future__ import annotations

from irekae.host.host import Host
from irekae.site.site import Site
from irekae.subjects.name_server.adapter import NameServer
from irekae.subjects.name_server.built import BuiltBind
from irekae.subjects.name_server.packaged import PackagedBind

# The package's last: it is what a site has that says nothing.
SERVERS: tuple[NameServer, ...] = (BuiltBind(), PackagedBind())


def choose(host: Host, site: Site) -> NameServer:
    """The adapter of the host's name server."""
    return next((server for server in SERVERS if server.has(host, site)), SERVERS[-1])
