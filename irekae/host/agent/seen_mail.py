"""Mail for the survey: whom a message reaches (aliases, forwards, lists), what the daemons are told, POP's secrets."""

from __future__ import annotations

import os
import re
import stat
import struct
from typing import Iterator, Sequence

from irekae.host.agent.base import Refused, operation, raw, text
from irekae.host.agent.homes import descend
from irekae.host.agent.paths import FOLDER, Spot, names_in, open_folder
from irekae.host.agent.seen import DATED, Rows, add_file, add_folder, add_path, owned, sealed

FORWARDS = re.compile(rb"\.qmail|\.forward|\.procmailrc$|\.mailfilter$|\.courier|\.vacation|\.fetchmailrc$")
ALIASES = ("/root/.forward", "/root/.qmail", "/etc/aliases", "/etc/mail/aliases", "/etc/postfix/aliases")
CONTROLS = (
    "/etc/exim4/update-exim4.conf.conf",
    "/etc/mailname",
    "/etc/postfix/main.cf",
    "/etc/postfix/master.cf",
    "/etc/postfix/relay_domains",
    "/etc/postfix/transport",
    "/etc/postfix/virtual",
    "/etc/tcp.smtp",
    "/var/qmail/users/assign",
)
MEMBERS = ("subscribers", "subscribers.d", "digesters.d", "nomailsubs.d", "allow", "deny", "mod")
INSIDE = (("",), ("digest",), ("allow",), ("deny",), ("mod",), ("editor",))  # sub-lists of ezmlm(5)
SETTINGS = re.compile(rb"editor|owner|bouncer|manager|moderator|config|mailinglist|inhost|outhost|inlocal|outlocal"
                      rb"|local|prefix|header\w+|public|archived|indexed|modsub|modpost|subonly|listid|sublist|remote"
                      rb"|noreturnposts|confirmer|mimeremove|trailer|key")  # fmt: skip
FOLDERS = re.compile(rb"(/[^\s'\"|&;,]+)")


@operation
def op_seen_mail(control: str, home: str) -> dict[str, Rows]:
    """The "alias" rows of the system, the "forward" rows of each home, and the "mail control" rows of the daemons.

    Args:
        control: qmail's folder of control files.
        home: the folder of homes; no link of a user's is followed there.
    """
    aliases: Rows = {}
    for path in ALIASES:
        add_path(aliases, path)
    add_folder(aliases, os.path.join(os.path.dirname(control), "alias"), r"\.qmail")
    controls: Rows = {}
    add_folder(controls, control)
    for path in CONTROLS:
        add_path(controls, path)
    forwards: Rows = {}
    for user, folder, name in files_of_homes(home):
        if FORWARDS.match(name) and not name.endswith(b"-old"):
            add_file(forwards, f"{text(user)}/{text(name)}", folder, name)
    return {"alias": aliases, "forward": forwards, "mail control": controls}


def files_of_homes(home: str) -> Iterator[tuple[bytes, int, bytes]]:
    """Each home's name, itself open, and each name in it but those of copies."""
    top = open_folder(raw(home), home)
    try:
        for user in names_in(top):
            try:
                folder = os.open(user, FOLDER, dir_fd=top)
            except OSError:
                continue
            try:
                for name in names_in(folder):
                    if not DATED.search(text(name)):
                        yield user, folder, name
            finally:
                os.close(folder)
    finally:
        os.close(top)


@operation
def op_seen_lists(control: str, home: str, lists: Sequence[str]) -> Rows:
    """Members, owners and settings of each mailing list (ezmlm, mlmmj): one that a forward or an alias names.

    Args:
        control, home: as in `seen_mail`.
        lists: the folders of those that are known.
    """
    found = {*lists}
    for rows in op_seen_mail(control, home).values():
        for row in rows:
            found |= {text(path) for path in FOLDERS.findall(raw(row.partition(": ")[2]))}
    rows = {}
    for path in sorted(found):
        try:
            folder = open_folder(raw(path), path)
        except (OSError, Refused):
            continue
        try:
            if any(name in names_in(folder) for name in (b"subscribers", b"subscribers.d")):
                add_list(rows, path, folder)
        finally:
            os.close(folder)
    return rows


def add_list(rows: Rows, path: str, folder: int) -> None:
    """One list, its folder open."""
    for name in names_in(folder):
        if SETTINGS.fullmatch(name) and not DATED.search(text(name)):
            add_file(rows, f"{path}/{text(name)}", folder, name)
    for inside in INSIDE:
        for part in MEMBERS:
            within = descend(folder, [raw(step) for step in (*inside, part) if step])
            if within is not None:
                try:
                    label = "/".join(step for step in (path, *inside, part) if step)
                    rows.update({f"{label}: {text(member)}": "is a member" for member in members_in(within)})
                finally:
                    os.close(within)


def members_in(folder: int) -> set[bytes]:
    """Addresses in a folder of subscribers: records that begin with T (ezmlm), or lines (mlmmj)."""
    found: set[bytes] = set()
    for name in names_in(folder):
        try:
            fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        except OSError:
            continue
        with os.fdopen(fd, "rb") as file:
            data = file.read(1 << 24) if stat.S_ISREG(os.fstat(fd).st_mode) else b""
        found |= {word[1:] for word in data.split(b"\0") if word[:1] == b"T"} if b"\0" in data else {*data.split()}
    return found


@operation
def op_seen_pop(path: str) -> Rows:
    """The file of POP's secrets: itself, and each user with a digest of the secret if it is a GDBM file, or lines."""
    try:
        with Spot(path) as spot:
            fd = spot.open_regular()
    except FileNotFoundError:
        return {}
    with os.fdopen(fd, "rb") as file:
        state, data = os.fstat(fd), file.read(1 << 26)
    rows = {path: f"{owned(state)}, content {sealed(data)}"}
    users = dict(gdbm(data)) or dict(line.split(b":", 1) for line in data.splitlines() if b":" in line)
    rows.update({f"{path}: {text(user)}": f"has a secret, content {sealed(secret)}" for user, secret in users.items()})
    return rows


GDBM_MAGIC = 0x13579ACF  # 64-bit offsets, this machine's byte order
GDBM_HEAD, GDBM_BUCKET, GDBM_ELEMENT = struct.Struct("=IIqIIIIq"), 104, struct.Struct("=i4sqii")


def gdbm(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and contents of a GDBM file in its 64-bit format (gdbmdefs.h); none of anything else, or where it is cut."""
    try:
        magic, _, where, size, _, _, elements, _ = GDBM_HEAD.unpack_from(data)
        if magic != GDBM_MAGIC:
            return
        buckets = {struct.unpack_from("=q", data, where + at)[0] for at in range(0, size, 8)}
        for bucket in buckets:
            for number in range(elements):
                at = bucket + GDBM_BUCKET + 8 + number * GDBM_ELEMENT.size
                hashed, _, begin, key, content = GDBM_ELEMENT.unpack_from(data, at)
                if hashed != -1:
                    yield data[begin : begin + key], data[begin + key : begin + key + content]
    except struct.error:
        return
