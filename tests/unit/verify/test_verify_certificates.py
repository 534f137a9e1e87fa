"""Certificates as another computer meets them: of which name, of which authority, at which address."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from irekae.site.inventory import HostEntry
from tests.unit.small_servers import HERE, server
from tests.unit.verify.tls_servers import NAME, Authority, imap, pop3, serving, submission
from verify import test_certificates
from verify.dns_client import Reply
from verify.evidence import start
from verify.far import tls
from verify.finding import Finding
from verify.once import Once
from verify.record import Record
from verify.subjects import CertificateCase

Serve = Callable[..., int]


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    found = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(found.pem))
    return found


@pytest.fixture
def serve(authority: Authority) -> Iterator[Serve]:
    """Start a server for the time of the test; its port."""
    with ExitStack() as stack:

        def started(talk: Any, covered: bool = True, context: ssl.SSLContext | None = None) -> int:
            answer = serving(context or authority.context(), covered, talk)
            return stack.enter_context(server(answer))

        yield started


def judged(check: Callable[..., None], **arguments: Any) -> Record:
    record = Record("9.10", "mars", "x.", "ｘ")
    check(check=record, **arguments)
    return record


def world(certificates: dict[str, Any]) -> Any:
    """What the checks ask, answered already."""
    return SimpleNamespace(outside="outside", certificates=Once(lambda: (certificates, start().heard("x", "y"))))


ENTRY: Any = SimpleNamespace(entry=HostEntry("mars", "production", HERE, "mars.x"))
CERTIFICATES = {
    "right": (NAME, 60.0, True, ""),
    "another name's": ("www.example.org", 60.0, True, "is trusted"),
    "expired": (NAME, -1.0, True, "is trusted"),
    "ending": (NAME, 5.0, True, "it lasts 14 days"),
    "of an authority that nobody knows": (NAME, 60.0, False, "is trusted"),
}


@pytest.mark.parametrize("name", CERTIFICATES)
@pytest.mark.parametrize("protocol", ["https", "imap", "submission", "pop3"])
def test_a_certificate_is_judged(
    serve: Serve, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, protocol: str
) -> None:
    called, days, known, said = CERTIFICATES[name]
    talk = {"imap": imap([]), "submission": submission([]), "pop3": pop3([])}.get(protocol, lambda held: held.hear())
    port = serve(talk, covered=protocol == "https", context=authority.context(called, days))
    if not known:
        (tmp_path / "other").mkdir()
        monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path / "other").pem))
    asked = {**looked_at(port, protocol), "mail_certificate": CertificateCase("x", NAME, protocol, 14)}
    if not said:
        assert len(judged(test_certificates.test_mail_s_certificate_holds, **asked).expected) == 3
        return
    with pytest.raises(Finding, match=said):
        judged(test_certificates.test_mail_s_certificate_holds, **asked)


def looked_at(port: int, protocol: str) -> dict[str, Any]:
    look = {"id": f"x at {HERE}", "address": HERE, "port": port, "protocol": protocol, "name": NAME}
    return {"world": world(certificates=tls.main({"looks": [look]})["seen"]), "server": ENTRY}


OWN = {
    "of an authority": ("", NAME, 60.0, True, ""),
    "self-made": ("self-made", NAME, 60.0, False, ""),
    "self-made for another name": ("self-made", "www.example.org", 60.0, False, "is trusted"),
    "self-made and out of date": ("self-made", NAME, -1.0, False, "is trusted"),
    "another name's": ("", "www.example.org", 60.0, True, "is trusted"),
    "without its chain": ("", NAME, 60.0, False, "is trusted"),
}


@pytest.mark.parametrize("name", OWN)
def test_a_page_of_which_nothing_is_said_shows_a_certificate_of_its_own_name(
    serve: Serve, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    made, called, days, known, said = OWN[name]
    port = serve(lambda held: held.hear(), context=authority.context(called, days, by_itself=bool(made)))
    if not known:
        (tmp_path / "other").mkdir()
        monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path / "other").pem))
    asked = {**looked_at(port, "https"), "page_certificate": CertificateCase("x", NAME, "https", 14, own=True)}
    if not said:
        assert judged(test_certificates.test_page_s_certificate_holds, **asked).expected
        return
    with pytest.raises(Finding, match=said):
        judged(test_certificates.test_page_s_certificate_holds, **asked)


STATE = {"connected": True, "version": "", "problem": "", "days": 60.0, "until": "", "own": False, "own_problem": ""}
SIX = "2001:db8::10"


@pytest.mark.parametrize(
    ("six", "named", "fails"),
    [
        ({}, True, False),
        ({"problem": "Hostname mismatch"}, True, True),
        ({"problem": "Hostname mismatch"}, False, False),
        ({"connected": False, "problem": "Network is unreachable"}, True, False),
    ],
)
def test_a_certificate_is_that_of_each_address_of_its_name(
    monkeypatch: pytest.MonkeyPatch, six: dict[str, Any], named: bool, fails: bool
) -> None:
    seen = {f"x at {HERE}": STATE, f"x at {SIX}": {**STATE, **six}}
    answer = Reply("NOERROR", False, True, (f"AAAA {SIX}",) if named else (), start().heard("x", "y"))
    monkeypatch.setattr(test_certificates, "asking", lambda *_: lambda _: answer)
    host = SimpleNamespace(
        entry=HostEntry("mars", "production", HERE, "mars.x", ipv6=SIX), world=SimpleNamespace(site=None)
    )
    asked = {"world": world(certificates=seen), "server": host}
    case = CertificateCase("x", NAME, "https", 14)
    if not fails:
        assert judged(test_certificates.test_page_s_certificate_holds, **asked, page_certificate=case).expected
        return
    with pytest.raises(Finding, match=f"at {SIX} is trusted"):
        judged(test_certificates.test_page_s_certificate_holds, **asked, page_certificate=case)


def test_a_port_without_a_server_has_no_certificate() -> None:
    look = {"id": "x", "address": HERE, "port": 1, "protocol": "https", "name": NAME}
    assert tls.main({"looks": [look]})["seen"]["x"]["connected"] is False
