"""DNS questions (RFC 1035) put to one server by its address, and through a host's own resolver."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdata
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
        whose = "authoritative" if self.authoritative else "resolved" if self.recursion else "not authoritative"
        return f"{', '.join(self.records) or 'no record'} ({whose}, {self.rcode})"

    @property
    def serial(self) -> int | None:
        """Serial of the SOA in the answer."""
        soa = self.values("SOA")
        return int(soa[0].split()[2]) if soa else None


def query(address: str, name: str, kind: str, transport: str, recurse: bool = False) -> Reply:
    """Ask the server at `address` over `transport` ("udp" or "tcp")."""
    message = question(name, kind, recurse)
    asked = f"{name} {kind} @{address} over {transport}" + (", recursion desired" if recurse else "")
    began = start()
    ask = dns.query.tcp if transport == "tcp" else dns.query.udp
    try:
        reply = ask(message, address, timeout=TIMEOUT)
    except (dns.exception.DNSException, OSError) as error:
        problem = f"no answer: {type(error).__name__} {error}".strip()
        return Reply("", False, False, (), began.heard(asked, problem), problem)
    return read_reply(reply, began.heard(asked, reply.to_text()))


def through(backend: PinnedSsh, server: str, name: str, kind: str) -> Reply:
    """Ask `server` from the host, as its resolver library would: no cache of the host comes between."""
    message = question(name, kind, recurse=True)
    asked = f"{name} {kind} @{server}, recursion desired"
    began, seen_from = start(), f"on {backend.entry.name}"
    datagram = {"address": server, "hex": message.to_wire().hex()}
    answer = backend.far("calls", {"datagrams": [datagram]})["datagrams"][0]
    if "hex" not in answer:
        problem = f"no answer: {answer['problem']}"
        return Reply("", False, False, (), began.heard(asked, problem, seen_from), problem)
    reply = dns.message.from_wire(bytes.fromhex(answer["hex"]))
    return read_reply(reply, began.heard(asked, reply.to_text(), seen_from))


def question(name: str, kind: str, recurse: bool) -> dns.message.Message:
    """A question as a resolver asks it."""
    flags = dns.flags.RD if recurse else 0
    return dns.message.make_query(name, kind, flags=flags)


def read_reply(reply: dns.message.Message, evidence: Evidence) -> Reply:
    """What a reply says."""
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


@dataclass(frozen=True)
class Declared:
    """All that is declared of one name and type: a name may have several addresses, a domain several exchangers."""

    name: str
    type: str
    values: tuple[str, ...]


def of_one_name(wanted: Wanted, declared: Iterable[Wanted]) -> Declared:
    """A declared answer with all others of its name and type."""
    same = [one.value for one in declared if (_plain(one.name), one.type) == (_plain(wanted.name), wanted.type)]
    return Declared(wanted.name, wanted.type, tuple(same) or (wanted.value,))


def _plain(name: str) -> str:
    return name.rstrip(".").lower()


def is_right(reply: Reply, declared: Declared) -> bool:
    """Whether the reply has the declared records and no other of their type; spelling and order don't count."""
    return sorted(map(_canonical(declared), reply.values(declared.type))) == sorted(
        map(_canonical(declared), declared.values)
    )


def _canonical(declared: Declared) -> Callable[[str], str]:
    """How two records of the type are compared: as data (RFC 1035), not as text."""

    def of(value: str) -> str:
        try:
            return dns.rdata.from_text("IN", declared.type, value).to_text().lower()
        except dns.exception.DNSException:
            return value.lower()

    return of


def told(declared: Declared) -> str:
    """Declared records, for `expected`."""
    return f"{declared.name} {declared.type} {', '.join(declared.values)}"
