"""POP: mail is fetched from another computer with APOP (9.9); nothing on the standby (9.15)."""

from __future__ import annotations

import errno
import os
from typing import Any

from irekae.site.site import Site, needed
from verify.by_hand import act, turn_off
from verify.causes import stands_on
from verify.evidence import SEAT, start
from verify.far.calls import connect
from verify.greeting import silence
from verify.kinds import init_of
from verify.mail_access import PORTS
from verify.marks import item, part_of
from verify.needs import needs
from verify.record import Record
from verify.world import Server, World

NO_WAY = (os.strerror(errno.ENETUNREACH), os.strerror(errno.EADDRNOTAVAIL))
"""What a seat without IPv6 says of such an address: it can tell nothing of it."""


def fetched(world: World, check: Record) -> dict[str, Any]:
    """All that came by POP; not made where there is nobody to fetch it."""
    if world.outside is None:
        check.not_made("hosts.ini has no outside host to fetch mail from")
    if not world.credentials.pop:
        check.not_made("secrets.toml has no [pop] password")
    answer = world.mailing.fetched.result()
    check.saw(answer["evidence"])
    return answer


def _remedy(server: Server) -> str:
    """What lets users in by APOP."""
    secrets = server.world.site.copy.pop_secrets or "the file of secrets"
    restart = act(server, "restart", "mailboxes")
    return f"9.9: the line of pop3 that starts the POP server, {secrets}, `popauth`; then {restart}"


@part_of("pop.apop", "mail")
@stands_on("mailboxes")
@needs("mailing.smtp_in", "mailing.fetched")
@item("9.9", "production")
def test_pop_offers_apop(world: World, server: Server, check: Record) -> None:
    """The POP server greets with a timestamp, so that APOP can be used.

    POP サーバが APOP を提供する
    """
    answer = fetched(world, check)
    said = answer["problem"] or "it answers"
    cause, remedy = "", ""
    if not answer["connected"]:
        cause, remedy = silence(server, 110, "mailboxes")
    check.expect(answer["connected"], f"POP of {server.name} answers", said, cause=cause, remedy=remedy)
    found = "timestamp" if answer["timestamp"] else "none"
    check.expect(answer["timestamp"], "a timestamp in the greeting", found, cause="APOP is off", remedy=_remedy(server))


@part_of("pop.apop", "mail")
@stands_on("mailboxes")
@needs("mailing.smtp_in", "mailing.fetched")
@item("9.9", "production")
def test_pop_lets_in_with_the_secret_only(world: World, server: Server, site: Site, check: Record) -> None:
    """APOP lets the user in with his secret, and nobody with a wrong one.

    APOP で正しいパスワードだけが通る
    """
    answer = fetched(world, check)
    cause = f"{site.copy.pop_secrets or 'the file of secrets'} was not copied, is truncated, or cannot be read (3.3)"
    said = "let in" if answer["in"] else answer["problem"]
    check.expect(answer["in"], f"{needed(site.pop).user} is let in", said, cause=cause, remedy=_remedy(server))
    said = {True: "refused", False: "let in", None: "not tried: no APOP"}[answer["wrong_refused"]]
    check.expect(
        answer["wrong_refused"] is True,
        "a wrong secret is refused",
        said,
        remedy=_remedy(server),
        cause="another program answers, or the POP server checks nothing",
    )


@part_of("pop.apop", "mail")
@stands_on("mailboxes")
@needs("mailing.smtp_in", "mailing.fetched")
@item("9.9", "production")
def test_mail_can_be_fetched(world: World, server: Server, check: Record) -> None:
    """A message that was sent to the service's own domain is fetched and deleted by POP.

    POP でメールを受信できる
    """
    answer = fetched(world, check)
    letter = world.mailing.to_domains[world.mailing.own]
    there = answer["seen"].get(letter.token, False)
    found = "fetched" if there else answer["problem"] or f"not among {len(answer['messages'])} messages of this run"
    check.expect(
        there,
        f"the message {letter.token}",
        found,
        cause="not delivered (9.10), or POP reads another mailbox",
        remedy=_remedy(server),
    )


@part_of("pop", "off.mailboxes")
@item("9.15", "standby")
def test_pop_is_off(server: Server, site: Site, check: Record) -> None:
    """Nobody answers on the ports of mailboxes, though the host is there.

    POP が無効である
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
    remedy = f"1.4: {turn_off(server, 'mailboxes')}"
    for address in server.entry.addresses:
        for port in sorted({PORTS[protocol] for protocol in needed(site.pop).protocols}):
            began = start()
            answer = connect(address, port, "", 3)
            check.saw(began.heard(f"connect {address}:{port}", answer, SEAT))
            if ":" in address and answer in NO_WAY:
                continue
            check.expect(
                answer in ("refused", "no answer"),
                f"tcp/{port} refused",
                answer,
                cause=f"{init_of(site, 'mailboxes')} or another program runs",
                remedy=remedy,
            )
