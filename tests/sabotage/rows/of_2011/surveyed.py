"""Rows of the survey (0.3): what was there before must be there now. The report is judged, not the suite."""

from __future__ import annotations

from collections.abc import Sequence

from tests.sabotage.row import SURVEY, Row
from tests.sabotage.rows.of_2011.common import (
    ACCOUNT_FILES,
    CONTROL,
    DAMAGE,
    DAMAGE_FILE,
    HTTPD_CONF,
    IMPOSTOR_FILE,
    NAMED_CONF,
    NAMEDB,
)

_ALIAS = "/var/qmail/alias"
_POP = "/usr/local/qpopper/pop.auth"
_LIST = "/home/itpass/ml/ml-ctrl"
_DOMAIN = "scitec.kobe-u.ac.jp"
_CERTIFICATE = ("/usr/local/apache2/conf/server.crt", "/usr/local/apache2/conf/server.key")


def _lost(
    name: str, what: str, must: str | Sequence[str], do: str, *keeps: str, undo: str = "", stand_in: str = ""
) -> Row:
    return Row(
        f"survey-{name}", "ika", what, (must,) if isinstance(must, str) else must, do=do, undo=undo, keeps=keeps,
        files={**DAMAGE_FILE, **IMPOSTOR_FILE}, hosts=SURVEY, may=("*",), why="one damage shows in several rows",
        stand_in=stand_in,
    )  # fmt: skip


def _harmless(name: str, what: str, do: str, *keeps: str, undo: str = "") -> Row:
    return Row(f"harmless-survey-{name}", "ika", what, (), do=do, undo=undo, keeps=keeps, hosts=SURVEY, harmless=True)


