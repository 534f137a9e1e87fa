"""Each place from which a boot, cron or a login shell takes whatever it finds, given something new."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from shlex import quote

from tests.sabotage.bench import Bench
from tests.sabotage.draw import Generator
from tests.sabotage.row import Row

SCRIPT = "printf '#!/bin/sh\\n{1}\\n' > {0}; chmod 755 {0}"
LINE = "printf '{1}\\n' >> {0}"
# Where, and how something is put there. {0}: the path, {1}: a command.
PLACES = {
    "/etc/network/if-up.d/x": SCRIPT,
    "/etc/network/if-pre-up.d/x": SCRIPT,
    "/etc/network/if-down.d/x": SCRIPT,
    "/etc/network/interfaces.d/x": "printf 'auto eth0:1\\niface eth0:1 inet manual\\n' > {0}",
    "/etc/rc.local": "sed -i '2i {1}' {0}",
    "/etc/inittab": "printf 'x:2:once:{1}\\n' >> {0}",
    "/etc/init.d/x": SCRIPT + "; ln -sfn ../init.d/x /etc/rc2.d/S99x",
    "/etc/rcS.d/S99x": SCRIPT,
    "/etc/cron.d/x": "printf '@reboot root {1}\\n' > {0}",
    "/etc/cron.hourly/x": SCRIPT,
    "/etc/cron.local/daily/999x": SCRIPT,
    "/etc/crontab": "printf '*/5 * * * * root {1}\\n' >> {0}",
    "/var/spool/cron/crontabs/root": "echo '@reboot {1}' | crontab -",
    "/etc/default/ssh": LINE,
    "/etc/default/networking": LINE,
    "/etc/default/x": LINE,
    "/etc/profile.d/x.sh": LINE,
    "/etc/modprobe.d/x.conf": "mkdir -p /etc/modprobe.d; printf 'install e1000e {1}\\n' > {0}",
    "/etc/modules": LINE,
    "/etc/sysctl.d/99-x.conf": "printf 'net.ipv4.icmp_echo_ignore_all = 1\\n' > {0}",
    "/etc/fstab": "printf 'tmpfs /usr/local tmpfs defaults 0 0\\n' >> {0}",
    "/etc/udev/rules.d/x.rules": "mkdir -p /etc/udev/rules.d; printf 'RUN+=\"{1}\"\\n' > {0}",
    "/etc/systemd/system/x.service": "mkdir -p /etc/systemd/system; printf '[Service]\\nExecStart={1}\\n' > {0}",
    "/etc/security/limits.d/x.conf": "printf '* hard nofile 20\\n' > {0}",
    "/etc/logrotate.d/x": "printf '/var/mail/* {{\\n daily\\n rotate 0\\n}}\\n' > {0}",
    "/usr/local/sbin/ip": SCRIPT,
    "/usr/local/bin/sendmail": SCRIPT,
    "/lib/init/vars.sh": LINE,
    "/lib/lsb/init-functions.d/x": LINE,
    "/etc/ld.so.conf.d/x.conf": "printf '/tmp\\n' > {0}",
    "/root/.ssh/authorized_keys2": "mkdir -p /root/.ssh; cat /etc/ssh/ssh_host_rsa_key.pub > {0}",
    "/etc/nologin": "printf 'closed\\n' > {0}",
    "/var/qmail/control/smtproutes": "printf ':198.51.100.99\\n' > {0}",
    "/etc/ssh/sshrc": SCRIPT,
    "/etc/apt/../hosts.equiv": "printf '+\\n' > {0}",
}  # fmt: skip
COMMANDS = ("true", "sleep 0", "test -e /etc/hosts", "test -x /bin/sh")
"""Harmless: some of the places are read by whoever looks, too, and would have it done on the spot."""

CLOSING = {"/etc/nologin": "test_host_can_be_asked"}
"""Who can't log in can't look either, which is told once."""
MADE = ("/etc/modprobe.d", "/etc/udev", "/etc/systemd", "/root/.ssh")
"""Folders that are made for what is put there; what they held is put back."""


def look(bench: Bench) -> Sequence[tuple[str, str, str]]:
    """Host, place and command."""
    return [(host, place, command) for host in bench.pair.servers for place in PLACES for command in COMMANDS]


def row(random: Random, thing: tuple[str, str, str]) -> Row:
    """Something new at that place, to be run at the next boot; nothing runs yet."""
    host, place, command = thing
    do = PLACES[place].replace("{0}", quote(place)).replace("{1}", command).replace("{{", "{").replace("}}", "}")
    return Row(
        f"boot-{host}-{place.strip('/').replace('/', '-')}-{COMMANDS.index(command)}",
        host,
        f"{place} is new, or has a new line: {command}",
        (f"{CLOSING.get(place, 'test_what_booted_is_what_is_there')}[{host}]",),
        do=do,
        keeps=(place, "/etc/rc2.d", *(MADE if "mkdir" in do else ())),
        may=("*",),
        why="what is read anew each time it is asked fails as well",
    )


GENERATOR = Generator("boot", look, row)
