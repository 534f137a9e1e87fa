"""Local mail taken out of postfix's queue, and put into one again: exactly once, whatever is cut off when.

A held message is a folder as `held_mail` has it; its `message` is the queue file itself, in which only the recipients
to come that are held are not done. What is put into a queue has its inode's name there, as postfix calls it.
"""

from __future__ import annotations

import base64
import io
import os
import time
from typing import Sequence

from irekae.host.agent.base import Answer, Refused, operation, write_whole
from irekae.host.agent.held_mail import Held, held_in, op_mail_held
from irekae.host.agent.postfix_queue import (
    QUEUED,
    SUBMITTED,
    PostfixQueue,
    QueueFile,
    is_local_mail,
    postfix_at,
    postfix_records,
    postfix_resting,
)  # fmt: skip

# mail_queue.h: of long names, without vowels; base 51 leaves its last letter out.
LETTERS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"


@operation
def op_postfix_hold(queue: str, folder: str, domains: Sequence[str]) -> list[Answer]:
    """Take what is to be delivered locally out of a queue: kept in folder first, then marked as done.

    What pickup has not taken up yet goes as a whole: nobody has decided on any of its recipients.

    Raises:
        Refused: postfix runs.
    """
    found = postfix_at(queue)
    if found is not None:
        with postfix_resting(found):
            for part in (*QUEUED, SUBMITTED):
                for inner, name in list(found.files(part)):
                    hold_postfix(found, part, inner, name, folder, domains)
    return op_mail_held(folder)


def hold_postfix(found: PostfixQueue, part: str, inner: str, name: str, folder: str, domains: Sequence[str]) -> None:
    """Hold one message's local recipients that are to come."""
    message, data = found.message(inner), found.read(inner)
    if message is None or data is None:
        return
    wanted = [one for one in message.recipients if is_local_mail(one[1], domains)]
    if not wanted:
        return
    if part == SUBMITTED:
        wanted = message.recipients
    held = Held(folder, f"{name}.{message.at}")
    # One that is there was cut off before all of them were marked here: it has them all.
    if not held.fact("envelope"):
        keep_postfix(held, part, message, data, wanted)
    if part == SUBMITTED:
        found.drop(inner)
    else:
        found.mark_done(inner, [place for place, _ in wanted])


def keep_postfix(held: Held, part: str, message: QueueFile, data: bytes, wanted: Sequence[tuple[int, bytes]]) -> None:
    """Write a held message; the envelope, which makes it whole, last."""
    places = {place for place, _ in wanted}
    copy = bytearray(data)
    for place, _ in message.recipients:
        if place not in places:
            copy[place : place + 1] = b"D"
    held.write("message", bytes(copy))
    held.note(
        "envelope",
        sender=base64.b64encode(message.sender).decode(),
        recipients=[base64.b64encode(address).decode() for _, address in wanted],
        size=message.size,
        at=message.at,
        where=part,
    )


@operation
def op_postfix_place(folder: str, queue: str, long: bool = False, ids: Sequence[str] | None = None) -> list[Answer]:
    """Put held messages into a queue, unless that was done before: exactly once, whatever was cut off when.

    Args:
        folder: of the held messages.
        queue: postfix's.
        long: names are long ones there (enable_long_queue_ids).
        ids: which; all of them when it is None.

    Raises:
        Refused: there are held messages, and no queue of postfix's layout.
    """
    chosen = [held for held in held_in(folder) if ids is None or held.name in ids]
    waiting = [held for held in chosen if not held.fact("placed").get("done")]
    if waiting:
        found = postfix_at(queue)
        if found is None:
            raise Refused("queue", f"{queue} is no queue of postfix's layout: {len(waiting)} messages wait in {folder}")
        for held in waiting:
            place_postfix(held, found, long)
    return op_mail_held(folder)


def place_postfix(held: Held, queue: PostfixQueue, long: bool) -> None:
    """Written where nobody reads it, its name written down, then moved: from that moment on it is queued."""
    part, placed = str(held.fact("envelope")["where"]), held.fact("placed")
    part = part if part in ("hold", SUBMITTED) else "incoming"
    mark = f"pid/irekae.{held.name}"
    with queue.spot(mark) as spot:
        begun = spot.state() is not None
    number = str(placed.get("number", ""))
    # The name is written down, and the file has gone from where nobody reads it: it was queued.
    if not number or begun:
        if not number:
            number = write_queue_file(queue, mark, part, held.read("message") or b"", long)
            held.note_number(number, done=False)
        with queue.spot(mark) as source, queue.spot(f"{part}/{number}") as target:
            os.rename(source.name, target.name, src_dir_fd=source.folder, dst_dir_fd=target.folder)
            target.sync()
            source.sync()
    held.note_number(number, done=True)


def write_queue_file(queue: PostfixQueue, mark: str, part: str, data: bytes, long: bool) -> str:
    """Write a queue file as cleanup leaves it: owner of the folder, mode 0700; the name that its inode gives it."""
    with queue.spot(part) as folder, queue.spot(mark) as spot:
        owner = folder.state()
        spot.unlink()
        fd = spot.open(os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            write_whole(fd, data)
            if owner is not None:
                os.fchown(fd, owner.st_uid, owner.st_gid)
            os.fchmod(fd, 0o700)
            os.fsync(fd)
            spot.sync()
            return postfix_name(os.fstat(fd).st_ino, time.time(), long)
        finally:
            os.close(fd)


def postfix_name(inode: int, now: float, long: bool) -> str:
    """What postfix calls a message, by the inode of its file and the time."""
    seconds, micro = int(now), int(now % 1 * 1_000_000)
    if not long:
        return f"{micro:05X}{inode:X}"
    return f"{in_base(seconds, 52, 6)}{in_base(micro, 52, 4)}z{in_base(inode, 51, 1)}"


def in_base(number: int, base: int, width: int) -> str:
    """A number in postfix's letters."""
    said = ""
    while number or len(said) < width:
        number, digit = divmod(number, base)
        said = LETTERS[digit] + said
    return said


@operation
def op_postfix_withdraw(folder: str, queue: str) -> list[Answer]:
    """Take held messages out of the queue again of which nothing was delivered; those that were are told of.

    Raises:
        Refused: postfix runs.
    """
    found = postfix_at(queue)
    stay = []
    for held in held_in(folder):
        placed = held.fact("placed")
        if found is None or not placed:
            continue
        with postfix_resting(found):
            wanted = still_to_come(held.read("message") or b"")
            there = [inner for part in (*QUEUED, SUBMITTED) for inner, name in found.files(part)
                     if name == placed["number"]]  # fmt: skip
            if there and still_to_come(found.read(there[0]) or b"") == wanted:
                found.drop(there[0])
                held.note("placed")
            elif placed.get("done"):
                stay.append({"id": held.name, "placed": placed["number"]})
    return stay


def still_to_come(data: bytes) -> list[tuple[bytes, bytes]]:
    """Who is still to come in a queue file, and from whom."""
    try:
        return [(one.kind, one.value) for one in postfix_records(io.BytesIO(data)) if one.kind in b"RS"]
    except (ValueError, IndexError):
        return []
