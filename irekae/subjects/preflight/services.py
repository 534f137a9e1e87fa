"""The services of site.toml, as they are on the hosts."""

from collections.abc import Iterable

from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.host.services import ServiceState
from irekae.model.items import On
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap


@each_host
def as_declared(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """The host knows every service; what its role has on, runs and starts at boot."""
    items = swap.site.service_items
    # The standby's are turned on by 7.3 to 7.7, when it is production.
    later = (*items.boot_mail, *items.boot_dns, *items.boot_web) if host.role is On.STANDBY else ()
    for name, service in swap.site.services.items():
        state = ServiceHandle(host, service).state()
        if not state.known:
            yield Obstacle(f"no service {service.init!r} ({state.detail})", "correct [services] in site.toml")
        elif (service.production if host.role is On.PRODUCTION else service.standby) == "on":
            yield from _off(service.init, state, boots=name not in later)


def _off(init: str, state: ServiceState, boots: bool) -> Iterable[Obstacle]:
    """What is off of a service that is declared on."""
    if state.running is False:
        yield Obstacle(
            f"{init} is declared on, and does not run ({state.detail})",
            f"start it (`service {init} start`), or correct [services] in site.toml",
        )
    if state.at_boot is False and boots:
        yield Obstacle(
            f"{init} is declared on, and does not start at boot ({state.detail})",
            f"`update-rc.d {init} defaults` or `systemctl enable {init}`; or correct [services] in site.toml",
        )
