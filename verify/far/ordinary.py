"""Changes of a file that are a host's daily life: another comment, a record more, a renewed certificate, an alias."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import subprocess
from collections import Counter
from typing import Any, Iterable

from verify.far.mail_tables import MADE, named
from verify.far.system import said
from verify.far.trees import Entry

LONGEST = 1 << 18  # bytes
COMMENT = re.compile(r"\s*(?:[#;]|//).*|\s*")
ZONE = re.compile(r"(?im)^(?![#;]).*\sSOA\s")
BEHIND = re.compile(r'^((?:[^";\n]|"[^"\n]*")*);.*$', re.MULTILINE)
SERIAL = re.compile(r"(?i)(\sSOA\s+(?:\(\s*)?\S+\s+(?:\(\s*)?\S+\s+(?:\(\s*)?)\d+")
DIVERTS = re.compile(r"(?i)(?:\d\w*\s+|in\s+)*(?:\$\w+|mx|ns|srv|dname)\s")
"""Who adds one of these to a zone sends somebody's mail, or questions, elsewhere."""
PEM = "-----BEGIN "
LOOKED_UP = ("/etc/aliases",)
QUERIES = ("mysql", "pgsql", "ldap", "sqlite", "mongodb")  # these say whom to ask, and are configuration
COMPILED = {"cdb": (".cdb",), "dbm": (".dir", ".pag"), "lmdb": (".lmdb",), "sdbm": (".dir", ".pag")}
USERS = re.compile(r"\s*(?:args|passwd_file_path|[\w.]*passwd_file\w*)\s*=.*?(/[^\s=]+)\s*")


def kept(found: dict[str, Entry], held: Iterable[str], salt: str) -> dict[str, list[str]]:
    """What each file that a daemon holds says at the boot, as digests of its statements."""
    texts = {path: text_of(path) for path in held if found[path][0] == "file"}
    return {path: digests(statements(text), salt) for path, text in texts.items() if text and not text.startswith(PEM)}


def is_the_same_or_more(path: str, record: dict[str, Any]) -> bool:
    """Whether a file says what it said at the boot; a zone may say more, and a certificate something else."""
    text, before = text_of(path), record.get("lines", {}).get(path)
    if text is None:
        return False
    if text.startswith(PEM) and not path.startswith("/etc/ssh/"):
        return True  # it was renewed; 9.4 has a check of its own
    now = statements(text)
    marks = digests(now, record["salt"])
    if before is None or marks == before:
        return before is not None
    if not ZONE.search(text) or Counter(before) - Counter(marks):
        return False
    more = Counter(marks) - Counter(before)
    return not any(DIVERTS.match(line.partition("\0")[2]) for line, mark in zip(now, marks) if mark in more)


def statements(text: str) -> list[str]:
    """The lines of a file that say something; of a zone, each with its owner and without the serial."""
    if not ZONE.search(text):
        return [line.rstrip() for line in text.splitlines() if not COMMENT.fullmatch(line)]
    origin = owner = ""
    found = []
    for line in SERIAL.sub(r"\1serial", BEHIND.sub(r"\1", text)).splitlines():
        words = line.split()
        if not words:
            continue
        if words[0].upper() == "$ORIGIN":
            origin = words[-1]
            continue
        if not line[0].isspace() and words[0][0] != "$":
            owner = words.pop(0)
        place = "" if words[:1] and words[0][0] == "$" else f"{origin} {owner}"
        found.append(f"{place}\0{' '.join(words)}")
    return found


def digests(lines: Iterable[str], salt: str) -> list[str]:
    """A short digest of each: what stands in a file that is secret stands nowhere else."""
    return [hashlib.sha256(f"{salt} {line}".encode("utf-8", "surrogateescape")).hexdigest()[:12] for line in lines]


def text_of(path: str) -> str | None:
    """What a file holds; None where it is long, no text, or can't be read."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(fd, "rb") as stream:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return None
        data = stream.read(LONGEST + 1)
    return None if len(data) > LONGEST or b"\0" in data else data.decode("utf-8", "surrogateescape")


def looked_up(mail: dict[str, str]) -> set[str]:
    """Files in which mail and mailboxes are looked up anew each time: who changes one the ordinary way is done with it.

    Args:
        mail: `system` and `config` as far/mail_tables.py wants them; empty where there is none.
    """
    found = set()
    tables: list[str] = []
    if mail:
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            tables = named(mail["system"], mail["config"])
    for name in (*(f"hash:{path}" for path in LOOKED_UP), *tables):
        kind, _, path = name.rpartition(":")
        made = {f"{path}{end}" for end in COMPILED.get(kind, (".db",))} if kind in MADE else set()
        if kind not in QUERIES:
            found |= made | ({path} if not is_behind(made, path) else set())
    users = filter(None, map(USERS.fullmatch, said("doveconf", "-n")))
    return found | {one[1] for one in users if ".conf" not in one[1]}


def is_behind(made: Iterable[str], path: str) -> bool:
    """Whether what was compiled of a table is older than the table: nobody has compiled it since."""
    moments = [moment for moment in map(written, made) if moment]
    return bool(moments) and min(moments) < written(path)


def written(path: str) -> float:
    """When a file was last written; 0 where it is not there."""
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
