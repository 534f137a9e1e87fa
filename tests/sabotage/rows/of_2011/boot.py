"""Rows of 8.1: what booted is no longer what is there, though everything runs and answers as it should."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import BANS, BOOT, BY_KEY, CONTROL, HTTPD_CONF, LETS_IN, NAMED_CONF, NAMEDB

FILES = "test_what_booted_is_what_is_there"
DAEMONS = "test_daemons_are_those_of_the_boot"
SYSTEM = "test_running_system_is_as_the_boot_left_it"
NEXT = "test_next_boot_mounts_and_connects_alike"
ACCEPTED = "test_configuration_is_accepted"
CRON = "test_cron_runs_what_its_tables_say"
TABLES = "/var/spool/cron/crontabs"
NIGHTLY = "/etc/cron.local/daily/230_rsync_epabk"


def _disk(
    name: str, what: str, do: str, *keeps: str, also: tuple[str, ...] = (), host: str = "ika", undo: str = ""
) -> Row:
    """Something on disk that nobody has read yet; `also`: checks besides the one of files."""
    must = tuple(f"{check}[{host}]" for check in (FILES, *also))
    return Row(name, host, what, must, do=do, keeps=keeps, undo=undo)


def _runs(name: str, what: str, do: str, undo: str, *keeps: str, check: str = DAEMONS, host: str = "ika") -> Row:
    """Something that runs otherwise than the boot left it."""
    return Row(name, host, what, (f"{check}[{host}]",), do=do, undo=undo, keeps=keeps)


def _script(path: str, text: str) -> str:
    return f"printf '#!/bin/sh\\n{text}\\n' > {path}; chmod 755 {path}"


# What a boot would read.
AT_BOOT = (
    _disk("interface-not-auto", "`auto eth0` is gone: the next boot leaves the host without a network",
          "sed -i '/^auto eth0/d' /etc/network/interfaces", "/etc/network/interfaces",
          also=(NEXT, "test_host_was_booted_with_its_name")),
    _disk("fstab-hides-home", "fstab mounts an empty file system over /home at the next boot",
          "echo 'tmpfs /home tmpfs defaults 0 0' >> /etc/fstab", "/etc/fstab", also=(NEXT,)),
    _disk("init-script-ends-at-once", "`exit 0` stands at the top of qmail's init script",
          "sed -i '2i exit 0' /etc/init.d/qmail", *BOOT),
    _disk("init-script-broken", "bind's init script has a syntax error",
          "echo 'if true; then' >> /etc/init.d/bind", *BOOT, also=(ACCEPTED,)),
    _disk("sshd-not-to-be-run", "/etc/ssh/sshd_not_to_be_run: the next boot starts no sshd",
          "touch /etc/ssh/sshd_not_to_be_run", "/etc/ssh/sshd_not_to_be_run"),
    _disk("if-up-closes-smtp", "a script of if-up.d closes port 25 at the next boot",
          _script("/etc/network/if-up.d/close", "iptables -A INPUT -p tcp --dport 25 -j DROP"),
          "/etc/network/if-up.d/close"),
    _disk("rc-local-stops-bind", "rc.local ends bind at the next boot",
          "sed -i '2i /etc/init.d/bind stop' /etc/rc.local", "/etc/rc.local"),
    _disk("inittab-respawns", "inittab keeps a listener alive from the next boot on",
          "echo 'x:2345:respawn:/usr/bin/python3 -m http.server 8080' >> /etc/inittab", "/etc/inittab"),
    _disk("sysctl-answers-nobody", "a file of sysctl.d lets the kernel drop what it is asked, from the next boot on",
          "echo 'net.ipv4.tcp_max_syn_backlog = 1' > /etc/sysctl.d/90-x.conf", "/etc/sysctl.d/90-x.conf"),
    _disk("defaults-of-a-service", "/etc/default/cron gives cron other options at the next start",
          "echo 'EXTRA_OPTS=-x' >> /etc/default/cron", "/etc/default/cron"),
    _disk("module-blacklisted", "a driver is kept out from the next boot on",
          "mkdir -p /etc/modprobe.d; echo 'blacklist e1000e' > /etc/modprobe.d/x.conf", "/etc/modprobe.d"),
    _disk("library-path", "ld.so.preload puts a library before all others",
          "echo /usr/lib/nothing.so > /etc/ld.so.preload.d; mv /etc/ld.so.preload.d /etc/ld.so.conf.d/x.conf",
          "/etc/ld.so.conf.d/x.conf"),
    _disk("boot-order", "bind starts before the network: its links were renamed",
          "sed -i '/^bind:/s/:.*/:/' /etc/init.d/.depend.start; mv /etc/rc2.d/S??bind /etc/rc2.d/S00bind", *BOOT),
    _disk("program-of-boot-scripts", "start-stop-daemon, which init scripts call, is another program",
          "cp -p /usr/sbin/start-stop-daemon /run/sabotage/p; echo >> /run/sabotage/p; "
          "cd /usr/sbin; cp -p /run/sabotage/p ssd.x; mv ssd.x start-stop-daemon",
          "/usr/sbin/start-stop-daemon"),
    _disk("tako-at-reboot", "tako: root's cron table starts apache2 at the next boot",
          "echo '@reboot /etc/init.d/apache2 start' | crontab -",
          f"{TABLES}/root", host="tako"),
    _disk("tako-if-up-mails", "tako: an if-up script takes production's address at the next boot",
          _script("/etc/network/if-up.d/also", "ip address add 198.51.100.21/24 dev eth0"),
          "/etc/network/if-up.d/also", host="tako"),
)  # fmt: skip

# What a running daemon has not read.
UNREAD = (
    _disk("httpd-conf-broken", "httpd.conf has a syntax error that the running httpd has not read",
          f"echo 'Bogus on' >> {HTTPD_CONF}", HTTPD_CONF, also=(ACCEPTED,)),
    _disk("httpd-module-gone", "a module that httpd.conf loads is gone",
          "mv /usr/lib/apache2/modules/mod_mime.so /usr/lib/apache2/modules/mod_mime.so.x",
          "/usr/lib/apache2/modules/mod_mime.so", "/usr/lib/apache2/modules/mod_mime.so.x", also=(ACCEPTED,),
          undo="svc apache2 restart"),
    _disk("httpd-other-root", "httpd.conf, which is accepted, sends all pages from another folder after a restart",
          f"sed -i 's#DocumentRoot /home/www#DocumentRoot /var/empty#; $ a # x' {HTTPD_CONF}", HTTPD_CONF),
    # The zones are compared with what lies on disk.
    Row("named-conf-broken", "ika", "named.conf lacks a brace",
        (f"{FILES}[ika]", f"{ACCEPTED}[ika]", "test_zone_is_served[ika-*]"),
        do=f"echo 'zone \"x\" {{' >> {NAMED_CONF}", keeps=(NAMED_CONF,)),
    Row("zone-broken", "ika", "a zone file has a line that the next start refuses; the serial is the same",
        (f"{FILES}[ika]", f"{ACCEPTED}[ika]", "test_zone_is_served[ika-epa.*]"),
        do=f"echo 'x IN A 300.1.1.1' >> {NAMEDB}/epa.zone", keeps=(f"{NAMEDB}/epa.zone",)),
    _disk("zone-lost-its-records", "a zone file has lost its records, with the serial that it had",
          f"sed -i '/IN *A /d; /CNAME/d; $ a ; x' {NAMEDB}/epa.zone", f"{NAMEDB}/epa.zone"),
    _disk("inetd-conf-empty", "inetd.conf has no pop3 left", "sed -i '/^pop3/d' /etc/inetd.conf", "/etc/inetd.conf"),
    _disk("jail-broken", "a file of jail.d cannot be read", "echo '[sshd' > /etc/fail2ban/jail.d/x.conf",
          "/etc/fail2ban/jail.d/x.conf", also=(ACCEPTED,)),
    _disk("rsyslog-silent", "rsyslog.conf drops everything", "sed -i '1i *.* stop' /etc/rsyslog.conf",
          "/etc/rsyslog.conf"),
    _disk("rules-of-tcpserver", "tcpserver's rules were made anew and refuse nobody",
          "cp /etc/tcp.smtp.cdb /etc/tcp.smtp.cdb.new; echo >> /etc/tcp.smtp.cdb.new; "
          "mv /etc/tcp.smtp.cdb.new /etc/tcp.smtp.cdb", "/etc/tcp.smtp.cdb"),
    _disk("qmail-concurrency", "a control file that qmail-send has not read", f"echo 1 > {CONTROL}/concurrencylocal",
          f"{CONTROL}/concurrencylocal"),
    _disk("host-key-closed", "a host key of sshd's can be read by all: sshd uses it no longer",
          "chmod 644 /etc/ssh/ssh_host_ecdsa_key", "/etc/ssh/ssh_host_ecdsa_key"),
    Row("host-keys-closed", "ika", "all host keys of sshd's can be read by all: it lets nobody in any more",
        ("test_host_can_be_asked[ika]", "test_backup_script_runs[dennou-*]", BY_KEY),
        do="chmod 644 /etc/ssh/ssh_host_*_key",
        keeps=tuple(f"/etc/ssh/ssh_host_{kind}_key" for kind in ("rsa", "ecdsa", "ed25519"))),
    _disk("library-replaced", "a library that apache2 has loaded was replaced",
          "f=$(readlink -f /usr/lib/x86_64-linux-gnu/libapr-1.so.0); cp -p $f $f.x; echo >> $f.x; mv $f.x $f",
          "/usr/lib/x86_64-linux-gnu/libapr-1.so.0.7.2", undo="svc apache2 restart"),
)  # fmt: skip

# What runs otherwise.
RUNNING = (
    _runs("named-other-configuration", "bind was started by hand with a copy of its configuration",
          f"svc bind stop; cp {NAMED_CONF} /run/sabotage/named.conf; chmod 755 /run/sabotage; "
          "/usr/sbin/named -u bind -c /run/sabotage/named.conf",
          "start-stop-daemon --stop --retry TERM/10 --exec /usr/sbin/named; svc bind start"),
    _runs("apache-other-configuration", "apache2 was started by hand with a copy of httpd.conf",
          f"svc apache2 stop; cp {HTTPD_CONF} /run/sabotage/h.conf; install -d /run/apache2; "
          "/usr/sbin/apache2 -f /run/sabotage/h.conf -k start",
          "start-stop-daemon --stop --retry TERM/10 --exec /usr/sbin/apache2\n"
          "rm -f /run/apache2/httpd.pid; svc apache2 start"),
    _runs("cron-with-a-library", "cron was started with a library put before all others",
          "svc cron stop; cp /usr/lib/x86_64-linux-gnu/libz.so.1 /tmp/x.so; LD_PRELOAD=/tmp/x.so /usr/sbin/cron",
          "start-stop-daemon --stop --oknodo --quiet --retry TERM/5/KILL/5 --name cron; svc cron start; rm /tmp/x.so"),
    _runs("inetd-few-files", "inetd was started under a limit of 40 open files",
          "svc openbsd-inetd stop; (ulimit -n 40; /usr/sbin/inetd)",
          "start-stop-daemon --stop --retry TERM/10 --exec /usr/sbin/inetd; svc openbsd-inetd start"),
    _runs("root-process", "a process of root's own runs that no boot has started",
          "start-stop-daemon --start --background --make-pidfile --pidfile /run/sabotage/pid-x "
          "--exec /usr/bin/tail -- -f /dev/null", "end_impostors"),
    Row("syslog-stopped", "ika", "rsyslogd, which no list names, does not run", (f"{DAEMONS}[ika]", BANS, LETS_IN),
        do="svc rsyslog stop", undo="svc rsyslog start"),
    _runs("daemon-of-a-deleted-program", "cron runs a program that lies there no longer",
          "cp -p /usr/sbin/cron /usr/sbin/cron.x; mv /usr/sbin/cron.x /usr/sbin/cron", "svc cron restart",
          "/usr/sbin/cron"),
    _runs("listener-of-nobody", "somebody listens on a port that no boot has opened",
          "start-stop-daemon --start --background --make-pidfile --pidfile /run/sabotage/pid-x "
          "--exec /usr/bin/python3 -- -m http.server 8099\n"
          "for _ in $(seq 50); do ss -Hlnt 'sport = :8099' | grep -q . && break; sleep 0.1; done",
          "end_impostors", check=SYSTEM),
    _runs("packet-rule", "a packet rule shuts out everybody outside from a port that no check asks",
          "iptables -A INPUT -p tcp --dport 873 -j DROP", "iptables -D INPUT -p tcp --dport 873 -j DROP", check=SYSTEM),
    _runs("mount-over-opt", "something is mounted over /opt", "mount -t tmpfs tmpfs /opt", "umount /opt", check=SYSTEM),
    _runs("another-route", "a route of somebody's own leads a network into nowhere",
          "ip route add blackhole 203.0.113.0/24", "ip route del blackhole 203.0.113.0/24", check=SYSTEM),
)  # fmt: skip

# Cron's rules.
TABLES_WRONG = (
    _disk("nightly-not-executable", "the nightly job is not executable", f"chmod a-x {NIGHTLY}", NIGHTLY, also=(CRON,)),
    _disk("nightly-no-interpreter", "the nightly job's interpreter is not there",
          f"sed -i '1s#.*#\\#!/usr/local/bin/bash#' {NIGHTLY}", NIGHTLY, also=(CRON,)),
    _disk("nightly-no-line", "the line of /etc/crontab that runs the nightly jobs is gone",
          "sed -i '/cron.local/d' /etc/crontab", "/etc/crontab", also=(CRON,)),
    _disk("nightly-renamed", "the nightly job has a name that run-parts passes over", f"mv {NIGHTLY} {NIGHTLY}.sh",
          NIGHTLY, f"{NIGHTLY}.sh", also=(CRON,)),
    _disk("crontab-no-last-newline", "/etc/crontab's last line has no end: cron leaves all of it out",
          "truncate -s -1 /etc/crontab", "/etc/crontab", also=(CRON,)),
    _disk("crontab-writable", "/etc/crontab can be written by its group: cron leaves it out", "chmod 664 /etc/crontab",
          "/etc/crontab", also=(CRON,)),
    _disk("cron-d-name", "a file of cron.d has a name that cron passes over",
          "echo '0 3 * * * root true' > /etc/cron.d/backup.cron", "/etc/cron.d/backup.cron", also=(CRON,)),
    Row("users-table-too-open", "ika", "a user's cron table has a mode that cron refuses",
        (f"{CRON}[ika]", "test_cron_tables_are_their_users[ika]"),
        do=f"chmod 666 {TABLES}/kato", undo=f"chmod 600 {TABLES}/kato"),
    _disk("logrotate-broken", "a file of logrotate.d cannot be read: that log grows for ever",
          "printf '/var/log/x {\\n weeky\\n}\\n' > /etc/logrotate.d/x", "/etc/logrotate.d/x", also=(ACCEPTED,)),
    _disk("sudoers-open", "a file of sudoers.d can be written by others: sudo refuses it",
          "echo 'nobody ALL=(ALL) /bin/true' > /etc/sudoers.d/x; chmod 666 /etc/sudoers.d/x", "/etc/sudoers.d/x",
          also=(ACCEPTED,)),
)  # fmt: skip

ROWS = (*AT_BOOT, *UNREAD, *RUNNING, *TABLES_WRONG)
