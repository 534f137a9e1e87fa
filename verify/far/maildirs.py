"""Looks for marked messages in Maildirs and mailboxes, and removes those that the checks sent themselves."""

from __future__ import annotations

import contextlib
import fcntl
import mailbox
import os
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

from verify.far.below import (
    descend,
    kind_of,
    names,
    open_file,
    open_folder,
    opened,
    remove,
    shown,
    state_of,
    walk,
)
from verify.far.ours import is_whole, messages_of

KEPT = 1500
LONGEST = 200_000
"""Bytes: none of ours is longer."""
PAUSE = 0.2
TAIL = 4_000_000
"""Bytes at the end of a mailbox file that are looked through."""


def main(request: dict[str, Any]) -> dict[str, Any]:
    """Wait until all of `awaited` [[folder's owner, token]] are there, or the deadline has passed.

    Args in the request: `mark` (what is ours), `homes` (folder of home directories), `maildir` (its name in a home),
    `since` (files older than this time are none of ours), `remove`, `deadline` in seconds, `also` (folders whose
    files are looked through too: a list's archive), `mbox` (a mailbox file), `boxes` (patterns of the users' mailbox
    files, `*` is the user; of maildirs, where they end in a slash), `queue` (the mail queue: wait until nothing of
    ours is under way). An owner "*" in `awaited` is anybody.

    Answers `messages`, `missing`, `queued`, `removed`, `astray` (mailboxes that are links, pipes or devices: they are
    not looked into) and `stay` (files that bear the mark, but hold others' data too: they are not touched).
    """
    deadline = time.monotonic() + request.get("deadline", 0)
    while True:
        found = Search(request)
        missing = [wanted for wanted in request.get("awaited", []) if not arrived(wanted, found.messages)]
        queued = in_queue(request["queue"], request["mark"]) if request.get("queue") else []
        if not (missing or queued) or time.monotonic() > deadline:
            break
        time.sleep(PAUSE)
    if request.get("remove"):
        # Looked at again: what left the queue meanwhile has arrived somewhere.
        found = Search(request, sweep=True)
    for message in found.messages:
        message["text"] = message["text"][:KEPT]
    kept = {"messages": found.messages, "astray": found.astray, "stay": found.stay}
    return {"missing": missing, "queued": queued, "removed": found.removed, **kept}


def arrived(wanted: list[str], messages: list[dict[str, Any]]) -> bool:
    """Whether the owner has a message with the token."""
    owner, token = wanted
    return any(owner in ("*", message["owner"]) and token in message["text"] for message in messages)


def in_queue(queue: str, mark: str) -> list[str]:
    """Files of the mail queue that bear the mark; the queue's layout is the mailer's own affair."""
    found: list[str] = []
    with contextlib.suppress(OSError), opened(open_folder(queue)) as top:
        for folder, path in walk(top, queue):
            found += [f"{path}/{name}" for name in names(folder) if marked(folder, name, mark, 0)]
    return found


