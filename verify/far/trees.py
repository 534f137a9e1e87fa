"""What boots and daemons read, path by path: kind, mode, owner, change time, digest. Changes nothing.

A boot reads far more than a list can name, so all of the system's own trees are looked at: programs, libraries, boot
scripts, configuration, cron tables, control files; and single files elsewhere that the configuration names.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import os
import re
import stat
import time
from collections.abc import Iterator
from typing import Any

from verify.far.itself import changes_by_itself

TREES = (
    "/etc",
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/boot",
    "/opt",
    "/service",
    "/command",
    "/package",
    "/var/qmail",
    "/var/named",
    "/var/spool/cron",
    "/var/lib/exim4",
    "/run/systemd/system",
    "/run/systemd/system.conf.d",
    "/run/systemd/system.control",
    "/run/sysctl.d",
    "/run/systemd/transient",
    "/root/.ssh",
    "/root/.forward",
    "/root/.qmail",
    "/root/.rhosts",
    "/root/.pam_environment",
)
CONFIGURATION = re.compile(r"/etc/.*|/usr/local/.*/(etc|conf)/.*|/var/(qmail|spool/cron)/.*")
MOST = 500_000  # paths
DIGESTED = 8 << 30  # bytes of a whole scan
PATIENCE = 240  # seconds for the digests of a whole scan
CHUNK = 1 << 20
LONGEST_NAMING = 1 << 18  # bytes of a file that is looked through for paths
NAMED = re.compile(rb"(?<![\w.@:/~-])/(?:[\w.+-]+/)+[\w.+-]+")
NOT_NAMED = re.compile(r"/(proc|sys|dev|run|tmp|var/(run|log|tmp|lock|cache|lib|spool|mail|backups))(/.*)?")

# An entry of the record: kind, mode, uid, gid, size, change time in ns, inode, digest or target, extended attributes.
Entry = list[Any]
KIND, MODE, UID, GID, _, CTIME, INODE, CONTENT, ATTRIBUTES = range(9)
STAMP = slice(KIND, CONTENT)
KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
ACCOUNTS = {"/etc/passwd": 2, "/etc/group": 2, "/etc/shadow": 0, "/etc/gshadow": 0}
PEOPLE = range(1000, 60000)


class Scan:
    """One look at all trees.

    Attributes:
        found: path → entry.
        named: single files outside of the trees that configuration names.
        digested, undigested: bytes whose digest was taken, and paths for which there was no time left.
        more: whether there are more paths than are looked at.
    """

    def __init__(self, by_itself: list[str], known: dict[str, Entry] | None = None) -> None:
        """`known`: entries whose digests hold as long as nothing else of them has changed."""
        self.by_itself = tuple(by_itself)
        self.known = known or {}
        self.found: dict[str, Entry] = {}
        self.named: set[str] = set()
        self.digested = self.undigested = 0
        self.more = False
        self._naming = True
        self._until = time.monotonic() + PATIENCE

    def whole(self, named: list[str] | None = None) -> Scan:
        """Look at everything; `named`: single files beside the trees, None: those that the configuration names."""
        self._naming = named is None
        for tree in TREES:
            self._look_below(tree)
        if named is None:
            named = self._worth_naming()
        for path in named:
            self._look_at(path)
        self.named = set(named)
        return self

    def _look_below(self, top: str) -> None:
        waiting = [top]
        while waiting:
            path = waiting.pop()
            if len(self.found) >= MOST:
                self.more = True
                return
            entry = self._look_at(path)
            if entry and entry[KIND] == "folder":
                waiting += [f"{path}/{name}" for name in names(path)]

    def _look_at(self, path: str) -> Entry | None:
        if changes_by_itself(path, self.by_itself):
            return None
        try:
            entry = self._entry(path)
        except OSError:
            return None  # gone meanwhile
        if entry is not None:
            self.found[path] = entry
        return entry

    def _entry(self, path: str) -> Entry | None:
        state = os.lstat(path)
        kind = KINDS.get(stat.S_IFMT(state.st_mode), "special")
        size = state.st_size if kind == "file" and path not in ACCOUNTS else 0
        times = [0, 0] if kind == "folder" else [state.st_ctime_ns, state.st_ino]
        entry = [kind, state.st_mode & 0o7777, state.st_uid, state.st_gid, size, *times, "", ""]
        if is_a_users_table(path, state.st_uid):
            return None
        old = self.known.get(path)
        if old and old[STAMP] == entry[STAMP] and (old[CONTENT] or kind != "file"):
            if kind == "file" and self._is_to_name(path, size):
                digest(path, self.named)  # for what it names; its own is known
            return old
        entry[ATTRIBUTES] = attributes(path) if kind != "link" else ""
        entry[CONTENT] = os.readlink(path) if kind == "link" else self._digest(path, size) if kind == "file" else ""
        return entry

    def _digest(self, path: str, size: int) -> str:
        if self.digested + size > DIGESTED or time.monotonic() > self._until:
            self.undigested += 1
            return ""
        self.digested += size
        return digest(path, self.named if self._is_to_name(path, size) else None)

    def _is_to_name(self, path: str, size: int) -> bool:
        """Whether a file must be read for the paths that it names, though its digest be known."""
        return self._naming and size <= LONGEST_NAMING and bool(CONFIGURATION.fullmatch(path))

    def _worth_naming(self) -> list[str]:
        """Files that configuration names, outside of the trees, that are root's and nobody else can write."""
        outside = [path for path in self.named if not path.startswith(tuple(f"{tree}/" for tree in TREES))]
        return sorted(path for path in outside if not NOT_NAMED.fullmatch(path) and is_roots(path))[:10_000]


