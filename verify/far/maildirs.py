# File names are bytes here, and the flags of open(2) matter.
# ruff: noqa: PTH108, PTH110, PTH118, PTH119, PTH208
"""Looks for marked messages in Maildirs and mailboxes, and removes them."""

from __future__ import annotations

import contextlib
import mailbox
import os
import stat
import time
from typing import Any

KEPT = 1500
PAUSE = 0.2


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Wait until all of `awaited` [[folder's owner, token]] are there, or the deadline has passed.

    Args in the request: `mark` (what is ours), `homes` (folder of home directories), `maildir` (its name in a home),
    `since` (files older than this time are none of ours), `remove`, `deadline` in seconds, `also` (folders whose
    files are looked through too: a list's archive), `mbox` (a mailbox file), `queue` (the mail queue: wait until
    nothing of ours is under way). An owner "*" in `awaited` is anybody.
    """
    deadline = time.monotonic() + request.get("deadline", 0)
    while True:
        messages = look(request)
        missing = [wanted for wanted in request.get("awaited", []) if not arrived(wanted, messages)]
        queued = in_queue(request["queue"], request["mark"]) if request.get("queue") else []
        if not (missing or queued) or time.monotonic() > deadline:
            break
        time.sleep(PAUSE)
    removed = 0
    if request.get("remove"):
        # Looked at again: what left the queue meanwhile has arrived somewhere.
        messages = look(request)
        removed = sum(remove(message["path"]) for message in messages)
        removed += empty_mbox(request["mbox"], request["mark"]) if request.get("mbox") else 0
    for message in messages:
        message["text"] = message["text"][:KEPT]
    return {"messages": messages, "missing": missing, "queued": queued, "removed": removed}


def arrived(wanted: list[str], messages: list[dict[str, Any]]) -> bool:
    """Whether the owner has a message with the token."""
    owner, token = wanted
    return any(owner in ("*", message["owner"]) and token in message["text"] for message in messages)


def in_queue(queue: str, mark: str) -> list[str]:
    """Files of the mail queue that bear the mark; the queue's layout is the mailer's own affair."""
    paths = [os.path.join(folder, name) for folder, _, inner in os.walk(queue) for name in inner]
    return [path for path in paths if marked(path, mark, 0) is not None]


def look(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Every message that bears the mark."""
    found = []
    for owner, folder in folders(request):
        for name in names(folder):
            text = marked(os.path.join(folder, name), request["mark"], request.get("since", 0))
            if text is not None:
                found.append({"owner": owner, "path": os.path.join(folder, name), "text": text})
    if request.get("mbox"):
        found += [{"owner": "mbox", "path": "", "text": text} for text in in_mbox(request["mbox"], request["mark"])]
    return found


def folders(request: dict[str, Any]) -> list[tuple[str, str]]:
    """Where messages lie: (owner, folder)."""
    homes = request["homes"]
    owned = [(home, os.path.join(homes, home)) for home in names(homes)]
    owned += [(os.path.basename(home), home) for home in request.get("more_homes", [])]
    found = [
        (owner, os.path.join(home, request["maildir"], part)) for owner, home in owned for part in ("new", "cur", "tmp")
    ]
    for top in request.get("also", []):
        found += [(top, path) for path, _, _ in os.walk(top)]
    return found


def names(folder: str) -> list[str]:
    """What is in a folder; nothing where it can't be read."""
    try:
        return os.listdir(folder)
    except OSError:
        return []


def marked(path: str, mark: str, since: float) -> str | None:
    """The message in a plain file, if it is young enough and bears the mark. Links are not followed."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode) or status.st_mtime < since:
        os.close(handle)
        return None
    with os.fdopen(handle, "rb") as file:
        text = file.read(200_000).decode("utf-8", "replace")
    return text if mark in text else None


def remove(path: str) -> int:
    """Unlink one of our messages."""
    try:
        os.unlink(path)
    except OSError:
        return 0
    return 1


def in_mbox(path: str, mark: str) -> list[str]:
    """Our messages in a mailbox file."""
    if not os.path.exists(path):
        return []
    with contextlib.closing(mailbox.mbox(path, create=False)) as box:
        return [text for message in box if mark in (text := message.as_string())]


def empty_mbox(path: str, mark: str) -> int:
    """Take our messages out of a mailbox file, which is locked meanwhile."""
    if not in_mbox(path, mark):
        return 0
    with contextlib.closing(mailbox.mbox(path, create=False)) as box:
        box.lock()
        ours = [key for key, message in box.items() if mark in message.as_string()]
        for key in ours:
            box.remove(key)
        box.flush()
        box.unlock()
    return len(ours)
