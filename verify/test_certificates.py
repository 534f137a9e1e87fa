"""Certificates, as another computer meets them: chain, name, and days that are left (9.4, 9.9)."""

from __future__ import annotations

from verify.mail_access import PORTS
from verify.marks import item, part_of
from verify.needs import needs
from verify.record import Record
from verify.subjects import CertificateCase
from verify.world import World

REMEDY = "`openssl s_client -connect HOST:PORT -servername NAME -showcerts`; `certbot certificates`; reload the service"


@part_of("web.pages", "certificates")
@needs("certificates")
@item("9.4", "production")
def test_page_s_certificate_holds(world: World, page_certificate: CertificateCase, check: Record) -> None:
    """The certificate of pages is trusted by another computer, names the host, and lasts.

    ページの証明書が信頼され, 名前が合い, 期限がある
    """
    _holds(world, page_certificate, check)


@part_of("pop", "certificates")
@needs("certificates")
@item("9.9", "production")
def test_mail_s_certificate_holds(world: World, mail_certificate: CertificateCase, check: Record) -> None:
    """The certificate of mail's ports is trusted by another computer, names the host, and lasts.

    メールの証明書が信頼され, 名前が合い, 期限がある
    """
    _holds(world, mail_certificate, check)


def _holds(world: World, case: CertificateCase, check: Record) -> None:
    if world.outside is None:
        check.not_made("hosts.ini has no outside host")
    answer, evidence = world.certificates.result()
    state = answer[case.id]
    check.saw(evidence)
    where = f"{case.protocol} (port {PORTS[case.protocol]}) as {case.name}"
    check.expect(
        state["connected"], f"{where} answers", state["problem"] or "it answers", remedy=REMEDY,
        cause="nobody listens there, or a packet rule shuts it",
    )  # fmt: skip
    check.expect(
        not state["problem"], f"the certificate of {where} is trusted", state["problem"] or "trusted", remedy=REMEDY,
        cause="it is another name's, self-made, expired, or sent without its chain",
    )  # fmt: skip
    days = state["days"] or 0
    check.expect(
        days >= case.days, f"it lasts {case.days} days", f"{days:.1f} days, until {state['until']}", remedy=REMEDY,
        cause="it is not renewed: certbot's timer, or the service still has the old one",
    )  # fmt: skip
