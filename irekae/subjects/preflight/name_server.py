"""The name server, whose data 7.5 keeps and 9.7 asks for: both hosts have the zones, and can be asked where."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.subjects.name_server import zones
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap


@each_host
def zones_of_both(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Its tools read its configuration; the zones of site.toml are in it, and the file of each is there."""
    return zones.obstacles(host, swap.site)
