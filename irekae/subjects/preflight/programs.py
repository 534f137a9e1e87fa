"""Is every program there that an item will run; one missed in phase 3 would be missed with the services stopped."""

from collections.abc import Iterable
from dataclasses import dataclass

from irekae.host.host import Host
from irekae.site.site import Site
from irekae.subjects.mail import system_of
from irekae.subjects.mail_users import has_dovecot
from irekae.subjects.network.live_file import bears_its_addresses, interface_of
from irekae.subjects.network.managers import MANAGERS, choose
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap


@dataclass(frozen=True)
class Program:
    """A program that items run on both hosts.

    Attributes:
        name: as it is called, found by root's PATH; or a path.
        package: of Debian, that brings it.
        items: that run it.
    """

    name: str
    package: str
    items: str


# What an item, an adapter or the watchdog runs. A test holds this list against their argument lists.
PROGRAMS = (
    Program("python3", "python3", "all"),
    Program("sh", "dash", "2.1, 3.1, 7.1"),
    Program("env", "coreutils", "7.1"),
    Program("test", "coreutils", "1.3"),
    Program("cat", "coreutils", "0.2"),
    Program("tail", "coreutils", "6.1"),
    Program("mkdir", "coreutils", "5.3"),
    Program("rmdir", "coreutils", "6.1"),
    Program("du", "coreutils", "0.2"),
    Program("grep", "grep", "1.3"),
    Program("find", "findutils", "1.3, 3.7"),
    Program("getent", "libc-bin", "0.2, 5.3"),
    Program("hostname", "hostname", "5.3"),
    Program("wall", "bsdutils", "1.1"),
    Program("pgrep", "procps", "1.3"),
    Program("ps", "procps", "2.2"),
    Program("flock", "util-linux", "2.2"),
    Program("which", "debianutils", "0.2"),
    Program("lsattr", "e2fsprogs", "0.2"),
    Program("ss", "iproute2", "0.2"),
    Program("ip", "iproute2", "6.1"),
    Program("rsync", "rsync", "3.1"),
    Program("/usr/bin/rrsync", "rsync", "3.1"),
    Program("ssh", "openssh-client", "3.1"),
    Program("ssh-keygen", "openssh-client", "3.1"),
    Program("/usr/sbin/sshd", "openssh-server", "2.1, 4.2"),
    Program("shutdown", "sysvinit-core or systemd-sysv", "6.1 (D6), 8.1"),
    Program("reboot", "sysvinit-core or systemd-sysv", "6.1 (D6)"),
)
SYSVINIT = (
    Program("service", "init-system-helpers", "1.3"),
    Program("update-rc.d", "init-system-helpers", "1.4, 7.3"),
)
SYSTEMD = (
    Program("systemctl", "systemd", "1.3"),
    Program("systemd-run", "systemd", "6.1"),
)
DOVECONF = Program("doveconf", "dovecot-core", "3.7")
NETWORK = {
    manager.name: tuple(Program(name, package, "5.3, 6.1") for name, package in manager.programs)
    for manager in MANAGERS
}
_LOOK = 'for program; do command -v -- "$program" >/dev/null || echo "$program"; done'


@each_host
def missing(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Programs that root does not find there."""
    found = list(_missing(host, needed(swap.site, bool(host.link.facts["systemd"]))))
    yield from map(_told, found)
    # Which network manager it is, the interface tells that bears the address: which that is, `ip` tells.
    if "ip" not in {program.name for program in found} and bears_its_addresses(host, swap):
        yield from map(_told, _missing(host, NETWORK[choose(host, interface_of(host, swap)).name]))


def _missing(host: Host, programs: Iterable[Program]) -> Iterable[Program]:
    wanted = {program.name: program for program in programs}
    return [wanted[name] for name in host.query("sh", "-c", _LOOK, "sh", *wanted).text.splitlines() if name in wanted]


def _told(program: Program) -> Obstacle:
    return Obstacle(f"{program.name} is missing (item {program.items})", f"`apt-get install {program.package}`")


def needed(site: Site, systemd: bool) -> tuple[Program, ...]:
    """The programs of a host with that init; those of its network manager aside."""
    mail = [Program(name, "the mail system's own", "7.2") for name in (system_of(site).programs() if site.mail else ())]
    mail += [DOVECONF] if site.has("mail.tables") and has_dovecot(site) else []
    return (*PROGRAMS, *(SYSTEMD if systemd else SYSVINIT), *mail)