ROWS = (
    _lost(
        "zone-lost-its-records",
        "a zone has its first records alone",
        (f"zone record epa.{_DOMAIN}: www.epa.{_DOMAIN}. CNAME", f"record answered www.epa.{_DOMAIN} CNAME"),
        f"sed -i '/^www/d' {NAMEDB}/epa.zone; rndc reload > /dev/null",
        NAMEDB,
        undo="svc bind restart",
    ),
    _lost(
        "zone-mx-preference",
        "a zone's mail exchanger got another preference",
        f"zone record cps.{_DOMAIN}: cps.{_DOMAIN}. MX",
        f"sed -i 's/MX\\(.*\\)10/MX\\1 20/' {NAMEDB}/cps.zone",
        NAMEDB,
    ),
    _lost(
        "aliases-gone",
        "root's and postmaster's aliases are gone",
        (f"alias {_ALIAS}/.qmail-root", f"alias {_ALIAS}/.qmail-postmaster"),
        f"rm {_ALIAS}/.qmail-root {_ALIAS}/.qmail-postmaster",
        _ALIAS,
    ),
    _lost(
        "alias-has-a-stranger",
        "somebody else gets the administrators' mail too",
        f"alias {_ALIAS}/.qmail-itpadmin: &stranger@example.com",
        f"echo '&stranger@example.com' >> {_ALIAS}/.qmail-itpadmin",
        _ALIAS,
    ),
    _lost(
        "forward-added",
        "a user's mail goes elsewhere",
        "forward kato/.forward*",
        "echo 'x@example.com' > /home/kato/.forward",
        "/home/kato/.forward",
    ),
    _lost(
        "pop-one-user-left",
        "pop.auth has one user",
        (f"POP {_POP}: asada", f"POP {_POP}: kato"),
        f"rm {_POP}; printf 'popcheck:x\\n' > {_POP}; chmod 600 {_POP}",
        _POP,
    ),
    _lost(
        "passwords-expired",
        "every user's password has expired",
        ("days asada", "days kato", "days yoshida"),
        "for user in $(awk -F: '$3 >= 1000 && $3 < 30000 { print $1 }' /etc/passwd); do chage -d 0 $user; done",
        *ACCOUNT_FILES,
    ),
    _lost("account-without-shell", "an account has no shell", "account maeda", "usermod -s '' maeda", *ACCOUNT_FILES),
    _lost(
        "group-of-root",
        "a user is in sudo's group",
        ("groups nakano", "group sudo"),
        "gpasswd -a nakano sudo > /dev/null",
        *ACCOUNT_FILES,
    ),
    _lost(
        "second-root",
        "there is a second account of UID 0",
        "account toor",
        "echo 'toor:x:0:0::/root:/bin/bash' >> /etc/passwd",
        *ACCOUNT_FILES,
    ),
    _lost(
        "sudo-for-all",
        "a user may be root",
        "right of root /etc/sudoers.d/kato: kato ALL=(ALL) NOPASSWD: ALL",
        "echo 'kato ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/kato",
        "/etc/sudoers.d/kato",
    ),
    _lost(
        "key-of-root",
        "another key opens root's account",
        "key root: .ssh/authorized_keys2: ssh-ed25519*",
        "mkdir -p /root/.ssh; cp /etc/ssh/ssh_host_ed25519_key.pub /root/.ssh/authorized_keys2",
        "/root/.ssh/authorized_keys2",
    ),
    _lost(
        "shadow-readable",
        "everybody may read a private key",
        f"secret {_CERTIFICATE[1]}",
        f"chmod 644 {_CERTIFICATE[1]}",
        _CERTIFICATE[1],
    ),
    _lost(
        "setuid-program",
        "a program runs with root's rights, whoever starts it",
        "setuid /usr/bin/find",
        "chmod u+s /usr/bin/find",
        "/usr/bin/find",
    ),
    _lost(
        "home-lost-all-but-its-mail",
        "a home has its mailbox alone",
        "/home ogawa",
        "find /home/ogawa -mindepth 1 -maxdepth 1 ! -name Maildir -exec rm -rf {} +",
        "/home/ogawa",
    ),
    _lost(
        "contents-under-the-same-time",
        "a user's file has other contents, under its old size and time",
        "contents of sasaki",
        f"{DAMAGE} content $(find /home/sasaki/doc -type f -size +10c | head -1)",
        "/home/sasaki",
    ),
    _lost(
        "virtual-host",
        "a virtual host is gone",
        f"virtual host 80 aoe.{_DOMAIN}",
        f"sed -i 's/ServerName aoe.*/ServerName x.example/' {HTTPD_CONF}",
        HTTPD_CONF,
    ),
    _lost(
        "users-pages",
        "no user's pages show but one's",
        (f"page http://itpass.{_DOMAIN}/~kato/", f"page http://itpass.{_DOMAIN}/~ueno/", "user page kato"),
        "for folder in /home/*/public_html; do case $folder in */asada/*) ;; *) chmod 700 $folder;; esac; done",
        undo="chmod 755 /home/*/public_html",
    ),
    _lost(
        "wiki-s-old-pages",
        "the wiki has lost a page",
        f"page http://itpass.{_DOMAIN}/hiki/?IkasumiPasta",
        "rm -rf /home/hiki/data/text/IkasumiPasta /home/hiki/data/cache/parser",
        "/home/hiki/data/text",
    ),
    _lost(
        "front-page-replaced",
        "the front page is another",
        (f"page http://itpass.{_DOMAIN}/", f"page https://itpass.{_DOMAIN}/"),
        "echo '<title>ITPASS</title> ITPASS' > /home/www/itpass/index.html",
        "/home/www/itpass",
    ),
    _lost(
        "page-without-a-link",
        "a page that no other leads to is gone",
        "web file /home/www/itpass/log.html",
        "rm /home/www/itpass/log.html",
        "/home/www/itpass",
    ),
    _lost(
        "recursion-opened",
        "the name server looks up names for everybody",
        'name server all: allow-recursion { "any"; };',
        f"sed -i 's/allow-recursion {{[^}}]*}}/allow-recursion {{ any; }}/' {NAMED_CONF}; rndc reconfig",
        NAMED_CONF,
        undo="rndc reconfig",
    ),
    _lost(
        "transfer-opened",
        "the name server gives its zones to everybody",
        'name server all: allow-transfer { "any"; };',
        f"sed -i 's/allow-transfer {{[^}}]*}}/allow-transfer {{ any; }}/' {NAMED_CONF}; rndc reconfig",
        NAMED_CONF,
        undo="rndc reconfig",
    ),
    _lost(
        "unknown-listener",
        "somebody listens whom nobody knows",
        ("listener tcp/8099 python3 as root", "port tcp/8099"),
        "impostor http 8099",
        undo="end_impostors",
    ),
    _lost(
        "closed-to-the-public",
        "a packet filter shuts out everybody but the seat",
        ("firewall iptables-save*", "port tcp/25"),
        "iptables -I INPUT -s 198.51.100.50 -p tcp --dport 25 -j REJECT",
        undo="iptables -D INPUT -s 198.51.100.50 -p tcp --dport 25 -j REJECT",
    ),
    _lost(
        "size-of-messages",
        "messages may have a kilobyte",
        f"mail control {CONTROL}/databytes: 1000",
        f"echo 1000 > {CONTROL}/databytes",
        f"{CONTROL}/databytes",
    ),
    _lost(
        "size-of-files",
        "the web server may write small files alone",
        "limit apache2: Max file size",
        "svc apache2 stop; (ulimit -f 100000; svc apache2 start)",
        undo="svc apache2 restart",
    ),
    _lost(
        "certificate-of-12-hours",
        "the certificate ends within a day",
        f"certificate tcp/443 itpass.{_DOMAIN}: last day",
        f"openssl req -x509 -newkey rsa:2048 -nodes -keyout {_CERTIFICATE[1]} -out {_CERTIFICATE[0]} -days 1 "
        f"-subj /CN=itpass.{_DOMAIN} 2> /dev/null; svc apache2 restart",
        *_CERTIFICATE,
        undo="svc apache2 restart",
    ),
    _lost(
        "subscriber-gone",
        "a list has lost a subscriber",
        f"list {_LIST}/subscribers: ueno@itpass.{_DOMAIN}",
        f"{DAMAGE} member {_LIST}/subscribers ueno@itpass.{_DOMAIN}",
        f"{_LIST}/subscribers",
    ),
    _lost(
        "cron-table-shorter",
        "a user's cron table has lost its jobs",
        "cron table of asada: a line*",
        "sed -i '/^[^#]/d' /var/spool/cron/crontabs/asada",
        "/var/spool/cron/crontabs/asada",
    ),
    _lost(
        "nothing-is-logged",
        "rsyslogd does not run, and will not after the next boot",
        ("daemon rsyslogd as root", "boot rsyslog in rc2.d"),
        "svc rsyslog stop; rm /etc/rc2.d/S??rsyslog",
        "/etc/rc2.d",
        undo="svc rsyslog start",
    ),
    _harmless(
        "use",
        "mail came and was fetched, logs were begun anew, a user wrote a file, somebody visited the wiki",
        "printf 'Subject: hello\\n\\nhello\\n' | /var/qmail/bin/qmail-inject -f kato asada\n"
        "rm -f /home/noda/Maildir/cur/*\n"
        "mv /var/log/auth.log /var/log/auth.log.1; svc rsyslog restart; echo x > /home/kato/new-file\n"
        f"curl -s -o /dev/null http://itpass.{_DOMAIN}/hiki/?SandBox",
        "/home/noda/Maildir/cur",
        "/home/kato/new-file",
        undo="rm -f /home/asada/Maildir/new/*",
    ),
    _harmless(
        "words",
        "comments, blank lines and copies with a date; another order where order means nothing",
        f"echo '# x' >> {HTTPD_CONF}; sort -r -o {CONTROL}/locals {CONTROL}/locals; cp -p {_ALIAS}/.qmail-root "
        f"{_ALIAS}/.qmail-root.20261126; printf '\\n# x\\n' >> /etc/aliases; cp -p /etc/motd /etc/motd.20261126",
        HTTPD_CONF,
        f"{CONTROL}/locals",
        _ALIAS,
        "/etc/aliases",
        "/etc/motd.20261126",
    ),
    _harmless(
        "restarted-by-hand",
        "services were restarted out of somebody's session, with his limits",
        "ulimit -c 0; ulimit -n 1024; for name in apache2 bind cron rsyslog; do svc $name restart; done",
        undo="for name in apache2 bind cron rsyslog; do svc $name restart; done",
    ),
    _harmless(
        "rule-come-and-gone",
        "somebody was banned, and a rule was there for a moment",
        "iptables -N f2b-x; iptables -A f2b-x -s 203.0.113.5 -j REJECT; iptables -I INPUT -j f2b-x\n"
        "iptables -I INPUT -s 203.0.113.6 -j DROP; iptables -D INPUT -s 203.0.113.6 -j DROP",
        undo="iptables -D INPUT -j f2b-x; iptables -F f2b-x; iptables -X f2b-x",
    ),
)
