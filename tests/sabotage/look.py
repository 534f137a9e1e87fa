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
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator

WANTED = json.loads(sys.argv[1])  # trees, places, daemons: of the site (pairs/)
TREES = ["/etc", "/usr/local", "/var/spool/cron/crontabs", "/root", *WANTED["trees"]]
SKIP = re.compile(
    r"/etc/(mtab|ld\.so\.cache|adjtime|\.pwd\.lock)|.*/managed-keys\.bind.*|/root/\.cache.*|.*/__pycache__.*"
)


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
    yield from WANTED["places"]


def said(*words: str) -> str:
    if not shutil.which(words[0]):
        return ""
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


def listeners() -> Iterator[str]:
    for line in said("ss", "-H", "-l", "-t", "-u", "-n", "-p").splitlines():
        words = line.split()
        owners = re.findall(r'\("([^"]+)",pid=(\d+)', line)  # children come and go
        owner = min(owners, key=lambda one: int(one[1]))[0] if owners else ""
        yield f"listens {words[0]} {words[4]} {owner}"


def rules() -> Iterator[str]:
    """Packet rules, of nft where there is no iptables; without fail2ban's own."""
    for rule in said("iptables", "-S").splitlines():
        if "f2b-" not in rule:
            yield rule
    if not shutil.which("iptables"):
        table = ""
        for line in said("nft", "-s", "list", "ruleset").splitlines():
            table = line if line.startswith("table") else table
            if "f2b" not in table and line.strip(" \t}"):
                yield f"{table} {line.strip()}"


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
    lines |= {"runs " + name for name in said("ps", "-eo", "comm=").split() if name in WANTED["daemons"]}
    lines |= {"rule " + rule for rule in rules()}
    lines |= {"has " + " ".join(row.split()[1:4]) for row in said("ip", "-o", "address", "show").splitlines()}
    lines |= {"mount " + " ".join(line.split()[1:4]) for line in open("/proc/self/mounts") if " /home" in line}
    lines.add("name " + said("hostname").strip())
    state.update(dict.fromkeys(lines, ""))
    return state


print(json.dumps(now(), ensure_ascii=True))
