"""Which daemons run, and as what: program, arguments, user, folders, limits, by /proc alone. Changes nothing."""

from __future__ import annotations

import os
import re
import subprocess
import time
from typing import Any

from verify.far.at_rest import group_of, narrowed, resting
from verify.far.on_demand import unit_of

PEOPLE = range(1000, 60000)
PROGRAMS = re.compile(r"/(usr|bin|sbin|lib\w*|opt|command|package|var/qmail)/.*")
LENDERS = "su|sudo|runuser|setpriv"
"""They lend rights to what they begin, and wait for its end."""
SUPERVISORS = re.compile(rf"{LENDERS}|svscan|supervise|runsvdir|runsv|s6-svscan|s6-supervise|supervisord|perpd?|nosh")
OF_NOBODY = (
    # name of the process, why it may come and go without a parent of its own
    (
        r"exim4?|sendmail|qmail-(inject|queue|local|remote)|smtpfront.*|mlmmj-.*|ezmlm-.*|mail|mailx",
        "a delivery under way",
    ),
    (r"anacron|run-parts|logrotate|savelog|updatedb.*|mandb|e2scrub.*|fstrim|CRON", "a job of cron's"),
    (r"apt.*|dpkg.*|unattended-upgr.*|needrestart|debconf.*|packagekitd", "an update of packages"),
    (
        r"a?getty|login|dhclient-script|systemd-(udevd|logind|user.*)|\(sd-pam\)|gpg-agent|dbus-launch",
        "logins, hotplugging",
    ),
    (
        r"polkitd|udisksd|upowerd|fwupd|colord|accounts-daemon|rtkit-daemon|boltd|systemd-(hostname|timedate|locale)d?",
        "begun when somebody asks for it, over D-Bus",
    ),
    (r"shutdown|rsync", "the swap's own"),
    (LENDERS, "what they begin is told itself"),
)
PASSING = re.compile("|".join(pattern for pattern, _ in OF_NOBODY))
COUNTS = re.compile(r"\b\d+ of \d+-\d+ startups|\[\d+ \w+\]|\(\d+ [\w ]+\)")
MATTERS = re.compile(
    r"(LD|PYTHON|PERL|RUBY|APACHE|GCONV|NODE|JAVA|BASH_ENV|NOTIFY)_?.*|TZ|ENV|HOSTALIASES|LOCALDOMAIN|RES_OPTIONS"
)
LIMITS = ("Max file size", "Max data size", "Max processes", "Max open files", "Max address space", "Max cpu time")
GONE = " (deleted)"


def daemons() -> list[dict[str, Any]]:
    """Each process that is no session's and no job's: init's own children, and those of supervisors."""
    seen = {int(pid): parent_of(int(pid)) for pid in os.listdir("/proc") if pid.isdigit()}
    top = [pid for pid, (parent, _) in seen.items() if is_top(seen, parent)]
    bounds: dict[str, dict[str, str]] = {}
    found = [described(pid, bounds) for pid in top]
    return [one for one in found if one and one["exe"] and not one["terminal"]]


def is_top(seen: dict[int, tuple[int, str]], parent: int) -> bool:
    """Whether a child of this process stands by itself."""
    while parent != 1:
        if parent not in seen or not SUPERVISORS.fullmatch(seen[parent][1]):
            return False
        parent = seen[parent][0]
    return True


def parent_of(pid: int) -> tuple[int, str]:
    """Parent and name; (0, "") of one that has ended."""
    words, name = stat_of(pid)
    return (int(words[1]), name) if words else (0, "")


