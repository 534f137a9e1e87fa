"""Where qmail-send puts a recipient (qmail-send(8), `rewrite` of qmail 1.03): local or remote, decided in its place."""

from __future__ import annotations

import os

from irekae.host.agent.base import Answer, operation
from irekae.host.agent.mail_queue import MailQueue, queue_at, resting
from irekae.host.agent.paths import Spot


class Rules:
    """The control files that decide: locals, virtualdomains, percenthack, envnoathost."""

    def __init__(self, control: str) -> None:
        """Read them from the folder."""
        self.me = (control_lines(f"{control}/me") or [b""])[0]
        self.locals = lowered(control_lines(f"{control}/locals") or [self.me])
        self.percent = lowered(control_lines(f"{control}/percenthack"))
        self.no_host = (control_lines(f"{control}/envnoathost") or [self.me])[0]
        pairs = [line.partition(b":") for line in control_lines(f"{control}/virtualdomains")]
        self.virtual = {name.lower(): prefix for name, _, prefix in pairs}

    def decide(self, address: bytes) -> tuple[str, bytes]:
        """The part of the queue that a new recipient belongs to, and his address as it is written there."""
        address = address if b"@" in address else address + b"@" + self.no_host
        user, _, domain = address.rpartition(b"@")
        while domain.lower() in self.percent and b"%" in user:
            user, _, domain = user.rpartition(b"%")
            address = user + b"@" + domain
        if domain.lower() in self.locals:
            return "local", address
        prefix = self.prefix(address)
        return ("local", prefix + b"-" + address) if prefix else ("remote", address)

    def prefix(self, address: bytes) -> bytes:
        """Who gets the mail for an address of a virtual domain; empty for an address of none."""
        found = address.lower()
        at = found.rindex(b"@")
        ends = [0, at + 1, *(i for i in range(at + 2, len(found)) if found[i : i + 1] == b"."), len(found)]
        return next((self.virtual[found[end:]] for end in ends if found[end:] in self.virtual), b"")

    def undecided(self, address: bytes) -> bytes:
        """A local recipient's address as it came: whoever queues it anew has it decided once more."""
        if address.rpartition(b"@")[2].lower() in self.locals:
            return address
        for prefix in sorted(set(self.virtual.values()) - {b""}, key=len, reverse=True):
            came = address[len(prefix) + 1 :]
            if address.startswith(prefix + b"-") and b"@" in came and self.prefix(came) == prefix:
                return came
        return address

    def puts_elsewhere(self, address: bytes, part: str) -> bool:
        """Would qmail-send put a decided recipient into the other part; virtual domains are left where they are."""
        domain = address.rpartition(b"@")[2].lower()
        if domain in self.virtual or any(domain.endswith(line) for line in self.virtual if line.startswith(b".")):
            return False
        return (domain in self.locals) is not (part == "local")


def lowered(lines: list[bytes]) -> set[bytes]:
    """As qmail compares them."""
    return {line.lower() for line in lines}


def control_lines(path: str) -> list[bytes]:
    """A control file's entries; none when there is no file (qmail-control(5))."""
    try:
        with Spot(path) as spot:
            fd = spot.open_regular()
    except FileNotFoundError:
        return []
    with os.fdopen(fd, "rb") as file:
        lines = (line.strip() for line in file.read().splitlines())
        return [line for line in lines if line and not line.startswith(b"#")]


def preprocess(queue: MailQueue, number: int, rules: Rules) -> None:
    """Take a message out of todo as qmail-send does; while it rests, and with the same order of steps.

    Until todo is gone the message counts as new, so that whatever a crash leaves is begun anew.
    """
    fields = queue.read("todo", number).split(b"\0")
    sender = next((field[1:] for field in fields if field.startswith(b"F")), b"")
    wanted = [rules.decide(field[1:]) for field in fields if field.startswith(b"T")]
    came = queue.state("mess", number)
    for part in ("info", "local", "remote"):
        queue.drop(part, number)
    queue.make_info(number, sender, came.st_mtime if came else 0)
    for part in ("local", "remote"):
        addresses = [address for where, address in wanted if where == part]
        if addresses:
            queue.add(part, number, addresses)
    for part in ("intd", "todo"):
        queue.drop(part, number)


@operation
def op_mail_settle(queue: str, control: str) -> list[Answer]:
    """Put every recipient to come where control/locals wants it now, as qmail-send would decide if it decided anew.

    Only of messages that are preprocessed; those in todo are decided when qmail-send starts. Says which: number, local,
    remote (how many went there).

    Raises:
        Refused: qmail-send runs.
    """
    found = queue_at(queue)
    if found is None:
        return []
    rules, moved = Rules(control), []
    with resting(found):
        for number in found.numbers("info"):
            counts = {}
            for part, other in (("local", "remote"), ("remote", "local")):
                wrong = [(place, address) for place, address in found.to_come(part, number)
                         if rules.puts_elsewhere(address, part)]  # fmt: skip
                if wrong:
                    there = [address for _, address in found.to_come(other, number)]
                    # There already: we were cut off between the two steps the last time.
                    found.add(other, number, [address for _, address in wrong if address not in there])
                    found.mark_done(part, number, [place for place, _ in wrong])
                counts[other] = len(wrong)
            if any(counts.values()):
                moved.append(dict(counts, number=number))
    return moved
