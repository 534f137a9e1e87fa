"""Which running daemon holds what it has read of a file, and when it last read it: then no boot need have read it."""

from __future__ import annotations

import email.utils
import os
import re
from typing import Any

from verify.far.system import said

# Files that these daemons read when they begin, or when they are told to, and that nothing else of a boot reads.
HOLDS = (
    (
        r"/usr/local/(apache2?|httpd)/.*|/etc/(apache2|httpd)/.*|"
        r"/etc/ssl/(private/.+|certs/(?!ca-certificates\.).+|[^/]+\.(pem|crt|cer|key))",
        "apache2|httpd|nginx",
    ),
    (r"/usr/local/(bind|named)/.*|/etc/(bind|named|rndc).*|/var/named/.*", "named"),
    (r"/etc/ssh/(sshd_config(\.d/.*)?|ssh_host_.*|moduli)", "sshd"),
    (r"/etc/fail2ban/.*", "fail2ban-server"),
    (r"/etc/inetd\.conf", "inetd"),
    (r"/etc/xinetd.*", "xinetd"),
    (r"/etc/rsyslog.*", "rsyslogd"),
    (r"/etc/nginx/.*", "nginx"),
    (r"/etc/dovecot/.*", "dovecot"),
    (r"/etc/postfix/.*", "master"),
    (r"/etc/proftpd/.*", "proftpd"),
    (r"/etc/samba/.*", "smbd"),
    (r"/etc/mysql/.*", "mysqld|mariadbd"),
    (r"/etc/postgresql/.*/((postgresql|pg_hba|pg_ident)\.conf|conf\.d/.*)", "postgres"),
    (r"/etc/(ntp\.conf|ntpsec/.*)", "ntpd"),
    (r"/etc/chrony/.*", "chronyd"),
    (r"/etc/snmp/.*", "snmpd"),
    (r"/etc/cups/.*", "cupsd"),
    (r"/etc/unbound/.*", "unbound"),
    (r"/var/qmail/control/(locals|virtualdomains|concurrency\w+|envnoathost|queuelifetime)", "qmail-send"),
)
WRITES_ITS_PID = {"sshd": ("/run/sshd.pid",), "apache2": ("/run/apache2", "/run"), "httpd": ("/run/httpd", "/run")}
"""These write their pid file anew whenever they read their configuration; where it lies, or in which folder."""
LATEST = re.compile(r"last configured: (.*)")
PUT_BACK_WITHIN = 3600.0
"""Seconds: who has a daemon read something else puts the file back soon. Touched long after, it is the same."""
SLACK = 0.05  # seconds: a file is stamped by a clock that may be two hundredths behind


class Readers:
    """The daemons that run now, asked for each file that has changed."""

    def __init__(self, daemons: list[dict[str, Any]]) -> None:
        """`daemons`: as running.py tells them."""
        self.daemons = daemons
        self._read: dict[int, float] = {}

    def may_hold(self, path: str) -> bool:
        """Whether a daemon that runs holds what it read of a path; quick where none ever would."""
        return path.startswith(("/etc/", "/usr/local/", "/var/")) and bool(self.of(path))

    def of(self, path: str) -> list[tuple[str, float]]:
        """Name of each daemon that holds what it read of the file, and when it last read it.

        Not of programs and libraries: what a restarted daemon runs now may be another's, and no boot has tried it.
        """
        names = [name for pattern, name in HOLDS if re.fullmatch(pattern, path)]
        found = [one for one in self.daemons if any(re.fullmatch(name, one["name"]) for name in names)]
        return [(one["name"], self.read_at(one)) for one in found]

    def read_at(self, daemon: dict[str, Any]) -> float:
        """When a daemon last read its configuration: at its start, or later where it leaves a sign of that."""
        pid = daemon["pid"]
        if pid not in self._read:
            places = WRITES_ITS_PID.get(daemon["name"], ())
            signs = [stamp(place, pid) for place in places] + ([configured()] if daemon["name"] == "named" else [])
            self._read[pid] = max([daemon["start"], *signs])
        return self._read[pid]

    def that_have_read(self, path: str, changed: float) -> list[str]:
        """Who holds it, where all of them have read it since it changed; else nobody."""
        held = self.of(path)
        return sorted({name for name, _ in held}) if all(changed <= moment + SLACK for _, moment in held) else []

    def read_between(self, path: str, first: float, last: float) -> str:
        """The daemon that last read it between two moments, not long before the later one; "" for none."""
        first = max(first, last - PUT_BACK_WITHIN)
        names = [name for name, moment in self.of(path) if first < moment < last - SLACK]
        return names[0] if names else ""


def stamp(place: str, pid: int) -> float:
    """When the pid file at a path, or in a folder, was last written that names the process; 0 for none."""
    paths = [place] if not os.path.isdir(place) else [os.path.join(place, name) for name in os.listdir(place)]
    moments = [0.0]
    for path in paths:
        if not path.endswith(".pid"):
            continue
        try:
            with open(path, "rb") as stream:
                if stream.read(32).strip() == b"%d" % pid:
                    moments.append(os.fstat(stream.fileno()).st_mtime)
        except OSError:
            continue
    return max(moments)


def configured() -> float:
    """When named last read its configuration, by rndc, to the second; 0 where that can't be asked."""
    found = LATEST.search("\n".join(said("rndc", "status")))
    try:
        return email.utils.parsedate_to_datetime(found[1]).timestamp() if found else 0.0
    except (TypeError, ValueError):
        return 0.0
