"""Rows of 9.10, 7.2 and 9.16 on production: SMTP."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import (
    CONTROL,
    DOMAINS,
    FETCH,
    LIST,
    MAIL_IN,
    MAIL_OUT,
    RELAY,
    reject,
    relay_for,
    unread,
)

_DOMAIN = "scitec.kobe-u.ac.jp"
_NO_WAY_OUT = reject("OUTPUT -o eth0 -p tcp --dport 25 -j REJECT")


def _control(name: str, what: str, file: str, do: str, *must: str, undo: str = "") -> Row:
    return Row(name, "ika", what, must, do=do, undo=undo, keeps=(f"{CONTROL}/{file}",))


ROWS = (
    Row(
        "smtp-accepts-and-drops",
        "ika",
        "qmail-smtpd accepts and drops",
        (MAIL_IN, FETCH, LIST, RELAY),
        do="install -m 755 /run/sabotage/drop /var/qmail/bin/drop\n"
        "sed -i '3i QMAILQUEUE=/var/qmail/bin/drop; export QMAILQUEUE' /var/qmail/bin/qmail-smtpd",
        # A message on descriptor 0, its envelope on 1 (qmail-queue(8)).
        files={"/run/sabotage/drop": "#!/bin/sh\ncat > /dev/null\ncat <&1 >&2\nexit 0\n"},
        keeps=("/var/qmail/bin/qmail-smtpd", "/var/qmail/bin/drop"),
    ),
    _control(
        "smtp-five-of-six",
        "SMTP accepts five domains of six: cps is not in rcpthosts",
        "rcpthosts",
        f"sed -i '/^cps/d' {CONTROL}/rcpthosts",
        f"test_domain_s_mail_is_taken_and_delivered[ika-cps.{_DOMAIN}]",
        DOMAINS,
    ),
    _control(
        "locals-lacks-a-domain",
        "epa is accepted but not local: its mail goes back",
        "locals",
        f"sed -i '/^epa/d' {CONTROL}/locals; svc qmail restart",
        f"test_domain_s_mail_is_taken_and_delivered[ika-epa.{_DOMAIN}]",
        DOMAINS,
        undo="svc qmail restart",
    ),
    Row(
        "locals-not-read",
        "ika",
        "locals is right, but qmail was not restarted after it was edited",
        (f"test_domain_s_mail_is_taken_and_delivered[ika-aoe.{_DOMAIN}]",),
        do=unread(f"{CONTROL}/locals", f"sed -i '/^aoe/d' {CONTROL}/locals", "qmail"),
        undo="svc qmail restart",
        keeps=(f"{CONTROL}/locals",),
    ),
    _control(
        "locals-still-localhost",
        "locals and rcpthosts are still the standby's",
        "locals",
        f"echo localhost > {CONTROL}/locals; svc qmail restart",
        "test_domain_s_mail_is_taken_and_delivered[ika-*.ac.jp]",
        FETCH,
        LIST,
        RELAY,
        DOMAINS,
        undo="svc qmail restart",
    ),
    Row(
        "rcpthosts-crlf",
        "ika",
        "rcpthosts was edited on Windows: its lines end with CR LF",
        (DOMAINS,),
        do=f"sed -i 's/$/\\r/' {CONTROL}/rcpthosts",
        keeps=(f"{CONTROL}/rcpthosts",),
        stand_in="mailfront, in qmail-smtpd's place, takes mail all the same; qmail would know none of these domains",
    ),
    Row(
        "open-relay",
        "ika",
        "SMTP relays for the world: everybody gets RELAYCLIENT",
        (RELAY,),
        do=relay_for(':allow,RELAYCLIENT=""'),
        keeps=("/etc/tcp.smtp", "/etc/tcp.smtp.cdb"),
    ),
    _control(
        "rcpthosts-foreign-domain",
        "rcpthosts holds a domain of somebody else: a relay for it",
        "rcpthosts",
        f"echo outside.{_DOMAIN} >> {CONTROL}/rcpthosts",
        RELAY,
        DOMAINS,
    ),
    Row(
        "queue-runner-hangs",
        "ika",
        "qmail-send is there and does nothing any more",
        (MAIL_IN, FETCH, MAIL_OUT, LIST, RELAY),
        do="kill -STOP $(cat /run/qmail-send.pid)",
        undo="kill -CONT $(cat /run/qmail-send.pid)",
    ),
    Row(
        "no-way-out-for-mail",
        "ika",
        "a packet rule lets no mail out",
        (MAIL_OUT,),
        do=_NO_WAY_OUT[0],
        undo=_NO_WAY_OUT[1],
    ),
    _control(
        "me-old-name",
        "qmail's me is still the standby's name",
        "me",
        f"echo tako-itpass.{_DOMAIN} > {CONTROL}/me; svc qmail restart",
        "test_qmail_s_own_name[ika]",
        f"test_file_bears_the_host_s_name[ika-{CONTROL}/me]",
        "test_mail_server_greets_by_its_own_name[ika]",
        undo="svc qmail restart",
    ),
    _control(
        "defaulthost-old-name",
        "qmail's defaulthost is still the standby's name",
        "defaulthost",
        f"echo tako-itpass.{_DOMAIN} > {CONTROL}/defaulthost",
        "test_qmail_s_own_name[ika]",
        f"test_file_bears_the_host_s_name[ika-{CONTROL}/defaulthost]",
    ),
    Row(
        "crontab-old-name",
        "ika",
        "the cron mail goes to the old name",
        ("test_crontab_mails_the_administrators[ika]",),
        do="sed -i 's/itpadmin@itpass\\./itpadmin@tako-itpass./' /etc/crontab",
        keeps=("/etc/crontab",),
    ),
    Row(
        "administrators-alias-gone",
        "ika",
        "production knows no itpadmin: system mail of both hosts goes back",
        ("test_cron_mail_reaches_the_administrators[tako]",),
        do="mv /var/qmail/alias/.qmail-itpadmin /var/qmail/alias/.qmail-itpadmin.20110220",
        undo="mv /var/qmail/alias/.qmail-itpadmin.20110220 /var/qmail/alias/.qmail-itpadmin",
        hosts="ika,tako",
    ),
)
