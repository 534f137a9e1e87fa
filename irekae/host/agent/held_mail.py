"""Mail that is taken out of a queue and put into one again: on the same host, or, carried by the seat, on another.

A held message is a folder, called by its number and time of arrival: `message`, `envelope` (JSON), and, once it is
being put into a queue, `placed`: the number that it got there. That number is written down when the message's file is
on the disk and before anything reads it, so that whatever a crash leaves tells whether it was put there: never twice,
never not at all.
"""

from __future__ import annotations

import base64
import json
import os
import time
from typing import Any

from irekae.host.agent.base import Answer, Refused, operation, raw, write_whole
from irekae.host.agent.mail_queue import MailQueue, queue_at, resting
from irekae.host.agent.mail_rules import Rules, preprocess
from irekae.host.agent.paths import Spot, contents_at, names_in, open_folder
from irekae.host.agent.replace import replace


class Held:
    """One held message."""

    def __init__(self, folder: str, name: str) -> None:
        """Of a folder of held messages, by its name there."""
        self.name = name
        self.path = f"{folder}/{name}"

    def read(self, part: str) -> bytes | None:
        """One of its files; None when there is none."""
        return contents_at(f"{self.path}/{part}")

    def write(self, part: str, data: bytes) -> None:
        """Give it one of its files."""
        with Spot(f"{self.path}/{part}", make=0o700) as spot:
            replace(spot, data, 0o600, os.geteuid(), os.getegid())

    def fact(self, part: str) -> dict[str, Any]:
        """One of its files that are JSON; empty when there is none."""
        found = self.read(part)
        return dict(json.loads(found)) if found else {}

    def note_number(self, number: object, done: bool) -> None:
        """Write down the number that it gets in a queue, and when it first had it; done: it is queued."""
        before = self.fact("placed") if done else {}
        self.note("placed", number=number, done=done, since=before.get("since", int(time.time())))

    def note(self, part: str, **facts: Any) -> None:
        """Write one of its files that are JSON."""
        self.write(part, json.dumps(facts).encode())

    def envelope(self) -> tuple[bytes, list[bytes]]:
        """Sender and recipients."""
        facts = self.fact("envelope")
        return base64.b64decode(facts["sender"]), [base64.b64decode(one) for one in facts["recipients"]]


def held_in(folder: str) -> list[Held]:
    """The held messages in a folder that are there as a whole."""
    try:
        fd = open_folder(raw(folder), folder)
    except FileNotFoundError:
        return []
    try:
        names = [os.fsdecode(name) for name in names_in(fd)]
    finally:
        os.close(fd)
    found = [Held(folder, name) for name in names]
    return [held for held in found if held.fact("envelope")]


@operation
def op_mail_held(folder: str) -> list[Answer]:
    """The held messages: id, size, at, recipients (how many), placed (the number they got in a queue, or None), since.

    since: from when on that number was theirs, seconds since 1970, where it was written down; else at.
    """
    found = []
    for held in held_in(folder):
        facts, placed = held.fact("envelope"), held.fact("placed")
        told = {"id": held.name, "size": facts["size"], "at": facts["at"], "recipients": len(facts["recipients"])}
        number = placed["number"] if placed.get("done") else None
        found.append(dict(told, placed=number, since=placed.get("since", facts["at"])))
    return found


@operation
def op_mail_hold(queue: str, folder: str, control: str) -> list[Answer]:
    """Take what is to be delivered locally out of a queue: kept in folder first, then marked as done.

    What is new there is decided first, by the control files, as qmail-send would decide it now.

    Raises:
        Refused: qmail-send runs.
    """
    found = queue_at(queue)
    if found is not None:
        rules = Rules(control)
        with resting(found):
            for number in found.numbers("todo"):
                preprocess(found, number, rules)
            for number in found.numbers("info"):
                hold(found, number, folder, rules)
    return op_mail_held(folder)


def hold(queue: MailQueue, number: int, folder: str, rules: Rules) -> None:
    """Hold one message's local recipients that are to come."""
    wanted = queue.to_come("local", number)
    info, message = queue.state("info", number), queue.read("mess", number)
    if not wanted or info is None:
        return
    held = Held(folder, f"{number}.{int(info.st_mtime)}")
    # Some may be there from an attempt that was cut off before it could mark them all.
    before = held.envelope()[1] if held.fact("envelope") else []
    came = [rules.undecided(address) for _, address in wanted]
    everybody = [*before, *(address for address in came if address not in before)]
    sender = queue.read("info", number).split(b"\0")[0][1:]
    held.write("message", message)
    held.note(
        "envelope",
        sender=base64.b64encode(sender).decode(),
        recipients=[base64.b64encode(address).decode() for address in everybody],
        size=len(message),
        at=int(info.st_mtime),
    )
    queue.mark_done("local", number, [place for place, _ in wanted])


