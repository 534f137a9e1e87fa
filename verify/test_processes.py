"""Which services run, and which will after the next boot (9.1, 9.2): two facts, both asserted."""

from __future__ import annotations

import re

from irekae.site.site import Site
from verify.awake import expect_awake
from verify.by_hand import manage
from verify.declared import Declared
from verify.facts import RUNLEVEL_FOLDERS, Facts
from verify.far.running import PEOPLE
from verify.holders import end_of, strangers, to_itself_alone
from verify.marks import item, part_of
from verify.needs import needs
from verify.parsing import Listener, Process, boot_targets
from verify.record import Record
from verify.selection import Role
from verify.subjects import ServiceCase
from verify.world import Server

pytestmark = needs("all_facts")


def _processes(facts: Facts, case: ServiceCase, site: Site) -> list[Process]:
    # ps shows 15 characters of a name at most. Anybody may call a process of his own like that.
    named = [process for process in facts.processes if process.name == case.service.process[:15]]
    named = [process for process in named if process.uid not in PEOPLE]
    homes = f"{site.home.path}/" if site.home else None
    named = [process for process in named if homes is None or not facts.program(process).startswith(homes)]
    # cron's jobs outlive it, each with a child of cron's that has its name and calls itself CRON.
    return [process for process in named if not re.search(r"/CRON( |$)", process.line)]


def _listeners(facts: Facts, case: ServiceCase, declared: Declared) -> dict[str, list[Listener]]:
    ports = declared.ports_of(case.name, case.service)
    return {port: [listener for listener in facts.listeners if listener.port == port] for port in ports}


@item("9.1", "production", state="on")
@item("9.2", "standby", state="on")
def test_service_runs(server: Server, service: ServiceCase, site: Site, check: Record) -> None:
    """The service runs, and it is the one that listens on its ports.

    サービスが起動している
    """
    check.proves = service.name
    facts, name = server.facts, service.service.process
    remedy = f"{manage(facts.systemd, 'start', service.service.init)}; its log says why it stopped"
    waits = _expect_on_demand(facts, service, check, remedy)
    running = _processes(facts, service, site)
    if not waits:
        check.saw(facts.of_command("ps", [process.line for process in running]))
        check.expect(
            bool(running),
            f"a process {name}",
            f"{len(running)} of them",
            cause="it stopped, or was not started",
            remedy=remedy,
        )
    expect_awake(facts, running, check)
    if to_itself_alone(server, service, site):
        return
    for port, found in _listeners(facts, service, server.world.declared).items():
        check.saw(facts.of_command("ss", [listener.line for listener in found]))
        reachable = [listener for listener in found if listener.hears(server.entry.address)]
        owners = sorted({owner for listener in reachable for owner in listener.owners})
        told = ", ".join(owners) or ("only " + ", ".join(one.address for one in found) if found else "nobody")
        # What listens for a service that is started on demand is systemd itself.
        theirs = {name, name[:15], *(["systemd"] if waits else [])}
        check.expect(
            bool(theirs & set(owners)) and not strangers(facts, reachable, running, theirs),
            f"{name} on {port} of {server.entry.address}",
            told,
            cause="another program took the port" if owners else "the service listens elsewhere or not at all",
            remedy=f"{end_of(reachable, facts, running)}{remedy}",
        )


def _expect_on_demand(facts: Facts, case: ServiceCase, check: Record, remedy: str) -> bool:
    """Whether systemd starts the service on demand, which then needs no process; a timer must be armed."""
    unit = facts.units.named.get(case.service.init) if facts.systemd else None
    if unit is None:
        return False
    callers = [] if unit.name.endswith((".timer", ".socket", ".path")) else facts.units.callers_of(unit)
    if case.service.process and not any(caller.serves for caller in callers):
        return False
    shown = [unit, *callers]
    told = "; ".join(one.line for one in shown)
    check.saw(facts.of_command("units", [one.line for one in shown]))
    wanted = (
        f"{unit.name} is armed" if unit.name.endswith(".timer") else f"{unit.name} is active, or waits to be started"
    )
    check.expect(any(one.serves for one in shown), wanted, told, cause="it was stopped", remedy=remedy)
    return True


