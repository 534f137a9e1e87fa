"""Each message of a mailbox as it lies there, for the comparison of two machines: name, size, owner and mode."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import Any, Iterator, Sequence, Tuple

from irekae.host.agent.base import group_of, operation, owner_of, raw, text
from irekae.host.agent.homes import descend
from irekae.host.agent.mailboxes import file_state, mbox_messages, places
from irekae.host.agent.parts import parted
from irekae.host.agent.walk import walk

Mail = Tuple[bytes, str, int]  # name, description, seconds since 1970

WIDE = 1 << 128


@operation
def op_mail_digests(boxes: Sequence[str]) -> dict[str, str]:
    """For each user a digest of all messages in his mailboxes: of names without flags, sizes, owners and modes.

    It is the same after a message was read, whatever folder of the mailbox it lies in then.
    """
    sums: dict[str, int] = {}
    for pattern, user, top, steps in places(boxes):
        for name, described, _ in mail_in(pattern, top, steps, whole=True):
            line = hashlib.sha256(name + b"\0" + raw(described)).digest()
            sums[text(user)] = (sums.get(text(user), 0) + int.from_bytes(line[:16], "big")) % WIDE
    return {user: f"{found:032x}" for user, found in sums.items()}


@parted
def each_mail(boxes: Sequence[str], user: str) -> Iterator[list[Any]]:
    """What one user's mailboxes hold, folders, files and messages: name without flags, description, seconds since 1970.

    A message of a mailbox file is called by a digest that its reader's marks don't change.
    """
    for pattern, name, top, steps in places(boxes):
        if name == raw(user):
            for found, described, when in mail_in(pattern, top, steps, whole=False):
                yield [text(found), described, when]


def mail_in(pattern: str, top: int, steps: Sequence[bytes], whole: bool) -> Iterator[Mail]:
    """All in one mailbox of the pattern's kind; whole: a mailbox file is described as one, with its size."""
    if pattern.endswith("/"):
        yield from in_maildir(top, steps)
        return
    state = file_state(top, steps)
    if state is None:
        return
    size = f" {state.st_size}" if whole else ""
    yield raw(pattern), " ".join(["mbox", rights_of(state)]) + size, int(state.st_mtime)
    if not whole:
        for name in mbox_messages(top, steps):
            yield raw(name), "message", int(state.st_mtime)


def in_maildir(top: int, steps: Sequence[bytes]) -> Iterator[Mail]:
    """The messages of a maildir and of the folders in it (`.Sent`), and `new` and `cur`, which hold them."""
    box = descend(top, steps)
    if box is None:
        return
    try:
        for fd, folder, names in walk(box, other_devices=False):
            state = os.fstat(fd)
            if os.path.basename(folder) not in (b"cur", b"new"):
                continue
            yield folder, " ".join(["dir", rights_of(state)]), int(state.st_mtime)
            for name in names:
                try:
                    state = os.stat(name, dir_fd=fd, follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(state.st_mode):
                    described = " ".join(["file", rights_of(state), str(state.st_size)])
                    yield name.partition(b":2,")[0], described, int(state.st_mtime)
    finally:
        os.close(box)


def rights_of(state: os.stat_result) -> str:
    """Mode, owner and group, by name."""
    return f"{stat.S_IMODE(state.st_mode):04o} {owner_of(state.st_uid)} {group_of(state.st_gid)}"
