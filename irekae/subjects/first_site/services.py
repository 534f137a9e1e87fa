"""[services] and [service_items]: what runs and listens on each host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from irekae.host.services.shown import properties_of
from irekae.host.sockets import LISTENING, sockets_of
from irekae.site.mail import Exim, Postfix, Qmail
from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.first_site.page import Page

# The machine's own, which every host has, or which somebody's login begins.
_OWN = re.compile(
    r"(systemd-.*|dbus(-broker)?|.*getty@.*|user@.*|polkit|rsyslog|unattended-upgrades|networking|NetworkManager|"
    r"wpa_supplicant|chrony|ntp|ntpsec|rpcbind|udisks2|accounts-daemon|ModemManager|multipathd|lxc.*|init)"
)
DYNAMIC = 32768  # ports from here on are given by the kernel
LOGINS = ("sshd", "cron", "crond", "atd", "login", "getty", "agetty")  # what they begin is no service
MAIL_SYSTEMS = tuple(known.system for known in (Postfix, Exim, Qmail))
# What a port says of the service behind it.
KINDS = {
    "web": ("tcp/80", "tcp/443"),
    "mail": ("tcp/25", "tcp/465", "tcp/587"),
    "box": ("tcp/110", "tcp/143", "tcp/993", "tcp/995"),
    "dns": ("tcp/53", "udp/53"),
}
NAMES = {"named": "bind", "bind9": "bind", "sshd": "ssh"}
# Units that a generator makes behind another one, which is what people start, stop and enable.
BEHIND = {"postfix@-": "postfix"}
DATABASES = {"mariadbd": "mariadb", "mysqld": "mariadb", "postgres": "postgresql", "postmaster": "postgresql"}

# Processes that answer out of zones of their own, which [dns] does not know.
OTHER_SERVERS = ("nsd", "knotd", "pdns_server", "gdnsd", "yadifad", "tinydns", "maradns", "coredns")


@dataclass
class Daemon:
    """A service that runs on a host."""

    init: str
    process: str = ""
    ports: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As site.toml shall call it."""
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", self.init.removesuffix(".service")).strip("-")
        return NAMES.get(plain, plain)

    @property
    def kind(self) -> str:
        """What it is for, by its ports: web, mail, box, dns, or ""; qmail itself listens nowhere."""
        known = "mail" if self.name in MAIL_SYSTEMS else ""
        return known or next((kind for kind, ports in KINDS.items() if set(ports) & set(self.ports)), "")


def running(eyes: Eyes) -> dict[str, Daemon]:
    """The services that run on a host, by the name that site.toml shall give them."""
    listening = _listening(eyes)
    found = _units(eyes, listening) if eyes.systemd else _scripts(eyes, listening)
    return {daemon.name: daemon for daemon in found if not _OWN.fullmatch(daemon.init)}


def _listening(eyes: Eyes) -> dict[int, tuple[str, list[str]]]:
    """Process → its name, and where it listens for others."""
    found: dict[int, tuple[str, list[str]]] = {}
    for socket in sockets_of(eyes.said(*LISTENING)):
        if socket.address.startswith("127.") or socket.address == "::1" or int(socket.port[4:]) >= DYNAMIC:
            continue
        for name, pid in socket.users:
            ports = found.setdefault(pid, (name, []))[1]
            if socket.port not in ports:
                ports.append(socket.port)
    return found


def _units(eyes: Eyes, listening: Mapping[int, tuple[str, list[str]]]) -> list[Daemon]:
    """By systemd: running units, each with its main process; a listener belongs to the unit of its control group."""
    listed = eyes.lines("systemctl", "list-units", "--type=service", "--state=running", "--plain", "--no-legend")
    units = [line.split()[0] for line in listed]
    shown = eyes.said("systemctl", "show", "--property=Id,MainPID", *units) if units else ""
    pids = {said["Id"]: said["MainPID"] for said in properties_of(shown) if "Id" in said}
    pids |= _headless(eyes, [unit for unit, pid in pids.items() if pid == "0"], listening)
    comms = _told(eyes, "comm", [pid for pid in pids.values() if pid != "0"])
    inits = {unit: unit.removesuffix(".service") for unit in pids}
    daemons = {unit: Daemon(BEHIND.get(inits[unit], inits[unit]), comms.get(pid, "")) for unit, pid in pids.items()}
    groups = _told(eyes, "cgroup", [str(pid) for pid in listening])
    for pid, (_, ports) in listening.items():
        unit = groups.get(str(pid), "").rpartition("/")[2]
        if unit in daemons:
            daemons[unit].ports += [port for port in ports if port not in daemons[unit].ports]
    return [daemon for daemon in daemons.values() if daemon.process]


def _headless(eyes: Eyes, units: list[str], listening: Mapping[int, tuple[str, list[str]]]) -> dict[str, str]:
    """Units of which systemd knows no main process → the eldest of their processes that listens, or the eldest."""
    pids = eyes.lines("ps", "-e", "-o", "pid=", "--sort=start_time") if units else []
    groups = _told(eyes, "cgroup", pids)
    found: dict[str, list[str]] = {}
    for pid in pids:
        found.setdefault(groups.get(pid, "").rpartition("/")[2], []).append(pid)
    listens = {str(pid) for pid in listening}
    heads = {unit: [*(pid for pid in found.get(unit, ()) if pid in listens), *found.get(unit, ())] for unit in units}
    return {unit: members[0] for unit, members in heads.items() if members}


