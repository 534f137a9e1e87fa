"""Certificates, as another computer meets them: chain, name, and days that are left (9.4, 9.9)."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from verify.mail_access import PORTS
from verify.marks import item, part_of
from verify.needs import needs
from verify.record import Record
from verify.six import addresses, asking
from verify.subjects import CertificateCase
from verify.world import Server, World

REMEDY = "`openssl s_client -connect HOST:PORT -servername NAME -showcerts`; `certbot certificates`; reload the service"


@part_of("certificates")
@needs("certificates")
@item("9.4", "production")
def test_page_s_certificate_holds(
    world: World, server: Server, page_certificate: CertificateCase, check: Record
) -> None:
    """The certificate of pages is trusted by another computer, names the host, and lasts.

    ページの証明書が信頼され, 名前が合い, 期限がある
    """
    _holds(world, server, page_certificate, check)


@part_of("certificates|pop.access|pop.submission")
@needs("certificates")
@item("9.9", "production")
def test_mail_s_certificate_holds(
    world: World, server: Server, mail_certificate: CertificateCase, check: Record
) -> None:
    """The certificate of mail's ports is trusted by another computer, names the host, and lasts.

    メールの証明書が信頼され, 名前が合い, 期限がある
    """
    _holds(world, server, mail_certificate, check)


def _holds(world: World, server: Server, case: CertificateCase, check: Record) -> None:
    if world.outside is None:
        check.not_made("hosts.ini has no outside host")
    answer, evidence = world.certificates.result()
    check.saw(evidence)
    for address in server.entry.addresses:
        state = answer[f"{case.id} at {address}"]
        if address == server.entry.address:
            _holds_at("", case, state, check)
        elif state["connected"] and (not state["problem"] or _has(server, case.name, address, check)):
            # That it answers there, where its name has that address, is told by the check of IPv6.
            _holds_at(f" at {address}", case, state, check)


def _has(server: Server, name: str, address: str, check: Record) -> bool:
    """Whether a name has an IPv6 address: else nobody who calls it by its name comes there."""
    known, seen = addresses(asking(server, server.world.site, check), [name])
    check.saw(*seen)
    return ip_address(address) in map(ip_address, (known or {}).get(name, []))


def _holds_at(at: str, case: CertificateCase, state: dict[str, Any], check: Record) -> None:
    where = f"{case.protocol} (port {PORTS[case.protocol]}) as {case.name}{at}"
    # One of an authority may not be put in order by its name alone: only what vouches for itself is its own authority.
    problem = state["own_problem"] if case.own and state["own"] else state["problem"]
    check.expect(
        state["connected"], f"{where} answers", state["problem"] or "it answers", remedy=REMEDY,
        cause="nobody listens there, or a packet rule shuts it",
    )  # fmt: skip
    check.expect(
        not problem, f"the certificate of {where} is trusted", problem or "trusted", remedy=REMEDY,
        cause="it is another name's, self-made, expired, or sent without its chain",
    )  # fmt: skip
    if state["problem"] or not case.days:
        return
    days = state["days"] or 0
    check.expect(
        days >= case.days, f"it lasts {case.days} days", f"{days:.1f} days, until {state['until']}", remedy=REMEDY,
        cause="it is not renewed: certbot's timer, or the service still has the old one",
    )  # fmt: skip
