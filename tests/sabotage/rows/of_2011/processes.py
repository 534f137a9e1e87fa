"""Rows of 9.1: what runs on production, and what will run after the next boot."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import (
    APOP,
    BANS,
    BOOT,
    CERTIFICATE,
    END_USERS_PROGRAMS,
    FETCH,
    GATE,
    HIKI,
    IMPOSTOR_FILE,
    LETS_IN,
    LIST,
    MAIL_IN,
    MAIL_OUT,
    NAMED_CONF,
    PAGES,
    RELAY,
    SECRET,
    users_program,
)


def _stopped(service: str, *must: str, may: tuple[str, ...] = (), why: str = "") -> Row:
    return Row(
        f"{service}-stopped",
        "ika",
        f"{service} does not run",
        (f"test_service_runs[ika-{service}]", *must),
        do=f"svc {service} stop",
        undo=f"svc {service} start",
        may=may,
        why=why,
    )


def _boot(name: str, service: str, what: str, do: str, *keeps: str) -> Row:
    return Row(name, "ika", what, (f"test_service_starts_at_boot[ika-{service}]",), do=do, keeps=(*BOOT, *keeps))


ROWS = (
    _stopped("apache2", PAGES, HIKI, GATE, CERTIFICATE),
    _stopped(
        "bind",
        "test_zone_is_served[*]",
        "test_record_is_right[*]",
        "test_name_server_resolves_for_others[*]",
        "test_host_resolves_names[ika-*]",
        MAIL_OUT,
        may=("test_backup_script_runs[*]",),
        why="the backup host may ask this name server for ika's address",
    ),
    _stopped("openbsd-inetd", APOP, SECRET, FETCH),
    _stopped("qmail", MAIL_IN, FETCH, MAIL_OUT, LIST, RELAY),
    _stopped("tcpserver", MAIL_IN, FETCH, LIST, RELAY),
    _stopped("fail2ban", BANS, LETS_IN),
    _stopped("cron"),
    Row(
        "cron-halted",
        "ika",
        "cron was sent SIGSTOP: it lives, and runs nothing",
        ("test_service_runs[ika-cron]",),
        do="pkill -STOP -x cron",
        undo="pkill -CONT -x cron",
    ),
    Row(
        "cron-stopped-users-program",
        "ika",
        "cron does not run; a user runs a program of his own that is called cron, in his home and elsewhere",
        ("test_service_runs[ika-cron]",),
        do=f"svc cron stop; {users_program('cron')}",
        undo=f"{END_USERS_PROGRAMS}; svc cron start",
    ),
    Row(
        "inetd-dead-impostor",
        "ika",
        "inetd is dead and something else listens on 110",
        ("test_service_runs[ika-openbsd-inetd]", APOP, SECRET, FETCH),
        do="svc openbsd-inetd stop; impostor pop 110",
        undo="end_impostors; svc openbsd-inetd start",
        files=IMPOSTOR_FILE,
    ),
    Row(
        "smtp-impostor",
        "ika",
        "another program took port 25: it accepts every message and keeps none",
        ("test_service_runs[ika-tcpserver]", MAIL_IN, FETCH, LIST, RELAY),
        do="svc tcpserver stop; impostor smtp 25",
        undo="end_impostors; svc tcpserver start",
        files=IMPOSTOR_FILE,
    ),
    Row(
        "bind-local-only",
        "ika",
        "bind runs but listens on 127.0.0.1 alone",
        (
            "test_service_runs[ika-bind]",
            "test_zone_is_served[*]",
            "test_record_is_right[*]",
            "test_name_server_resolves_for_others[*]",
        ),
        do=f"sed -i 's/listen-on {{ any; }}/listen-on {{ 127.0.0.1; }}/' {NAMED_CONF}; svc bind restart",
        undo="svc bind restart",
        keeps=(NAMED_CONF,),
    ),
    _boot("apache2-not-at-boot", "apache2", "apache2 runs, but was started by hand", "update-rc.d -f apache2 remove"),
    _boot("bind-disabled", "bind", "bind runs, but its links are K in every run level", "update-rc.d bind disable"),
    _boot(
        "bind-insserv-not-run",
        "bind",
        "bind has links, but insserv was not run: a boot goes by .depend.start",
        "sed -i '/^TARGETS/s/ bind\\b//; /^bind:/d' /etc/init.d/.depend.start",
    ),
    _boot(
        "inetd-script-not-executable",
        "openbsd-inetd",
        "inetd's init script cannot be executed",
        "chmod a-x /etc/init.d/openbsd-inetd",
    ),
    _boot(
        "qmail-script-renamed",
        "qmail",
        "qmail's init script was renamed: its links lead nowhere",
        "mv /etc/init.d/qmail /etc/init.d/qmail.20110220",
    ),
    _boot(
        "tcpserver-links-gone",
        "tcpserver",
        "tcpserver has no links",
        "rm /etc/rc?.d/[SK]??tcpserver",
    ),
    _boot("cron-not-at-boot", "cron", "cron will not start at boot", "update-rc.d -f cron remove"),
    _boot(
        "other-run-level",
        "apache2",
        "inittab boots into run level 3, where apache2 has no start link",
        "sed -i 's/^id:2:/id:3:/' /etc/inittab; rm /etc/rc3.d/S??apache2",
        "/etc/inittab",
    ),
    Row(
        "site-forgets-bind",
        "seat",
        "site.toml says that bind is off on production",
        ("test_site_agrees_with_the_manual[ika]",),
        site=('ports = ["udp/53", "tcp/53"]\nproduction = "on"', 'ports = ["udp/53", "tcp/53"]\nproduction = "off"'),
        hosts="ika",
    ),
)
