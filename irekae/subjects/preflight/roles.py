"""Which of the two is production, as the hosts themselves show it: taken for each other, data would go the wrong way.

No single fact decides: a standby may serve something of its own, and have homes of users who are gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from irekae.host.host import Host
from irekae.host.sockets import EVERYWHERE, LISTENING, sockets_of
from irekae.site.site import Site
from irekae.subjects.first_site.services import KINDS
from irekae.subjects.preflight.identity import ADDRESSES_OF
from irekae.subjects.preflight.obstacle import Obstacle
from irekae.swap.swap import Swap

ENOUGH = 2  # so many facts more must say that it is the other one
FEW = 2  # homes: users come and go


@dataclass(frozen=True)
class Shown:
    """What a host shows of its role.

    Attributes:
        name: of the host.
        ports: where it listens for others → the process that does.
        homes: names in the folder of homes.
        service_name: the name that the public knows the service by, where it leads to this host alone; else "".
        meant: ports on which it listens by site.toml whatever its role is.
    """

    name: str
    ports: dict[str, str]
    homes: frozenset[str]
    service_name: str = ""
    meant: frozenset[str] = frozenset()


def backwards(production: Shown, standby: Shown) -> list[str]:
    """The facts by which the standby is production; none where they do not clearly say so."""
    found = _speaking_for(standby, production)
    return found if len(found) - len(_speaking_for(production, standby)) >= ENOUGH else []


def _speaking_for(one: Shown, other: Shown) -> list[str]:
    """The facts by which one of the two is production rather than the other; each kind of service is one."""
    found = []
    for ports in KINDS.values():
        alone = [port for port in ports if port in one.ports]
        if any(port not in one.meant for port in alone) and not any(port in other.ports for port in ports):
            processes = ", ".join(dict.fromkeys(one.ports[port] for port in alone))
            found.append(f"{processes} listens on {', '.join(alone)} of {one.name}, and nothing does on {other.name}")
    more, fewer = len(one.homes - other.homes), len(other.homes - one.homes)
    if more > fewer + FEW:
        found.append(f"{one.name} has {more} homes that {other.name} lacks, and lacks {fewer}")
    if one.service_name:
        found.append(f"{one.service_name} leads to {one.name}")
    return found


def ports_of(said: str, addresses: Iterable[str]) -> dict[str, str]:
    """Where `ss` says that something listens for others, and which process; addresses: the host's own."""
    for_others = {*EVERYWHERE, *addresses}
    found: dict[str, str] = {}
    for socket in sockets_of(said):
        if socket.address in for_others:
            found.setdefault(socket.port, socket.process)
    return found


def taken_for_each_other(swap: Swap) -> Iterable[Obstacle]:
    """The facts say clearly that what hosts.ini has as the standby is production."""
    pair = swap.production, swap.standby
    leads = _leading(swap)
    ours, theirs = (_shown(host, swap, host.name in leads) for host in pair)
    if facts := backwards(ours, theirs):
        yield Obstacle(
            f"{theirs.name} looks like production, and {ours.name} like the standby: {'; '.join(facts)}. "
            f"{theirs.name}'s data would be overwritten",
            "if it is so: exchange the two below [production] and [standby] in hosts.ini, and have a site.toml that "
            f"fits (`fab init --out FOLDER` writes one by that hosts.ini); if not: what {theirs.name} serves for "
            'itself is [services] of site.toml with production = "any", standby = "any"',
        )


def _shown(host: Host, swap: Swap, named: bool) -> Shown:
    ports = ports_of(host.query(*LISTENING).text, host.entry.addresses)
    held = host.names(swap.site.home.path) if swap.site.home else {}
    homes = [name for name, state in held.items() if state["kind"] == "dir"]
    return Shown(
        host.name,
        ports,
        frozenset(homes),
        swap.site.site.service_name if named else "",
        _meant(swap.site, ports) if host is swap.standby else frozenset(),
    )


def _meant(site: Site, ports: dict[str, str]) -> frozenset[str]:
    """Those of the ports on which the standby listens by site.toml, or may."""
    services = [service for service in site.services.values() if service.standby != "off"]
    known = {port for service in services for port in service.ports}
    processes = {service.process for service in services}
    return frozenset(port for port, process in ports.items() if port in known or process in processes)


def _leading(swap: Swap) -> list[str]:
    """Whom of the two the service's name leads to, as both hosts see it; a host's own name says nothing."""
    pair, name = (swap.production, swap.standby), swap.site.site.service_name
    if any(name in (entry.name, entry.label, entry.fqdn) for entry in swap.inventory.pair):
        return []
    said = "\n".join(host.look(*ADDRESSES_OF, name).text for host in pair)
    addresses = {line.split()[0] for line in said.splitlines() if line.strip()}
    found = [host.name for host in pair if host.entry.address in addresses]
    return found if len(found) == 1 else []