@operation
def op_mail_place(folder: str, queue: str, ids: list[str] | None = None) -> list[Answer]:
    """Put held messages into a queue, unless that was done before: exactly once, whatever was cut off when.

    ids: which; all of them when it is None.

    Raises:
        Refused: there are held messages, and no queue of qmail's layout.
    """
    chosen = [held for held in held_in(folder) if ids is None or held.name in ids]
    waiting = [held for held in chosen if not held.fact("placed").get("done")]
    if waiting:
        found = queue_at(queue)
        if found is None:
            raise Refused("queue", f"{queue} is no queue of qmail's layout: {len(waiting)} messages wait in {folder}")
        for held in waiting:
            put_into_queue(held, found)
        found.pull_trigger()
    return op_mail_held(folder)


def put_into_queue(held: Held, queue: MailQueue) -> None:
    """As qmail-queue does it: mess, intd, and todo, whose link is the moment from which on the message is queued."""
    placed = held.fact("placed")
    message = held.read("message") or b""
    number, mark = int(placed.get("number", 0)), f"pid/irekae.{held.name}"
    ours = bool(placed) and queue.read("mess", number) == message
    if not ours and (not placed or exists(queue, mark)):
        # Never begun, or cut off before it was in mess.
        number = write_message(queue, mark, message, int(held.fact("envelope")["at"]))
        held.note_number(number, done=False)
        with queue.spot(mark) as source, queue.spot(queue.place("mess", number)) as target:
            os.link(source.name, target.name, src_dir_fd=source.folder, dst_dir_fd=target.folder)
            target.sync()
        ours = True
    # Gone from mess, it was queued: qmail has delivered it, and forgotten its number.
    if ours and not queue.state("todo", number) and not queue.state("info", number):
        # First: where the mark lies and mess has nothing, nobody can have delivered it.
        with queue.spot(mark) as spot:
            spot.unlink()
            spot.sync()
        write_envelope(held, queue, number)
    held.note_number(number, done=True)


def exists(queue: MailQueue, inner: str) -> bool:
    """Does it lie in the queue."""
    with queue.spot(inner) as spot:
        return spot.state() is not None


def write_message(queue: MailQueue, mark: str, message: bytes, at: int) -> int:
    """Write a message's file where nobody reads it yet; its inode, by which it will be called.

    at: when it arrived first, seconds since 1970: how long it is tried counts from the time of its file.
    """
    with queue.spot("mess") as folder, queue.spot(mark) as spot:
        owner = folder.state()
        spot.unlink()
        fd = spot.open(os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            write_whole(fd, message)
            if owner is not None:
                os.fchown(fd, owner.st_uid, owner.st_gid)
            os.fchmod(fd, 0o644)
            os.utime(fd, (at, at))
            os.fsync(fd)
            spot.sync()
            return os.fstat(fd).st_ino
        finally:
            os.close(fd)


def write_envelope(held: Held, queue: MailQueue, number: int) -> None:
    """intd, then its link in todo."""
    sender, recipients = held.envelope()
    owner = queue.state("mess", number)
    data = b"u0\0p%d\0F%s\0" % (os.getpid(), sender) + b"".join(b"T%s\0" % address for address in recipients)
    with queue.spot(queue.place("intd", number)) as spot, queue.spot(queue.place("todo", number)) as todo:
        replace(spot, data, 0o644, owner.st_uid if owner else 0, owner.st_gid if owner else 0)
        os.link(spot.name, todo.name, src_dir_fd=spot.folder, dst_dir_fd=todo.folder)
        todo.sync()


@operation
def op_mail_withdraw(folder: str, queue: str) -> list[Answer]:
    """Take held messages out of the queue again that nobody has looked at since; those that were are told of.

    Raises:
        Refused: qmail-send runs.
    """
    found = queue_at(queue)
    stay = []
    for held in held_in(folder):
        placed = held.fact("placed")
        if found is None or not placed:
            continue
        number = int(placed["number"])
        with resting(found):
            if found.state("todo", number) and found.read("mess", number) == held.read("message"):
                # todo first: without it the message is not queued.
                for part in ("todo", "intd", "mess"):
                    with found.spot(found.place(part, number)) as spot:
                        spot.unlink()
                        spot.sync()
                held.note("placed")
            elif placed.get("done"):
                stay.append({"id": held.name, "placed": number})
    return stay