class Search:
    """One look at every place.

    Attributes:
        messages: those that bear the mark: owner, path, text.
        astray: mailboxes that are none.
        stay: files that a sweep leaves, since they are not, or not only, messages of ours.
        removed: how many messages a sweep removed.
    """

    def __init__(self, request: dict[str, Any], sweep: bool = False) -> None:
        """Look; sweep: remove what is ours."""
        self.messages: list[dict[str, Any]] = []
        self.astray: list[str] = []
        self.stay: list[str] = []
        self.removed = 0
        self._request, self._sweep = request, sweep
        for owner, folder, path in self._folders():
            for name in names(folder):
                self._look(owner, folder, name, f"{path}/{name}")
        if request.get("mbox"):
            self._look_into_mbox(request["mbox"])
        for pattern in request.get("boxes", []):
            self._look_into_boxes(pattern)

    def _folders(self) -> Iterator[tuple[str, int, str]]:
        """Where messages lie: owner, open folder, path."""
        homes = self._request["homes"]
        with contextlib.suppress(OSError), opened(open_folder(homes)) as top:
            for owner in names(top):
                yield from self._mailbox(top, [owner, *self._request["maildir"].split("/")], f"{homes}/{owner}")
        for path in self._request.get("also", []):
            try:
                archive = open_folder(path)
            except FileNotFoundError:
                continue
            except OSError as error:
                self.astray.append(f"{path}: {error.strerror}")
                continue
            with opened(archive):
                yield from ((path, folder, below) for folder, below in walk(archive, path))

    def _mailbox(self, top: int, steps: list[str], path: str) -> Iterator[tuple[str, int, str]]:
        """A maildir: steps to it from the open folder of its owners' names; path: of its owner's."""
        for number, step in enumerate(steps):
            # What the homes' folder holds beside homes is no mailbox; from a home on, each step must be a folder.
            with contextlib.suppress(OSError), opened(descend(top, steps[:number])) as folder:
                if not self._is_folder(folder, step, "/".join([path, *steps[1 : number + 1]]), told=number > 0):
                    return
        where = "/".join([path, *steps[1:]])
        with contextlib.suppress(OSError), opened(descend(top, steps)) as box:
            for part in ("new", "cur", "tmp"):
                if not self._is_folder(box, part, f"{where}/{part}", told=True):
                    continue
                with contextlib.suppress(OSError), opened(descend(box, [part])) as folder:
                    yield steps[0], folder, f"{where}/{part}"

    def _is_folder(self, folder: int, name: str, path: str, told: bool) -> bool:
        state = state_of(folder, name)
        kind = kind_of(state) if state else "missing"
        if told and kind not in ("folder", "missing"):
            self.astray.append(f"{shown(path)} is a {kind}")
        return kind == "folder"

    def _look(self, owner: str, folder: int, name: str, path: str) -> None:
        found = marked(folder, name, self._request["mark"], self._request.get("since", 0))
        if found is None:
            return
        text, state = found
        self.messages.append({"owner": shown(owner), "path": shown(path), "text": text})
        if not self._sweep:
            return
        if state.st_size <= LONGEST and is_whole(text, self._request["mark"]) and remove(folder, name, state):
            self.removed += 1
        else:
            self.stay.append(shown(path))

    def _look_into_mbox(self, path: str) -> None:
        text = mailbox_text(path)
        ours = [message for message in messages_of(text) if self._request["mark"] in message]
        self.messages += [{"owner": "mbox", "path": shown(path), "text": message} for message in ours]
        if not (ours and self._sweep):
            return
        if empty_mbox(path, self._request["mark"]):
            self.removed += len(ours)
        else:
            self.stay.append(shown(path))

    def _look_into_boxes(self, pattern: str) -> None:
        """Maildirs (a slash at the end) or mailbox files of all users; what was delivered since lies at their ends."""
        above, _, below = pattern.partition("*")
        with contextlib.suppress(OSError), opened(open_folder(above)) as top:
            for user in names(top):
                *steps, name = [user, *below.split("/")[1:]]
                if not name:
                    for owner, folder, path in self._mailbox(top, steps, f"{above}{user}"):
                        for message in names(folder):
                            self._look(owner, folder, message, f"{path}/{message}")
                    continue
                with contextlib.suppress(OSError), opened(descend(top, steps)) as folder:
                    self._look_into_box(user, folder, name, pattern.replace("*", user))

    def _look_into_box(self, owner: str, folder: int, name: str, path: str) -> None:
        fd = open_file(folder, name, writable=self._sweep)
        if fd is None:
            return
        with os.fdopen(fd, "rb") as file:
            mark = self._request["mark"]
            if os.fstat(fd).st_mtime < self._request.get("since", 0):
                return
            ours = [message for message in messages_of(tail_of(file)[0]) if mark in message]
            self.messages += [{"owner": shown(owner), "path": shown(path), "text": message} for message in ours]
            if ours and self._sweep:
                removed = cut_off(file, mark)
                self.removed += removed
                self.stay += [] if removed == len(ours) else [shown(path)]


def tail_of(file: BinaryIO) -> tuple[str, int]:
    """The end of a mailbox file, a sign for each byte, and where it begins."""
    begin = max(0, file.seek(0, os.SEEK_END) - TAIL)
    file.seek(begin)
    return file.read().decode("latin-1"), begin


def cut_off(file: BinaryIO, mark: str) -> int:
    """Cut the messages of ours off that are the last ones of a user's mailbox file; how many.

    Nothing is written anew, and whoever delivers or fetches keeps it from us by his lock (fcntl(2), flock(2)).
    """
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return 0
    text, begin = tail_of(file)
    parts, removed = messages_of(text), 0
    end = begin + len(text)
    while parts and is_whole(parts[-1].partition("\n")[2].rstrip("\n") + "\n", mark):
        end -= len(parts.pop())
        removed += 1
    if removed:
        os.ftruncate(file.fileno(), end)
    return removed


def mailbox_text(path: str) -> str:
    """What is in a mailbox file; nothing where there is none, or something else bears its name."""
    folder, _, name = path.rpartition("/")
    try:
        with opened(open_folder(folder)) as spool:
            fd = open_file(spool, name)
    except OSError:
        return ""
    if fd is None:
        return ""
    with os.fdopen(fd, "rb") as file:
        return file.read().decode("utf-8", "replace")


def empty_mbox(path: str, mark: str) -> bool:
    """Empty a mailbox file, locked meanwhile, that holds whole messages of ours alone; any other stays as it is."""
    with contextlib.closing(mailbox.mbox(path, create=False)) as box:
        try:
            box.lock()
        except (mailbox.ExternalClashError, OSError):
            return False  # mail is being delivered, or fetched
        try:
            whole = all(is_whole(message.partition("\n")[2], mark) for message in messages_of(mailbox_text(path)))
            if whole:
                os.truncate(path, 0)
            return whole
        finally:
            box.unlock()


def marked(folder: int, name: str, mark: str, since: float) -> tuple[str, os.stat_result] | None:
    """The message in a plain file, if it is young enough and bears the mark, and the file's state."""
    fd = open_file(folder, name)
    if fd is None:
        return None
    with os.fdopen(fd, "rb") as file:
        state = os.fstat(fd)
        text = file.read(LONGEST).decode("utf-8", "replace") if state.st_mtime >= since else ""
    return (text, state) if mark in text else None
