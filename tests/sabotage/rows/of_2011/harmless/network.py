"""Resolvers, packet rules, fail2ban, disks, clocks and logs."""

from __future__ import annotations

from tests.sabotage.rows.of_2011.harmless.common import variation

_DOMAIN = "scitec.kobe-u.ac.jp"
_RECIDIVE = """[recidive]
enabled = true
filter = recidive
logpath = /var/log/fail2ban.log
banaction = iptables-allports
bantime = 86400
findtime = 86400
maxretry = 1
backend = polling
"""
_LOGS = "/home/kobe/*_log/*.log"
_BOOT_SECOND = """
touch /etc/hostname
python3 - <<'END'
import os, time
ticks = int(open("/proc/1/stat").read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
changed = os.stat("/etc/hostname").st_ctime
lines = open("/proc/stat").read().splitlines()
# booted half a second after the change, and the clock of the boot goes a second slow
booted = int(changed + 0.5 - ticks) - 1
with open("/run/proc-stat", "w") as out:
    out.write("\\n".join(f"btime {booted}" if line.startswith("btime ") else line for line in lines) + "\\n")
END
mount --bind /run/proc-stat /proc/stat
"""

ROWS = (
    variation(
        "resolv-forms",
        "resolv.conf with comments of both kinds, options, blanks, and `domain` for `search`",
        f"printf '# 7.6\\n; by hand\\noptions timeout:1 attempts:2\\nnameserver \\t127.0.0.1 \\ndomain {_DOMAIN}\\n\\n' "
        "> /etc/resolv.conf",
        "/etc/resolv.conf",
    ),
    variation(
        "tako-resolv-forms",
        "tako: resolv.conf with a sort list, several domains and a server twice",
        f"printf 'search {_DOMAIN} kobe-u.ac.jp\\nsortlist 198.51.100.0/255.255.255.0\\nnameserver 198.51.100.50\\n"
        "nameserver 198.51.100.50\\noptions rotate\\n' > /etc/resolv.conf",
        "/etc/resolv.conf",
        host="tako",
    ),
    variation(
        "recidive",
        "fail2ban has a jail `recidive` beside `sshd`, for all ports and a day",
        f"cat >> /etc/fail2ban/jail.local <<'END'\n{_RECIDIVE}END\nsvc fail2ban restart\n"
        "for _ in $(seq 100); do fail2ban-client status recidive > /dev/null 2>&1 && break; sleep 0.1; done",
        "/etc/fail2ban/jail.local",
        undo="svc fail2ban restart\n"
        "for _ in $(seq 100); do fail2ban-client status sshd > /dev/null 2>&1 && break; sleep 0.1; done",
    ),
    variation(
        "more-jails",
        "fail2ban has further jails, and the sshd jail bans on all ports",
        "printf '[apache-auth]\\nenabled = true\\nlogpath = /var/log/apache2/error.log\\n[sshd]\\n"
        "banaction = iptables-allports\\n' > /etc/fail2ban/jail.d/more.local; svc fail2ban restart\n"
        "for _ in $(seq 100); do fail2ban-client status sshd > /dev/null 2>&1 && break; sleep 0.1; done",
        "/etc/fail2ban/jail.d/more.local",
        undo="svc fail2ban restart\n"
        "for _ in $(seq 100); do fail2ban-client status sshd > /dev/null 2>&1 && break; sleep 0.1; done",
    ),
    variation(
        "firewall",
        "a firewall that lets in what is served, and nothing else; no answer to ping",
        "iptables -A INPUT -i lo -j ACCEPT; iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n"
        "iptables -A INPUT -p tcp -m multiport --dports 22,25,53,80,110,443 -j ACCEPT\n"
        "iptables -A INPUT -p udp --dport 53 -j ACCEPT; iptables -P INPUT DROP",
        undo="iptables -P INPUT ACCEPT; iptables -D INPUT -p udp --dport 53 -j ACCEPT\n"
        "iptables -D INPUT -p tcp -m multiport --dports 22,25,53,80,110,443 -j ACCEPT\n"
        "iptables -D INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT; iptables -D INPUT -i lo -j ACCEPT",
    ),
    variation(
        "ipv6-off",
        "IPv6 is switched off",
        "sysctl -qw net.ipv6.conf.all.disable_ipv6=1",
        undo="sysctl -qw net.ipv6.conf.all.disable_ipv6=0",
        heal="reset",
    ),
    variation(
        "cd",
        "a CD is mounted: read-only and full; so is an image",
        "mkdir /mnt/cd /mnt/image; mount -t tmpfs -o size=64k cd /mnt/cd; dd if=/dev/zero of=/mnt/cd/data bs=4k "
        "2> /dev/null || true; mount -o remount,ro /mnt/cd; mount --bind /mnt/cd /mnt/image",
        undo="umount /mnt/image /mnt/cd; rmdir /mnt/image /mnt/cd",
    ),
    variation(
        "boot-second",
        "the kernel's moment of the boot is a second off, as a clock that is being set makes it",
        _BOOT_SECOND,
        undo="umount /proc/stat; rm /run/proc-stat",
        heal="reset",
    ),
    variation(
        "tako-rsyslog-absent",
        "tako: rsyslog does not run",
        "/etc/init.d/rsyslog stop > /dev/null",
        undo="/etc/init.d/rsyslog start > /dev/null",
        host="tako",
    ),
    variation(
        "backup-logs-rotated",
        "dennou: the backups' logs were rotated a moment ago",
        f"for log in {_LOGS}; do cp -p $log $log.1; : > $log; done",
        undo=f"for log in {_LOGS}; do cat $log.1 > $log; touch -r $log.1 $log; rm $log.1; done",
        host="dennou",
    ),
    variation(
        "backup-logs-rotated-gz",
        "dennou: the backups' logs were rotated by date and compressed, and the new ones are not there yet",
        f"for log in {_LOGS}; do gzip -c $log > $log-20110220.gz; touch -r $log $log-20110220.gz; "
        "mv $log /run/sabotage/; done",
        undo="for log in /home/kobe/*_log/*.log-20110220.gz; do was=${log%-20110220.gz}; "
        "mv /run/sabotage/${was##*/} $was; rm $log; done",
        host="dennou",
    ),
)