@item("9.1", "production", state="off")
@item("9.2", "standby", state="off")
def test_service_does_not_run(server: Server, service: ServiceCase, site: Site, check: Record) -> None:
    """The service does not run, and nobody listens on its ports.

    サービスが起動していない
    """
    facts, name = server.facts, service.service.process
    check.expect(
        bool(facts.processes),
        "processes are listed",
        len(facts.processes),
        cause="ps says nothing: /proc is not mounted, or hides processes",
        remedy="mount /proc; its option hidepid",
    )
    running = _processes(facts, service, site)
    check.saw(facts.of_command("ps", [process.line for process in running]))
    remedy = f"1.4, 7.8: {manage(facts.systemd, 'stop', service.service.init)}"
    _expect_no_demand(facts, service, check)
    shown = "; ".join(process.line for process in running)
    check.expect(not running, f"no process {name}", shown or "none", cause="it was started again", remedy=remedy)
    for port, found in _listeners(facts, service, server.world.declared).items():
        lines = [listener.line for listener in found if not _for_others_only(listener)]
        check.saw(facts.of_command("ss", lines))
        check.expect(
            not lines,
            f"nobody on {port}",
            "; ".join(lines) or "nobody",
            cause="another program sits on the port",
            remedy=f"{end_of(found, facts, running)}{remedy}",
        )


def _expect_no_demand(facts: Facts, case: ServiceCase, check: Record) -> None:
    """Nothing of systemd's serves in the service's place: no socket listens for it, no timer is armed."""
    unit = facts.units.named.get(case.service.init) if facts.systemd else None
    for one in [unit, *facts.units.callers_of(unit)] if unit else []:
        check.saw(facts.of_command("units", [one.line]))
        remedy = f"1.4, 7.8: systemctl disable --now {one.name}"
        check.expect(not one.serves, f"{one.name} rests", one.line, cause="it was started again", remedy=remedy)


def _for_others_only(listener: Listener) -> bool:
    """A resolver of the host's own (systemd-resolved, 127.0.0.53) serves nobody else."""
    return listener.address == "127.0.0.53"


@item("9.1", "production", state="on")
@item("9.2", "standby", state="on")
def test_service_starts_at_boot(server: Server, service: ServiceCase, check: Record) -> None:
    """The service will run after the next boot.

    次の再起動後も起動する
    """
    starts, told = _starts_at_boot(server.facts, service, check)
    check.expect(
        starts,
        f"{service.service.init} is started at boot",
        told,
        cause="it was started by hand, or its links were removed",
        remedy=f"7.3, 7.5, 7.7: {_enable(server.facts, service.service.init)}",
    )


def _enable(facts: Facts, init: str) -> str:
    """The command that has the host's init start a script, by what stands in the way."""
    script = facts.under("/etc/init.d").get(init)
    links = [
        name for place in RUNLEVEL_FOLDERS for name in facts.under(place) if re.fullmatch(rf"[SK]\d\d{init}", name)
    ]
    if facts.systemd:
        return f"systemctl enable {init}"
    if not script:
        return f"put /etc/init.d/{init} back, then update-rc.d {init} defaults"
    if not script["runs"]:
        return f"chmod 755 /etc/init.d/{init}; update-rc.d {init} defaults"
    if not links:
        return f"update-rc.d {init} defaults"
    if all(name.startswith("K") for name in links):
        return f"update-rc.d {init} enable"
    return f"insserv {init}; whether /etc/inittab boots into a run level that has its link"


@item("9.1", "production", state="off")
@item("9.2", "standby", state="off")
def test_service_stays_off_at_boot(server: Server, service: ServiceCase, check: Record) -> None:
    """The service will not run after the next boot.

    次の再起動後も起動しない
    """
    starts, told = _starts_at_boot(server.facts, service, check)
    check.expect(
        not starts,
        f"{service.service.init} is not started at boot",
        told,
        cause="it was only stopped, not turned off",
        remedy=_disable(server.facts, service.service.init, told),
    )


def _disable(facts: Facts, init: str, told: str) -> str:
    """The command that keeps the host's init from starting a script; a line of another file is a person's to remove."""
    if facts.systemd:
        return f"1.4, 7.8: systemctl disable {init}"
    return f"take this line out: {told}" if ": " in told else f"1.4, 7.8: update-rc.d -f {init} remove"


