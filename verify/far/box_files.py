"""What lies in the mailboxes: messages that their owners cannot read, and those that are empty. No link is followed."""

from __future__ import annotations

import contextlib
import os
import pwd
import stat
from collections.abc import Iterator
from typing import Any

from verify.far.below import descend, names, open_folder, opened, shown, state_of


def all_boxes(boxes: list[str]) -> list[dict[str, Any]]:
    """Each mailbox that holds messages: path, how many, how many of them its owner cannot read, how many are empty.

    Args:
        boxes: paths with one `*`, the user; those that end in a slash are maildirs, the others files.
    """
    found = []
    for pattern in boxes:
        above, _, below = pattern.partition("*")
        with contextlib.suppress(OSError), opened(open_folder(above)) as top:
            steps = [step for step in below.split("/") if step]
            for user in names(top):
                look = maildir if pattern.endswith("/") else spool
                with contextlib.suppress(OSError):
                    told = look(top, user, steps)
                    if told["messages"]:
                        found.append({"path": shown(above + user + below), **told})
    return found


def maildir(top: int, user: str, steps: list[str]) -> dict[str, int]:
    """A maildir's; whose folder it is, his are the messages."""
    with opened(descend(top, [user, *steps])) as box:
        uid, states = os.fstat(box).st_uid, list(messages(box))
    shut = sum(not may_read(uid, state) for state in states)
    return {"messages": len(states), "shut": shut, "empty": sum(state.st_size == 0 for state in states)}


def messages(box: int) -> Iterator[os.stat_result]:
    """The files in the two folders of a maildir that hold mail."""
    for part in ("cur", "new"):
        with contextlib.suppress(OSError), opened(descend(box, [part])) as folder:
            for name in names(folder):
                state = state_of(folder, name)
                if state is not None and stat.S_ISREG(state.st_mode):
                    yield state


def spool(top: int, user: str, steps: list[str]) -> dict[str, int]:
    """A mailbox file's, which is one; an empty one is usual, and so is one that nobody has an account for."""
    with opened(descend(top, [user, *steps][:-1])) as folder:
        state = state_of(folder, [user, *steps][-1])
    if state is None or not stat.S_ISREG(state.st_mode):
        return {"messages": 0}
    try:
        uid = pwd.getpwnam(user).pw_uid
    except KeyError:
        uid = state.st_uid
    return {"messages": 1, "shut": int(not may_read(uid, state)), "empty": 0}


def may_read(uid: int, state: os.stat_result) -> bool:
    """May a file be read by a user; what only his groups may tell is taken for yes."""
    return bool(state.st_mode & (0o400 if uid == state.st_uid else 0o044))
