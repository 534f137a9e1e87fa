"""Web: pages on production (9.4), nothing on the standby (9.13)."""

from __future__ import annotations

import re
import ssl
import urllib.parse

from cryptography.x509 import load_pem_x509_certificate

from irekae.site.site import Page, Site
from verify.by_hand import Verb, act, turn_off
from verify.causes import stands_on
from verify.evidence import SEAT, start
from verify.far.calls import connect
from verify.http_client import Answer, ask, distrust, fingerprint
from verify.kinds import init_of
from verify.marks import item, part_of
from verify.needs import needs
from verify.public import the_public_gets
from verify.record import Record
from verify.world import Server, World

READABLE = (
    "9.4: ls -ld of the page and of each folder above it: others need x on folders, r on the page; .htaccess there"
)
PORTS = {"http": 80, "https": 443}


def _settings(site: Site) -> str:
    """Where the web server's areas are declared."""
    return (site.web and site.web.httpd_conf) or "the web server's configuration"


def _area(site: Site) -> str:
    named = _settings(site)
    return f"9.4: see whether {named} has the area (virtual host, alias, folder) of this page; if not, write it in"


def _again(server: Server, verb: Verb = "restart") -> str:
    return f"{act(server, verb, 'web')}; what it says, and the end of its error log"


def _renewed(server: Server) -> str:
    named, restart = _settings(server.world.site), act(server, "restart", "web")
    return f"9.4: install a valid certificate for the service's name in {named}, then {restart}"


@stands_on("web")
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
    the_public_gets(check, problems, page.url, init_of(world.site, "web"), port, server.name)
    for who, answer in answers.items():
        cause, remedy = _trouble(answer, server, port)
        check.expect(answer.status == 200, f"status 200 for {who}", answer.told(), cause=cause, remedy=remedy)
        shown = " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())[:120]
        cause = "another virtual host answers for this name, or the page was exchanged"
        found = shown or "an empty page"
        check.expect(
            page.contains in answer.text, f"a page with {page.contains!r}", found, cause=cause, remedy=_area(world.site)
        )


def _trouble(answer: Answer, server: Server, port: str) -> tuple[str, str]:
    """What may be behind a page that doesn't show, and what to do about it."""
    site, init = server.world.site, init_of(server.world.site, "web")
    if not answer.status:
        cause = f"{init} of {server.name} doesn't run, or something shuts {port}"
        return cause, f"{_again(server)}; iptables -S INPUT; nft list ruleset"
    if answer.status == 403:
        return f"{init} may not read the page, or an access rule (Require, .htaccess) refuses", READABLE
    if answer.status == 404:
        return f"the page is not there, or its area is missing in {_settings(site)}", _area(site)
    if answer.status >= 500:
        return "a program behind the page fails", "9.4: the end of the web server's error log says which and why"
    return f"{init} sends its visitors elsewhere", _area(site)


def _certificates(server: Server, check: Record) -> dict[str, str]:
    """The certificates that httpd's configuration names, all of its files: path → PEM."""
    view = server.httpd.result()
    check.saw(view.evidence)
    found = " ".join(view.certificates) or " ".join(f"{path}: {why}" for path, why in view.problems.items())
    check.expect(
        bool(view.certificates),
        f"SSLCertificateFile in {view.top} or what it includes, and a certificate in that file",
        found or "none is named",
        cause=f"{_settings(server.world.site)} has no area for https, or the certificate's file is gone",
        remedy=_renewed(server),
    )
    return view.certificates


@part_of("web.over_tls", "web.httpd_conf")
@stands_on("web")
@needs("all_facts", "httpd")
@item("9.4", "production")
def test_https_shows_this_host_s_certificate(server: Server, https_page: str, check: Record) -> None:
    """The https server shows a certificate that lies on this host, valid for its name and in date.

    https の証明書がこの計算機のものである
    """
    prints = {path: fingerprint(ssl.PEM_cert_to_DER_cert(pem)) for path, pem in _certificates(server, check).items()}
    answer = ask(server.entry.address, https_page)
    check.saw(answer.evidence)
    check.expect(
        bool(answer.certificate),
        "https answers with a certificate",
        answer.told(),
        cause="the web server doesn't listen there, or something shuts port 443",
        remedy=_again(server),
    )
    served = fingerprint(answer.certificate)
    of_disk = " or ".join(f"{shown} ({path})" for path, shown in prints.items())
    cause = "the web server was not restarted after its certificate was exchanged"
    check.expect(served in prints.values(), f"certificate {of_disk}", served, cause=cause, remedy=_again(server))
    # What the page answers (403, a redirection) is no affair of the certificate: only TLS is looked at.
    problem, seen = distrust(server.entry.address, https_page, ssl.DER_cert_to_PEM_cert(answer.certificate))
    check.saw(seen)
    cause = "it is out of date, or made for another name"
    check.expect(
        not problem,
        f"valid for the name in {https_page} and in date",
        problem or "it is",
        cause=cause,
        remedy=_renewed(server),
    )


@part_of("web.pages", "web.httpd_conf")
@stands_on("web")
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
        remedy=f"9.4: put this host's own certificate and key back, then {act(server, 'restart', 'web')}",
    )


def _print(pem: str) -> str:
    return fingerprint(ssl.PEM_cert_to_DER_cert(pem))


def _self_signed(pem: str) -> bool:
    """Whether it vouches for itself: no authority made it, so it was made for one machine."""
    certificate = load_pem_x509_certificate(pem.encode())
    return certificate.issuer == certificate.subject


@part_of("web", "off.web")
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
        remedy="6.2: reboot it; iptables -S INPUT; nft list ruleset",
    )
    for name, port in PORTS.items():
        began = start()
        answer = connect(server.entry.address, port, "", 3)
        check.saw(began.heard(f"connect {server.entry.address}:{port}", answer, SEAT))
        check.expect(
            answer in ("refused", "no answer"),
            f"{name} refused",
            answer,
            cause=f"{init_of(server.world.site, 'web')} runs, or something else in its place",
            remedy=f"1.4: {turn_off(server, 'web')}",
        )
