"""Rows of phases 3, 9.3, 9.8, 9.12 and 10: users, sshd, fail2ban, backups; and hosts that can't be asked."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import ACCOUNT_FILES
from tests.sabotage.rows.of_today.common import BANS, BOXES, LETS_IN, OTHER, WIKI, broken

_SSHD = "/etc/ssh/sshd_config.d/10-site.conf"
_JAIL = "/etc/fail2ban/jail.local"
_ACTION = "/etc/fail2ban/action.d/nftables.local"
_TABLES = "/var/spool/cron/crontabs"
_MESSAGES = "/home/dave/Maildir/cur"
_LINGER = "/var/lib/systemd/linger/alice"
_HOME = "/home/keeper"
_LOG = f"{_HOME}/log"
_KEY = {"/run/sabotage/key": ("seat", "id_ed25519.pub")}
BY_KEY = "test_root_is_not_let_in_by_key[*]"
BY_PASSWORD = "test_root_is_not_let_in_by_password[*]"
FROM_NOWHERE = "test_sshd_admits_root_from_nowhere[*]"
NO_LINE = "test_no_line_of_sshd_s_configuration_admits_root[*]"
ON_DISK = "test_sshd_runs_with_the_configuration_that_is_on_disk[*]"
RUNS = "test_backup_script_runs[*]"
AGAIN = "test_backup_will_run_again[*]"
LOGINS = "test_users_can_log_in[mars]"
SHADOW = "test_every_user_is_in_shadow[mars]"
HOMES = "test_homes_belong_to_their_users[mars]"
OPEN = "test_accounts_are_as_open_as_they_were[mars]"
JOBS = "test_users_jobs_went_over_and_run_on_one_machine[mars]"
SYSTEM = "test_running_system_is_as_the_boot_left_it[mars]"
CRONTABS = "test_cron_tables_are_their_users[mars]"
_CLOCK = "/etc/python3.13/sitecustomize.py"
_AHEAD = f"printf 'import time\\n_now = time.time\\ntime.time = lambda: _now() + 18000\\n' > {_CLOCK}"


def _sshd(name: str, what: str, edit: str, *must: str, **more: object) -> Row:
    keeps = (_SSHD, *more.pop("keeps", ()))  # type: ignore[misc]
    undo = "systemctl restart ssh"
    return broken(name, what, must, f"{edit}; systemctl restart ssh", keeps=keeps, undo=undo, **more)


def _root(value: str) -> str:
    return f"sed -i 's/^PermitRootLogin .*/PermitRootLogin {value}/' {_SSHD}"


def _unread() -> str:
    """sshd reads another file than what lies there again, of the same time.

    It says that it is ready before it writes its number down: no person edits the file in between.
    """
    ready = 'timeout 60 sh -c \'until [ "$(cat /run/sshd.pid)" = "$(systemctl show -P MainPID ssh)" ]; do :; done\''
    read = f"cp -p {_SSHD} /run/sabotage/was; {_root('yes')}; systemctl restart ssh; {ready}"
    return f"{read}; cat /run/sabotage/was > {_SSHD}"


def _jail(name: str, what: str, edit: str, *must: str, undo: str = "", keeps: tuple[str, ...] = ()) -> Row:
    do = f"{edit}\nsystemctl restart fail2ban"
    undo = f"systemctl restart fail2ban\n{undo}"
    return broken(name, what, must, do, keeps=(_JAIL, *keeps), undo=undo)


def _saturn(name: str, what: str, must: str, do: str, *keeps: str, undo: str = "") -> Row:
    return broken(f"backup-{name}", what, (must,), do, host="saturn", keeps=keeps, undo=undo)


SSH = (
    _sshd("root-login-yes", "PermitRootLogin yes", _root("yes"), FROM_NOWHERE, NO_LINE, may=(BY_KEY,),
          why="root has a key of old times"),
    _sshd("root-by-key", "root is let in by the operator's key",
          f"{_root('prohibit-password')}; cat /run/sabotage/key >> /root/.ssh/authorized_keys", BY_KEY, FROM_NOWHERE,
          NO_LINE, keeps=("/root/.ssh/authorized_keys",), brings=_KEY),
    _sshd("root-by-any-password", "PAM lets everybody in, root too",
          f"{_root('yes')}; sed -i '1i auth sufficient pam_permit.so' /etc/pam.d/sshd", BY_PASSWORD, FROM_NOWHERE,
          NO_LINE, keeps=("/etc/pam.d/sshd",)),
    broken("sshd-not-reloaded", "the file says no again, and the running sshd was not restarted", (ON_DISK,), _unread(),
           keeps=(_SSHD,), undo="systemctl restart ssh"),
    broken("venus-sshd-not-reloaded", "the door was closed in the file alone", (ON_DISK,), _unread(), host=OTHER,
           keeps=(_SSHD,), undo="systemctl restart ssh"),
    broken("second-sshd", "a second sshd, with root login, listens on port 2222", ("test_no_second_sshd[*]",),
           "/usr/sbin/sshd -p 2222 -o PermitRootLogin=yes -o PidFile=/run/sabotage/sshd.pid",
           undo="kill $(cat /run/sabotage/sshd.pid) || true"),
    broken("venus-second-sshd", "a second sshd listens on port 2222", ("test_no_second_sshd[*]",),
           "/usr/sbin/sshd -p 2222 -o PidFile=/run/sabotage/sshd.pid", host=OTHER,
           undo="kill $(cat /run/sabotage/sshd.pid) || true"),
    _sshd("venus-root-by-key", "phase 2's door is still open, and the operator's key fits",
          f"{_root('prohibit-password')}; mkdir -p -m 700 /root/.ssh; cat /run/sabotage/key > /root/.ssh/authorized_keys",
          BY_KEY, FROM_NOWHERE, NO_LINE, "test_root_has_no_authorized_keys[venus]", host=OTHER, keeps=("/root/.ssh",),
          brings=_KEY),
    _sshd("venus-root-by-any-password", "PAM lets everybody in, root too",
          f"{_root('yes')}; sed -i '1i auth sufficient pam_permit.so' /etc/pam.d/sshd", BY_PASSWORD, FROM_NOWHERE,
          NO_LINE, host=OTHER, keeps=("/etc/pam.d/sshd",)),
    _sshd("logins-of-operators-alone", "AllowUsers lets no user in any more",
          f"echo 'AllowUsers hayashi mori pull' >> {_SSHD}", LOGINS, may=(BANS, LETS_IN),
          why="whoever is on no list is no failed login of the kind that the jail reads"),
    _sshd("logins-without-password", "sshd takes no passwords",
          f"sed -i 's/^PasswordAuthentication yes/PasswordAuthentication no/' {_SSHD}", LOGINS, may=(BANS, LETS_IN),
          why="without passwords there are no failed ones"),
    broken("sshd-down", "sshd does not run: the host can't be asked at all, which is told once",
           ("test_host_can_be_asked[mars]", RUNS), "systemctl stop ssh", undo="systemctl start ssh",
           may=("test_*[mars*]",), why="what the host must say itself is not checked"),
    broken("outside-cannot-be-asked", "the other computer lets nobody in",
           ("test_another_computer_can_be_asked[mars]",), "systemctl stop ssh", host="pluto",
           undo="systemctl start ssh", hosts="mars", may=("test_*",),
           why="what only the other computer can ask is not checked"),
)  # fmt: skip

FAIL2BAN = (
    _jail("ban-no-jail", "fail2ban runs without a jail", f"sed -i 's/^enabled.*/enabled = false/' {_JAIL}", BANS, LETS_IN),
    _jail("ban-other-backend", "the jail reads a log file that nobody writes, not the journal",
          "touch /var/log/auth.log\n"
          f"printf 'backend = polling\\nlogpath = /var/log/auth.log\\n' >> {_JAIL}", BANS, LETS_IN, keeps=("/var/log/auth.log",)),
    _jail("ban-other-unit", "the jail reads another unit's journal",
          f"echo 'journalmatch = _SYSTEMD_UNIT=sshd-of-old.service' >> {_JAIL}", BANS, LETS_IN),
    _jail("ban-without-effect", "fail2ban writes down a ban, and nftables hears nothing of it",
          f"printf '[Definition]\\nactionban = true\\n' > {_ACTION}", BANS, LETS_IN, keeps=(_ACTION,)),
    _jail("ban-for-ever", "fail2ban bans for ever", f"sed -i 's/^bantime.*/bantime = -1/' {_JAIL}", LETS_IN),
    _jail("ban-ipv6-excused", "fail2ban's ignoreip holds all of IPv6",
          f"sed -i 's#^ignoreip.*#& 2000::/3#' {_JAIL}", BANS),
    _jail("ban-everybody-excused", "fail2ban's ignoreip holds the whole network",
          f"sed -i 's#^ignoreip.*#ignoreip = 127.0.0.1/8 ::1 192.0.2.0/24#' {_JAIL}", BANS, LETS_IN),
)  # fmt: skip

USERS = (
    broken("shadow-lacks-user", "dave cannot log in: shadow lacks him", (SHADOW,), "sed -i '/^dave:/d' /etc/shadow",
           keeps=("/etc/shadow",)),
    broken("home-of-root", "a home belongs to root after rsync", (HOMES,), "chown root:root /home/dave",
           undo="chown dave:dave /home/dave"),
    broken("maildir-incomplete", "a mailbox lacks its folder cur", (BOXES,),
           "mv /home/alice/Maildir/cur /home/alice/cur-x", undo="mv /home/alice/cur-x /home/alice/Maildir/cur"),
    broken("crontab-of-root", "alice's cron table belongs to root: cron ignores it", (CRONTABS,),
           f"chown root {_TABLES}/alice", keeps=(f"{_TABLES}/alice",)),
    broken("messages-emptied", "dave's messages are there, and hold nothing", (BOXES,), f"truncate -s 0 {_MESSAGES}/*",
           keeps=(_MESSAGES,)),
    broken("messages-of-root", "dave's messages belong to root, who alone may read them", (BOXES,),
           f"chown root:root {_MESSAGES}/*; chmod 600 {_MESSAGES}/*", keeps=(_MESSAGES,)),
    broken("account-shell-nologin", "dave's shell lets nobody in", (OPEN,), "usermod -s /usr/sbin/nologin dave",
           keeps=ACCOUNT_FILES),
    broken("account-expired", "dave's account has expired", (OPEN,), "chage -E 1 dave", keeps=ACCOUNT_FILES),
    broken("account-locked", "dave's password is locked", (OPEN,), "usermod -L dave", keeps=ACCOUNT_FILES),
    broken("crontab-lost", "alice's cron table did not come along", (JOBS,), f"rm {_TABLES}/alice",
           keeps=(f"{_TABLES}/alice",)),
    broken("venus-crontab-too", "alice's cron table was put back here: her jobs run on both machines", (JOBS,),
           "echo '40 4 1 1 * $HOME/bin/yearly' | crontab -u alice -", host=OTHER, keeps=(f"{_TABLES}/alice",),
           hosts="mars"),
    broken("linger-lost", "alice's timers do not run until she logs in: she lingers no more", (JOBS,), f"rm {_LINGER}",
           keeps=(_LINGER,)),
    broken("venus-lingers-too", "alice lingers here too: her timers run on both machines", (JOBS,),
           f"mkdir -p {_LINGER.rpartition('/')[0]}; touch {_LINGER}", host=OTHER, keeps=(_LINGER,), hosts="mars"),
)  # fmt: skip

BACKUPS = (
    _saturn("does-nothing", "the script ends well and copies nothing", "test_backup_script_runs[saturn-homes.sh]",
            f"sed -i '2i exit 0' {_HOME}/homes.sh", f"{_HOME}/homes.sh"),
    _saturn("stranger", "saturn does not know the host key of the machine that is mars now", RUNS,
            f": > {_HOME}/.ssh/known_hosts", f"{_HOME}/.ssh/known_hosts"),
    _saturn("no-table", "the backup user has no cron table any more", AGAIN, f"rm {_TABLES}/keeper",
            f"{_TABLES}/keeper"),
    _saturn("cron-stopped", "no cron runs on saturn", AGAIN, "systemctl stop cron", undo="systemctl start cron"),
    _saturn("log-of-last-month", "the log is last month's", "test_backup_log_reads_normal[saturn-homes.sh]",
            f"sed -i -E 's/^20[0-9-]+T/'$(date -d '35 days ago' +%F)T/ {_LOG}/homes.log; "
            f"touch -d '35 days ago' {_LOG}/homes.log", f"{_LOG}/homes.log"),
    _saturn("log-gone", "there is no log", "test_backup_log_reads_normal[saturn-settings.sh]", f"rm {_LOG}/settings.log",
            f"{_LOG}/settings.log"),
)  # fmt: skip

BOOT = (
    broken("unit-edited-since", "a drop-in stands beside postfix's unit, which no boot has read",
           ("test_what_booted_is_what_is_there[mars]",),
           "mkdir -p /etc/systemd/system/postfix.service.d; printf '[Service]\\nNice=5\\n' > "
           "/etc/systemd/system/postfix.service.d/x.conf", keeps=("/etc/systemd/system",)),
    broken("guard-left", "a unit that takes the other address at the next boot was left behind",
           ("test_what_booted_is_what_is_there[venus]",),
           "printf '[Match]\\nName=eth0\\n[Network]\\nAddress=192.0.2.10/24\\n' > /etc/systemd/network/05-x.network",
           host=OTHER, keeps=("/etc/systemd/network/05-x.network",)),
    broken("fstab-hides-srv", "fstab mounts an empty file system over /srv at the next boot",
           ("test_next_boot_mounts_and_connects_alike[mars]", "test_what_booted_is_what_is_there[mars]"),
           "echo 'tmpfs /srv tmpfs defaults 0 0' >> /etc/fstab", keeps=("/etc/fstab",)),
    broken("root-process", "a process of root's own runs that no boot has started",
           ("test_daemons_are_those_of_the_boot[mars]",),
           "start-stop-daemon --start --background --make-pidfile --pidfile /run/sabotage/pid-x "
           "--exec /usr/bin/tail -- -f /dev/null", undo="end_impostors"),
    broken("route-of-somebody", "a route of somebody's own leads a network into nowhere",
           (SYSTEM,), "ip route add blackhole 203.0.113.0/24",
           undo="ip route del blackhole 203.0.113.0/24"),
    broken("route-of-ipv6", "a route of IPv6 leads a network into nowhere",
           (SYSTEM,), "ip -6 route add blackhole 2001:db8:77::/48",
           undo="ip -6 route del blackhole 2001:db8:77::/48"),
    broken("rule-of-somebody", "a routing rule forbids a network",
           (SYSTEM,), "ip rule add from all to 203.0.113.0/24 prohibit",
           undo="ip rule del from all to 203.0.113.0/24 prohibit"),
    broken("logrotate-timer-stopped", "a timer that site.toml does not name was stopped: logs are rotated no more",
           (SYSTEM,), "systemctl stop logrotate.timer",
           undo="systemctl start logrotate.timer"),
    broken("programs-kept-from-a-mount", "a file system was mounted anew so that nothing on it may be executed",
           (SYSTEM,), "mount -o remount,noexec /dev/shm", undo="mount -o remount,exec /dev/shm"),
    broken("source-routes-taken", "the kernel takes packets that say their own way", (SYSTEM,),
           "sysctl -qw net.ipv4.conf.all.accept_source_route=1",
           undo="sysctl -qw net.ipv4.conf.all.accept_source_route=0"),
    broken("cron-reniced", "cron yields to everybody: somebody gave it a lower priority",
           ("test_daemons_are_those_of_the_boot[mars]",), "renice -n 19 -p $(pidof cron) > /dev/null",
           undo="systemctl restart cron"),
    broken("cron-on-a-short-leash", "cron gets one per cent of a processor, until the next boot",
           ("test_what_booted_is_what_is_there[mars]",),
           "systemctl set-property --runtime cron.service CPUQuota=1%",
           undo="rm -rf /run/systemd/system.control/cron.service.d; systemctl daemon-reload\n"
           "rmdir --ignore-fail-on-non-empty /run/systemd/system.control"),
    broken("database-folder-open", "others may enter the database's folder: it runs, and would not start again",
           ("test_what_booted_is_what_is_there[mars]",), "chmod 755 /var/lib/postgresql/17/main",
           undo="chmod 700 /var/lib/postgresql/17/main"),
    broken("zones-folder-of-root", "the name server may not write its folder any more",
           ("test_what_booted_is_what_is_there[mars]",), "chmod 755 /var/cache/bind",
           undo="chmod 775 /var/cache/bind"),
    broken("crontab-writable", "/etc/crontab can be written by its group: cron leaves it out",
           ("test_cron_runs_what_its_tables_say[mars]", "test_what_booted_is_what_is_there[mars]"),
           "chmod 664 /etc/crontab", keeps=("/etc/crontab",)),
    broken("clock-ahead", "the clock is five hours ahead", ("test_clock_is_right[mars]",), _AHEAD, keeps=(_CLOCK,),
           stand_in="the hosts share the machine's clock: only the programs in Python are told another time",
           may=(WIKI,), why="its program is in Python too"),
    broken("disk-nearly-full", "one per cent of the disk is free: all still works", ("test_disks_have_room[mars]",),
           "fallocate -l $((($(stat -f -c '%f * %S' /) ) - 20000000)) /root/sabotage-fills",
           undo="rm /root/sabotage-fills"),
    Row("site-wants-apache2-on-venus", "seat", "site.toml wants apache2 to run on the standby",
        ("test_site_agrees_with_the_manual[venus]",), hosts="venus",
        site=('ports = ["tcp/80", "tcp/443"]\nproduction = "on"\nstandby = "off"',
              'ports = ["tcp/80", "tcp/443"]\nproduction = "on"\nstandby = "on"')),
)  # fmt: skip

ROWS = (*SSH, *FAIL2BAN, *USERS, *BACKUPS, *BOOT)
