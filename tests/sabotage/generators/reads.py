"""Each file that a boot or a daemon reads, damaged on disk without a reload."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from shlex import quote

from tests.sabotage.bench import Bench
from tests.sabotage.draw import Generator
from tests.sabotage.row import Row

# What each reads: asked of the host by find and /proc, not of the suite.
LOOK = r"""
import glob, json, os, re
found = {}
def add(who, path):
    if os.path.lexists(path) and not os.path.isdir(path):
        found.setdefault(path, who)
def below(who, *tops):
    for top in tops:
        add(who, top)
        for folder, _, files in os.walk(top):
            for name in files:
                add(who, os.path.join(folder, name))
# Without these nobody can log in any more and look.
SPARED = re.compile(r"/etc/(pam\.d/.*|security/.*|passwd|shadow|group|gshadow|nsswitch\.conf|sudo.*|ssl/.*|login\.defs|"
                    r"ld\.so.*|python3.*|environment|default/locale|host\.conf|hosts\.(allow|deny)|localtime)|.*\.pyc|"
                    r"/etc/(motd|issue.*|resolv\.conf|mtab|adjtime|.*-|apt/.*|dpkg/.*|ucf\.conf|sub[ug]id|\.pwd\.lock)|"
                    r"/etc/init\.d/README|.*/README|.*/managed-keys\.bind.*|.*\.jnl|.*\.lock|.*/pop\.auth.*")
below("init", "/etc/init.d", "/etc/inittab", "/etc/fstab", "/etc/rc.local", "/etc/default", "/etc/insserv.conf")
for level in "0123456S":
    below("init", "/etc/rc%s.d" % level)
below("ifupdown", "/etc/network")
below("the kernel's settings", "/etc/sysctl.conf", "/etc/sysctl.d", "/etc/modprobe.d", "/etc/modules")
below("cron", "/etc/crontab", "/etc/cron.d", "/etc/cron.daily", "/etc/cron.local", "/etc/cron.weekly")
below("logrotate", "/etc/logrotate.conf", "/etc/logrotate.d")
below("sshd", "/etc/ssh/moduli", *glob.glob("/etc/ssh/ssh_host_*"))
below("qmail", "/var/qmail/control", "/var/qmail/alias", "/var/qmail/bin", "/usr/local/ezmlm")
below("rsyslogd", "/etc/rsyslog.conf", "/etc/rsyslog.d")
below("inetd", "/etc/inetd.conf", "/usr/local/qpopper")
below("exim", "/etc/exim4")
below("fail2ban", "/etc/fail2ban")
below("tcpserver", "/etc/tcp.smtp.cdb")
below("every program", "/etc/hosts", "/etc/hostname", "/etc/services", "/etc/protocols", "/etc/profile")
if os.path.exists("/run/apache2/httpd.pid"):
    below("apache2", "/usr/local/apache2/conf", "/etc/apache2")
if glob.glob("/run/named/*"):
    below("named", "/usr/local/bind/etc")
login = set()
daemons = {}
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        name = open("/proc/%s/comm" % pid).read().strip()
        maps = set(re.findall(r" (/usr/\S+)$", open("/proc/%s/maps" % pid).read(), re.M))
    except OSError:
        continue
    if name in ("sshd", "init", "bash", "sh", "python3", "fail2ban-server"):
        login |= maps
    elif name in ("apache2", "named", "cron", "inetd", "rsyslogd", "tcpserver"):
        for path in maps:
            daemons[path] = name
for path, name in daemons.items():
    if path not in login:
        add(name, path)
print(json.dumps(sorted([path, who] for path, who in found.items() if not SPARED.fullmatch(path))))
"""

# How a file is damaged: always by another file in its place, as editors and installers do it, so that a running daemon
# keeps what it has. {0}: the path.
_BESIDE = "p={0}; if [ -L $p ]; then cat $p > $p.x; else cp -p $p $p.x; fi"
DAMAGES = {
    "appended": f"{_BESIDE}; echo bogus >> $p.x; mv -f $p.x $p",
    "empty": f"{_BESIDE}; : > $p.x; echo >> $p.x; mv -f $p.x $p",
    "first line gone": f"{_BESIDE}; echo '# x' > $p.x; tail -n +2 $p >> $p.x; mv -f $p.x $p",
    "time put back": f"{_BESIDE}; printf '\\nx' >> $p.x; touch -h -d 2011-02-20 $p.x; mv -f $p.x $p",
    "gone": "rm -f {0}",
    "renamed": "mv -f {0} {0}.x",
    "closed": "p={0}; [ ! -L $p ]; chmod 0 $p",
    "writable by all": "p={0}; [ ! -L $p ]; chmod o+w $p",
    "another's": "chown -h 65534:65534 {0}",
    "a link to nothing": "ln -sfn /dev/null {0}",
}

INIT = {
    "named": "bind",
    "inetd": "openbsd-inetd",
    "rsyslogd": "rsyslog",
    **{n: n for n in ("apache2", "cron", "tcpserver")},
}
"""Who has loaded programs and libraries, and the script that starts him anew with those that were put back."""


def look(bench: Bench) -> Sequence[tuple[str, str, str]]:
    """Host, reader and path of each file, readers by turns: the large ones shall not be drawn alone."""
    by_reader: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for host in bench.pair.servers:
        for path, who in json.loads(bench.must("console", host, "python3", "-", stdin=LOOK)):
            by_reader.setdefault((host, who), []).append((host, who, path))
    most = min(30, max(map(len, by_reader.values())))
    return [one for files in by_reader.values() for one in Random(most).sample(files, min(most, len(files)))]


def row(random: Random, thing: tuple[str, str, str]) -> Row:
    """One of these files, damaged in one of the ways."""
    host, who, path = thing
    how = random.choice(sorted(DAMAGES))
    if how in ("closed", "writable by all") and (path.startswith("/etc/rc") or "/alternatives/" in path):
        how = "gone"  # a link has no mode
    return Row(
        f"read-{host}-{path.strip('/').replace('/', '-')}-{how.replace(' ', '-').replace(chr(39), '')}",
        host,
        f"{path}, which {who} reads: {how}",
        (f"test_what_booted_is_what_is_there[{host}]",),
        do=DAMAGES[how].replace("{0}", quote(path)),
        keeps=(path, f"{path}.x"),
        undo=f"svc {INIT[who]} restart" if path.startswith("/usr/") and who in INIT else "",
        may=("*",),
        why="what reads the file anew each time it is asked fails as well",
    )


GENERATOR = Generator("read", look, row)
