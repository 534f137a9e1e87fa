"""Remedies that are followed: what a person does who reads the remedy of a failed check, row by row.

Each mend names the words of the remedy that it follows: they must stand there, and what they say is then done. Where
the words are the command itself, it is typed as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.sabotage.mend import Mend
from tests.sabotage.rows.of_2011.common import CONTROL, HTTPD_CONF, NAMED_CONF, NAMEDB, SSHD_CONFIG

_DOMAIN = "scitec.kobe-u.ac.jp"
_SETTLED = f"for _ in $(seq 50); do [ /run/sshd.pid -nt {SSHD_CONFIG} ] && break; sleep 0.1; done"


def _typed(command: str) -> tuple[Mend, ...]:
    return (Mend(command),)


def _start(service: str) -> tuple[Mend, ...]:
    return _typed(f"/etc/init.d/{service} start")


def _stop(service: str) -> tuple[Mend, ...]:
    return _typed(f"/etc/init.d/{service} stop")


_CLOSE = f"sed -i -E '/^\\s*PermitRootLogin/d; 1i PermitRootLogin no' {SSHD_CONFIG}"
_SSHD = (
    Mend("PermitRootLogin no in sshd_config", f"{_CLOSE}; sed -i '/^PermitRootLogin/d' /etc/ssh/sshd_config.d/*.conf"),
    Mend("/etc/init.d/ssh restart", f"/etc/init.d/ssh restart; {_SETTLED}"),
)
_UNLIST = (
    Mend("take allowusers out", f"sed -i '/^AllowUsers/d' {SSHD_CONFIG}"),
    Mend("/etc/init.d/ssh reload", f"/etc/init.d/ssh reload; {_SETTLED}"),
)


def _open(chain_rule: str) -> tuple[Mend, ...]:
    return (Mend("take out what shuts", f"iptables -D {chain_rule}"),)


def _resolv(*lines: str) -> tuple[Mend, ...]:
    text = "\\n".join(lines)
    return (Mend("in /etc/resolv.conf", f"printf '{text}\\n' > /etc/resolv.conf"),)


MENDS: dict[str, Sequence[Mend]] = {
    **{
        f"{service}-stopped": _start(service)
        for service in ("apache2", "bind", "openbsd-inetd", "qmail", "tcpserver", "fail2ban", "cron")
    },
    **{f"tako-{service}-stopped": _start(service) for service in ("qmail", "tcpserver")},
    "tako-apache2-runs": _stop("apache2"),
    "tako-bind-runs": _stop("bind"),
    "tako-inetd-runs": _stop("openbsd-inetd"),
    "apache2-not-at-boot": _typed("update-rc.d apache2 defaults"),
    "bind-disabled": _typed("update-rc.d bind enable"),
    "inetd-script-not-executable": _typed("chmod 755 /etc/init.d/openbsd-inetd; update-rc.d openbsd-inetd defaults"),
    "cron-not-at-boot": _typed("update-rc.d cron defaults"),
    "tako-tcpserver-not-at-boot": _typed("update-rc.d tcpserver defaults"),
    "tako-apache2-at-boot": _typed("update-rc.d -f apache2 remove"),
    "tako-bind-in-rc-local": (Mend("take this line out: /etc/rc.local", "sed -i '/init.d.bind/d' /etc/rc.local"),),
    "tako-inetd-in-crontab": (Mend("take this line out: /etc/crontab", "sed -i '/openbsd-inetd/d' /etc/crontab"),),
    "root-login-yes": _SSHD,
    "root-login-line-gone": _SSHD,
    "included-file": _SSHD,
    "tako-sshd-not-reloaded": _SSHD[1:],
    "tako-authorized-keys": _typed("mv /root/.ssh/authorized_keys /root/.ssh/authorized_keys.bk"),
    "logins-of-operators-alone": _UNLIST,
    "logins-without-password": (
        Mend(
            "PasswordAuthentication yes",
            f"sed -i 's/^PasswordAuthentication no/PasswordAuthentication yes/' {SSHD_CONFIG}",
        ),
        *_UNLIST[1:],
    ),
    "shut-http": _open("INPUT -i eth0 -p tcp --dport 80 ! -s 198.51.100.1 -j DROP"),
    "shut-https": _open("INPUT -i eth0 -p tcp --dport 443 ! -s 198.51.100.1 -j DROP"),
    "shut-dns-udp": _open("INPUT -i eth0 -p udp --dport 53 ! -s 198.51.100.1 -j DROP"),
    "shut-dns-tcp": _open("INPUT -i eth0 -p tcp --dport 53 ! -s 198.51.100.1 -j DROP"),
    "home-closed-to-web": (Mend("others need x on folders", "chmod o+x /home/asada"),),
    "certificate-not-loaded": _typed("/etc/init.d/apache2 restart"),
    "area-missing": (
        Mend(
            "if not, write it in",
            f"sed -i '0,/^UserDir disabled/s//UserDir public_html\\n&/' {HTTPD_CONF}; svc apache2 restart",
        ),
    ),
    "dns-not-reloaded": _typed(f"rndc reload cps.{_DOMAIN}"),
    "resolv-still-the-standby-s": _resolv("nameserver 127.0.0.1", f"search {_DOMAIN}"),
    "resolv-dead-server": _resolv("nameserver 127.0.0.1", f"search {_DOMAIN}"),
    "tako-resolver-itself": _resolv("nameserver 198.51.100.50", f"search {_DOMAIN}"),
    "tako-resolver-of-yesterday": _resolv("nameserver 198.51.100.50", f"search {_DOMAIN}"),
    "tako-hosts-hides-dns": (Mend("take this name out of any line", f"sed -i '/ itpass.{_DOMAIN}$/d' /etc/hosts"),),
    "hosts-hides-dns": (Mend("take this name out of any line", f"sed -i '/itpass.{_DOMAIN}$/d' /etc/hosts"),),
    "locals-lacks-a-domain": (
        Mend("/var/qmail/control/locals and rcpthosts", f"echo aoe.{_DOMAIN} >> {CONTROL}/locals"),
        Mend("/etc/init.d/qmail restart"),
    ),
    "tako-one-old-domain": (
        Mend("/var/qmail/control/locals and rcpthosts", f"echo localhost > {CONTROL}/rcpthosts"),
        Mend("/etc/init.d/qmail restart"),
    ),
    "tako-locals-not-read": _typed("/etc/init.d/qmail restart"),
    "shadow-twice": (
        Mend("remove one of the two", "awk -F: '!seen[$1]++' /etc/shadow > /run/s; cat /run/s > /etc/shadow"),
    ),
    "shadow-empty-password": _typed("passwd -l kudo"),
    "crontab-of-root": (
        Mend(
            "chown USER:crontab, chmod 600",
            "cd /var/spool/cron/crontabs; for t in *; do chown $t:crontab $t; chmod 600 $t; done",
        ),
    ),
    "old-name-in-mailname": (Mend("into /etc/mailname", f"echo ika-itpass.{_DOMAIN} > /etc/mailname"),),
    "old-name-in-motd": (Mend("into these lines of /etc/motd", "sed -i 's/server tako/server ika/' /etc/motd"),),
    "old-name-in-gate.conf": (
        Mend(
            "into these lines of /etc/gate/gate.conf",
            "sed -i \"s/^.hostname.*/\\$hostname = 'ika';/\" /etc/gate/gate.conf",
        ),
    ),
    "second-sshd": (Mend("end the other one", "pkill -f '^sshd: /usr/sbin/sshd -p 2222'"),),
    "bouncer-writable": (Mend("chmod 644 /home/itpass/ml/ml-ctrl/bouncer"),),
    "crontab-old-name": (Mend("into /etc/crontab", "sed -i 's/itpadmin@tako-itpass/itpadmin@itpass/' /etc/crontab"),),
    "bind-local-only": (
        Mend(
            "/etc/init.d/bind start",
            f"sed -i 's/listen-on {{ 127.0.0.1; }}/listen-on {{ any; }}/' {NAMED_CONF}; svc bind restart",
        ),
    ),
    "dns-old-address": (
        Mend("the zone files in namedb", f"sed -i 's/198.51.100.22/198.51.100.21/' {NAMEDB}/itpass.zone"),
        Mend("rndc reload"),
    ),
}
