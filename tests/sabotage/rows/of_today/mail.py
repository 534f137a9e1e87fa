"""Rows of 9.10, 9.11, 9.16, 7.1 and 7.2: postfix."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_today.common import (
    GREETS,
    HOST,
    LIST,
    MAIL_IN,
    MAIL_OUT,
    OPENS,
    OTHER,
    RELAY,
    SUBMITS,
    VIRTUAL,
    broken,
    runs,
)

_ETC = "/etc/postfix"
_TABLES = "test_mail_is_looked_up_in_the_same_tables[mars]"
TAKES_NONE = "test_standby_takes_no_mail_from_outside[venus]"
LOCAL = "test_local_delivery_does_not_arrive[venus]"
CRON = "test_cron_mail_reaches_the_administrators[venus]"
_ADMIN = "test_crontab_mails_the_administrators"
_SUBMISSION = "test_mail_is_submitted_by_login[mars-submission]"
_QUEUED = "postqueue -f"


def _set(name: str, what: str, must: tuple[str, ...], settings: str, *, again: str = "reload", **more: object) -> Row:
    """Settings of main.cf, read at once; again: by which verb."""
    do = f"postconf -e {settings}; systemctl {again} postfix"
    return broken(
        name,
        what,
        must,
        do,
        keeps=(_ETC,),
        undo=f"systemctl {again} postfix; {_QUEUED}; {more.pop('after', ':')}",
        **more,
    )


def _master(name: str, what: str, must: tuple[str, ...], change: str, **more: object) -> Row:
    """Services of master.cf."""
    do = f"postconf {change}; systemctl reload postfix"
    return broken(name, what, must, do, keeps=(_ETC,), undo="systemctl reload postfix", **more)


ROWS = (
    _set("open-relay", "postfix relays for everybody: mynetworks holds the world", (RELAY,), "'mynetworks = 0.0.0.0/0'"),
    _set("open-relay-by-ipv6", "postfix relays for everybody who comes over IPv6: mynetworks holds all of it", (RELAY,),
         '"mynetworks = $(postconf -xh mynetworks) [2000::]/3"', again="restart"),
    _set("relay-of-a-domain", "postfix relays to somebody else's domain", (RELAY,),
         "'relay_domains = pluto.dc.example.net'"),
    _set("domain-lost", "example.org is none of mydestination's any more",
         ("test_domain_s_mail_is_taken_and_delivered[mars-example.org]", SUBMITS, CRON),
         "'mydestination = mars.dc.example.net, localhost'", hosts="mars,venus",
         may=(LIST, OPENS, "test_domain_*"), why="what is sent to example.org by way of an alias comes as little"),
    _set("mailbox-domain-lost", "example.com is no domain of mailboxes any more",
         ("test_domain_s_mail_is_taken_and_delivered[mars-example.com]",), "'virtual_mailbox_domains ='"),
    _set("still-a-standby", "7.2 was not done: postfix listens to its own host alone",
         (MAIL_IN, LIST, SUBMITS, RELAY, runs("postfix"), "test_mail_s_certificate_holds[*/s*]"),
         "'inet_interfaces = loopback-only'", again="restart", may=(OPENS,),
         why="the message that would be looked for there was not taken"),
    _set("smtp-certificate-self-made", "port 25 shows the certificate that its package made, where others verify it",
         ("test_mail_s_certificate_holds[*/s*]", SUBMITS),
         "smtpd_tls_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem "
         "smtpd_tls_key_file=/etc/ssl/private/ssl-cert-snakeoil.key"),
    _set("own-name-of-the-other", "myhostname is still the standby's",
         (GREETS,), "myhostname=venus.dc.example.net", booted=True),
    _set("queue-deferred", "everything waits in the queue: defer_transports holds all transports",
         (MAIL_IN, MAIL_OUT, LIST, SUBMITS), "'defer_transports = local, virtual, smtp, mlmmj'",
         may=(OPENS, RELAY), why="what is not delivered can't be found"),
    _set("way-out-lost", "relayhost is a host that is no more", (MAIL_OUT,), "'relayhost = [192.0.2.72]'"),
    _set("mail-discarded", "whatever comes for this host is taken, and goes to nobody's box",
         (MAIL_IN, LIST, SUBMITS), "'local_transport = discard:'", may=(OPENS, RELAY),
         why="what is dropped can't be found"),
    _set("mail-to-another-folder", "postfix delivers into a folder that no mail program reads",
         (MAIL_IN, LIST, SUBMITS, OPENS), "'home_mailbox = Mail/'", after="rm -rf /home/*/Mail", may=(RELAY,),
         why="what comes back lies there too"),
    _set("mailboxes-other-number", "main.cf has the other machine's number of vmail: it is the list's here", (VIRTUAL,),
         "virtual_uid_maps=static:$(id -u mlmmj)", again="restart"),
    broken("maildrop-of-root", "postdrop's group may not write into the queue: root's messages alone are taken", (MAIL_OUT,),
           "chgrp root /var/spool/postfix/maildrop", undo="chgrp postdrop /var/spool/postfix/maildrop"),
    broken("list-alias-stale", "the map of aliases was made before the list was written into it", (LIST, _TABLES),
           f"sed -i '/^team@/d' {_ETC}/lists; postmap {_ETC}/lists; systemctl reload postfix", keeps=(_ETC,),
           undo="systemctl reload postfix"),
    broken("map-not-compiled", "the compiled map of mailboxes is gone: postfix has nothing to look into",
           ("test_domain_s_mail_is_taken_and_delivered[*]", _TABLES), f"rm {_ETC}/lists.db; systemctl reload postfix",
           keeps=(_ETC,), undo="systemctl reload postfix",
           may=(LIST, SUBMITS, OPENS, RELAY, CRON, MAIL_OUT), why="every recipient is looked up there"),
    broken("route-on-one-host", "somebody has written a route into production's table, and not into the standby's",
           (_TABLES,), f"echo 'old.example.org :' >> {_ETC}/transport; postmap {_ETC}/transport", keeps=(_ETC,)),
    broken("transport-to-the-list-lost", "the transport to mlmmj is no more in master.cf", (LIST,),
           "postconf -MX mlmmj/unix; systemctl reload postfix", keeps=(_ETC,), undo="systemctl reload postfix"),
    _master("postscreen", "postscreen has everybody on its list of those to turn away", (MAIL_IN, LIST),
            "-M 'smtp/inet=smtp inet n - y - 1 postscreen' 'smtpd/pass=smtpd pass - - y - - smtpd'; postconf -e "
            "'postscreen_access_list = static:reject' 'postscreen_denylist_action = enforce'",
            may=(RELAY, OPENS, SUBMITS, "test_mail_s_certificate_holds[*/smtp]"),
            why="a trick is turned away before it is tried, and TLS needs a tlsproxy"),
    _master("submission-off", "master.cf has no submission",
            (_SUBMISSION, runs("postfix"), "test_mail_s_certificate_holds[*/submission]"),
            "-MX submission/inet"),
    _master("submission-in-the-clear", "submission takes passwords without TLS", (_SUBMISSION,),
            "-P submission/inet/smtpd_tls_security_level=may submission/inet/smtpd_tls_auth_only=no"),
    _master("submission-for-strangers", "submission takes mail to anywhere from whoever calls", (_SUBMISSION,),
            "-P submission/inet/mynetworks=0.0.0.0/0 submission/inet/smtpd_relay_restrictions=permit_mynetworks,reject"),
    _set("sasl-socket-elsewhere", "postfix looks for dovecot's socket where there is none", (SUBMITS,),
         "smtpd_sasl_path=private/gone", may=("test_mail_s_certificate_holds[*/submission]",),
         why="smtpd ends before it greets, and master starts the next one a minute later"),
    broken("alias-of-administrators-lost", "production knows no admin: what cron mails to him goes back", (CRON, _TABLES),
           "sed -i '/^admin:/d; s/^root:.*/root: hayashi/' /etc/aliases; newaliases",
           keeps=("/etc/aliases", "/etc/aliases.db"), hosts="mars,venus"),
    broken("crontab-old-name", "the yearly mail goes to the old name", (f"{_ADMIN}[{HOST}]",),
           "sed -i 's/admin@example.org/admin@venus.dc.example.net/' /etc/crontab", keeps=("/etc/crontab",)),
    _set("venus-takes-mail", "7.1 was not done: it takes mail for example.org", (TAKES_NONE, LOCAL),
         "inet_interfaces=all 'mydestination = example.org, localhost'", again="restart", host=OTHER,
         may=(CRON,), why="what cron mails there stays there"),
    _set("venus-listens", "it listens on port 25, and refuses all", (TAKES_NONE,), "inet_interfaces=all",
         again="restart", host=OTHER),
    _set("venus-listens-by-ipv6", "it listens on port 25 of its IPv6 address", (TAKES_NONE,),
         "inet_interfaces=all inet_protocols=ipv6", again="restart", host=OTHER, may=(CRON, LOCAL),
         why="the way to production goes over IPv6 too"),
    broken("venus-submission-open", "it listens for mail of users, on port 587", (TAKES_NONE,),
           "postconf -M '192.0.2.11:587/inet=192.0.2.11:587 inet n - y - - smtpd'; systemctl restart postfix",
           host=OTHER, keeps=(_ETC,), undo="systemctl restart postfix"),
    _set("venus-delivers-locally", "mail of its own programs to example.org stays there", (LOCAL, CRON),
         "'mydestination = example.org, localhost'", host=OTHER),
    _set("venus-way-out-lost", "relayhost is a host that is no more", (LOCAL, CRON), "'relayhost = [192.0.2.72]'",
         host=OTHER),
    broken("venus-crontab-old-name", "the yearly mail goes to the old name", (f"{_ADMIN}[{OTHER}]",),
           "sed -i 's/admin@example.org/root@venus.dc.example.net/' /etc/crontab", host=OTHER, keeps=("/etc/crontab",)),
)  # fmt: skip
