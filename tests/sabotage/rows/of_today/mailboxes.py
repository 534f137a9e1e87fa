"""Rows of 9.9: dovecot, its certificates, its passwords, its mailboxes."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_today.common import OPENS, SIX, SUBMITS, VIRTUAL, broken, runs

_LOCAL = "/etc/dovecot/local.conf"
_AUTH = "/etc/dovecot/conf.d/10-auth.conf"
_LIVE = "/etc/letsencrypt/live"
_AT_DOVECOT = tuple(f"test_mail_s_certificate_holds[mars-mail.example.org/{port}]" for port in ("imap*", "pop3*"))
_IMAP, _POP3 = (f"test_mailbox_opens_to_its_user_alone[mars-{one}*]" for one in ("imap", "pop3"))


def _conf(name: str, what: str, must: tuple[str, ...], *lines: str, edit: str = "", **more: object) -> Row:
    """Lines at the end of local.conf, which stand over all others; or an edit of the configuration."""
    told = "\\n".join(lines)
    do = f"printf '{told}\\n' >> {_LOCAL}\n{edit}\nsystemctl restart dovecot"
    return broken(name, what, must, do, keeps=("/etc/dovecot",), undo="systemctl restart dovecot", **more)


def _certificate(name: str, what: str, path: str, key: str) -> Row:
    lines = (f"ssl_server_cert_file = {path}", f"ssl_server_key_file = {key}")
    return _conf(name, what, (*_AT_DOVECOT, OPENS), *lines)


ROWS = (
    _conf("imap-off", "dovecot speaks POP3 alone", (_IMAP, runs("dovecot"), _AT_DOVECOT[0]), "protocols {", "  imap = no", "}"),
    _conf("pop3-off", "dovecot speaks IMAP alone", (_POP3, runs("dovecot"), _AT_DOVECOT[1]), "protocols {", "  pop3 = no", "}"),
    _conf("mailboxes-without-tls", "dovecot offers no TLS", (OPENS, *_AT_DOVECOT, runs("dovecot")), "ssl = no"),
    _conf("passwords-in-the-clear", "dovecot takes passwords before TLS", ("test_mailbox_opens_to_its_user_alone[mars-imap]", "test_mailbox_opens_to_its_user_alone[mars-pop3]"),
          "auth_allow_cleartext = yes"),
    _conf("passwords-of-nobody", "dovecot asks another file for passwords, in which no account stands",
          (OPENS, SUBMITS), edit=f"sed -i '/auth-system/d' {_AUTH}"),
    _conf("mailboxes-unknown", "dovecot asks no more for those who have no account", (VIRTUAL,),
          edit=f"sed -i '/auth-passwdfile/d' {_AUTH}"),
    _conf("any-password", "dovecot lets everybody in, with whatever password", (OPENS, SUBMITS),
          "passdb static {", "  fields {", "    nopassword = yes", "  }", "}"),
    _conf("another-mailbox", "dovecot reads another folder than postfix delivers into", (OPENS,),
          "mail_path = ~/Mail", "mail_inbox_path = ~/Mail"),
    _certificate("certificate-self-made", "dovecot shows the certificate that its package made", "/etc/ssl/certs/ssl-cert-snakeoil.pem",
                 "/etc/ssl/private/ssl-cert-snakeoil.key"),
    _certificate("certificate-of-another-name", "dovecot shows the certificate of another name", f"{_LIVE}/files.example.com/fullchain.pem",
                 f"{_LIVE}/files.example.com/privkey.pem"),
    _certificate("chain-incomplete", "dovecot sends its certificate without the chain", f"{_LIVE}/example.org/cert.pem",
                 f"{_LIVE}/example.org/privkey.pem"),
    broken("postfix-chain-incomplete", "postfix sends its certificate without the chain",
           ("test_mail_s_certificate_holds[*/s*]", SUBMITS),
           f"postconf -e smtpd_tls_cert_file={_LIVE}/example.org/cert.pem; systemctl reload postfix",
           keeps=("/etc/postfix",), undo="systemctl reload postfix"),
    _conf("mailboxes-by-ipv4-alone", "dovecot listens on IPv4 alone", (SIX,), "listen = *"),
)  # fmt: skip
