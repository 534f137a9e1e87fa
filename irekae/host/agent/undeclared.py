"""Data on this machine that nothing of site.toml names: where data may lie, files that came with no package."""

from __future__ import annotations

import filecmp
import fnmatch
import glob
import os
import stat
from typing import Iterator, NamedTuple, Sequence

from irekae.host.agent.base import operation, raw, text

# Directly below /: everything else there was made by somebody for his data.
ROOT_OWN = (
    "bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "lost+found", "media", "mnt", "opt",
    "proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var", "initrd.img", "initrd.img.old", "vmlinuz",
    "vmlinuz.old", "swapfile", "swap.img", ".dockerenv", "bin.usr-is-merged", "lib.usr-is-merged",
    "sbin.usr-is-merged", "package", "command", "service",
)  # fmt: skip
# In /var: what a machine writes for itself.
VAR_OWN = (
    "backups", "cache", "crash", "lib", "local", "lock", "log", "mail", "opt", "qmail", "run", "spool",
    "supervise", "tmp", "lost+found", "snap", ".updated",
)  # fmt: skip
# In /var/lib and /var/spool: the state of the machine's own, made anew on each, or compared by the survey.
STATE_OWN = (
    "AccountsService", "NetworkManager", "PackageKit", "alsa", "apparmor", "apt", "aptitude", "aspell",
    "bluetooth", "boltd", "certmonger", "chrony", "cloud", "colord", "command-not-found", "cron.d",
    "dbconfig-common", "dbus", "dhcp", "dhcpcd", "dictionaries-common", "dkms", "doc-base", "dovecot", "dpkg",
    "emacsen-common", "exim4", "fail2ban", "fontconfig", "fwupd", "gdm3", "ghostscript", "grub", "hp",
    "initramfs-tools", "initscripts", "insserv", "ispell", "ifupdown", "ieee-data", "libuuid", "lightdm",
    "lldpd", "locales", "logcheck", "logrotate", "lxcfs", "man-db", "misc", "mlocate", "motd",
    "needrestart", "nfs", "ntp", "ntpsec", "os-prober", "pam", "pkcs11", "plocate", "plymouth", "polkit-1",
    "private", "python", "python3", "rkhunter", "rpm", "rsyslog", "saned", "sepolgen", "sgml-base",
    "shells.state", "shim-signed", "smartmontools", "snapd", "sntp", "sudo", "swcatalog", "systemd", "sysv-rc",
    "tex-common", "texmf", "tpm", "ucf", "udisks2", "unattended-upgrades", "unbound", "update-manager",
    "update-notifier", "update-rc.d", "upower", "urandom", "usb_modeswitch", "usbutils", "vim", "vmware",
    "wireshark", "wpa_supplicant", "xfonts", "xkb", "xml-core", "anacron", "at", "cron", "cups", "lpd",
    "mqueue", "rwho", "dma", "postfix", "irekae",
)  # fmt: skip
# Into dovecot's folder a site lays its sieve scripts: how the names begin of what the daemon writes itself.
DOVECOT, DOVECOT_OWN = b"/var/lib/dovecot", (b"instances", b"ssl-parameters.dat", b"replicator.db")
# In /etc: trees that a program renews by itself. The rest of /etc is each machine's own, and compared by the survey.
RENEWED = ("/etc/letsencrypt", "/etc/dehydrated", "/etc/acme.sh", "/etc/lego", "/etc/uacme")
# Pages that a web server's package lays there once, as long as nobody has written his own.
PAGES_OF_PACKAGES = {
    b"/var/www/html/index.html": b"/usr/share/apache2/default-site/index.html",
    b"/var/www/html/index.nginx-debian.html": b"/usr/share/nginx/html/index.html",
}
MOST_LOOKED_AT = 20_000  # paths that are looked at below one folder
AS_DEEP = 3  # folders into one of which something is declared, that are looked into one by one


@operation
def op_undeclared(covered: Sequence[str], files: Sequence[str]) -> list[list[str]]:
    """Folders and files in which data lies that nothing names: each with one of its files.

    Args:
        covered: what is declared, `*` for any characters of one name: these paths, and all below them, are passed by.
        files: the same of single files: a folder of such a name is not meant, nor what lies in it.
    """
    packaged = of_packages()
    declared = Declared([raw(rule.rstrip("/")) for rule in covered], [raw(rule) for rule in files])
    found: list[list[str]] = []
    for top in sorted(set(data_places())):
        found += uncovered(top, declared, packaged, AS_DEEP)
    return found


