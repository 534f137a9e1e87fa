"""Every file of a host, for the proof that a plan changes nothing. Runs on the host as root, prints JSON."""

import contextlib
import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterator

# The kernel's, and what lives in memory only.
NOT_ON_DISK = {"/proc", "/sys", "/run", "/dev"}
# What the host's own daemons write at any time, whoever looks.
BY_ITSELF = {
    "/var/log",  # sshd and sudo log every login: also the plan's
    "/var/lib/fail2ban",  # fail2ban notes how far it has read the log
    "/var/spool/exim4",  # the queue runner touches its databases
    "/var/cache/bind",
    "/var/lib/postgresql",  # caches, statistics and the log of whoever connects: what its databases hold is compared
}


def walk(top: bytes) -> Iterator[bytes]:
    for folder, folders, files in os.walk(top):
        folders[:] = [
            name for name in folders if os.fsdecode(os.path.join(folder, name)) not in NOT_ON_DISK | BY_ITSELF
        ]
        for name in folders + files:
            yield os.path.join(folder, name)


def entry(path: bytes) -> list[object]:
    found = os.lstat(path)
    what = [stat.filemode(found.st_mode), found.st_uid, found.st_gid]
    if stat.S_ISLNK(found.st_mode):
        return [*what, ascii(os.fsdecode(os.readlink(path)))]
    if stat.S_ISREG(found.st_mode):
        with open(path, "rb") as file:
            return [*what, found.st_size, found.st_mtime_ns, hashlib.sha256(file.read()).hexdigest()]
    return what


def main() -> None:
    found = {}
    for path in walk(b"/"):
        with contextlib.suppress(FileNotFoundError):  # gone between listing and looking
            found[ascii(os.fsdecode(path))] = entry(path)
    json.dump(found, sys.stdout)


main()
