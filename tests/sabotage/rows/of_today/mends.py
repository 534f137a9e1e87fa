"""Remedies that are followed on the pair of today: what a person does who reads them, row by row (as in of_2011/mends.py)."""

from __future__ import annotations

from collections.abc import Sequence

from tests.sabotage.mend import Mend

_SSHD = "/etc/ssh/sshd_config.d/10-site.conf"
_DUMP = "dump@wiki.timer"
_ZONES = "/etc/bind/zones"


def _typed(command: str) -> tuple[Mend, ...]:
    return (Mend(command),)


def _units(verb: str, *units: str) -> dict[str, Sequence[Mend]]:
    return {unit: _typed(f"systemctl {verb} {unit}") for unit in units}


def _set(words: str, setting: str, then: str) -> tuple[Mend, ...]:
    """A setting of postfix's, and the command that the same remedy names behind it."""
    return Mend(words, f"postconf -e {setting}"), Mend(then)


_CLOSE = (
    Mend("PermitRootLogin no in sshd_config", f"sed -i 's/^PermitRootLogin .*/PermitRootLogin no/' {_SSHD}"),
    Mend("systemctl restart ssh"),
)
_RESTART = "systemctl restart postfix"

MENDS: dict[str, Sequence[Mend]] = {
    **{f"{unit}-stopped": mend for unit, mend in _units("start", "apache2", "dovecot", "mariadb", "postfix").items()},
    **{f"{unit}-stopped": mend for unit, mend in _units("start", "fail2ban", "cron", "certbot.timer").items()},
    "bind-stopped": _typed("systemctl start named"),
    "postgresql-stopped": _typed("systemctl start postgresql@17-main"),
    "apache2-disabled": _typed("systemctl enable apache2"),
    "postfix-link-gone": _typed("systemctl enable postfix"),
    "dump-timer-disabled": _typed(f"systemctl enable {_DUMP}"),
    "venus-apache2-runs": _typed("systemctl stop apache2"),
    "venus-named-runs": _typed("systemctl stop named"),
    "venus-dovecot-by-socket": _typed("systemctl disable --now dovecot.socket"),
    "venus-certbot-timer-runs": _typed("systemctl stop certbot.timer"),
    "venus-apache2-enabled": _typed("systemctl disable apache2"),
    "venus-dump-timer-enabled": _typed(f"systemctl disable {_DUMP}"),
    "root-login-yes": _CLOSE,
    "sshd-not-reloaded": _typed("systemctl restart ssh"),
    "domain-lost": _set("mydestination", "'mydestination = example.org, mars.dc.example.net, localhost'", _RESTART),
    "still-a-standby": _set("inet_interfaces", "'inet_interfaces = all'", _RESTART),
    "open-relay": _set("mynetworks", "'mynetworks = 127.0.0.0/8'", _RESTART),
    "venus-listens": _set("inet_interfaces", "'inet_interfaces = loopback-only'", _RESTART),
    "crontab-old-name": (
        Mend("into /etc/crontab", "sed -i 's/admin@venus.dc.example.net/admin@example.org/' /etc/crontab"),
    ),
    "home-of-root": (Mend("chown -R USER:GROUP", "chown -R dave:dave /home/dave"),),
    "crontab-of-root": (Mend("chown USER:crontab", "chown alice:crontab /var/spool/cron/crontabs/alice"),),
    "mailbox-of-root": (Mend("chown and chmod what is named below /var/vmail", "chown vmail:vmail /var/vmail/example.com/anna/Maildir"),),
    "old-name-in-mailname": (Mend("into /etc/mailname", "echo mars.dc.example.net > /etc/mailname"),),
    "zone-not-read": _typed("rndc reload example.org"),
    "record-of-the-standby": (
        Mend("9.7", f"sed -i '/^@/,/MX/s/192.0.2.11/192.0.2.10/' {_ZONES}/db.example.org; rndc reload > /dev/null"),
    ),
    "resolver-of-yesterday": (
        Mend("in /etc/resolv.conf", "printf 'nameserver 127.0.0.1\\nsearch dc.example.net\\n' > /etc/resolv.conf"),
    ),
    "certificate-not-read": _typed("systemctl restart apache2"),
}  # fmt: skip