def names(folder: str) -> list[str]:
    """What lies in a folder, in order; nothing where it can't be read."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def is_roots(path: str) -> bool:
    """Whether a path is a regular file that root alone may write, put elsewhere or exchange; no link on the way."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return False
        while True:
            state = os.lstat(path)
            if state.st_uid != 0 or state.st_mode & 0o022 or stat.S_ISLNK(state.st_mode):
                return False
            if path == "/":
                return True
            path = os.path.dirname(path)
    except (OSError, ValueError):
        return False


def is_a_users_table(path: str, uid: int) -> bool:
    """Whether it is a cron table or an at job of a user's own: he changes it when he likes."""
    folder, _, name = path.rpartition("/")
    return folder in ("/var/spool/cron/crontabs", "/var/spool/cron/atjobs") and (
        uid in PEOPLE or numbers().get(name) in PEOPLE
    )


@functools.lru_cache(maxsize=None)
def numbers() -> dict[str, int]:
    """The number of each account of /etc/passwd."""
    with open("/etc/passwd", encoding="utf-8", errors="surrogateescape") as lines:
        return {words[0]: int(words[2]) for words in map(fields, lines) if is_number(words, 2)}


def fields(line: str) -> list[str]:
    """A line of passwd(5) and its like."""
    return line.rstrip("\n").split(":")


def is_number(words: list[str], place: int) -> bool:
    """Whether there is a number in this place of a line."""
    return len(words) > place and words[place].isdigit()


def digest(path: str, naming: set[str] | None = None) -> str:
    """Digest of what a file holds; of a file of accounts, of the system's own accounts alone.

    Args:
        path: of a regular file.
        naming: gets every path that stands in it; None: it is not looked through.
    """
    made = hashlib.sha256()
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(fd, "rb") as stream:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return ""  # somebody has put it there this very moment
        if path in ACCOUNTS:
            lines = system_lines(path, os.fsdecode(stream.read()))
            made.update(os.fsencode("\n".join(lines)))
        for part in iter(lambda: stream.read(CHUNK), b""):
            made.update(part)
            if naming is not None and b"\0" not in part:
                naming.update(os.fsdecode(name) for name in NAMED.findall(part))
    return base64.b64encode(made.digest()).decode()


def system_lines(path: str, text: str) -> Iterator[str]:
    """The lines of a file of accounts that are no user's: users come, go and change their passwords at any time."""
    place = ACCOUNTS[path]
    for line in text.split("\n"):
        words = fields(line)
        number = int(words[place]) if is_number(words, place) else numbers().get(words[0], -1) if place == 0 else -1
        if number not in PEOPLE:
            yield line


def attributes(path: str) -> str:
    """Extended attributes, access lists and capabilities among them, as one text; "" for none."""
    try:
        found = {name: os.getxattr(path, name) for name in os.listxattr(path)}
    except OSError:
        return ""
    return " ".join(f"{name}={base64.b64encode(found[name]).decode()}" for name in sorted(found))
