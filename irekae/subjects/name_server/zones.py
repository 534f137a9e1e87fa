"""The zones of a host's name server: found as its own tools read its configuration, kept as they are for a while."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from irekae.host.back import HARMLESS, Back
from irekae.host.host import ATTRIBUTES, Host
from irekae.host.overlay import Result
from irekae.host.remote import HostError
from irekae.model.errors import SwapError
from irekae.site.site import Site
from irekae.subjects.name_server import choose, conf
from irekae.subjects.name_server.conf import Zone, zones_of
from irekae.swap.obstacle import Obstacle

ASKED = 60.0  # seconds
# A name server that does not run holds nothing back: what is frozen is so until it ends.
SCRIPTS = {
    "freeze": """rndc=$1; shift; "$rndc" status >/dev/null 2>&1 || exit 0
"$rndc" freeze "$@" || "$rndc" zonestatus "$@" | grep -qx 'frozen: yes'""",
    "thaw": """rndc=$1; shift; "$rndc" status >/dev/null 2>&1 || exit 0
exec "$rndc" thaw "$@\"""",
    "reload": """rndc=$1; shift; "$rndc" status >/dev/null 2>&1 || exit 0
exec "$rndc" reload "$@\"""",
}
OTHER = {"freeze": "thaw", "thaw": "freeze"}


def zones(host: Host, site: Site) -> list[Zone]:
    """The zones of which the host's name server is the master, whether or not it runs; asked once as long as an item
    changes nothing.

    Raises:
        SwapError: its configuration cannot be read.
    """
    return zones_of(_settings(host, site))


def recurses(host: Host, site: Site) -> bool:
    """Does the host's name server ask others, so that the host itself can go by it.

    Raises:
        SwapError: its configuration cannot be read.
    """
    return conf.recurses(_settings(host, site))


def _settings(host: Host, site: Site) -> str:
    said = host.record.until_changed("named-checkconf", lambda: _conf(host, site))
    if said is None or said.status:
        raise SwapError(
            f"the name server's configuration on {host.name} cannot be read",
            _last_words(said),
            f"`named-checkconf` on {host.name}; mend what it names",
        )
    return said.text


def _conf(host: Host, site: Site) -> Result | None:
    """What named-checkconf says, secrets left out; None where there is no such program."""
    server = choose(host, site)
    path = server.conf(host, site)
    try:
        return host.look(server.tool(host, "named-checkconf"), "-p", "-x", *([path] if path else []), timeout=ASKED)
    except HostError as error:
        if error.kind == "ENOENT":
            return None
        raise


def _last_words(said: Result | None) -> str:
    if said is None:
        return "there is no named-checkconf"
    return (said.err or said.out).decode("utf-8", "replace").strip()[-500:]


def folders(host: Host, site: Site) -> list[str]:
    """The folders of the name server's data."""
    return choose(host, site).folders(host, site, zones(host, site))


def files(host: Host, site: Site) -> set[str]:
    """The zones' files, in which names are data; none where the site has no name server."""
    return {zone.file for zone in zones(host, site)} if site.dns else set()


@contextmanager
def at_rest(host: Host, site: Site, some: Sequence[Zone], journaled: bool = True) -> Iterator[None]:
    """The files of those zones hold all there is of them, and stay so: named writes dynamic ones at any time.

    An undo does the same: it thaws what was frozen behind the changes that it takes back.

    journaled: not in an undo, which is no change itself.
    """
    rndc = choose(host, site).tool(host, "rndc")
    moving = [zone for zone in some if zone.dynamic]
    for zone in moving:
        _have(host, rndc, "freeze", zone, journaled)
    try:
        yield
    finally:
        for zone in moving:
            _have(host, rndc, "thaw", zone, journaled)


def _have(host: Host, rndc: str, verb: str, zone: Zone, journaled: bool) -> None:
    words = ("sh", rndc, *zone.words)
    undo = Back(["sh", "-c", SCRIPTS[OTHER[verb]], *words], HARMLESS).entry()
    told = " ".join(("rndc", verb, *zone.words))
    if journaled:
        host.record.change(told, undo, lines=(f"$ {told}",), routine=True)
    if not host.planned:
        host.query("sh", "-c", SCRIPTS[verb], *words, timeout=ASKED)


def write(host: Host, zone: Zone, before: bytes, after: bytes) -> None:
    """Put a zone's file in place in one step, unless somebody has edited it since it was read."""
    host.record.ground.write(zone.file, after, state_of(host, zone), hashlib.sha256(before).hexdigest())


def state_of(host: Host, zone: Zone) -> dict[str, int]:
    """Mode and owner of a zone's file."""
    held = host.find(zone.file)
    return {key: held.state[key] for key in ATTRIBUTES} if held else {}


def load(host: Host, site: Site, zone: Zone) -> None:
    """Have a running named read a zone's file; that of a dynamic one it reads when it is thawed."""
    if not zone.dynamic and not host.planned:
        rndc = choose(host, site).tool(host, "rndc")
        host.query("sh", "-c", SCRIPTS["reload"], "sh", rndc, *zone.words, timeout=ASKED)


def copy_data(host: Host, site: Site) -> None:
    """A dated copy beside each folder of its data (7.5)."""
    some = zones(host, site)
    with at_rest(host, site, some):
        for folder in choose(host, site).folders(host, site, some):
            host.copy_tree(folder, f"{folder}-{host.today}")


def obstacles(host: Host, site: Site) -> Iterable[Obstacle]:
    """What would end an item of it, or what the new production would not answer for."""
    try:
        known = zones(host, site)
    except SwapError as error:
        yield Obstacle(f"{error.what}: {error.detail}", error.hint)
        return
    names = {zone.name for zone in known}
    for missing in (zone for zone in site.zones if zone.lower() not in names):
        yield Obstacle(
            f"{missing} of [dns] zones is no zone of which its name server is the master",
            "write it into named.conf, or correct [dns] zones",
        )
    there = {*host.there([zone.file for zone in known])}
    for zone in (zone for zone in known if zone.file not in there):
        yield Obstacle(f"{zone.file} is missing, the file of zone {zone.name}", "make it, or correct named.conf")