class Declared(NamedTuple):
    """What is declared: folders and files with all below them, and single files; `*` for any characters of a name."""

    covered: Sequence[bytes]
    files: Sequence[bytes] = ()

    def name(self, path: bytes) -> bool:
        """Whether one of them names a path, or a folder that it lies in."""
        return any(has_steps(path, rule, deeper=True) for rule in self.covered)

    def name_file(self, path: bytes) -> bool:
        """Whether one of them names a regular file."""
        return self.name(path) or any(has_steps(path, rule, deeper=False) for rule in self.files)


def data_places() -> Iterator[bytes]:
    """Where data may lie."""
    yield from (b"/" + name for name in names_below(b"/") if text(name) not in ROOT_OWN)
    yield from (b"/var/" + name for name in names_below(b"/var") if text(name) not in VAR_OWN)
    # Services of systemd's that run as nobody's user (DynamicUser=) have their states in the second.
    for folder in (b"/var/lib", b"/var/lib/private", b"/var/spool"):
        yield from (folder + b"/" + name for name in names_below(folder) if text(name) not in STATE_OWN)
    yield from (DOVECOT + b"/" + name for name in names_below(DOVECOT) if not name.startswith(DOVECOT_OWN))
    yield from (b"/srv", b"/opt", b"/var/opt", b"/var/local", b"/var/mail")
    yield from map(raw, RENEWED)


def names_below(folder: bytes) -> list[bytes]:
    """What lies in a folder; nothing where it is none, or a link."""
    try:
        return [] if os.path.islink(folder) else sorted(os.listdir(folder))
    except OSError:
        return []


def of_packages() -> set[bytes]:
    """Every path outside of /usr that a package of dpkg's has brought."""
    found: set[bytes] = set()
    for page, origin in PAGES_OF_PACKAGES.items():
        if os.path.isfile(page) and os.path.isfile(origin) and filecmp.cmp(page, origin, shallow=False):
            found.add(page)
    for path in glob.glob("/var/lib/dpkg/info/*.list"):
        with open(path, "rb") as lines:
            found.update(line.rstrip(b"\n") for line in lines if not line.startswith(b"/usr/"))
    return found


def uncovered(path: bytes, declared: Declared, packaged: set[bytes], depth: int) -> Iterator[list[str]]:
    """A path with data that nothing names; where something in it is named, what lies beside that."""
    if declared.name(path):
        return
    if depth and any(is_above(path, rule) for rule in (*declared.covered, *declared.files)):
        for name in names_below(path):
            yield from uncovered(os.path.join(path, name), declared, packaged, depth - 1)
        return
    example = first_data(path, declared, packaged)
    if example:
        yield [text(path), text(example)]


def first_data(path: bytes, declared: Declared, packaged: set[bytes]) -> bytes:
    """A file at a path or below it that holds something, came with no package and is not named; b"" for none."""
    waiting, looked_at = [path], 0
    while waiting and looked_at < MOST_LOOKED_AT:
        here = waiting.pop()
        looked_at += 1
        try:
            state = os.lstat(here)
        except OSError:
            continue
        if stat.S_ISDIR(state.st_mode):
            waiting += [] if declared.name(here) else [os.path.join(here, name) for name in reversed(names_below(here))]
        elif stat.S_ISREG(state.st_mode) and state.st_size and here not in packaged and not declared.name_file(here):
            return here
    return b""


def is_above(path: bytes, rule: bytes) -> bool:
    """Whether something that a rule names may lie below a path."""
    steps, wanted = path.split(b"/"), rule.split(b"/")
    return len(steps) < len(wanted) and all(map(is_step, steps, wanted))


def has_steps(path: bytes, rule: bytes, deeper: bool) -> bool:
    """Whether a rule names a path, each step of the one a step of the other; deeper: or a folder that it lies in."""
    steps, wanted = path.split(b"/"), rule.split(b"/")
    fits = len(steps) >= len(wanted) if deeper else len(steps) == len(wanted)
    return fits and all(map(is_step, steps, wanted))


def is_step(step: bytes, wanted: bytes) -> bool:
    """Whether a name is what a rule has there; one with brackets of its own is still itself."""
    return step == wanted or fnmatch.fnmatchcase(text(step), text(wanted))
