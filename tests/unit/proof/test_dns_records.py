"""What a name server is asked for, record by record and as a whole zone."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from irekae.proof import dns_records

SOA = "ika.example.org. root.example.org. {} 3600 900 604800 3600"
ZONE = {
    ("www.example.org.", "CNAME"): "example.org.",
    ("example.org.", "A"): "192.0.2.1",
    ("example.org.", "SOA"): SOA.format(7),
}


@contextmanager
def name_server(rcode: int = 0, own: bool = True) -> Iterator[int]:
    """Answers from ZONE over UDP, its own or out of a cache, what a CNAME leads to beside it as bind does; its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        over = threading.Event()

        def serve() -> None:
            while True:
                asked, peer = line.recvfrom(4096)
                if over.is_set():
                    return
                query = dns.message.from_wire(asked)
                answer = dns.message.make_response(query)
                answer.set_rcode(dns.rcode.Rcode(rcode))
                answer.flags |= dns.flags.AA if own else 0
                name, kind = query.question[0].name.to_text(), dns.rdatatype.to_text(query.question[0].rdtype)
                cname = ZONE.get((name, "CNAME"))
                wanted = [(name, "CNAME"), (str(cname), kind)] if cname and kind != "CNAME" else [(name, kind)]
                for key in wanted:
                    if rcode == 0 and key in ZONE:
                        answer.answer.append(dns.rrset.from_text(key[0], 60, "IN", key[1], ZONE[key]))
                line.sendto(answer.to_wire(), peer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield line.getsockname()[1]
        finally:
            over.set()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", line.getsockname())
            thread.join()


def test_what_a_server_knows_of_others_does_not_count() -> None:
    with name_server(own=False) as port:
        assert dns_records.records("127.0.0.1", port, ["www.example.org", "example.org"]) == {}


def test_each_name_has_its_own_records_and_not_those_that_a_cname_leads_to() -> None:
    with name_server() as port:
        found = dns_records.records("127.0.0.1", port, ["www.example.org", "example.org"])
    assert found == {
        "www.example.org CNAME": ["example.org."],
        "example.org A": ["192.0.2.1"],
        "example.org SOA": [SOA.format(7)],
    }


def test_a_refusal_is_kept_as_what_it_is() -> None:
    with name_server(rcode=5) as port:
        assert dns_records.records("127.0.0.1", port, ["example.org"])["example.org A"] == ["REFUSED"]


def test_a_server_that_is_not_there_is_soon_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_records, "TIMEOUT", 0.05)
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as deaf:
        deaf.bind(("127.0.0.1", 0))
        found = dns_records.records("127.0.0.1", deaf.getsockname()[1], ["a.example.org", "b.example.org"])
    assert list(found.values()) == [["no answer"]]


def test_no_transfer_is_no_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert dns_records.transfer("127.0.0.1", port, "example.org") is None
