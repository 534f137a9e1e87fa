"""DNS questions (RFC 1035) put to one server by its address, and through a host's own resolver."""

from __future__ import annotations

from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

from irekae.model.results import Evidence
from irekae.site.site import Answer as Wanted
from verify.connection import PinnedSsh
from verify.evidence import start

TIMEOUT = 3.0


@dataclass(frozen=True)
class Reply:
    """A reply, or why there is none.

    Attributes:
        rcode: NOERROR, NXDOMAIN …; "" where no reply came.
        records: "TYPE value" of the answer section.
    """

    rcode: str
    authoritative: bool
    recursion: bool
    records: tuple[str, ...]
    evidence: Evidence
    problem: str = ""

    def values(self, kind: str) -> list[str]:
        """Values of the records of a type."""
        return sorted(record.partition(" ")[2] for record in self.records if record.startswith(f"{kind} "))

    def told(self) -> str:
        """For `found`."""
        if self.problem:
            return self.problem
        flags = ("authoritative" if self.authoritative else "not authoritative") + f", {self.rcode}"
        return f"{', '.join(self.records) or 'no record'} ({flags})"

    @property
    def serial(self) -> int | None:
        """Serial of the SOA in the answer."""
        soa = self.values("SOA")
        return int(soa[0].split()[2]) if soa else None


def query(address: str, name: str, kind: str, transport: str, recurse: bool = False) -> Reply:
    """Ask the server at `address` over `transport` ("udp" or "tcp")."""
    message = _question(name, kind, recurse)
    asked = f"{name} {kind} @{address} over {transport}" + (", recursion desired" if recurse else "")
    began = start()
    ask = dns.query.tcp if transport == "tcp" else dns.query.udp
    try:
        reply = ask(message, address, timeout=TIMEOUT)
    except (dns.exception.DNSException, OSError) as error:
        problem = f"no answer: {type(error).__name__} {error}".strip()
        return Reply("", False, False, (), began.heard(asked, problem), problem)
    return _reply(reply, began.heard(asked, reply.to_text()))


def through(backend: PinnedSsh, server: str, name: str, kind: str) -> Reply:
    """Ask `server` from the host, as its resolver library would: no cache of the host comes between."""
    message = _question(name, kind, recurse=True)
    asked = f"{name} {kind} @{server}, recursion desired"
    began, seen_from = start(), f"on {backend.entry.name}"
    datagram = {"address": server, "hex": message.to_wire().hex()}
    answer = backend.far("calls", {"datagrams": [datagram]})["datagrams"][0]
    if "hex" not in answer:
        problem = f"no answer: {answer['problem']}"
        return Reply("", False, False, (), began.heard(asked, problem, seen_from), problem)
    reply = dns.message.from_wire(bytes.fromhex(answer["hex"]))
    return _reply(reply, began.heard(asked, reply.to_text(), seen_from))


def _question(name: str, kind: str, recurse: bool) -> dns.message.Message:
    flags = dns.flags.RD if recurse else 0
    return dns.message.make_query(name, kind, flags=flags)


def _reply(reply: dns.message.Message, evidence: Evidence) -> Reply:
    records = []
    for answer in reply.answer:
        kind = dns.rdatatype.to_text(answer.rdtype)
        records += [f"{kind} {record.to_text()}" for record in answer]
    return Reply(
        dns.rcode.to_text(reply.rcode()),
        bool(reply.flags & dns.flags.AA),
        bool(reply.flags & dns.flags.RA),
        tuple(sorted(records)),
        evidence,
    )


def is_right(reply: Reply, wanted: Wanted) -> bool:
    """Whether the reply has the declared record and no other of its type."""
    return [value.lower() for value in reply.values(wanted.type)] == [wanted.value.lower()]


def told(wanted: Wanted) -> str:
    """A declared answer, for `expected`."""
    return f"{wanted.name} {wanted.type} {wanted.value}"