def _starts_at_boot(facts: Facts, case: ServiceCase, check: Record) -> tuple[bool, str]:
    """Whether the host's init starts the service, and by what it shows."""
    if facts.systemd:
        return _wanted(facts, case.service.init, check)
    return _linked(facts, case.service.init, check)


def _wanted(facts: Facts, init: str, check: Record) -> tuple[bool, str]:
    """Whether systemd starts the service at boot; an init script that it wraps goes by its start links."""
    unit = facts.units.named.get(init)
    if unit is None:
        check.saw(facts.of_command("units"))
        return False, "systemctl says nothing"
    shown = [unit, *facts.units.callers_of(unit)]
    check.saw(facts.of_command("units", [one.line for one in shown]))
    if unit.file == "generated":
        links = _start_links(facts, unit.name.removesuffix(".service"))
        if links or unit.name not in facts.units.boot:
            return bool(links), ", ".join(links) or "no start link in rc2.d to rc5.d"
        return True, "; ".join(one.line for one in shown)  # no init script's: who pulls it in counts
    return facts.units.starts(init) is True, "; ".join(one.line for one in shown)


def _start_links(facts: Facts, script: str) -> list[str]:
    """Start links of a script in the runlevels that systemd reads them of."""
    places = [place for place in RUNLEVEL_FOLDERS if not place.endswith("S.d")]
    pattern = rf"S\d\d{re.escape(script)}"
    return [f"{place}/{name}" for place in places for name in facts.under(place) if re.fullmatch(pattern, name)]


def _linked(facts: Facts, init: str, check: Record) -> tuple[bool, str]:
    level = re.search(r"^id:([2-5]):initdefault:", facts.text("/etc/inittab") or "", re.MULTILINE)
    folder = f"/etc/rc{level[1] if level else '2'}.d"
    script = facts.under("/etc/init.d").get(init)
    links = {
        f"{place}/{name}": entry
        for place in RUNLEVEL_FOLDERS
        for name, entry in facts.under(place).items()
        if re.fullmatch(rf"[SK]\d\d{re.escape(init)}", name)
    }
    check.saw(facts.of(f"ls /etc/rc?.d/*{init} /etc/init.d/{init}", "\n".join([*links, f"script: {script}"])))
    starting = [
        path
        for path, entry in links.items()
        if path.startswith((f"{folder}/S", "/etc/rcS.d/S")) and entry["leads"] and entry["runs"]
    ]
    otherwise = _other_starts(facts, init)
    targets = boot_targets(facts.text("/etc/init.d/.depend.start") or "")
    if starting and script and script["runs"] and (targets is None or init in targets):
        return True, ", ".join(starting)
    if otherwise:
        return True, otherwise
    if starting and script and script["runs"]:
        return False, f"{', '.join(starting)}, but insserv has not been run since: not in .depend.start"
    return False, f"no start link in {folder}; links: {', '.join(links) or 'none'}"


def _other_starts(facts: Facts, init: str) -> str:
    """Other ways in which a boot may start a script: inittab, rc.local, cron's @reboot."""
    for path in ("/etc/inittab", "/etc/rc.local", "/etc/crontab"):
        for line in (facts.text(path) or "").splitlines():
            if f"/etc/init.d/{init}" in line and not line.lstrip().startswith("#"):
                if path == "/etc/crontab" and not line.lstrip().startswith("@reboot"):
                    continue
                return f"{path}: {line.strip()}"
    return ""


@part_of("manual.running|manual.not_running")
@item("9.1", "production")
@item("9.2", "standby")
def test_site_agrees_with_the_manual(server: Server, site: Site, role: Role, check: Record) -> None:
    """site.toml says of the services what the manual says.

    site.toml が手順書と一致している
    """
    told = {name: getattr(service, role) for name, service in site.services.items() if role != "backup"}
    wanted = server.world.declared.said_of(role)
    check.saw(server.facts.of("site.toml [services]", "\n".join(f"{name}: {state}" for name, state in told.items())))
    for name, state in sorted(wanted.items()):
        check.expect(
            told.get(name) == state,
            f"{name} {state}",
            told.get(name, "not declared"),
            remedy="correct site.toml",
            cause="site.toml says something else than the manual",
        )
