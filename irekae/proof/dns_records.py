"""What a name server says of the site's names, record by record, for the comparison with what it said before (0.3)."""

from collections.abc import Iterable, Iterator

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.zone

from irekae.site.inventory import Inventory
from irekae.site.site import Site

TYPES = ("SOA", "NS", "A", "AAAA", "CNAME", "MX", "TXT", "PTR")
TIMEOUT = 1.0  # seconds for one question
GIVE_UP = 2  # questions in a row without an answer: the server is not there

Records = dict[str, list[str]]  # "NAME TYPE" → the records, sorted, or what came back instead


def names_of(inventory: Inventory, site: Site) -> list[str]:
    """Every name that site.toml and hosts.ini speak of, zones first."""
    declared = [answer.name for answer in (*site.answers, *site.resolves)]
    pages = [page.url.split("/")[2].partition(":")[0] for page in site.pages]
    found = [*site.zones, *declared, *site.domains, *pages, site.site.service_name]
    return list(dict.fromkeys([*found, *(entry.fqdn for entry in inventory.pair)]))


def records(address: str, port: int, names: Iterable[str]) -> Records:
    """The records that the server at the address has for the names, each asked for by itself, without recursion.

    Args:
        address, port: of the server.
        names: asked for with every type of TYPES.
    """
    found: Records = {}
    for key, said in _by_question(address, port, names):
        if said is None:
            return {key: ["no answer"]}
        if said:
            found[key] = said
    return found


def transfer(address: str, port: int, zone: str) -> Records | None:
    """All records of a zone (RFC 5936); None where the server refuses, as is usual."""
    try:
        message = dns.query.xfr(address, zone, port=port, timeout=TIMEOUT, lifetime=5 * TIMEOUT, relativize=False)
        received = dns.zone.from_xfr(message, relativize=False)
    except (OSError, EOFError, dns.exception.DNSException):
        return None
    found: Records = {}
    for name, rdataset in received.iterate_rdatasets():
        key = f"{name.to_text(omit_final_dot=True)} {dns.rdatatype.to_text(rdataset.rdtype)}"
        found[key] = sorted(record.to_text() for record in rdataset)
    return found


def _by_question(address: str, port: int, names: Iterable[str]) -> Iterator[tuple[str, list[str] | None]]:
    """Each question's records; None once the server is given up."""
    missed = 0
    for name in names:
        for kind in TYPES:
            said = _ask(address, port, name, kind)
            missed = missed + 1 if said is None else 0
            if missed == GIVE_UP:
                yield f"{name} {kind}", None
                return
            yield f"{name} {kind}", ["no answer"] if said is None else said


def _ask(address: str, port: int, name: str, kind: str) -> list[str] | None:
    """The records of one question, of the server's own zones alone; nothing for a name or type that is not there; None
    when nothing came back."""
    query = dns.message.make_query(name, kind, flags=dns.flags.Flag(0))
    try:
        answer, _ = dns.query.udp_with_fallback(query, address, TIMEOUT, port, ignore_unexpected=True)
    except (OSError, EOFError, dns.exception.DNSException):
        return None
    if answer.rcode() == dns.rcode.NXDOMAIN:
        return []
    if answer.rcode() == dns.rcode.NOERROR and not answer.flags & dns.flags.AA:
        return []  # another's data, out of a cache: there today and gone after a restart
    if answer.rcode() != dns.rcode.NOERROR:
        return [dns.rcode.to_text(answer.rcode())]
    # Of the name itself: what a CNAME leads to has a name, and questions, of its own.
    rrset = answer.get_rrset(answer.answer, query.question[0].name, dns.rdataclass.IN, dns.rdatatype.from_text(kind))
    return sorted(record.to_text() for record in rrset or ())
