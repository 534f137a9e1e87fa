"""Reads the files in which the mail system looks things up, and what is compiled of them. Changes nothing."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import subprocess
from typing import Any

from verify.far.owners import group, owner
from verify.far.why import why

SECONDS = 60
# As postfix names them: TYPE:PATH; of those of the second kind postmap(1) makes what is read.
TEXTS = ("texthash", "pcre", "regexp", "cidr", "mysql", "pgsql", "ldap", "sqlite", "mongodb")
MADE = ("hash", "btree", "cdb", "lmdb", "dbm", "sdbm")
PEOPLE = ("alias_maps", "alias_database", "virtual_alias_maps", "virtual_mailbox_maps", "local_recipient_maps")
ORDERED = ("pcre", "regexp", "cidr")
WORD = re.compile(r"[\s,{}]+")
SEARCH = re.compile(r"(?:search|exists)[a-z0-9*@,-]*[;{]\s*(/[\w./@+-]+)")
INCLUDE = re.compile(r":include:(/[\w./@+-]+)")
MOST = 2000


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Each of `tables` (as `named` has them; where there are none, those that the mail system names itself).

    Args in the request: `tables`, `system`, `config` (folder of the configuration), `salt` of the digests of rows.
    """
    names = request.get("tables") or named(request["system"], request["config"])
    people = set() if request.get("tables") else of_people(request["system"], request["config"], names)
    return {name: {**look(name, request["salt"]), "of_people": name in people} for name in names}


def of_people(system: str, config: str, names: list[str]) -> set[str]:
    """Those that say who gets mail, with what they include: to these somebody adds a row when somebody joins."""
    if system != "postfix":
        return {name for name in names if "alias" in os.path.basename(name)}
    words = set(WORD.split(said("postconf", "-c", config, "-xh", *PEOPLE)))
    return {name for name in names if name.startswith(":") or any(word.endswith(name) for word in words)}


def named(system: str, config: str) -> list[str]:
    """`TYPE:PATH` of each table; of exim `:PATH`, and so of what files of aliases include."""
    found = postfix(config) if system == "postfix" else exim()
    for name in found:  # it grows meanwhile
        if len(found) < MOST and name.partition(":")[0] not in ("pcre", "regexp"):
            inner = [f":{path}" for path in INCLUDE.findall(text(name.partition(":")[2]))]
            found += [path for path in inner if path not in found]
    return sorted(name for name in found if os.path.isfile(name.partition(":")[2]))


def postfix(config: str) -> list[str]:
    """By the values of all parameters, those that the services of master.cf have of their own included."""
    shown = said("postconf", "-c", config, "-x") + said("postconf", "-c", config, "-P", "-x")
    values = [line.partition("=")[2] for line in shown.splitlines()]
    own = [said("postconf", "-c", config, "-xh", folder).strip() for folder in ("data_directory", "queue_directory")]
    found = []
    for word in (word for value in values for word in WORD.split(value)):
        kind, _, path = word.rpartition(":")
        kind = kind.rpartition(":")[2]
        outside = not any(folder and path.startswith(f"{folder}/") for folder in own)
        if kind in (*TEXTS, *MADE) and path.startswith("/") and outside and f"{kind}:{path}" not in found:
            found.append(f"{kind}:{path}")
    return found


def exim() -> list[str]:
    """By its configuration as it has read it; its own key is none."""
    paths = sorted({*SEARCH.findall(said("exim4", "-bP", "config"))})
    return [f":{path}" for path in paths if not path.endswith((".key", ".crt", ".pem"))]


def look(name: str, salt: str) -> dict[str, Any]:
    """One table: its digest, owner and mode, and a digest of the rows of what was compiled of it; "" where none is.

    `each` has a digest of each line, and of each row: what has more than another has all of the other's. None of a
    table that is read in its order, where a line more changes what those behind it mean.
    """
    kind, _, path = name.partition(":")
    try:
        data, state = read(path)
    except OSError as error:
        return {"error": why(error)}
    who, whose = owner(state.st_uid) or state.st_uid, group(state.st_gid) or state.st_gid
    told = f"{who}:{whose} {stat.S_IMODE(state.st_mode):04o}"
    made, found = rows(name) if kind in MADE else ("", [])
    told_of = ([], []) if kind in ORDERED else (lines(data), found)
    each = [[digest(one, salt) for one in some] for some in told_of]
    return {"sha256": hashlib.sha256(data).hexdigest(), "owner": told, "rows": made, "each": each}


def lines(data: bytes) -> list[bytes]:
    """What a table says: without blank lines and comments."""
    return [line.rstrip() for line in data.splitlines() if line.strip() and not line.lstrip().startswith(b"#")]


def digest(line: bytes, salt: str) -> str:
    """Of a line, which may be a secret's; hosts that are asked with one salt say the same of the same line."""
    return hashlib.sha256(salt.encode() + b" " + line).hexdigest()[:16]


def read(path: str) -> tuple[bytes, os.stat_result]:
    """What lies there, and its state; a pipe that somebody has put there is not waited for.

    Raises:
        OSError: it cannot be read, or is no plain file.
    """
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    with os.fdopen(fd, "rb", closefd=True) as file:
        state = os.fstat(fd)
        if not stat.S_ISREG(state.st_mode):
            raise OSError("no plain file")
        return file.read(), state


def rows(name: str) -> tuple[str, list[bytes]]:
    """A digest of all that the mail system finds there, and that; what went wrong, where it finds nothing at all."""
    done = subprocess.run(["postmap", "-s", name], capture_output=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        return (done.stderr.decode("utf-8", "replace").strip() or f"exit status {done.returncode}")[-200:], []
    # postalias(1) writes down when and where it was made, and a row for itself.
    found = [row for row in done.stdout.splitlines() if not row.startswith((b"YP_", b"@:"))]
    return hashlib.sha256(b"\n".join(sorted(found))).hexdigest(), found


def text(path: str) -> str:
    """What lies there; nothing where that cannot be read."""
    try:
        return read(path)[0].decode("latin-1")
    except OSError:
        return ""


def said(*argv: str) -> str:
    """What a command says.

    Raises:
        subprocess.SubprocessError: it fails: of the tables nothing would be known then.
    """
    done = subprocess.run(argv, capture_output=True, timeout=SECONDS, check=True)
    return done.stdout.decode("utf-8", "surrogateescape")
