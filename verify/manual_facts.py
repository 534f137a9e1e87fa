"""What the manual says itself, written down a second time.

site.toml is where the tasks take their facts from. Were the checks to read it alone, a wrong line in it would make
task and check wrong together. So phase 7's and 9's own words stand here, and the checks hold both against each other.
"""

from __future__ import annotations

from typing import Final

from verify.selection import Role

RUNNING: Final[dict[Role, frozenset[str]]] = {
    "production": frozenset({"apache2", "bind", "qmail", "tcpserver", "openbsd-inetd"}),  # 9.1
    "standby": frozenset({"qmail", "tcpserver"}),  # 9.2
}
NOT_RUNNING: Final[dict[Role, frozenset[str]]] = {
    "production": frozenset(),
    "standby": frozenset({"apache2", "bind", "openbsd-inetd"}),  # 9.2
}
PORTS: Final[dict[str, frozenset[str]]] = {
    "apache2": frozenset({"tcp/80", "tcp/443"}),  # http and https
    "bind": frozenset({"udp/53", "tcp/53"}),
    "tcpserver": frozenset({"tcp/25"}),  # smtp
    "openbsd-inetd": frozenset({"tcp/110"}),  # pop3
}
"""Where the services listen; the protocols are the manual's, the numbers RFC 1700's."""

LOCAL_DOMAINS: Final = frozenset(
    {
        "localhost",
        "ika-itpass.scitec.kobe-u.ac.jp",
        "itpass.scitec.kobe-u.ac.jp",
        "epa.scitec.kobe-u.ac.jp",
        "aoe.scitec.kobe-u.ac.jp",
        "cps.scitec.kobe-u.ac.jp",
    }
)
"""7.2: locals and rcpthosts of ika, one a line."""

STANDBY_DOMAINS: Final = frozenset({"localhost"})
"""7.1: locals and rcpthosts of tako."""

PRODUCTION_FQDN: Final = "ika-itpass.scitec.kobe-u.ac.jp"
"""7.2: defaulthost and me of ika."""

RESOLV_CONF: Final = ("nameserver 127.0.0.1", "search scitec.kobe-u.ac.jp")
"""7.6: ika's resolv.conf."""

CRON_MAIL: Final = 'mail -s "`hostname -f` test" {administrators}'
"""9.16: the mail command of /etc/crontab. The address is site.toml's alone: no task reads it, only the checks do."""

BOUNCER: Final = (
    "&itpadmin@itpass.scitec.kobe-u.ac.jp",
    "|/usr/local/ezmlm/bin/ezmlm-weed",
    "|/usr/local/ezmlm/bin/ezmlm-return -D '/home/itpass/ml/ml-ctrl'",
)
"""7.4: the bouncer of itpass-ml."""

USER_UIDS: Final = range(1000, 30000)
"""3.4: whose shadow entries are copied."""

PEOPLE: Final = range(1000, 60000)
"""Users and work accounts (Debian policy 9.2.2 gives the same numbers to people): no service is one of theirs."""
