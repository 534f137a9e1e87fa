"""Whose the home directories are, two levels deep, and whether mailboxes can be opened by their owners."""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
from typing import Any

from verify.far.below import descend, kind_of, names, open_folder, opened, shown, state_of
from verify.far.box_files import all_boxes
from verify.far.data_trees import is_strange, read_record

MOST = 200


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Look through `homes`: owners of each home and of what lies directly in it; the mailbox `maildir` in it.

    `boxes`: patterns of all mailboxes, for what lies in them; `record`: a file with the numbers in `homes` that had no
    name before the swap either.
    """
    known = read_record(request["record"]).get(request["homes"], {})
    homes: dict[str, Any] = {}
    strangers: list[dict[str, Any]] = []
    with opened(open_folder(request["homes"])) as top:
        for name in names(top):
            state = state_of(top, name)
            if state is None:
                continue
            homes[shown(name)] = {**owner(state), "maildir": mailbox(top, name, request["maildir"])}
            for path, inner in [(name, state), *children(top, name)]:
                if is_strange(inner, known) and len(strangers) < MOST:
                    where = shown(f"{request['homes']}/{path}")
                    strangers.append({"path": where, "uid": inner.st_uid, "gid": inner.st_gid})
    for account in pwd.getpwall():
        homes.update(led_to(request["homes"].rstrip("/"), account, request["maildir"]))
    return {"homes": homes, "strangers": strangers, "boxes": all_boxes(request["boxes"])}


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


def led_to(homes: str, account: pwd.struct_passwd, maildir: str) -> dict[str, dict[str, Any]]:
    """The home of an account that lies deeper than directly in `homes`, or behind a link that root made there."""
    path = account.pw_dir.rstrip("/")
    relative = path[len(homes) + 1 :]
    if not path.startswith(f"{homes}/") or ".." in path or not ("/" in relative or is_root_s_link(path)):
        return {}
    try:
        with opened(open_folder(path)) as home:
            return {shown(relative): {**owner(os.fstat(home)), "maildir": mailbox_in(home, maildir.split("/"))}}
    except OSError:
        return {}


def is_root_s_link(path: str) -> bool:
    """Whether root has put a link in the home's place; what others have put there is not followed."""
    try:
        state = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISLNK(state.st_mode) and state.st_uid in (0, os.geteuid())


def mailbox(top: int, home: str, maildir: str) -> dict[str, Any] | None:
    """Owner, mode and kind of a Maildir and its three folders; None where there is none."""
    try:
        with opened(descend(top, [home])) as folder:
            return mailbox_in(folder, maildir.split("/"))
    except OSError:
        return None


def mailbox_in(home: int, steps: list[str]) -> dict[str, Any] | None:
    """The same of an open home. What is no folder hides what may lie behind it: that is its user's affair."""
    *above, last = steps
    try:
        with opened(descend(home, above)) as folder:
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
