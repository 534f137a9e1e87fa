"""Daemons that listen on the host's own address by name: after the exchange it is the other host's."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from ipaddress import IPv6Address

from irekae.host.editors.tokens import spelled
from irekae.host.host import Host
from irekae.host.remote import decode
from irekae.host.sockets import LISTENING, sockets_of
from irekae.model.items import On
from irekae.site.site import ServiceItems, Site, needed
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap

# They listen on each address by itself and follow when one comes or goes: what their files say counts.
FOLLOWING = ("named", "ntpd", "ntp", "avahi-daemon", "dnsmasq", "unbound", "chronyd", "kdeconnectd", "nmbd", "smbd")
# Words that daemons' files have for it: sshd, apache, nginx, bind, postfix, dovecot, exim, mysql, ntp, tcpserver.
_WORDS = re.compile(
    rb"(?i)\b(listen(address|-on\S*)?|bind([-_]?address)?|(query|transfer|notify|alt-transfer)-source\S*|inet_interfaces"
    rb"|local_interfaces|smtp_bind_address|virtualhost|namevirtualhost|interface|tcpserver)\b"
)
_SIX = re.compile(rb"[0-9A-Fa-f:]{3,}")
REMEDY = "let it listen on every address, or put the file into [[files]] of site.toml with addresses = true"
# What runs on stays bound to the address that is gone, whatever its file says by then.
RUNS_ON = "let it listen on every address: it runs on while the addresses change places"


@each_host
def sockets(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Sockets that are bound to an address of the host's just now.

    One of a service that rests meanwhile is right where its file is given the new address.
    """
    resting, exchanged = _resting(host, swap.site), _exchanged(host, swap.site)
    for one in sockets_of(host.query(*LISTENING).text):
        if one.process in FOLLOWING:
            continue
        address, rests = spelled(one.address), not resting.isdisjoint(name for name, _ in one.users)
        if address in host.entry.addresses and not (rests and address in exchanged):
            what = f"{one.process} listens on {address} alone ({one.port})"
            yield Obstacle(what, REMEDY if rests else RUNS_ON)


def _resting(host: Host, site: Site) -> set[str]:
    """Names of processes that production alone stops before the addresses change places (1.3, 1.4)."""
    items = site.service_items if host.role is On.PRODUCTION else ServiceItems()
    return {service.process for service in site.services_of([*items.pause, *items.retire])}


def _exchanged(host: Host, site: Site) -> set[str]:
    """Those of the host's addresses by which a daemon listens, as a file says in which 5.3 exchanges them."""
    files = [host.find(file.path) for file in site.files if file.addresses and not file.of_interface]
    held = [file.data for file in files if file]
    return {address for address in host.entry.addresses for data in held if any(_lines_of(data, address))}


@each_host
def stated(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Lines of configuration by which a daemon listens on the host's address, whether or not it runs just now."""
    for address in host.entry.addresses:
        for path, number, line in _lines(host, swap.site, address):
            yield Obstacle(f"{path}:{number} names {address}: {line}", REMEDY)


def _lines(host: Host, site: Site, address: str) -> Iterator[tuple[str, int, str]]:
    """Path, number and text of each such line in files that 5.3 does not exchange."""
    exchanged = [file.path for file in site.files]
    rules = needed(site.leftovers)
    for match in host.link.ask("grep", trees=list(rules.trees), skip=list(rules.skip), words=_beginnings(address)):
        path = str(match["path"])
        if path in exchanged or path.startswith("/etc/network/") or any(fnmatchcase(path, rule) for rule in rules.data):
            continue
        for number, line in _lines_of(decode(match["data"]), address):
            yield path, number, line


def _lines_of(data: bytes, address: str) -> Iterator[tuple[int, str]]:
    """Number and text of each line by which a daemon listens on the address."""
    for number, line in enumerate(data.splitlines(), 1):
        if not line.lstrip().startswith((b"#", b";", b"//")) and _WORDS.search(line) and _names(line, address):
            yield number, line.decode("utf-8", "replace").strip()[:160]


def _names(line: bytes, address: str) -> bool:
    if ":" in address:
        return any(spelled(word.decode()) == address for word in _SIX.findall(line))
    return bool(re.search(rb"(?<![0-9.])" + re.escape(address.encode()) + rb"(?![0-9]|\.[0-9])", line))


def _beginnings(address: str) -> list[str]:
    """What each spelling of an address begins with (RFC 4291, 2.2)."""
    if ":" not in address:
        return [address]
    first = IPv6Address(address).exploded.split(":")[0]
    return [f"{first}:", f"{first.lstrip('0')}:"]
