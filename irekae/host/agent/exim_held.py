"""Local mail taken out of exim's queue, and put into one again: exactly once, whatever is cut off when.

A held message is a folder as `held_mail` has it: `message` is its ID-D file, `envelope` has its ID-H file.
"""

from __future__ import annotations

import base64
import os
from typing import Sequence

from irekae.host.agent.base import Answer, Refused, operation, raw
from irekae.host.agent.exim_queue import EximQueue, exim_at, exim_head
from irekae.host.agent.held_mail import Held, held_in, op_mail_held
from irekae.host.agent.postfix_queue import is_local_mail


@operation
def op_exim_hold(queue: str, folder: str, domains: Sequence[str]) -> list[Answer]:
    """Take what is to be delivered locally out of a queue: kept in folder first, then marked as done.

    Raises:
        Refused: exim delivers one of them.
    """
    found = exim_at(queue)
    if found is not None:
        for inner, name in list(found.messages()):
            hold_exim(found, f"{inner}/{name}", name, folder, domains)
    return op_mail_held(folder)


def hold_exim(found: EximQueue, place: str, name: str, folder: str, domains: Sequence[str]) -> None:
    """Hold one message's local recipients that are to come."""
    if not any(is_local_mail(address, domains) for address in found.to_come(place)):
        return
    with found.locked(place) as body:
        wanted = [address for address in found.to_come(place) if is_local_mail(address, domains)]
        head = found.read(f"{place}-H") or b""
        data, read = os.pread(body, os.fstat(body).st_size, 0), exim_head(head)
        if not wanted or read is None:
            return
        held = Held(folder, f"{name}.{read.at}")
        # One that is there was cut off before all of them were marked here: it has them all.
        if not held.fact("envelope"):
            held.write("message", data)
            held.note(
                "envelope",
                sender=base64.b64encode(read.sender).decode(),
                recipients=[base64.b64encode(address).decode() for address in wanted],
                size=len(data),
                at=read.at,
                head=base64.b64encode(head).decode(),
            )
        found.write(f"{place}-J", b"".join(address + b"\n" for address in wanted), os.O_APPEND)


@operation
def op_exim_place(folder: str, queue: str, ids: Sequence[str] | None = None) -> list[Answer]:
    """Put held messages into a queue, unless that was done before: exactly once, whatever was cut off when.

    ids: which; all of them when it is None.

    Raises:
        Refused: there are held messages, and no queue of exim's layout.
    """
    chosen = [held for held in held_in(folder) if ids is None or held.name in ids]
    waiting = [held for held in chosen if not held.fact("placed").get("done")]
    if waiting:
        found = exim_at(queue)
        if found is None:
            raise Refused("queue", f"{queue} is no queue of exim's layout: {len(waiting)} messages wait in {folder}")
        for held in waiting:
            place_exim(held, found)
    return op_mail_held(folder)


def place_exim(held: Held, queue: EximQueue) -> None:
    """Body and journal first: without its head a message is none. The head is moved there last: then it is queued."""
    name, mark = str(held.fact("placed").get("number", "")), f"input/irekae.{held.name}"
    # Its id is written down, and the head has gone from where nobody reads it: it was queued.
    if not name or queue.read(mark) is not None:
        if not name:
            name = queue.fresh_id(held.name.partition(".")[0])
            head = base64.b64decode(held.fact("envelope")["head"])
            queue.drop(mark)
            queue.write(mark, raw(f"{name}-H\n") + head.partition(b"\n")[2])
            held.note_number(name, done=False)
        body = (held.read("message") or b"").partition(b"\n")[2]
        queue.write(f"input/{name}-D", raw(f"{name}-D\n") + body)
        queue.write(f"input/{name}-J", b"".join(address + b"\n" for address in not_held(held, queue.read(mark) or b"")))
        with queue.spot(mark) as source, queue.spot(f"input/{name}-H") as target:
            os.rename(source.name, target.name, src_dir_fd=source.folder, dst_dir_fd=target.folder)
            target.sync()
    held.note_number(name, done=True)


def not_held(held: Held, head: bytes) -> list[bytes]:
    """The recipients in a head that have the message, or get it elsewhere."""
    read, (_, wanted) = exim_head(head), held.envelope()
    return [address for address in dict.fromkeys(read.recipients) if address not in wanted] if read else []


@operation
def op_exim_withdraw(folder: str, queue: str) -> list[Answer]:
    """Take held messages out of the queue again of which nothing was delivered; those that were are told of.

    Raises:
        Refused: exim delivers one of them.
    """
    found = exim_at(queue)
    stay = []
    for held in held_in(folder):
        placed = held.fact("placed")
        if found is None or not placed:
            continue
        there = [f"{inner}/{name}" for inner, name in found.messages() if name == placed["number"]]
        if there and withdrawn(found, there[0], held.envelope()[1]):
            held.note("placed")
        elif placed.get("done"):
            stay.append({"id": held.name, "placed": placed["number"]})
    return stay


def withdrawn(queue: EximQueue, place: str, wanted: Sequence[bytes]) -> bool:
    """Remove a message that nobody of its recipients has, its head first: without it a message is none."""
    with queue.locked(place):
        if sorted(queue.to_come(place)) != sorted(wanted):
            return False
        for part in "HJD":
            queue.drop(f"{place}-{part}")
    return True
