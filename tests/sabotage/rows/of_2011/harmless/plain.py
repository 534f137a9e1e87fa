"""What is done on such hosts any day: edits, new areas and zones, old copies, other people's mail."""

from __future__ import annotations

from tests.sabotage.rows.of_2011.common import (
    CONTROL,
    END_USERS_PROGRAMS,
    HTTPD_CONF,
    NAMEDB,
    SSHD_CONFIG,
    users_program,
)
from tests.sabotage.rows.of_2011.harmless.common import ACCOUNT_FILES, harmless

_DOMAIN = "scitec.kobe-u.ac.jp"

ROWS = (
    harmless(
        "users-programs",
        "a user of the standby runs programs of his own that are called apache2, named and inetd",
        "; ".join(map(users_program, ("apache2", "named", "inetd"))),
        undo=END_USERS_PROGRAMS,
        host="tako",
    ),
    harmless(
        "words",
        "the other name stands in comments and in words that are no host names",
        "echo '# until 2010 tako' >> /etc/gate/gate.conf; echo '# tako' >> /etc/mailname; "
        "echo 'takoyaki for all, and ika-dango' >> /etc/motd",
        "/etc/gate/gate.conf",
        "/etc/mailname",
        "/etc/motd",
        booted=True,
    ),
    harmless(
        "blanks",
        "blank lines, comments and tabs in resolv.conf, another order in locals and rcpthosts",
        f"printf '# 7.6\\n\\nnameserver\\t127.0.0.1\\nsearch  {_DOMAIN}\\n' > /etc/resolv.conf; "
        f"sort -r -o {CONTROL}/locals {CONTROL}/locals; sort -r -o {CONTROL}/rcpthosts {CONTROL}/rcpthosts",
        "/etc/resolv.conf",
        f"{CONTROL}/locals",
        f"{CONTROL}/rcpthosts",
        booted=True,
    ),
    harmless(
        "sshd-reloaded",
        "sshd_config was edited elsewhere than at PermitRootLogin, and sshd was reloaded",
        f"sed -i 's/^MaxAuthTries .*/MaxAuthTries 5/' {SSHD_CONFIG}; svc ssh reload\n"
        f"for _ in $(seq 50); do [ /run/sshd.pid -nt {SSHD_CONFIG} ] && break; sleep 0.1; done",
        SSHD_CONFIG,
        undo="svc ssh restart",
        booted=True,
    ),
    harmless(
        "new-zone",
        "a zone got a new record and a new serial, and bind was reloaded",
        f"sed -i 's/2010102901/2011022001/' {NAMEDB}/cps.zone; "
        f"echo 'new IN A 198.51.100.77' >> {NAMEDB}/cps.zone; svc bind restart",
        f"{NAMEDB}/cps.zone",
        undo="svc bind restart",
    ),
    harmless(
        "old-copies",
        "backups beside the files: namedb-20110220, .20110220 and _old, with the other name in them",
        f"cp -a {NAMEDB} {NAMEDB}-20110220; for file in /etc/hosts /etc/motd {CONTROL}/me {SSHD_CONFIG}; do "
        "cp -p $file $file.20110220; echo tako > ${file}_old; done",
        f"{NAMEDB}-20110220",
        *(
            f"{file}{end}"
            for file in ("/etc/hosts", "/etc/motd", f"{CONTROL}/me", SSHD_CONFIG)
            for end in (".20110220", "_old")
        ),
    ),
    harmless(
        "locked-user",
        "a user's password is locked, and a builder has an account outside of the users' numbers",
        "passwd -q -l yoshida; useradd -M -u 30077 chikuwa9",
        *ACCOUNT_FILES,
    ),
    harmless(
        "another-area",
        "httpd.conf got another virtual host, and apache2 was restarted",
        f"printf '<VirtualHost *:80>\\nServerName new.{_DOMAIN}\\nDocumentRoot /home/www/epa\\n</VirtualHost>\\n' "
        f">> {HTTPD_CONF}; svc apache2 restart",
        HTTPD_CONF,
        undo="svc apache2 restart",
        booted=True,
    ),
    harmless(
        "mail-of-others",
        "somebody's mail lies in the checks' mailbox, and some waits in the queue for a host that is down",
        "printf 'Subject: hello\\n\\nhello\\n' | /var/qmail/bin/qmail-inject -f kato popcheck\n"
        "printf 'Subject: wait\\n\\nwait\\n' | /var/qmail/bin/qmail-inject -f kato x@[198.51.100.99]",
        undo="rm -f /home/popcheck/Maildir/new/* /home/popcheck/Maildir/cur/*; svc qmail stop\n"
        "for n in $(grep -lrs kato@ /var/qmail/queue/info | sed 's#.*/##'); do rm -f /var/qmail/queue/*/*/$n; done\n"
        "svc qmail start",
    ),
    harmless(
        "tako-resolv-comment",
        "tako: comments and options in resolv.conf and in crontab",
        "printf '# campus\\noptions timeout:2\\n' >> /etc/resolv.conf; echo '# mail -s old root@tako' >> /etc/crontab",
        "/etc/resolv.conf",
        "/etc/crontab",
        host="tako",
        booted=True,
    ),
    harmless(
        "touched",
        "configuration, zones and boot scripts were touched, or written anew with what they held",
        f"touch /etc/fstab /etc/init.d/qmail {HTTPD_CONF}; cp -p /etc/inittab /etc/i; mv /etc/i /etc/inittab",
    ),
    harmless(
        "every-daemon-restarted",
        "every daemon was restarted by its init script, from a folder that is gone since",
        "mkdir /tmp/x; cd /tmp/x; for one in rsyslog apache2 bind cron fail2ban openbsd-inetd qmail ssh; do "
        "svc $one restart; done; cd /; rmdir /tmp/x",
        undo="svc tcpserver restart",
    ),
    harmless(
        "httpd-graceful",
        "httpd.conf got an area, and httpd read it gracefully: no process but its children is new",
        f"echo '# another year' >> {HTTPD_CONF}; svc apache2 reload\n"
        f"for _ in $(seq 50); do [ /run/apache2/httpd.pid -nt {HTTPD_CONF} ] && break; sleep 0.1; done",
        HTTPD_CONF,
        undo="svc apache2 restart",
    ),
    harmless(
        "logs-rotated",
        "every log was rotated, and its daemon told",
        "logrotate -f /etc/logrotate.conf",
        undo="svc apache2 restart",
    ),
    harmless(
        "users-at-work",
        "a user changed his password and his cron table, another was registered",
        "echo 'asada:$1$x$rNWyeTjzxhL0mJZ/qZRVX.' | chpasswd -e; echo '0 4 * * * true' | crontab -u asada -; "
        "useradd -u 1234 -m newuser",
        *ACCOUNT_FILES,
        "/var/spool/cron/crontabs/asada",
        undo="rm -r /home/newuser",
    ),
    harmless(
        "an-editor-is-open",
        "an editor is open on fstab, copies lie beside files, an empty folder is new",
        "touch /etc/.fstab.swp; cp /etc/fstab /etc/fstab~; cp /etc/hosts /etc/hosts.bak; mkdir /etc/new",
        "/etc/.fstab.swp",
        "/etc/fstab~",
        "/etc/hosts.bak",
        "/etc/new",
    ),
    harmless(
        "a-disc",
        "a file system is mounted read-only for a while, below /mnt",
        "mkdir -p /mnt/disc; mount -t tmpfs -o ro tmpfs /mnt/disc",
        undo="umount /mnt/disc; rmdir /mnt/disc",
    ),
    harmless(
        "a-user-s-server",
        "a user runs a server of his own on a high port",
        "setsid su -s /bin/sh kato -c 'exec python3 -m http.server 8123' > /dev/null 2>&1 < /dev/null &\n"
        "echo $! > /run/sabotage/server\n"
        "for _ in $(seq 50); do ss -Hlnt 'sport = :8123' | grep -q . && break; sleep 0.1; done",
        undo="kill $(cat /run/sabotage/server)",
    ),
)
