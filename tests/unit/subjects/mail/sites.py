"""A site with each mail system, and its queue below a folder of the test."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from irekae.site.mail import Exim, Postfix
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

AT = 1_700_000_000
POSTFIX = "/var/spool/postfix"
DOMAINS = ["ika-itpass.scitec.kobe-u.ac.jp", "itpass.x", "virtual.x"]
VIRTUAL = {"virtual_mailbox_domains": "virtual.x"}


def with_postfix(swap: Swap, **more: object) -> Swap:
    """The swap of a site with postfix in qmail's place."""
    mail = Postfix(domains=DOMAINS, maildir="Maildir", production=VIRTUAL, **more)  # type: ignore[arg-type]
    services = {**swap.site.services, "postfix": replace(swap.site.services["qmail"], init="postfix", process="master")}
    swap.site = replace(swap.site, mail=mail, services=services)
    return swap


def record(kind: str, value: bytes = b"") -> bytes:
    """One of postfix's records: type, length in parts of seven bits, contents."""
    length, said = len(value), b""
    while True:
        length, part = length >> 7, length & 0x7F
        said += bytes([part | (0x80 if length else 0)])
        if not length:
            return kind.encode() + said + value


def queue_file(text: str, sender: str, *recipients: str, size: bool = True) -> bytes:
    """A message as cleanup leaves it; without a size as sendmail does: there the message is looked through."""
    lines = b"".join(record("N", line.encode()) for line in text.splitlines())
    head = record("C", b"%15d %15d %15d" % (len(lines), 0, len(recipients))) if size else b""
    envelope = [record("T", b"%d 5" % AT), record("A", b"rewrite_context=local"), record("S", sender.encode())]
    for recipient in recipients:
        envelope += [record("O", recipient.encode()), record("R", recipient.encode())]
    return b"".join([head, *envelope, record("M"), lines, record("X"), record("E")])


def postfix_queue(far: FarEnd) -> None:
    """An empty queue; postfix rests."""
    for part in ("incoming", "active", "deferred/A", "hold", "maildrop", "pid"):
        far.path(f"{POSTFIX}/{part}").mkdir(parents=True, exist_ok=True)


def queue(far: FarEnd, part: str, name: str, text: str, sender: str, *recipients: str) -> None:
    """Put a message into a part of postfix's queue."""
    data = queue_file(text, sender, *recipients, size=part != "maildrop")
    far.put(f"{POSTFIX}/{part}/{name}", data, 0o700)


def delivered(far: FarEnd, domains: Sequence[str] = (*DOMAINS, "localhost", "")) -> list[tuple[str, str]]:
    """Sender's and recipients' words of each message that postfix would deliver from here, of local mail alone."""
    found = []
    for part in ("incoming", "active", "deferred/A", "maildrop", "hold"):
        for path in sorted(far.path(f"{POSTFIX}/{part}").iterdir()):
            people = [value for kind, value in read_back(path.read_bytes()) if kind == "R"]
            local = [one for one in people if one.rpartition("@")[2 if "@" in one else 0] in domains]
            if local:
                found.append((text_of(path.read_bytes()), " ".join(local)))
    return sorted(found)


def read_back(data: bytes) -> list[tuple[str, str]]:
    """Every record of a file."""
    found, at = [], 0
    while at < len(data):
        kind, length, shift, at = chr(data[at]), 0, 0, at + 1
        while True:
            length |= (data[at] & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 0x80:
                break
        found.append((kind, data[at : at + length].decode()))
        at += length
    return found


def text_of(data: bytes) -> str:
    """The message in a file."""
    return "\n".join(value for kind, value in read_back(data) if kind == "N")


def exim_id(number: int) -> str:
    """A message's id."""
    return f"1xWjRA-0000000000{number}-06z0"


def exim_files(number: int, text: str, sender: str, *recipients: str, have: Sequence[str] = ()) -> dict[str, bytes]:
    """A message as exim leaves it in its spool: ID-H, ID-D, and, of those who have it already, ID-J."""
    name, people = exim_id(number), "".join(f"{one}\n" for one in recipients)
    head = f"{name}-H\nroot 0 0\n<{sender}>\n{AT} 0\n-ident root\n-body_linecount 1\nXX\n{len(recipients)}\n{people}"
    found = {"H": f"{head}\n012  Subject: x\n".encode(), "D": f"{name}-D\n{text}\n".encode()}
    return {**found, "J": "".join(f"{one}\n" for one in have).encode()} if have else found


def with_exim(swap: Swap, **more: object) -> Swap:
    """The swap of a site with exim4 in qmail's place."""
    mail = Exim(domains=DOMAINS, maildir="Maildir", **more)  # type: ignore[arg-type]
    services = {**swap.site.services, "exim4": replace(swap.site.services["qmail"], init="exim4", process="exim4")}
    swap.site = replace(swap.site, mail=mail, services=services)
    return swap
