"""What mends mail, in the words of the site's own mail system; no check decides by them."""

from __future__ import annotations

from typing import NamedTuple

from irekae.site.site import needed
from verify.by_hand import act, log_of
from verify.world import Server


class MailWords(NamedTuple):
    """Remedies and causes.

    Attributes:
        control: where it stands what mail is taken, and how that comes into force.
        smtpd: who listens on port 25.
        queue: what waits, and why.
        inject: what takes a message of a program's.
        refused: why a domain's mail is not taken.
        undelivered: why what was taken does not arrive.
        open: why a standby takes mail.
        lists: what brings a list's mail to its subscribers.
        own_name: where the name stands by which it greets.
    """

    control: str
    smtpd: str
    queue: str
    inject: str
    refused: str
    undelivered: str
    open: str
    lists: str
    own_name: str


def words_of(server: Server) -> MailWords:
    """Those of the site's mail system, with the commands of the host's own service manager."""
    makers = {"qmail": _qmail, "postfix": _postfix, "exim4": _exim}
    return makers[server.world.site.its_mail.system](server)


def _qmail(server: Server) -> MailWords:
    control = needed(server.world.site.qmail).control
    return MailWords(
        f"7.1, 7.2: {control}/locals and rcpthosts, then {act(server, 'restart', 'mail')}; qmail-showctl",
        f"{act(server, 'start', 'smtp')}; whether a packet rule shuts port 25: iptables -S INPUT",
        "9.10: `ps` for qmail-send, `qmail-qread` for what waits and why, qmail's log",
        "qmail-inject",
        "{domain} isn't in rcpthosts",
        "{domain} isn't in locals, qmail-send is dead, or the message was dropped",
        "the domain is still in rcpthosts, or there is none",
        "~/.qmail-* of the list's account",
        f"7.2: me and smtpgreeting in {control}, then {act(server, 'restart', 'smtp')}",
    )


def _postfix(server: Server) -> MailWords:
    log = log_of(server, "mail")
    return MailWords(
        "7.1, 7.2: mydestination, virtual_mailbox_domains and inet_interfaces of `postconf -n`; then "
        f"{act(server, 'restart', 'mail')}",
        f"{act(server, 'start', 'mail')}; `ss -ltn`; whether a packet rule shuts port 25: `nft list ruleset`",
        f"9.10: `postqueue -p` for what waits and why; {log}",
        "sendmail",
        "{domain} is in none of postfix's domains, or the recipient in none of its tables",
        "the recipient's table, the delivery agent, or the message was dropped",
        "inet_interfaces is not loopback-only, or postfix was not restarted",
        "the list's alias or transport in postfix's tables",
        f"5.1: myhostname and smtpd_banner of `postconf -n`; then {act(server, 'restart', 'mail')}",
    )


def _exim(server: Server) -> MailWords:
    return MailWords(
        "7.1, 7.2: dc_other_hostnames and dc_local_interfaces in /etc/exim4/update-exim4.conf.conf; then "
        f"{act(server, 'restart', 'mail')}",
        f"{act(server, 'start', 'mail')}; `ss -ltn`; whether a packet rule shuts port 25: `nft list ruleset`",
        "9.10: `exim4 -bp` for what waits, /var/log/exim4/mainlog for why",
        "sendmail",
        "{domain} is not in dc_other_hostnames",
        "`exim4 -bt ADDRESS` says which router takes it; or the message was dropped",
        "dc_local_interfaces is not 127.0.0.1 alone, or exim4 was not restarted",
        "`exim4 -bt LIST` says which router takes it",
        f"5.1: /etc/mailname, primary_hostname and smtp_banner of `exim4 -bP`; then {act(server, 'restart', 'mail')}",
    )
