"""Web: pages on production (9.4), nothing on the standby (9.13)."""

from __future__ import annotations

import re
import ssl

from irekae.site.site import Page, Site
from verify.evidence import SEAT, start
from verify.far.calls import connect
from verify.http_client import ask, context_trusting, fingerprint
from verify.needs import needs
from verify.record import Record
from verify.selection import item
from verify.world import Server

AREA = "9.4: see whether httpd.conf has the area (VirtualHost, Alias, Directory) of this page; if not, write it in"
PORTS = {"http": 80, "https": 443}


@needs("all_facts")
@item("9.4", "production")
def test_page_shows(server: Server, page: Page, check: Record) -> None:
    """The page shows, from its own virtual host.

    ページが表示される
    """
    server.must_answer()
    answer = ask(server.entry.address, page.url)
    check.saw(answer.evidence)
    check.expect(answer.status == 200, "status 200", answer.told(), cause="Apache, or the page's area", remedy=AREA)
    shown = " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())[:120]
    check.expect(
        page.contains in answer.text,
        f"a page with {page.contains!r}",
        shown or "an empty page",
        cause="another virtual host answers for this name",
        remedy=AREA,
    )


def _certificate_file(server: Server, site: Site, check: Record) -> str:
    """The certificate that httpd.conf names, as it lies on the host."""
    configuration = server.facts.out("httpd.conf")
    named = re.search(r"^\s*SSLCertificateFile\s+\"?([^\s\"]+)", configuration, re.MULTILINE | re.IGNORECASE)
    path = named[1] if named else ""
    check.expect(bool(path), f"SSLCertificateFile in {site.web.httpd_conf}", path or "none", remedy=AREA)
    done = server.backend.call(["cat", path], become="root")
    pem = re.search(
        r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", done.out.decode(errors="replace"), re.DOTALL
    )
    check.expect(pem is not None, f"a certificate in {path}", f"{len(done.out)} bytes", remedy="make a certificate")
    return pem[0] if pem else ""


@needs("all_facts")
@item("9.4", "production")
def test_https_shows_this_host_s_certificate(server: Server, site: Site, check: Record) -> None:
    """The https server shows the certificate that lies on this host, valid for its name and in date.

    https の証明書がこの計算機のものである
    """
    page = next((page for page in site.web.pages if page.url.startswith("https:")), None)
    if page is None:
        check.not_made("site.toml has no https page")
    pem = _certificate_file(server, site, check)
    on_disk = fingerprint(ssl.PEM_cert_to_DER_cert(pem))
    answer = ask(server.entry.address, page.url)
    check.saw(answer.evidence, server.facts.of("SSLCertificateFile, SHA-256", on_disk))
    served = fingerprint(answer.certificate) if answer.certificate else answer.told()
    remedy = "install this host's certificate in httpd.conf, then restart apache2"
    check.expect(served == on_disk, f"certificate {on_disk}", served, cause="Apache was not restarted", remedy=remedy)
    trusted = ask(server.entry.address, page.url, context=context_trusting(pem))
    check.saw(trusted.evidence)
    check.expect(trusted.status == 200, f"valid for the name in {page.url} and in date", trusted.told(), remedy=remedy)


@needs("all_facts", "other.all_facts")
@item("9.4", "production")
def test_https_does_not_show_the_other_host_s_certificate(server: Server, site: Site, check: Record) -> None:
    """The https server's self-signed certificate is not the one that the other machine has.

    https の証明書が相手の計算機のものでない
    """
    own = _certificate_file(server, site, check)
    try:
        other = _certificate_file(server.other, site, check)
    except AssertionError as error:
        check.not_made(f"the other host's certificate cannot be read: {error}")
    own_print, other_print = (fingerprint(ssl.PEM_cert_to_DER_cert(pem)) for pem in (own, other))
    if own_print == other_print and not _self_signed(own):
        check.not_made("both hosts have one certificate of a certificate authority, made for the service")
    check.saw(server.facts.of("SSLCertificateFile, SHA-256", own_print))
    check.saw(server.other.facts.of("SSLCertificateFile, SHA-256", other_print))
    check.expect(
        own_print != other_print,
        "a certificate of its own",
        f"{own_print}, as on {server.other.name}",
        cause="certificate and key were copied from the other machine",
        remedy="put this host's own certificate back, then restart apache2",
    )


def _self_signed(pem: str) -> bool:
    """Whether it vouches for itself: no authority made it, so it was made for one machine."""
    from cryptography.x509 import load_pem_x509_certificate

    certificate = load_pem_x509_certificate(pem.encode())
    return certificate.issuer == certificate.subject


@item("9.13", "standby")
def test_web_is_off(server: Server, check: Record) -> None:
    """Nobody answers on the ports of http and https, though the host is there.

    http, https が無効である
    """
    server.must_answer()
    there = connect(server.entry.address, server.entry.port, "", 5)
    check.expect(there == "connected", "the host is there (ssh)", there)
    for name, port in PORTS.items():
        began = start()
        answer = connect(server.entry.address, port, "", 3)
        check.saw(began.heard(f"connect {server.entry.address}:{port}", answer, SEAT))
        check.expect(
            answer in ("refused", "no answer"),
            f"{name} refused",
            answer,
            cause="apache2 runs, or something else in its place",
            remedy="1.4: stop apache2 for good",
        )
