"""Accounts for the survey: who may log in, how, until when, in which groups; who may be root; which keys open what."""

from __future__ import annotations

import contextlib
import os
from typing import Iterator

from irekae.host.agent.base import Refused, operation, text
from irekae.host.agent.homes import descend
from irekae.host.agent.paths import Spot, open_folder
from irekae.host.agent.search import small_text
from irekae.host.agent.seen import Rows, add_folder, add_path, heeded, sealed

DAYS = (("changed", 2), ("minimum", 3), ("maximum", 4), ("warned", 5), ("inactive", 6), ("expires", 7))  # shadow(5)
KEY_FILES = (b".ssh/authorized_keys", b".ssh/authorized_keys2", b".shosts", b".rhosts")


def records(path: str, fields: int) -> Iterator[list[bytes]]:
    """The lines of an account file that have as many fields as they must."""
    with contextlib.suppress(FileNotFoundError):
        with Spot(path) as spot:
            fd = spot.open_regular()
        with os.fdopen(fd, "rb") as file:
            for line in file.read().splitlines():
                words = line.split(b":")
                if len(words) >= fields:
                    yield words


@operation
def op_seen_accounts(low: int, high: int) -> dict[str, Rows]:
    """Of every account: "account" (UID of users only, home, shell, comment), "login" (how it is locked), "password" (a
    keyed digest), "days" (shadow(5)), "groups", "group" (members); low, high: the users' numbers, both included.
    """
    found: dict[str, Rows] = {kind: {} for kind in ("account", "login", "password", "days", "groups", "group")}
    groups = {words[2]: words for words in records("/etc/group", 4)}
    members: dict[bytes, set[bytes]] = {}
    for words in groups.values():
        for member in filter(None, words[3].split(b",")):
            members.setdefault(member, set()).add(words[0])
        if any(words[3].split(b",")) or is_between(words[2], low, high):
            found["group"][text(words[0])] = listing(words[3].split(b","))
    for words in records("/etc/passwd", 7):
        name, primary = text(words[0]), groups.get(words[3])
        number = f"UID {text(words[2])}, " if is_between(words[2], low, high) or words[2] == b"0" else ""
        comment = f", “{text(words[4])}”" if words[4].strip(b", ") else ""
        found["account"].setdefault(name, f"{number}{text(words[5])}, {text(words[6]) or 'no shell'}{comment}")
        further = members.get(words[0], set()) - ({primary[0]} if primary else set())
        first = text(primary[0]) if primary else "a number without a name"
        found["groups"].setdefault(name, f"{first}, further: {listing(further)}")
    for words in records("/etc/shadow", 8):
        name = text(words[0])
        found["login"].setdefault(name, locked(words[1]))
        found["password"].setdefault(name, sealed(words[1].lstrip(b"!")) if words[1].strip(b"!*") else "none")
        found["days"].setdefault(name, ", ".join(f"{word} {text(words[at]) or '-'}" for word, at in DAYS))
    return found


def is_between(number: bytes, low: int, high: int) -> bool:
    """Is a number of an account file one of the users'."""
    return number.isdigit() and low <= int(number) <= high


def listing(names: list[bytes] | set[bytes]) -> str:
    """Names in order, "none" of none."""
    return ", ".join(sorted(text(name) for name in names if name)) or "none"


def locked(password: bytes) -> str:
    """What shadow(5) says of logging in by password."""
    if not password:
        return "without a password"
    return "locked" if password[:1] in (b"!", b"*") else "by password"


@operation
def op_seen_sudo() -> Rows:
    """Each line of sudoers(5) and of what lies in its folder, and those of the PAM and login rules beside it."""
    rows: Rows = {}
    for path in ("/etc/sudoers", "/etc/security/access.conf", "/etc/security/limits.conf", "/etc/ftpusers",
                 "/etc/nologin", "/etc/securetty", "/etc/shells", "/etc/hosts.equiv", "/etc/doas.conf"):  # fmt: skip
        add_path(rows, path)
    for path in ("/etc/sudoers.d", "/etc/security/limits.d"):
        add_folder(rows, path)
    return rows


@operation
def op_seen_keys() -> Rows:
    """The keys that open each account: a row for each line, by its digest; no link of a user's is followed."""
    rows: Rows = {}
    for words in records("/etc/passwd", 7):
        home = words[5].rstrip(b"/")
        if not home.startswith(b"/"):
            continue
        try:
            top = open_folder(home, text(home))
        except (OSError, Refused):
            continue
        try:
            for path in KEY_FILES:
                add_keys(rows, top, text(words[0]), path)
        finally:
            os.close(top)
    return rows


def add_keys(rows: Rows, home: int, account: str, path: bytes) -> None:
    """The lines of one file of keys in an open home."""
    *steps, name = path.split(b"/")
    folder = descend(home, steps)
    if folder is None:
        return
    try:
        held = small_text(folder, name)
    finally:
        os.close(folder)
    for line in heeded(held[0]) if held else ():
        kind = next((word for word in line.split() if word.startswith((b"ssh-", b"ecdsa-", b"sk-"))), b"a line")
        rows[f"{account}: {text(path)}: {text(kind)} {sealed(line)}"] = "lets in"
