# Runs on the hosts as it stands: file names are text of any kind here.
# ruff: noqa: PTH115, PTH118, PTH123, PTH208, SIM115
"""What a sabotage may touch on a host, as it is now. Runs on the host, standard library only; prints JSON.

Contents, owners, modes and links of the configuration; owners and modes of homes; who runs, who listens, which
addresses and packet rules there are. fail2ban's own chain comes with its first ban and stays: it says nothing.
"""

import hashlib
import json
import os
import re
import stat
import subprocess
from collections.abc import Iterator

TREES = [
    "/etc",
    "/usr/local",
    "/var/qmail/control",
    "/var/qmail/alias",
    "/var/qmail/bin",
    "/var/spool/cron/crontabs",
    "/root",
    "/home/itpass/ml/ml-ctrl/bouncer",
    "/home/itpass/ml/ml-ctrl/subscribers.d",
    "/home/www",
    "/home/kobe/lib",
    "/home/kobe/.ssh",
]
SKIP = re.compile(
    r"/etc/(mtab|ld\.so\.cache|adjtime|\.pwd\.lock)|.*/managed-keys\.bind.*|/root/\.cache.*|.*/__pycache__.*"
)
DAEMONS = {"apache2", "named", "inetd", "qmail-send", "tcpserver", "fail2ban-server", "sshd", "cron", "python3"}


def entry(path: str, content: bool = True) -> str:
    found = os.lstat(path)
    told = [f"{stat.filemode(found.st_mode)} {found.st_uid}:{found.st_gid}"]
    if stat.S_ISLNK(found.st_mode):
        told.append(os.readlink(path))
    elif content and stat.S_ISREG(found.st_mode):
        with open(path, "rb") as file:
            told.append(hashlib.sha256(file.read()).hexdigest()[:16])
    return " ".join(told)


def paths(top: str) -> Iterator[str]:
    if os.path.lexists(top):
        yield top
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            yield os.path.join(folder, name)


def homes() -> Iterator[str]:
    for name in os.listdir("/home"):
        home = os.path.join("/home", name)
        yield home
        box = os.path.join(home, "Maildir")
        yield from (path for path in [box] + [os.path.join(box, part) for part in ("new", "cur", "tmp")])
    yield from ("/home/hiki/data", "/home/hiki/data/text", "/home/gate/userdb")


def said(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


def listeners() -> Iterator[str]:
    for line in said("ss", "-H", "-l", "-t", "-u", "-n", "-p").splitlines():
        words = line.split()
        owner = re.search(r'\("([^"]+)"', line)
        yield f"listens {words[0]} {words[4]} {owner[1] if owner else ''}"


def now() -> dict[str, str]:
    state = {}
    for top in TREES:
        for path in paths(top):
            if not SKIP.fullmatch(path):
                state[path] = entry(path)
    for path in homes():
        if os.path.lexists(path):
            state["whose " + path] = entry(path, content=False)
    lines = set(listeners())
    lines |= {"runs " + name for name in said("ps", "-eo", "comm=").split() if name in DAEMONS}
    lines |= {"rule " + rule for rule in said("iptables", "-S").splitlines() if "f2b-" not in rule}
    lines |= {"has " + " ".join(row.split()[1:4]) for row in said("ip", "-4", "-o", "address", "show").splitlines()}
    lines |= {"mount " + " ".join(line.split()[1:4]) for line in open("/proc/self/mounts") if " /home" in line}
    lines.add("name " + said("hostname").strip())
    state.update(dict.fromkeys(lines, ""))
    return state


print(json.dumps(now(), ensure_ascii=True))
