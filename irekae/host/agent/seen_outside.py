"""What the public sees besides pages, for the survey, asked of an address by another computer: ports, greetings,
limits, certificates, name service. Nothing here needs root.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import socket
import struct
from typing import Any, Iterator, Sequence

from irekae.host.agent.base import operation
from irekae.host.agent.seen import Rows
from irekae.host.agent.seen_pages import ASKED_FOR, askers, encrypted

DATAGRAM, QUESTIONS = 2.0, 3  # seconds for an answer by UDP, and how often it is asked for
GREETS = (21, 22, 25, 110, 119, 143, 587, 2525)
MAIL, SECURE = (25, 587, 2525), (443, 465, 636, 853, 990, 993, 995, 8443)
CHANGES = re.compile(r"<[^>]*>|\d{4,}|\d\d:\d\d(?::\d\d)?")  # of a greeting: APOP's time stamp, dates

# --- ports ---


@operation
def op_seen_ports(address: str, ports: Sequence[int], names: Sequence[str]) -> dict[str, Rows]:
    """ "port": which of them is open; "greeting": what it says first, and SMTP's extensions with their limits;
    "certificate": DER in base64 by port and name.

    Args:
        address: who is asked.
        ports: of TCP.
        names: that a web server is asked for by TLS; the first one elsewhere.
    """
    found: dict[str, Rows] = {"port": {}, "greeting": {}, "certificate": {}}
    asked = [(port, name) for port in ports for name in (names if port in (443, 8443) else names[:1])]
    with askers() as pool:
        for rows in pool.map(lambda one: port_rows(address, *one), asked):
            for kind, row in rows.items():
                found[kind].update(row)
    return found


def port_rows(address: str, port: int, name: str) -> dict[str, Rows]:
    """What is seen of one port."""
    try:
        line = socket.create_connection((address, port), ASKED_FOR)
    except socket.timeout:
        return {"port": {f"tcp/{port}": "no answer"}}
    except OSError as error:
        return {"port": {f"tcp/{port}": error.strerror or "closed"}}
    greeting: Rows = {}
    certificate: Rows = {}
    try:
        line.settimeout(ASKED_FOR)
        if port in SECURE:
            with encrypted(line, name) as secure:
                certificate[f"tcp/{port} {name}"] = in_text(secure.getpeercert(True))
        elif port in GREETS:
            greeting.update(greetings(line, port))
            if greeting.get(f"tcp/{port} STARTTLS") is not None:
                certificate[f"tcp/{port} {name}"] = started_tls(line, name)
    except (OSError, ValueError) as error:
        greeting[f"tcp/{port}"] = f"breaks off: {type(error).__name__}"
    finally:
        line.close()
    return {"port": {f"tcp/{port}": "open"}, "greeting": greeting, "certificate": certificate}


def in_text(certificate: bytes | None) -> str:
    """A certificate for the seat, which can read it."""
    return base64.b64encode(certificate or b"").decode()


def greetings(line: socket.socket, port: int) -> Iterator[tuple[str, str]]:
    """The first line without its time, and what an SMTP server offers; the connection stays open."""
    with line.makefile("rb") as lines:
        first = lines.readline(2000).decode("utf-8", "replace").strip()
        yield f"tcp/{port}", CHANGES.sub("…", first) or "nothing"
        if port not in MAIL:
            return
        while first[3:4] == "-":
            first = lines.readline(2000).decode("utf-8", "replace").strip()
        line.sendall(b"EHLO survey.invalid\r\n")
        offered = lines.readline(2000).decode("utf-8", "replace").rstrip()
        while offered[3:4] == "-":
            offered = lines.readline(2000).decode("utf-8", "replace").rstrip()
            words = offered[4:].split(None, 1)
            if words:
                yield f"tcp/{port} {words[0]}", words[1] if len(words) > 1 else "offered"


def started_tls(line: socket.socket, name: str) -> str:
    """The certificate that an SMTP server shows after STARTTLS (RFC 3207)."""
    line.sendall(b"STARTTLS\r\n")
    if not line.recv(2000).startswith(b"220"):
        return ""
    with encrypted(line, name) as secure:
        return in_text(secure.getpeercert(True))


# --- name service ---


@operation
def op_seen_policy(address: str, zones: Sequence[str], foreign: str) -> Rows:
    """What the name server at an address gives to whoever asks: recursion for a foreign name, each zone as a whole."""
    rows = {f"recursion for {foreign}": recursion(address, foreign)}
    with askers() as pool:
        rows.update(
            zip((f"transfer of {zone}" for zone in zones), pool.map(lambda zone: transfer(address, zone), zones))
        )
    return rows


@operation
def op_seen_answers(address: str, questions: Sequence[Sequence[Any]]) -> Rows:
    """How the name server at an address answers, without recursion: "NAME TYPE" → how many records, with authority.

    questions: name, type and its number, of each.
    """
    with askers() as pool:
        found = pool.map(lambda one: answered(address, one[0], one[2]), questions)
        return {f"{name} {kind}": row for (name, kind, _), row in zip(questions, found)}


def answered(address: str, name: str, kind: int) -> str:
    """How one question is answered; asked again when nothing comes, for a packet may be lost."""
    for _ in range(QUESTIONS):
        header = asked_by_udp(address, dns_question(name, kind, 0))
        if header:
            code, count = header[3] & 0xF, struct.unpack("!H", header[6:8])[0]
            authority = "with" if header[2] & 0x04 else "without"
            more = ", cut off" if header[2] & 0x02 else f", {count} records"
            return f"{authority} authority{more}" if not code else f"rcode {code}"
    return "no answer"


def asked_by_udp(address: str, message: bytes) -> bytes:
    """The answer to a DNS message, b"" when none comes."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with contextlib.closing(socket.socket(family, socket.SOCK_DGRAM)) as line:
        line.settimeout(DATAGRAM)
        try:
            line.connect((address, 53))
            line.send(message)
            answer = line.recv(4096)
        except OSError:
            return b""
    return answer if len(answer) >= 12 and answer[:2] == message[:2] else b""


def dns_question(name: str, kind: int, flags: int) -> bytes:
    """A DNS message that asks for records of a type number (RFC 1035)."""
    labels = b"".join(bytes([len(label)]) + label for label in name.rstrip(".").encode("idna").split(b".") if label)
    head = struct.pack("!6H", int.from_bytes(os.urandom(2), "big"), flags, 1, 0, 0, 0)
    return head + labels + b"\0" + struct.pack("!2H", kind, 1)


def recursion(address: str, name: str) -> str:
    """Does the server look up a foreign name for us: its flag RA, where it does not refuse."""
    for _ in range(QUESTIONS):
        answer = asked_by_udp(address, dns_question(name, 1, 0x0100))
        if answer:
            return "refused" if answer[3] & 0xF == 5 or not answer[3] & 0x80 else "given"
    return "no answer"


def transfer(address: str, zone: str) -> str:
    """Does the server give a zone as a whole (RFC 5936)."""
    message = dns_question(zone, 252, 0)
    try:
        with socket.create_connection((address, 53), ASKED_FOR) as line:
            line.sendall(struct.pack("!H", len(message)) + message)
            with line.makefile("rb") as lines:
                answer = lines.read(2 + 12)[2:]
    except OSError as error:
        return f"no answer: {error.strerror or 'silence'}"
    if len(answer) < 12:
        return "refused"
    return "given" if answer[3] & 0xF == 0 and struct.unpack("!H", answer[6:8])[0] else "refused"
