"""Whose the home directories are, two levels deep, and whether mailboxes can be opened by their owners."""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import stat
from typing import Any

from verify.far.below import descend, kind_of, names, open_folder, opened, shown, state_of

MOST = 200


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Look through `homes`: owners of each home and of what lies directly in it; the mailbox `maildir` in it."""
    users = {entry.pw_uid for entry in pwd.getpwall()}
    groups = {entry.gr_gid for entry in grp.getgrall()}
    homes: dict[str, Any] = {}
    strangers: list[dict[str, Any]] = []
    with opened(open_folder(request["homes"])) as top:
        for name in names(top):
            state = state_of(top, name)
            if state is None:
                continue
            homes[shown(name)] = {**owner(state), "maildir": mailbox(top, name, request["maildir"])}
            for path, inner in [(name, state), *children(top, name)]:
                if (inner.st_uid not in users or inner.st_gid not in groups) and len(strangers) < MOST:
                    where = shown(f"{request['homes']}/{path}")
                    strangers.append({"path": where, "uid": inner.st_uid, "gid": inner.st_gid})
    return {"homes": homes, "strangers": strangers}


def owner(state: os.stat_result) -> dict[str, Any]:
    """Owner, mode and kind."""
    return {"uid": state.st_uid, "gid": state.st_gid, "mode": stat.S_IMODE(state.st_mode), "kind": kind_of(state)}


def children(top: int, home: str) -> list[tuple[str, os.stat_result]]:
    """What lies directly in a home that is a folder: path below the homes, state."""
    try:
        with opened(descend(top, [home])) as folder:
            states = [(f"{home}/{name}", state_of(folder, name)) for name in names(folder)]
    except OSError:
        return []
    return [(path, state) for path, state in states if state is not None]


def mailbox(top: int, home: str, maildir: str) -> dict[str, Any] | None:
    """Owner, mode and kind of a Maildir and its three folders; None where there is none.

    What is no folder hides what may lie behind it: that is its user's affair.
    """
    *steps, last = maildir.split("/")
    try:
        with opened(descend(top, [home, *steps])) as folder:
            box = state_of(folder, last)
            if box is None:
                return None
            parts: dict[str, Any] = {"/": owner(box), **dict.fromkeys(("/new", "/cur", "/tmp"))}
            with contextlib.suppress(OSError), opened(descend(folder, [last])) as inner:
                for part in ("new", "cur", "tmp"):
                    state = state_of(inner, part)
                    parts[f"/{part}"] = owner(state) if state else None
            return parts
    except OSError:
        return None
