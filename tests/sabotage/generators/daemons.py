"""Each daemon that runs, run otherwise: another program, another environment, narrower limits; or stopped."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from shlex import quote

from tests.sabotage.bench import Bench
from tests.sabotage.draw import Generator
from tests.sabotage.row import Row

LOOK = r"""
import json, os
INIT = {"apache2": "apache2", "named": "bind", "cron": "cron", "inetd": "openbsd-inetd", "rsyslogd": "rsyslog",
        "tcpserver": "tcpserver", "fail2ban-server": "fail2ban", "qmail-send": "qmail"}
found = []
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        name = open("/proc/%s/comm" % pid).read().strip()
        words = open("/proc/%s/cmdline" % pid).read().strip("\0").split("\0")
        parent = open("/proc/%s/stat" % pid).read().rpartition(")")[2].split()[1]
        exe = os.readlink("/proc/%s/exe" % pid)
    except OSError:
        continue
    if parent == "1" and name in INIT and exe != "/usr/bin/perl":
        found.append([name, INIT[name], exe, words])
print(json.dumps(sorted(found)))
"""
# {0}: the command line, {1}: its arguments alone, {2}: the program, {3}: the script of init
WAYS = {
    "stopped": "svc {3} stop",
    "with a library before all others": "svc {3} stop; cp /usr/lib/x86_64-linux-gnu/libz.so.1 /tmp/x.so; "
    "export LD_PRELOAD=/tmp/x.so; {0} > /dev/null 2>&1 &",
    "from a copy of its program": "svc {3} stop; cp {2} /tmp/copy; "
    "/tmp/copy {1} > /dev/null 2>&1 &",
    "under a limit of open files": "svc {3} stop; (ulimit -n 60; exec {0}) > /dev/null 2>&1 &",
    "under a limit of a file's size": "svc {3} stop; (ulimit -f 100000; exec {0}) > /dev/null 2>&1 &",
    "its program replaced": "cp -p {2} {2}.x; mv -f {2}.x {2}",
}  # fmt: skip


Thing = tuple[str, str, str, str, list[str], str]


def look(bench: Bench) -> Sequence[Thing]:
    """Host, name, script of init, program and command line of each, and a way."""
    found = []
    for host in bench.pair.servers:
        for name, init, exe, words in json.loads(bench.must("console", host, "python3", "-", stdin=LOOK)):
            found += [(host, name, init, exe, words, way) for way in WAYS]
    return found


def row(_: Random, thing: Thing) -> Row | None:
    """One daemon, run in one of the ways."""
    host, name, init, exe, words, way = thing
    script = exe.startswith("/usr/bin/python")
    if script and way in ("from a copy of its program", "its program replaced"):
        return None  # the interpreter of those who look as well
    line, arguments = (" ".join(map(quote, part)) for part in (words, words[1:]))
    parts = (line, arguments, exe, init)
    do = WAYS[way]
    for place, part in enumerate(parts):
        do = do.replace(f"{{{place}}}", part)
    if "&" in do:
        begun = "/tmp/copy" if way.startswith("from a copy") else words[0]
        do += f"\nfor _ in $(seq 50); do pidof -x {quote(begun)} > /dev/null && break; sleep 0.1; done"
    return Row(
        f"run-{host}-{name}-{way.replace(' ', '-').replace(chr(39), '')}",
        host,
        f"{name}: {way}",
        (f"test_daemons_are_those_of_the_boot[{host}]",),
        do=do,
        undo=f"for name in {quote(name[:15])} copy; do\n"
        "start-stop-daemon --stop --oknodo --quiet --retry TERM/10/KILL/5 --name $name || true; done\n"
        f"rm -f /tmp/x.so /tmp/copy; svc {init} restart",
        keeps=(exe, f"{exe}.x") if way == "its program replaced" else (),
        may=("*",),
        why="the service may be gone or cut short by it",
    )


GENERATOR = Generator("run", look, row)