def stat_of(pid: int) -> tuple[list[str], str]:
    """/proc/PID/stat behind the name, and the name; nothing of one that has ended, or that nobody has buried."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="backslashreplace") as stream:
            text = stream.read()
    except OSError:
        return [], ""
    words = text[text.rindex(")") + 2 :].split()
    return ([], "") if words[0] in "ZX" else (words, text[text.index("(") + 1 : text.rindex(")")])


def described(pid: int, bounds: dict[str, dict[str, str]]) -> dict[str, Any]:
    """What a process is; {} of one that has ended. bounds: of control groups that were read already."""
    words, name = stat_of(pid)
    if not words:
        return {}
    status = dict(line.split(":\t", 1) for line in text_of(pid, "status").splitlines() if ":\t" in line)
    users, groups = status.get("Uid", "-1").split(), status.get("Gid", "-1").split()
    environment = dict(pair.partition("=")[::2] for pair in text_of(pid, "environ").split("\0") if "=" in pair)
    cgroup = text_of(pid, "cgroup")
    return {
        "pid": pid,
        "name": name,
        "unit": unit_of(cgroup),
        "start": started(words),
        "terminal": int(words[4]),
        "exe": link_of(pid, "exe"),
        "argv": arguments(text_of(pid, "cmdline")),
        "users": users[:2],
        "groups": groups[:2],
        "cwd": link_of(pid, "cwd"),
        "root": link_of(pid, "root"),
        "environment": {key: environment[key] for key in sorted(environment) if MATTERS.fullmatch(key)},
        "limits": limits(text_of(pid, "limits")),
        "at_rest": resting(words[0], cgroup),
        "nice": int(words[16]),
        "narrowed": narrowed(group_of(cgroup), bounds),
    }


def text_of(pid: int, name: str) -> str:
    """A file of /proc/PID; "" where it can't be read."""
    try:
        with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="backslashreplace") as stream:
            return stream.read(1 << 20)
    except OSError:
        return ""


def link_of(pid: int, name: str) -> str:
    """Where a link of /proc/PID leads; "" where that can't be told."""
    try:
        return os.fsencode(os.readlink(f"/proc/{pid}/{name}")).decode("utf-8", "backslashreplace")
    except OSError:
        return ""


def arguments(cmdline: str) -> str:
    """A command line as one text; without the counts that daemons write into their titles."""
    return COUNTS.sub("…", " ".join(cmdline.strip("\0").split("\0")).strip())[:4096]


def limits(text: str) -> dict[str, int]:
    """The soft limits that keep a daemon from working; -1: none."""
    found = {}
    for line in text.splitlines():
        for name in LIMITS:
            if line.startswith(name):
                soft = line[len(name) :].split()[0]
                found[name] = int(soft) if soft.isdigit() else -1
    return found


def started(words: list[str]) -> float:
    """When a process began, by the clock that files are stamped by: not by btime, which is off by up to a second."""
    ago = time.clock_gettime(time.CLOCK_BOOTTIME) - int(words[19]) / os.sysconf("SC_CLK_TCK")
    return time.time() - ago


def replaced(pid: int) -> list[str]:
    """Programs and libraries that a process runs and that lie there no longer."""
    held = {link_of(pid, "exe")}
    for line in text_of(pid, "maps").splitlines():
        words = line.split(None, 5)
        if len(words) == 6 and "x" in words[1]:
            held.add(words[5])
    return sorted(path[: -len(GONE)] for path in held if path.endswith(GONE) and PROGRAMS.fullmatch(path))


def is_booting() -> bool:
    """Whether boot scripts still run: sysvinit's, or jobs of systemd's."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        words, name = stat_of(int(pid))
        line = arguments(text_of(int(pid), "cmdline")) if words else ""
        if name in ("startpar", "rc", "rcS", "rc.local") or re.match(
            r"(/bin/\w*sh )?/(etc/(init\.d|rc)|lib/init/)", line
        ):
            return True
    return os.path.exists("/run/systemd/system") and is_starting()


def is_starting() -> bool:
    """Whether systemd has jobs left of the boot."""
    words = ["systemctl", "is-system-running"]
    try:
        said = subprocess.run(words, capture_output=True, timeout=10, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    return said.strip() in (b"initializing", b"starting")
