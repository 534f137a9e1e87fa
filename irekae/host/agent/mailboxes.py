"""Mailboxes of either kind, maildirs and files (mbox), by patterns. No link that an owner has put there is followed.

A pattern is a path with one `*`, which stands for the user; one that ends in a slash is a maildir.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from typing import Callable, Iterator, Sequence

from irekae.host.agent.base import operation, raw, text
from irekae.host.agent.homes import descend
from irekae.host.agent.paths import names_in, open_folder

CHUNK = 1 << 20
# What those who read a mailbox file write into its messages' heads.
READERS = (b"status:", b"x-status:", b"x-uid:", b"x-uidl:", b"x-imap", b"x-keywords:", b"content-length:")


@operation
def op_mailboxes(boxes: Sequence[str]) -> dict[str, list[int]]:
    """Messages and bytes in each user's mailboxes: user → [messages, bytes].

    boxes: the patterns.
    """
    found: dict[str, list[int]] = {}
    for _, user, count, size in counted(boxes):
        held = found.setdefault(text(user), [0, 0])
        held[0] += count
        held[1] += size
    return found


@operation
def op_mail_spools(boxes: Sequence[str]) -> list[str]:
    """The paths of the mailbox files that hold any mail."""
    files = [pattern for pattern in boxes if not pattern.endswith("/")]
    return [pattern.replace("*", text(user)) for pattern, user, _, size in counted(files) if size]


def counted(boxes: Sequence[str]) -> Iterator[tuple[str, bytes, int, int]]:
    """Pattern, user, messages and bytes of every mailbox that is there."""
    for pattern, user, top, steps in places(boxes):
        if pattern.endswith("/"):
            messages = list(maildir(top, steps))
            if messages or is_there(top, steps):
                yield pattern, user, len(messages), sum(size for _, _, size in messages)
        else:
            count, size = mbox(top, steps)
            if size >= 0:
                yield pattern, user, count, size


@operation
def op_mail_since(boxes: Sequence[str], since: float) -> list[list[str]]:
    """Messages of maildirs that came, and mailbox files that were written, since a time: [user, name of the message].

    A message keeps its name but for its flags (maildir(5)); a mailbox file is called by its path. since: seconds since
    1970.
    """
    found = []
    for pattern, user, top, steps in places(boxes):
        if pattern.endswith("/"):
            found += [[text(user), name] for name, when, _ in maildir(top, steps) if when >= since]
        else:
            state = file_state(top, steps)
            if state is not None and state.st_size and state.st_mtime >= since:
                found.append([text(user), pattern.replace("*", text(user))])
    return found


@operation
def op_mail_lacks(boxes: Sequence[str], messages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Those of the messages, as `op_mail_since` or `op_mail_messages` name them, that are in none of the mailboxes."""
    users = {user for user, _ in messages}
    digests = any("#" in name for _, name in messages)
    held = set(named(boxes, lambda user, is_maildir: user in users and (is_maildir or digests)))
    return [[user, name] for user, name in messages if (user, name) not in held]


@operation
def op_mail_messages(boxes: Sequence[str]) -> list[list[str]]:
    """Every message: [user, name]; one of a mailbox file is called by a digest that its reader's marks don't change."""
    return [[user, name] for user, name in named(boxes, lambda user, is_maildir: True)]


def named(boxes: Sequence[str], wanted: Callable[[str, bool], bool]) -> Iterator[tuple[str, str]]:
    """User and name of each message in the mailboxes that are wanted, by user and whether they are maildirs."""
    for pattern, user, top, steps in places(boxes):
        is_maildir = pattern.endswith("/")
        if not wanted(text(user), is_maildir):
            continue
        names = (name for name, _, _ in maildir(top, steps)) if is_maildir else mbox_messages(top, steps)
        for name in names:
            yield text(user), name


def mbox_messages(top: int, steps: Sequence[bytes]) -> Iterator[str]:
    """`#` and a digest for each message of a mailbox file; what its reader writes into the head is left out."""
    fd = open_mbox(top, steps)
    if fd is None:
        return
    hashed, head, begun = hashlib.sha256(), True, False
    with os.fdopen(fd, "rb") as file:
        for line in file:
            if line.startswith(b"From "):
                if begun:
                    yield f"#{hashed.hexdigest()[:24]}"
                hashed, head, begun = hashlib.sha256(), True, True
            head = head and line.strip() != b""
            # Blank lines between messages are the reader's to add or to drop.
            if line.strip() and not (head and line.lower().startswith(READERS)):
                hashed.update(line.rstrip(b"\r\n") + b"\n")
    if begun:
        yield f"#{hashed.hexdigest()[:24]}"


def places(boxes: Sequence[str]) -> Iterator[tuple[str, bytes, int, list[bytes]]]:
    """Pattern, user, the open folder that holds the users' names, and the steps from there to the mailbox."""
    for pattern in boxes:
        above, _, below = pattern.partition("*")
        try:
            top = open_folder(raw(above), above.rstrip("/"))
        except FileNotFoundError:
            continue  # the standby's is made by the copy; on production phase 0 has asked for it
        try:
            for user in names_in(top):
                yield pattern, user, top, [user, *(step for step in raw(below).split(b"/") if step)]
        finally:
            os.close(top)


def is_there(top: int, steps: Sequence[bytes]) -> bool:
    """Is there such a folder."""
    box = descend(top, steps)
    if box is not None:
        os.close(box)
    return box is not None


def maildir(top: int, steps: Sequence[bytes]) -> Iterator[tuple[str, float, int]]:
    """Name without flags, time of arrival and size of each message of a maildir (new and cur)."""
    for part in (b"cur", b"new"):
        folder = descend(top, [*steps, part])
        if folder is None:
            continue
        try:
            for name in names_in(folder):
                with contextlib.suppress(FileNotFoundError):
                    state = os.stat(name, dir_fd=folder, follow_symlinks=False)
                    if stat.S_ISREG(state.st_mode):
                        yield text(name.partition(b":2,")[0]), state.st_mtime, state.st_size
        finally:
            os.close(folder)


def open_mbox(top: int, steps: Sequence[bytes]) -> int | None:
    """A mailbox file; None when there is none, or something else lies there."""
    folder = descend(top, steps[:-1])
    if folder is None:
        return None
    try:
        fd = os.open(steps[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY, dir_fd=folder)
    except OSError:
        return None
    finally:
        os.close(folder)
    if stat.S_ISREG(os.fstat(fd).st_mode):
        return fd
    os.close(fd)
    return None


def file_state(top: int, steps: Sequence[bytes]) -> os.stat_result | None:
    """A mailbox file's state."""
    fd = open_mbox(top, steps)
    if fd is None:
        return None
    with os.fdopen(fd, "rb"):
        return os.fstat(fd)


def mbox(top: int, steps: Sequence[bytes]) -> tuple[int, int]:
    """How many messages (mbox(5): lines that begin with "From ") and bytes a mailbox file has; -1 bytes: it is none."""
    fd = open_mbox(top, steps)
    if fd is None:
        return 0, -1
    count, size, last = 0, 0, b"\n"
    with os.fdopen(fd, "rb") as file:
        while True:
            chunk = file.read(CHUNK)
            if not chunk:
                return count, size
            # A line may begin in one chunk and go on in the next.
            count += (last + chunk).count(b"\nFrom ")
            size += len(chunk)
            last = (last + chunk)[-5:]
