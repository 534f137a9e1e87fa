"""The name server of a host: one adapter for each way to install it, chosen by looking.

An adapter says where its configuration is and what of it 7.5 keeps a copy of. What the items do with the zones
(`zones`) knows no adapter. To add one, write a module here with a class like `PackagedBind`, and put it into `SERVERS`;
tests/unit/subjects/name_server/test_contract.py asks each the same.
"""

from __future__ import annotations

from irekae.host.host import Host
from irekae.site.site import Site
from irekae.subjects.name_server.adapter import NameServer
from irekae.subjects.name_server.built import BuiltBind
from irekae.subjects.name_server.packaged import PackagedBind

__all__ = ["SERVERS", "NameServer", "choose"]

# The package's last: it is what a site has that says nothing.
SERVERS: tuple[NameServer, ...] = (BuiltBind(), PackagedBind())


def choose(host: Host, site: Site) -> NameServer:
    """The adapter of the host's name server."""
    return next((server for server in SERVERS if server.has(host, site)), SERVERS[-1])
