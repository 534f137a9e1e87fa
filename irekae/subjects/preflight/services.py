"""The services of site.toml, as they are on the hosts."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap


@each_host
def unknown(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """The host knows every service."""
    for service in swap.site.services.values():
        state = ServiceHandle(host, service).state()
        if not state.known:
            yield Obstacle(f"no service {service.init!r} ({state.detail})", "correct [services] in site.toml")
