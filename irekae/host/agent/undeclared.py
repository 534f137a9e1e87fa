"""Data on this machine that nothing of site.toml names: where data may lie, files that came with no package."""

from __future__ import annotations

import fnmatch
import glob
import os
import stat
from typing import Iterator, Sequence

from irekae.host.agent.base import operation, raw, text

# Directly below /: everything else there was made by somebody for his data.
SYSTEM = (
    "bin boot dev etc home lib lib32 lib64 libx32 lost+found media mnt opt proc root run sbin srv sys tmp usr var "
    "initrd.img initrd.img.old vmlinuz vmlinuz.old swapfile swap.img .dockerenv bin.usr-is-merged lib.usr-is-merged "
    "sbin.usr-is-merged package command service"
).split()
# In /var: what a machine writes for itself.
VAR = "backups cache crash lib local lock log mail opt qmail run spool supervise tmp lost+found snap".split()
# In /var/lib and /var/spool: the state of the machine's own, made anew on each, or compared by the survey.
STATE = (
    "AccountsService NetworkManager PackageKit alsa apparmor apt aptitude aspell bluetooth boltd certmonger chrony "
    "cloud colord command-not-found containerd cron.d dbconfig-common dbus dhcp dhcpcd dictionaries-common dkms docker "
    "doc-base dpkg emacsen-common exim4 fail2ban fontconfig fwupd gdm3 ghostscript git grub hp initramfs-tools initscripts "
    "insserv ispell ifupdown ieee-data libuuid lightdm lldpd locales logcheck logrotate lxc lxcfs man-db misc mlocate "
    "motd mysql-files needrestart nfs ntp ntpsec os-prober pam pkcs11 plocate plymouth polkit-1 private python python3 "
    "rkhunter rpm rsyslog saned sepolgen sgml-base shells.state shim-signed smartmontools snapd snmp sntp sudo swcatalog "
    "systemd sysv-rc tex-common texmf tpm ucf udisks2 unattended-upgrades unbound update-manager update-notifier "
    "update-rc.d upower urandom usb_modeswitch usbutils vim vmware wireshark wpa_supplicant xfonts xkb xml-core "
    "anacron at cron cups lpd mqueue rwho dma postfix irekae"
).split()
# In /etc: trees that a program renews by itself. The rest of /etc is each machine's own, and compared by the survey.
RENEWED = ("/etc/letsencrypt", "/etc/dehydrated", "/etc/acme.sh", "/etc/lego", "/etc/uacme")
MOST = 20_000  # paths that are looked at below one folder
AS_DEEP = 3  # folders into one of which something is declared, that are looked into one by one


@operation
def op_undeclared(covered: Sequence[str]) -> list[list[str]]:
    """Folders and files in which data lies that nothing names: each with one of its files.

    Args:
        covered: what is declared, `*` for any characters: these paths, and all below them, are passed by.
    """
    packaged = of_packages()
    found: list[list[str]] = []
    for top in sorted(set(tops())):
        found += uncovered(top, [raw(rule.rstrip("/")) for rule in covered], packaged, AS_DEEP)
    return found


def tops() -> Iterator[bytes]:
    """Where data may lie."""
    yield from (b"/" + name for name in names(b"/") if text(name) not in SYSTEM)
    yield from (b"/var/" + name for name in names(b"/var") if text(name) not in VAR)
    for folder in (b"/var/lib", b"/var/spool"):
        yield from (folder + b"/" + name for name in names(folder) if text(name) not in STATE)
    yield from (b"/srv", b"/opt", b"/var/opt", b"/var/local", b"/var/mail")
    yield from map(raw, RENEWED)


def names(folder: bytes) -> list[bytes]:
    """What lies in a folder; nothing where it is none, or a link."""
    try:
        return [] if os.path.islink(folder) else sorted(os.listdir(folder))
    except OSError:
        return []


def of_packages() -> set[bytes]:
    """Every path outside of /usr that a package of dpkg's has brought."""
    found: set[bytes] = set()
    for path in glob.glob("/var/lib/dpkg/info/*.list"):
        with open(path, "rb") as lines:
            found.update(line.rstrip(b"\n") for line in lines if not line.startswith(b"/usr/"))
    return found


def uncovered(path: bytes, covered: Sequence[bytes], packaged: set[bytes], depth: int) -> Iterator[list[str]]:
    """A path with data that nothing names; where something in it is named, what lies beside that."""
    if any(fnmatch.fnmatchcase(text(path), text(rule)) for rule in covered):
        return
    if depth and any(is_above(path, rule) for rule in covered):
        for name in names(path):
            yield from uncovered(os.path.join(path, name), covered, packaged, depth - 1)
        return
    example = first_data(path, covered, packaged)
    if example:
        yield [text(path), text(example)]


def is_above(path: bytes, rule: bytes) -> bool:
    """Whether something that a rule names may lie below a path."""
    steps, wanted = path.split(b"/"), rule.split(b"/")
    return len(steps) < len(wanted) and all(
        fnmatch.fnmatchcase(text(step), text(want)) for step, want in zip(steps, wanted)
    )


def first_data(path: bytes, covered: Sequence[bytes], packaged: set[bytes]) -> bytes:
    """A file at a path or below it that holds something, came with no package and is not named; b"" for none."""
    waiting, looked_at = [path], 0
    while waiting and looked_at < MOST:
        here = waiting.pop()
        looked_at += 1
        try:
            state = os.lstat(here)
        except OSError:
            continue
        if stat.S_ISDIR(state.st_mode):
            waiting += [os.path.join(here, name) for name in reversed(names(here))]
        elif stat.S_ISREG(state.st_mode) and state.st_size and here not in packaged:
            if not any(fnmatch.fnmatchcase(text(here), text(rule)) for rule in covered):
                return here
    return b""
