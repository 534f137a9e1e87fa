"""What lies below /home, looked through before it is copied: whose it is by number, and what no copy can take along."""

from __future__ import annotations

import os
from typing import Sequence

from irekae.host.agent.attributes import ACL, attributes_of
from irekae.host.agent.base import Answer, Refused, operation, owner_of, raw, text
from irekae.host.agent.paths import Spot, open_folder
from irekae.host.agent.search import kept
from irekae.host.agent.walk import listed, walk

LONGEST_NAME = 256  # bytes of a name, with the slash before it (NAME_MAX)
MANY = 20  # folders of one home with paths that are too long: then what they lie in is named instead


@operation
def op_survey(path: str, excludes: Sequence[str], longest: int) -> Answer:
    """All below a folder on its own file system: {"users", "groups"}: [number, a path that belongs to it] each,
    "too_long": the folders in which a path may be longer, "acl" and "xattr": some paths that have such,
    "other_devices": folders of another file system, or subvolume, into which no copy goes.

    Args:
        path: the folder.
        excludes: its top-level names that are left out, as rsync writes them.
        longest: bytes that a path relative to it may have.
    """
    users: dict[int, bytes] = {}
    groups: dict[int, bytes] = {}
    deep: set[bytes] = set()
    more: dict[str, list[str]] = {"acl": [], "xattr": [], "other_devices": []}

    def wanted(inner: bytes) -> bool:
        if len(inner) + LONGEST_NAME > longest:
            deep.add(inner)
            return False
        return b"/" in inner or bool(kept([inner], excludes))

    top = open_folder(raw(path), path)
    try:
        for fd, folder, names in walk(top, wanted, False, lambda at: more["other_devices"].append(text(at))):
            for name in names if folder else kept(names, excludes):
                try:
                    state = os.stat(name, dir_fd=fd, follow_symlinks=False)
                except OSError:
                    continue  # gone meanwhile
                users.setdefault(state.st_uid, os.path.join(folder, name))
                groups.setdefault(state.st_gid, os.path.join(folder, name))
                for word in {"acl" if key.startswith(ACL) else "xattr" for key in attributes_of(fd, name)}:
                    more[word] += [text(os.path.join(folder, name))] if len(more[word]) < MANY else []
    finally:
        os.close(top)
    answer: Answer = {"too_long": [text(found) for found in few(deep)], **more}
    for word, table in (("users", users), ("groups", groups)):
        answer[word] = [[number, text(example)] for number, example in sorted(table.items())]
    return answer


@operation
def op_other_devices(path: str, excludes: Sequence[str]) -> list[str]:
    """The folders below one that are not on its device, in the table of mounts or not (a subvolume of btrfs is not)."""
    others: list[bytes] = []
    try:
        top = open_folder(raw(path), path)
    except (FileNotFoundError, NotADirectoryError):
        return []
    try:
        for _ in walk(top, lambda inner: b"/" in inner or bool(kept([inner], excludes)), False, others.append):
            pass
    finally:
        os.close(top)
    return [text(found) for found in others]


def few(deep: set[bytes]) -> list[bytes]:
    """Folders to leave out; where one home has many, the one that all of them lie in."""
    by_home: dict[bytes, list[bytes]] = {}
    for path in sorted(deep):
        by_home.setdefault(path.split(b"/")[0], []).append(path)
    found: list[bytes] = []
    for paths in by_home.values():
        found += paths if len(paths) <= MANY else [os.path.commonpath(paths)]
    return found


@operation
def op_changed_since(folder: str, names: Sequence[str], since: float) -> list[str]:
    """Those of some paths below a folder at which something was changed since; seconds since 1970, by this clock.

    For what is gone by now, the time of the folder that it lay in counts. Behind a link nothing is looked at.
    """
    return [name for name in names if changed_at("{}/{}".format(folder, name.rstrip("/"))) >= since]


def changed_at(path: str) -> float:
    """When what lies at a path, or its absence, came about (ctime); 0 where nothing can be said."""
    try:
        with Spot(path) as spot:
            state = spot.state()
            return os.fstat(spot.folder).st_ctime if state is None else state.st_ctime
    except (OSError, Refused):
        return 0.0


@operation
def op_close_nameless(path: str) -> list[str]:
    """Give every folder in a folder whose owner has no account here to root alone (0700); their names.

    What lies in it belongs to a number, and would be the next account's that gets this number. The copy that follows
    the accounts gives each its owner and mode again.
    """
    closed = []
    top = open_folder(raw(path), path)
    try:
        for name, inner in listed(top):
            if not inner:
                continue
            fd = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
            try:
                uid = os.fstat(fd).st_uid
                if owner_of(uid) == str(uid):
                    os.fchmod(fd, 0o700)
                    os.fchown(fd, 0, 0)
                    closed.append(text(name))
            finally:
                os.close(fd)
    finally:
        os.close(top)
    return closed
