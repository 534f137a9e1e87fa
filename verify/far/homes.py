# File names are bytes here, and the flags of open(2) matter.
# ruff: noqa: PTH112, PTH114, PTH118, PTH208
"""Whose the home directories are, two levels deep, and whether mailboxes can be opened by their owners."""

from __future__ import annotations

import grp
import os
import pwd
from typing import Any

MOST = 200


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Look through `homes`: owners of each home and of what lies directly in it; the mailbox `maildir` in it."""
    users = {entry.pw_uid for entry in pwd.getpwall()}
    groups = {entry.gr_gid for entry in grp.getgrall()}
    homes: dict[str, Any] = {}
    strangers: list[dict[str, Any]] = []
    for name in sorted(os.listdir(request["homes"])):
        path = os.path.join(request["homes"], name)
        homes[shown(name)] = {**owner(path), "maildir": mailbox(os.path.join(path, request["maildir"]))}
        for inner in [path, *children(path)]:
            status = os.lstat(inner)
            if (status.st_uid not in users or status.st_gid not in groups) and len(strangers) < MOST:
                strangers.append({"path": shown(inner), "uid": status.st_uid, "gid": status.st_gid})
    return {"homes": homes, "strangers": strangers}


def shown(name: str) -> str:
    """A file name as text that JSON can hold."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def owner(path: str) -> dict[str, Any]:
    """Owner, mode and kind, a link not followed."""
    status = os.lstat(path)
    kind = "link" if os.path.islink(path) else "folder" if os.path.isdir(path) else "file"
    return {"uid": status.st_uid, "gid": status.st_gid, "mode": status.st_mode & 0o7777, "kind": kind}


def children(path: str) -> list[str]:
    """What lies directly in a folder that is no link."""
    if os.path.islink(path) or not os.path.isdir(path):
        return []
    return [os.path.join(path, name) for name in sorted(os.listdir(path))]


def mailbox(path: str) -> dict[str, Any] | None:
    """Owner and mode of a Maildir and its three folders; None where there is none."""
    if not os.path.lexists(path):
        return None
    parts = [path, *(os.path.join(path, part) for part in ("new", "cur", "tmp"))]
    return {part[len(path) :] or "/": owner(part) if os.path.lexists(part) else None for part in parts}
