"""Web: pages on production (9.4), nothing on the standby (9.13)."""

from __future__ import annotations

import re
import ssl
import urllib.parse

from cryptography.x509 import load_pem_x509_certificate

from irekae.site.site import Page, Site
from verify.causes import stands_on
from verify.evidence import SEAT, start
from verify.far.calls import connect
from verify.http_client import Answer, ask, distrust, fingerprint
from verify.needs import needs
from verify.public import the_public_gets
from verify.record import Record
from verify.selection import item, part_of
from verify.world import Server, World

AREA = "9.4: see whether httpd.conf has the area (VirtualHost, Alias, Directory) of this page; if not, write it in"
HTTPD = "/etc/init.d/apache2 restart; what it says, and the end of Apache's error log"
READABLE = (
    "9.4: ls -ld of the page and of each folder above it: others need x on folders, r on the page; .htaccess there"
)
CERTIFICATE = "9.4: install a valid certificate for the service's name in httpd.conf, then /etc/init.d/apache2 restart"
PORTS = {"http": 80, "https": 443}


@stands_on("apache2")
@needs("outside_view", "seat_view")
@item("9.4", "production")
def test_page_shows(world: World, server: Server, page: Page, check: Record) -> None:
    """The page shows to another computer, and to the seat, from its own virtual host.

    ページが表示される
    """
    answers = {view.name: view.page(page.url) for view in world.views()}
    check.saw(*[answer.evidence for answer in answers.values()])
    port = f"tcp/{urllib.parse.urlsplit(page.url).port or PORTS[page.url.partition(':')[0]]}"
    problems = {who: answer.problem for who, answer in answers.items()}
    the_public_gets(check, problems, page.url, "httpd", port, server.name)
    for who, answer in answers.items():
        cause, remedy = _trouble(answer, server.name, port)
        check.expect(answer.status == 200, f"status 200 for {who}", answer.told(), cause=cause, remedy=remedy)
        shown = " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())[:120]
        cause = "another virtual host answers for this name, or the page was exchanged"
        found = shown or "an empty page"
        check.expect(page.contains in answer.text, f"a page with {page.contains!r}", found, cause=cause, remedy=AREA)


def _trouble(answer: Answer, name: str, port: str) -> tuple[str, str]:
    """What may be behind a page that doesn't show, and what to do about it."""
    if not answer.status:
        return f"httpd of {name} doesn't run, or something shuts {port}", f"{HTTPD}; iptables -S INPUT"
    if answer.status == 403:
        return "httpd may not read the page, or an access rule (Require, .htaccess) refuses", READABLE
    if answer.status == 404:
        return "the page is not there, or its area is missing in httpd.conf", AREA
    if answer.status >= 500:
        return "a program behind the page fails", "9.4: the end of Apache's error log says which and why"
    return "httpd sends its visitors elsewhere", AREA


def _certificates(server: Server, check: Record) -> dict[str, str]:
    """The certificates that httpd's configuration names, all of its files: path → PEM."""
    view = server.httpd.result()
    check.saw(view.evidence)
    found = " ".join(view.certificates) or " ".join(f"{path}: {why}" for path, why in view.problems.items())
    check.expect(
        bool(view.certificates),
        f"SSLCertificateFile in {view.top} or what it includes, and a certificate in that file",
        found or "none is named",
        cause="httpd.conf has no area for https, or the certificate's file is gone",
        remedy=CERTIFICATE,
    )
    return view.certificates


@part_of("web.pages", "web.httpd_conf")
@stands_on("apache2")
@needs("all_facts", "httpd")
@item("9.4", "production")
def test_https_shows_this_host_s_certificate(server: Server, site: Site, check: Record) -> None:
    """The https server shows a certificate that lies on this host, valid for its name and in date.

    https の証明書がこの計算機のものである
    """
    page = next((page for page in site.pages if page.url.startswith("https:")), None)
    if page is None:
        check.not_made("site.toml has no https page")
    prints = {path: fingerprint(ssl.PEM_cert_to_DER_cert(pem)) for path, pem in _certificates(server, check).items()}
    answer = ask(server.entry.address, page.url)
    check.saw(answer.evidence)
    check.expect(
        bool(answer.certificate),
        "https answers with a certificate",
        answer.told(),
        cause="Apache doesn't listen there, or something shuts port 443",
        remedy=HTTPD,
    )
    served = fingerprint(answer.certificate)
    of_disk = " or ".join(f"{shown} ({path})" for path, shown in prints.items())
    cause = "Apache was not restarted after its certificate was exchanged"
    check.expect(served in prints.values(), f"certificate {of_disk}", served, cause=cause, remedy=HTTPD)
    # What the page answers (403, a redirection) is no affair of the certificate: only TLS is looked at.
    problem, seen = distrust(server.entry.address, page.url, ssl.DER_cert_to_PEM_cert(answer.certificate))
    check.saw(seen)
    cause = "it is out of date, or made for another name"
    check.expect(
        not problem,
        f"valid for the name in {page.url} and in date",
        problem or "it is",
        cause=cause,
        remedy=CERTIFICATE,
    )


@part_of("web.pages", "web.httpd_conf")
@stands_on("apache2")
@needs("all_facts", "httpd", "other.httpd")
@item("9.4", "production")
def test_https_does_not_show_the_other_host_s_certificate(server: Server, site: Site, check: Record) -> None:
    """The https server's certificate is none that the other machine made for itself.

    https の証明書が相手の計算機のものでない
    """
    own = _certificates(server, check)
    try:
        others = _certificates(server.other, check)
    except AssertionError as error:
        check.not_made(f"the other host's certificate cannot be read: {error}")
    # One of an authority is made for the service's name, and lies on both machines where the service may move.
    made = {path: pem for path, pem in own.items() if _self_signed(pem)}
    same = [path for path, pem in made.items() if _print(pem) in map(_print, others.values())]
    told = "; ".join(f"{path}: {_print(pem)}" for path, pem in made.items()) or "all are of an authority"
    check.expect(
        not same,
        "no self-signed certificate that the other machine has too",
        f"{', '.join(same)}, as on {server.other.name}" if same else told,
        cause="certificate and key were copied from the other machine",
        remedy="9.4: put this host's own certificate and key back, then /etc/init.d/apache2 restart",
    )


def _print(pem: str) -> str:
    return fingerprint(ssl.PEM_cert_to_DER_cert(pem))


def _self_signed(pem: str) -> bool:
    """Whether it vouches for itself: no authority made it, so it was made for one machine."""
    certificate = load_pem_x509_certificate(pem.encode())
    return certificate.issuer == certificate.subject


@part_of("web")
@item("9.13", "standby")
def test_web_is_off(server: Server, check: Record) -> None:
    """Nobody answers on the ports of http and https, though the host is there.

    http, https が無効である
    """
    server.must_answer()
    there = connect(server.entry.address, server.entry.port, "", 5)
    check.expect(
        there == "connected",
        "the host is there (ssh)",
        there,
        cause="the host is down, or a packet rule shuts ssh",
        remedy="6.2: reboot it; iptables -S INPUT",
    )
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
