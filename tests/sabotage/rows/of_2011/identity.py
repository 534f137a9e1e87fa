"""Rows of 5.1, 5.3, 8.1 and 0.2: names, addresses, the boot, the clock, the disks."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import GATE, HIKI, MAIL_IN, NAMEDB

_DOMAIN = "scitec.kobe-u.ac.jp"
_OLD, _NEW = f"tako-itpass.{_DOMAIN}", f"ika-itpass.{_DOMAIN}"
CALLS = "test_host_calls_itself_by_its_name[ika]"
BOOTED = "test_host_was_booted_with_its_name[ika]"
ADDRESS = "test_host_has_its_address_and_no_other[ika]"
DISKS = "test_disks_have_room[ika]"


def _bears(path: str) -> str:
    return f"test_file_bears_the_host_s_name[ika-{path}]"


_PYTHON = "/etc/python3.11/sitecustomize.py"
_CLOCK = "the hosts share the machine's clock: only the programs in Python are told another time"


def _clock(shift: str) -> str:
    return f"printf 'import time\\n_now = time.time\\ntime.time = lambda: _now() {shift}\\n' > {_PYTHON}"


def _left(path: str, what: str, edit: str, *more: str) -> Row:
    name = path.rpartition("/")[2].replace(".conf.conf", "")
    return Row(f"old-name-in-{name}", "ika", what, (_bears(path), *more), do=f"sed -i '{edit}' {path}", keeps=(path,))


ROWS = (
    _left("/etc/mailname", "the old name stands in mailname", f"s/.*/{_OLD}/"),
    _left("/etc/motd", "the old name stands in motd", "s/server ika/server tako/"),
    _left(
        "/etc/gate/gate.conf",
        "the old name stands in gate.conf: gate registers for the other host",
        's/^\\$hostname.*/$hostname = "tako";/',
        GATE,
    ),
    _left(
        "/etc/exim4/update-exim4.conf.conf",
        "the old name stands in exim4's list of host names",
        f"s/^dc_other_hostnames=.*/dc_other_hostnames='{_NEW}:tako:localhost'/",
    ),
    _left(f"{NAMEDB}/localhost.zone", "the old name stands in localhost.zone", "s/ika-itpass/tako-itpass/"),
    _left(f"{NAMEDB}/localhost.rev", "the old name stands in localhost.rev", "s/ika-itpass/tako-itpass/"),
    Row(
        "hosts-old-pairs",
        "ika",
        "/etc/hosts still gives each name the other's address",
        (_bears("/etc/hosts"),),
        do="sed -i 's/^198.51.100.21/X/; s/^198.51.100.22/198.51.100.21/; s/^X/198.51.100.22/' /etc/hosts",
        keeps=("/etc/hosts",),
        may=("test_host_resolves_names[ika-*]", "test_mail_*", "test_backup_*"),
        why="the resolver library reads /etc/hosts first, and so do the programs",
    ),
    Row(
        "hosts-own-line-gone",
        "ika",
        "/etc/hosts has no line for the host itself",
        (_bears("/etc/hosts"), "test_file_bears_the_host_s_address[ika-/etc/hosts]", CALLS),
        do="sed -i '/^198.51.100.21/d' /etc/hosts",
        keeps=("/etc/hosts",),
    ),
    Row(
        "hostname-of-the-other",
        "ika",
        "the running system calls itself tako",
        (CALLS,),
        do="hostname tako",
        undo="hostname ika",
    ),
    Row(
        "hostname-file-old",
        "ika",
        "/etc/hostname got the old name back after the boot",
        (_bears("/etc/hostname"), BOOTED),
        do="echo tako > /etc/hostname",
        heal="reset",
    ),
    Row(
        "interfaces-old",
        "ika",
        "/etc/network/interfaces has the other's address, which the next boot will take",
        ("test_file_bears_the_host_s_address[ika-/etc/network/interfaces]", BOOTED),
        do="sed -i 's/198.51.100.21/198.51.100.22/' /etc/network/interfaces",
        heal="reset",
    ),
    Row(
        "not-booted-since",
        "ika",
        "/etc/network/interfaces was written again after the boot: what it says is unproved",
        (BOOTED,),
        do="echo '# this year' >> /etc/network/interfaces",
        heal="reset",
    ),
    Row(
        "second-address",
        "ika",
        "the host still holds the other's address as well",
        (ADDRESS,),
        # It must not answer for it: the other one is up.
        do="sysctl -qw net.ipv4.conf.all.arp_ignore=1; ip address add 198.51.100.22/32 dev lo",
        undo="ip address del 198.51.100.22/32 dev lo; sysctl -qw net.ipv4.conf.all.arp_ignore=0",
    ),
    Row(
        "disk-full",
        "ika",
        "the disk is full",
        (DISKS, HIKI, GATE, MAIL_IN),
        lab=("fill", "ika"),
        unlab=("drain", "ika"),
        heal="reset",  # Hiki does not survive it: its page index is cut off
        may=("test_*",),
        why="whatever has to write may fail",
    ),
    Row(
        "disk-nearly-full",
        "ika",
        "one per cent of the disk is free: all still works",
        (DISKS,),
        do="fallocate -l $((($(stat -f -c '%f * %S' /) ) - 20000000)) /root/sabotage-fills",
        undo="rm /root/sabotage-fills",
    ),
    Row(
        "home-read-only",
        "ika",
        "/home is mounted read-only after an error of the disk",
        (DISKS, HIKI, GATE, MAIL_IN),
        do="mount --bind /home /home; mount -o remount,bind,ro /home",
        undo="umount /home",
        may=("test_mail_*", "test_list_*", "test_pop_*"),
        why="no mailbox takes a message, no list keeps its archive",
    ),
    Row(
        "clock-ahead",
        "ika",
        "the clock is five hours ahead",
        ("test_clock_is_right[ika]",),
        do=_clock("+ 18000"),
        keeps=(_PYTHON,),
        stand_in=_CLOCK,
    ),
    Row(
        "clock-behind",
        "tako",
        "tako: the clock is one minute behind",
        ("test_clock_is_right[tako]",),
        do=_clock("- 60"),
        keeps=(_PYTHON,),
        stand_in=_CLOCK,
    ),
)
