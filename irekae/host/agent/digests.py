"""Digests of what lies below a folder: is a copy of many files like the original, without sending the files.

Of all: kind, mode, owner and group by name, access control lists and other attributes; of files: size and time; of
folders no time, which changes when a program looks in.
"""

from __future__ import annotations

import fnmatch
import functools
import hashlib
import os
import stat
from typing import Any, Callable, Iterator, Sequence, Tuple

from irekae.host.agent.attributes import attributes_of, digest_of_attributes
from irekae.host.agent.base import Answer, group_of, operation, owner_of, raw, text
from irekae.host.agent.parts import parted
from irekae.host.agent.paths import open_folder
from irekae.host.agent.walk import into, walk

Found = Tuple[bytes, bytes, os.stat_result]

COPIED = ((stat.S_ISREG, b"file"), (stat.S_ISDIR, b"dir"), (stat.S_ISLNK, b"link"))
PIECE = 1 << 20  # bytes read at once


@operation
def op_digests(path: str, skip: Sequence[str] = (), contents: bool = False) -> dict[str, Answer]:
    """For each name in a folder a digest of all below it: name → digest, paths, bytes, newest (seconds since 1970).

    Args:
        path: the folder; none there is as an empty one.
        skip: what is left out, relative to it: `/*/Maildir`; without a slash in front, at every depth.
        contents: digest what is in the files as well.
    """
    found = {}
    for name in tops(path):
        hashed, paths, size, newest = hashlib.sha256(), 0, 0, 0
        for inner, line, state in paths_below(path, name, skip, contents):
            hashed.update(inner + b"\0" + line + b"\n")
            paths += 1
            if stat.S_ISREG(state.st_mode):
                size, newest = size + state.st_size, max(newest, int(state.st_mtime))
        if paths:
            found[text(name)] = {"digest": hashed.hexdigest(), "paths": paths, "bytes": size, "newest": newest}
    return found


@parted
def each_listed(path: str, name: str, skip: Sequence[str] = (), contents: bool = False) -> Iterator[list[Any]]:
    """What the digest of one name is made of, in the order of the walk: path below the folder, description, time in
    seconds since 1970."""
    for inner, line, state in paths_below(path, raw(name), skip, contents):
        yield [text(inner), text(line), int(state.st_mtime)]


def tops(path: str) -> list[bytes]:
    """Names in a folder, in order; none when it is not there."""
    try:
        fd = open_folder(raw(path), path)
    except (FileNotFoundError, NotADirectoryError):
        return []
    try:
        return sorted(os.listdir(b"/proc/self/fd/%d" % fd))
    finally:
        os.close(fd)


def paths_below(path: str, name: bytes, skip: Sequence[str], contents: bool) -> Iterator[Found]:
    """A name in a folder and all below it, in order: path, description, state. Other file systems are left out, and
    pipes, sockets and devices, which no copy carries over; links are not followed."""
    rules = [rule.split("/") for rule in skip]
    describe = Describing(contents)
    top = open_folder(raw(path), path)
    try:
        first = describe(top, name, name)
        if first is None or left_out(name, rules):
            return
        yield first
        if not stat.S_ISDIR(first[2].st_mode):
            return
        inside = into(top, name)
        if inside is not None:
            try:
                yield from described_below(inside, name, rules, describe)
            finally:
                os.close(inside)
    finally:
        os.close(top)


def described_below(
    top: int, name: bytes, rules: Sequence[Sequence[str]], describe: Callable[[int, bytes, bytes], Found | None]
) -> Iterator[Found]:
    """All below an open folder of that name, but what a rule leaves out."""
    for fd, folder, names in walk(top, lambda inner: not left_out(name + b"/" + inner, rules), other_devices=False):
        for inner in names:
            path = os.path.join(name, folder, inner)
            found = None if left_out(path, rules) else describe(fd, inner, path)
            if found is not None:
                yield found


def left_out(path: bytes, rules: Sequence[Sequence[str]]) -> bool:
    """Does a rule of rsync's kind match: anchored by a slash in front, else the last name at every depth."""
    steps = text(path).split("/")
    for rule in rules:
        wanted = rule[1:] if rule[0] == "" else rule
        given = steps if rule[0] == "" else steps[-len(wanted) :]
        if len(wanted) == len(given) and all(map(fnmatch.fnmatchcase, given, wanted)):
            return True
    return False


class Describing:
    """Says what lies in an open folder, in one line that is the same on both machines when the copy is good."""

    def __init__(self, contents: bool) -> None:
        """Names of owners are looked up once."""
        self.contents = contents
        self.owner = functools.lru_cache(None)(owner_of)
        self.group = functools.lru_cache(None)(group_of)

    def __call__(self, folder: int, name: bytes, path: bytes) -> Found | None:
        """Path, description, state; None for what is gone meanwhile, and for pipes, sockets and devices."""
        try:
            state = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        kind = next((kind for test, kind in COPIED if test(state.st_mode)), b"")
        if not kind:
            return None
        words = [
            kind,
            b"%04o" % stat.S_IMODE(state.st_mode),
            raw(self.owner(state.st_uid)),
            raw(self.group(state.st_gid)),
        ]
        if kind == b"file":
            words += [b"%d" % state.st_size, b"%d" % int(state.st_mtime)]
            words += [digest_of(folder, name)] if self.contents else []
        elif kind == b"link":
            try:
                words.append(os.readlink(name, dir_fd=folder))
            except OSError:
                return None
        more = digest_of_attributes(attributes_of(folder, name), self.owner, self.group)
        return path, b" ".join([*words, b"+" + more] if more else words), state


def digest_of(folder: int, name: bytes) -> bytes:
    """sha256 of a regular file in an open folder."""
    hashed = hashlib.sha256()
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY, dir_fd=folder)
    except OSError:
        return b"-"  # gone meanwhile, or something else by now
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return b"-"
        for block in iter(functools.partial(file.read, PIECE), b""):
            hashed.update(block)
    return hashed.hexdigest().encode()
