"""The pair of 2011: sysvinit, qmail, bind and apache2 in /usr/local."""

from __future__ import annotations

from lab.profile import load
from tests.sabotage.generators import boots, daemons, reads, surveyed
from tests.sabotage.pairs import Look, Pair
from tests.sabotage.rows.of_2011 import ROWS
from tests.sabotage.rows.of_2011.mends import MENDS

# 7.5 on tako: that host was started by hand, so before the swap one check fails there, as it should.
READY = {
    "tako": """
sed -i '2i ### BEGIN INIT INFO\\
# Provides:          tcpserver\\
# Required-Start:    $remote_fs\\
# Required-Stop:     $remote_fs\\
# Should-Start:      $network $syslog\\
# Should-Stop:       $network $syslog\\
# Default-Start:     2 3 4 5\\
# Default-Stop:      0 1 6\\
# Short-Description: smtp\\
### END INIT INFO' /etc/init.d/tcpserver
update-rc.d tcpserver defaults
""",
}
SWEEP = r"""
for _ in $(seq 60); do grep -rqs irekae-check /var/qmail/queue || break; sleep 0.2; done
grep -rlsZ irekae-check /home/*/Maildir /home/itpass/ml/ml-ctrl | xargs -0r rm -f
# A message lies in several files of the queue, all called by its number.
for n in $(grep -rls irekae-check /var/qmail/queue | sed 's#.*/##' | sort -u); do
    rm -f /var/qmail/queue/*/*/"$n" /var/qmail/queue/*/"$n"
done
"""
SELECTION = (
    "dns-tcp-only",
    "root-by-key",
    "smtp-five-of-six",
    "other-machine-s-certificate",
    "tako-bind-in-rc-local",
    "tako-one-old-domain",
    "backup-does-nothing",
    "backup-log-touched",
    "fstab-hides-home",
    "httpd-conf-broken",
    "named-other-configuration",
    "shut-http",
    "logins-of-operators-alone",
)
LOOK = Look(
    trees=(
        "/var/qmail/control",
        "/var/qmail/alias",
        "/var/qmail/bin",
        "/home/itpass/ml/ml-ctrl/bouncer",
        "/home/itpass/ml/ml-ctrl/subscribers.d",
        "/home/www",
        "/home/kobe/lib",
        "/home/kobe/.ssh",
    ),
    places=("/home/hiki/data", "/home/hiki/data/text", "/home/gate/userdb"),
    daemons=("apache2", "named", "inetd", "qmail-send", "tcpserver", "fail2ban-server", "sshd", "cron", "python3"),
)
PAIR = Pair(
    site=load("2011"),
    rows=ROWS,
    selection=SELECTION,
    sweep=SWEEP,
    backup_logs="/home/kobe/*_log",
    look=LOOK,
    put_away=tuple(f"/var/spool/cron/crontabs/{user}" for user in ("asada", "ueno", "kato", "noda", "morita")),
    ready=READY,
    mends=MENDS,
    generators=(reads.GENERATOR, boots.GENERATOR, daemons.GENERATOR, surveyed.GENERATOR),
)