def strangers(eyes: Eyes, daemons: Mapping[str, Daemon]) -> dict[str, str]:
    """Ports that say what listens there, and that no service has → the process that listens."""
    telling = {port for ports in KINDS.values() for port in ports}
    taken = {port for daemon in daemons.values() for port in daemon.ports}
    found = [(port, name) for name, ports in _listening(eyes).values() for port in ports]
    return {port: name for port, name in found if port in telling - taken and not _OWN.fullmatch(name)}


def _told(eyes: Eyes, name: str, pids: list[str]) -> dict[str, str]:
    """Process → the last line of one of its files in /proc."""
    found = {}
    for line in eyes.lines("grep", "-s", "-H", "", *(f"/proc/{pid}/{name}" for pid in pids)) if pids else ():
        path, _, said = line.partition(":")
        found[path.split("/")[2]] = said
    return found


def _scripts(eyes: Eyes, listening: Mapping[int, tuple[str, list[str]]]) -> list[Daemon]:
    """By sysvinit: scripts that a boot starts, and whose process runs, or that name the program of a listener."""
    linked = sorted({name[3:] for name in eyes.names("/etc/rc2.d") if re.match(r"S\d\d", name)})
    processes = _of_no_login(eyes)
    ports: dict[str, list[str]] = {}
    for process, known in listening.values():
        ports.setdefault(process, []).extend(port for port in known if port not in ports.get(process, []))
    daemons = []
    for script in linked:
        process = _process_of(script, eyes.text(f"/etc/init.d/{script}"), processes)
        if process:
            daemons.append(Daemon(script, process, ports.get(process, [])))
    return daemons


def _of_no_login(eyes: Eyes) -> list[str]:
    """Names of the processes that no login and no job has begun, ours among these; parents before children."""
    rows = [line.split(None, 2) for line in eyes.lines("ps", "-eo", "pid=,ppid=,comm=")]
    below: dict[str, list[tuple[str, str]]] = {}
    for pid, parent, name in (row for row in rows if len(row) == 3):
        below.setdefault(parent, []).append((pid, name))
    found, left = [], list(below.get("1", ()))
    for pid, name in left:  # which grows
        found.append(name)
        left += () if name in LOGINS else below.get(pid, ())
    return found


def _process_of(script: str, text: str, processes: list[str]) -> str:
    """The process of a script: one that bears its name, that it names as its daemon, or a part of it (qmail-send)."""
    named = re.findall(r"^(?:DAEMON|NAME|PROGRAM|prog)=[\"']?(?:\S*/)?([\w.+-]+)", text, re.MULTILINE)
    words = [*named, script, f"{script}d", *re.findall(r"/s?bin/([\w.+-]+)", text)]
    shells = {"sh", "bash", "env", "sleep"}
    exact = next((word[:15] for word in words if word[:15] in processes and word not in shells), "")
    return exact or next((process for process in processes if process.startswith(f"{script}-")), "")


def tell(
    page: Page, production: Mapping[str, Daemon], standby: Mapping[str, Daemon], names: tuple[str, str],
    unknown: Mapping[str, str], *, zones: bool,
) -> None:  # fmt: skip
    """[services], one table each, and [service_items].

    Args:
        page: is written to.
        production, standby: what runs on each.
        names: of the two.
        unknown: what `strangers` has found on production.
        zones: is there a [dns], whose items turn its server off and on.
    """
    page.say("Where a service runs after a swap, as before it: production and standby are roles.")
    for name, daemon in sorted(production.items()):
        both = name in standby
        where = f"runs on {names[0]} and {names[1]}" if both else f"runs on {names[0]}"
        page.table("services", name, seen=where)
        page.key("init", daemon.init)
        page.key("process", daemon.process)
        if daemon.ports:
            page.key("ports", sorted(daemon.ports), "ss")
        page.key("production", "on")
        page.key("standby", "on" if both else "off")
    for port, process in sorted(unknown.items()):
        page.ask(f"{process} listens on {port} of {names[0]}, and no service above: which is it, or is it none?")
    for daemon in (one for _, one in sorted(production.items()) if one.process in OTHER_SERVERS):
        page.ask(
            f"{daemon.process} runs on {names[0]}, and [dns] knows bind alone: no item copies its zones but by a "
            "[[trees]] that names their folder; or do both hosts have the same anyway?"
        )
    page.table("service_items", seen="by the ports on which they listen")
    for key, members in _items(production, standby, zones).items():
        page.key(key, members)


def _items(production: Mapping[str, Daemon], standby: Mapping[str, Daemon], zones: bool) -> dict[str, list[str]]:
    """Which items touch which services: each that production alone runs is turned off by one, and on by another.

    What is neither web, mail nor names (a worker, a cache) rests from 1.4 on: until then the queue may need it, and the
    web. Names are 7.5's and 7.8's where there is a [dns], and like those elsewhere. Databases are 7.9's.
    """
    ours = sorted(production.items())
    kinds = {kind: [name for name, one in ours if one.kind == kind] for kind in KINDS}
    public = [*kinds["web"], *kinds["box"]]
    alone = [name for name, one in ours if name not in standby and one.process not in DATABASES]
    dns = kinds["dns"] if zones else []
    others = [name for name in alone if production[name].kind in ("", "dns") and name not in dns]
    further = [name for name in kinds["mail"] if name not in MAIL_SYSTEMS]
    return {
        "pause": [*public, *kinds["mail"]],
        "retire": [name for name in (*public, *further, *others) if name in alone],
        "boot_mail": kinds["mail"],
        "boot_dns": dns,
        "boot_web": [*public, *others],
        "retire_dns": [name for name in dns if name not in standby],
    }
