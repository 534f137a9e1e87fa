"""The name server, whose data 7.5 keeps and 9.7 asks for: both hosts have the zones, and can be asked where."""

import re
from collections.abc import Iterable

from irekae.host.host import Host
from irekae.site.site import needed
from irekae.subjects.name_server import zones
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.subjects.preflight.paths import RESOLV_CONF
from irekae.swap.swap import Swap

ITSELF = ("127.0.0.1", "::1")


@each_host
def zones_of_both(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Its tools read its configuration; the zones of site.toml are in it, and the file of each is there."""
    return zones.obstacles(host, swap.site)


def resolvers(swap: Swap) -> Iterable[Obstacle]:
    """After 7.6 and 7.8 each of the two has a name server to ask."""
    host, dns = swap.production, needed(swap.site.dns)
    # Often a link, and here it is only read: whether it can be written is another question (`paths.replaceable`).
    asked = servers_of(host.look("cat", RESOLV_CONF).text)
    asks_itself_alone = bool(asked) and asked <= {*ITSELF, *host.entry.addresses}
    if asks_itself_alone and swap.site.service_items.retire_dns and not swap.inventory.group("resolvers"):
        yield Obstacle(
            "it asks itself alone (/etc/resolv.conf), and as the standby it has no name server any more (7.8)",
            "name the servers that it shall ask then: [resolvers] in hosts.ini",
            host.name,
        )
    if dns.ask_itself and asks_others(asked, host.entry.addresses) and not zones.recurses(host, swap.site):
        yield Obstacle(
            "its name server answers for its own zones alone (recursion no), and 7.6 would have production ask it",
            "[dns] ask_itself = false in site.toml: production goes on asking others",
            host.name,
        )


def servers_of(text: str) -> set[str]:
    """The name servers that a resolv.conf names."""
    return set(re.findall(r"(?m)^nameserver\s+([0-9A-Fa-f.:]+)", text))


def asks_others(asked: set[str], addresses: Iterable[str]) -> bool:
    """Does a host of these addresses ask name servers, and none of its own."""
    return bool(asked) and asked.isdisjoint({*ITSELF, *addresses})
