"""The swap of the lab's pair as a pyinfra deploy: phases 7 and 8, when each machine answers at the other's address."""

import time
from datetime import datetime
from io import StringIO

from common import STANDBY, carried_out, is_on_production, phase, text_of
from pyinfra import host, inventory
from pyinfra.operations import files, python, server

is_production = is_on_production()
DAY = f"{datetime.now():%Y%m%d}"
CONTROL, NAMEDB = "/var/qmail/control", "/usr/local/bind/etc/namedb"
LIMIT = 60  # seconds for a reboot
BOOT = "cat /proc/sys/kernel/random/boot_id"
HEADER = """# Provides:          tcpserver
# Required-Start:    $remote_fs
# Required-Stop:     $remote_fs
# Should-Start:      $network $syslog
# Should-Stop:       $network $syslog
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: Start and stop tcpserver"""


def take_mail_domains() -> None:
    """The domains of the one that was production; its machine is the standby by now."""
    for name in ("locals", "rcpthosts"):
        domains = text_of(inventory.get_host(STANDBY), f"cat {CONTROL}/{name}.swap")
        host.put_file(StringIO(f"{domains}\n"), f"{CONTROL}/{name}", _sudo=True)


def reboot() -> None:
    """The operation of pyinfra's own goes by the uptime, which is that of the machine that the lab's hosts share."""
    before = text_of(host, BOOT)
    carried_out(host, "setsid -f shutdown -r now > /dev/null 2>&1 < /dev/null")
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        time.sleep(0.2)
        host.disconnect()
        host.connect(show_errors=False)
        if host.connected:
            ok, said = host.run_shell_command(f"{BOOT}; runlevel", _sudo=True)
            if ok and said.stdout_lines[:1] != [before] and said.stdout_lines[1:] == ["N 2"]:
                return
    raise TimeoutError(f"{host.name} has not booted after {LIMIT} s")


phase(7)
server.shell(
    name="dated copies",
    commands=[f"for file in {CONTROL}/locals {CONTROL}/rcpthosts /etc/resolv.conf; do cp -p $file $file.{DAY}; done"],
)
nameserver = "127.0.0.1" if is_production else "198.51.100.50"
files.put(
    src=StringIO(f"nameserver {nameserver}\nsearch scitec.kobe-u.ac.jp\n"), dest="/etc/resolv.conf",
    create_remote_dir=False,
)  # fmt: skip
if is_production:
    python.call(name="mail domains", function=take_mail_domains)
    server.shell(name="a copy of the zones", commands=[f"cp -a {NAMEDB} {NAMEDB}-{DAY}"])
    files.block(path="/etc/init.d/tcpserver", content=HEADER, line="^#!.*", after=True, marker="### {mark} INIT INFO")
    server.shell(
        name="services at boot",
        commands=[
            "update-rc.d -f bind remove; update-rc.d bind defaults",
            "for service in qmail tcpserver bind apache2 openbsd-inetd; do "
            "update-rc.d $service defaults; update-rc.d $service enable; done",
        ],
    )
else:
    server.shell(
        name="no mail domains, no name server",
        commands=[
            f"for name in locals rcpthosts; do echo localhost > {CONTROL}/$name; done",
            "service bind stop > /dev/null; update-rc.d bind disable",
            "service qmail restart > /dev/null",
        ],
    )

phase(8)
jobs = (
    'for table in /root/jobs/*; do mv "$table" /var/spool/cron/crontabs/; done'
    if is_production
    else "mv /var/spool/cron/crontabs/root /root/jobs/ 2> /dev/null || true"
)
server.shell(name="jobs", commands=[jobs])
python.call(name="reboot", function=reboot)
server.shell(
    name="what was kept for later goes, the backup runs again",
    commands=[
        f"rm -f {CONTROL}/locals.swap {CONTROL}/rcpthosts.swap",
        "chmod 755 /etc/cron.local/daily/230_rsync_epabk",
    ],
)
phase(9)
