"""The services of site.toml, as they are on the hosts."""

import re
from collections.abc import Iterable

import msgspec

from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.host.services import ServiceState, typed
from irekae.host.services.shown import properties_of
from irekae.host.services.systemd import seconds
from irekae.model.items import On
from irekae.model.units import full_name
from irekae.subjects.mail import service_of, system_of
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap


@each_host
def as_declared(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """The host knows every service that is the swap's; what its role has on, runs and starts at boot."""
    items = swap.site.service_items
    touched = {name for names in msgspec.structs.astuple(items) for name in names}
    # The standby's are turned on by 7.3 to 7.7, when it is production.
    later = (*items.boot_mail, *items.boot_dns, *items.boot_web) if host.role is On.STANDBY else ()
    units: dict[str, str] = {}
    for name, service in swap.site.services.items():
        state = ServiceHandle(host, service).state()
        if not state.known and name not in touched and service.production == service.standby == "any":
            continue  # one host's own
        if not state.known:
            yield Obstacle(f"no service {service.init!r} ({state.detail})", _other_name(host, service.init))
        elif (other := units.setdefault(state.unit or service.init, name)) != name:
            yield Obstacle(f"[services] {other} and {name} are one: {state.unit}", "leave one of them out of site.toml")
        elif (service.production if host.role is On.PRODUCTION else service.standby) == "on":
            yield from _off(ServiceHandle(host, service), state, boots=name not in later)


def moved(swap: Swap) -> Iterable[Obstacle]:
    """What one role has on and the other off is turned off by an item, and on by another; databases are 7.9's."""
    site, items = swap.site, swap.site.service_items
    others = {one.service for one in site.databases}
    others |= {name for name, service in site.services.items() if service.init in site.phase1.timers}
    off = {*items.retire, *(items.retire_dns if site.dns else ())}
    on = {*items.boot_mail, *items.boot_web, *(items.boot_dns if site.dns else ())}
    for name, service in site.services.items():
        if name in others or {service.production, service.standby} != {"on", "off"}:
            continue
        if service.standby == "on":
            yield Obstacle(
                f"[services] {name} is on at the standby alone, and no item turns it on or off",
                'production = "any" and standby = "any" in site.toml, and turn it by hand after the swap',
            )
            continue
        if name not in off:
            yield Obstacle(
                f"[services] {name} is on at production alone, and no item turns it off on the old one",
                f'site.toml, [service_items] retire: add "{name}"; or standby = "any"',
            )
        if name not in on:
            yield Obstacle(
                f"[services] {name} is on at production alone, and no item turns it on on the new one",
                f'site.toml, [service_items] boot_web: add "{name}"; or production = "any"',
            )


@each_host
def timers(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """The host knows the timers that 1.5 holds, and production has those armed that shall be armed afterwards."""
    for timer in swap.site.timers:
        state = ServiceHandle(host, timer).state()
        if not state.known:
            yield Obstacle(f"no timer {timer.init!r} ({state.detail})", "install it, or correct [phase1] scheduled")
        elif host.role is On.PRODUCTION and timer.production == "on" and not (state.running and state.at_boot):
            yield Obstacle(
                f"{timer.init} is not armed on production ({state.detail}), and would be after the swap",
                f"`systemctl enable --now {timer.init}`, or take it out of [phase1] scheduled",
            )


def _other_name(host: Host, init: str) -> str:
    """What ends that a service is not known: an alias is there only while the unit that gives it is enabled."""
    plain = "correct [services] in site.toml"
    if not host.link.facts["systemd"]:
        return plain
    line = rf"^Alias=(.*[[:space:]])?{re.escape(full_name(init))}([[:space:]]|$)"
    files = host.look("grep", "-lrsE", "-e", line, "/etc/systemd/system", "/usr/lib/systemd/system").text.split("\n")
    names = sorted({path.rpartition("/")[2] for path in files if path})
    return f"{plain}: {init} is only an alias of {' or '.join(names)}, there while that is enabled" if names else plain


def _off(handle: ServiceHandle, state: ServiceState, boots: bool) -> Iterable[Obstacle]:
    """What is off of a service that is declared on."""
    init, manager = handle.init, handle.manager
    if state.running is False:
        yield Obstacle(
            f"{init} is declared on, and does not run ({state.detail})",
            f"start it (`{manager.by_hand('start', init)}`), or correct [services] in site.toml",
        )
    if state.at_boot is False and boots:
        yield Obstacle(
            f"{init} is declared on, and does not start at boot ({state.detail})",
            f"`{typed(manager.enable(init))}`; or correct [services] in site.toml",
        )


# systemd.kill(5): what else than the daemon itself gets no signal when it is stopped.
SPARING = ("process", "none")


@each_host
def patient_stop(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """systemd lets the mail system end the deliveries under way: it kills none before our own deadline (1.3, 7.1)."""
    service = service_of(swap.site)
    if not host.link.facts["systemd"] or system_of(swap.site).ends_deliveries():
        return
    shown = host.look("systemctl", "show", "--property=TimeoutStopUSec,KillMode", service.init).text
    settings = properties_of(shown)[0]
    wanted, deadline = service.stop_wait + 1, seconds(settings.get("TimeoutStopUSec", ""))
    edit = f"`systemctl edit {service.init}`, below [Service]: "
    if deadline < wanted:
        yield Obstacle(
            f"systemd kills {service.init} {deadline:.0f} s after it is stopped; stop_wait in site.toml is "
            f"{service.stop_wait} s",
            f"{edit}TimeoutStopSec={wanted}; or a shorter stop_wait",
        )
    if settings.get("KillMode", "process") not in SPARING:
        yield Obstacle(
            f"systemd ends the deliveries under way when {service.init} is stopped (KillMode={settings['KillMode']})",
            f"{edit}KillMode=process",
        )
