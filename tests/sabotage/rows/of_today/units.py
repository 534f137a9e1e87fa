"""Rows of 9.1 and 9.2: units of systemd, now and after the next boot."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import IMPOSTOR_FILE
from tests.sabotage.rows.of_today.common import (
    BANS,
    BOOKS,
    COPIED,
    DATABASE,
    HTTPS,
    LETS_IN,
    LIBRARY,
    LIST,
    MAIL_IN,
    MAIL_OUT,
    OPENS,
    OTHER,
    PAGES,
    RELAY,
    SUBMITS,
    UNITS,
    WEB_CERTIFICATE,
    WIKI,
    WIKI_PAGE,
    broken,
    rests,
    runs,
    starts,
    stays_off,
)


def _stopped(service: str, init: str, *must: str, may: tuple[str, ...] = (), why: str = "") -> Row:
    what = f"{service} does not run"
    undo = f"systemctl start {init}"
    return broken(
        f"{service}-stopped", what, (runs(service), *must), f"systemctl stop {init}", undo=undo, may=may, why=why
    )


def _boot(name: str, what: str, check: str, do: str, undo: str = "", **more: object) -> Row:
    undo = f"{undo}\nsystemctl daemon-reload"
    return broken(name, what, (check,), f"{do} 2> /dev/null", keeps=UNITS, undo=undo, **more)


_PAST = "printf '[Timer]\\nOnCalendar=\\nOnCalendar=2001-01-01\\nPersistent=false\\n' >"
_LATE = "[Timer]\\nOnBootSec=2min\\nUnit=named.service\\n[Install]\\nWantedBy=timers.target\\n"
_DUMP = "dump@wiki.timer"

ROWS = (
    _stopped("apache2", "apache2", PAGES, WIKI, HTTPS, WEB_CERTIFICATE),
    _stopped(
        "bind",
        "named",
        "test_zone_is_served[*]",
        "test_record_is_right[*]",
        "test_name_server_resolves_for_others[*]",
        "test_host_resolves_names[mars-*]",
        may=("test_mail_*", "test_services_*", "test_domain_*", "test_list_*"),
        why="programs of the host ask it for names",
    ),
    _stopped("dovecot", "dovecot", OPENS, SUBMITS, "test_mail_s_certificate_holds[*/imap*]", "test_mail_s_certificate_holds[*/pop3*]"),
    _stopped("mariadb", "mariadb", DATABASE, COPIED, WIKI, WIKI_PAGE),
    _stopped("postgresql", "postgresql@17-main", LIBRARY, BOOKS),
    _stopped("postfix", "postfix", MAIL_IN, MAIL_OUT, RELAY, SUBMITS, LIST, "test_mail_s_certificate_holds[*/s*]",
             may=(OPENS,), why="the message that would be looked for there was not taken"),
    _stopped("fail2ban", "fail2ban", BANS, LETS_IN),
    _stopped("cron", "cron"),
    broken("cron-halted", "cron was sent SIGSTOP: it lives, and runs nothing", (runs("cron"),), "pkill -STOP -x cron",
           undo="pkill -CONT -x cron"),
    _stopped("certbot.timer", "certbot.timer"),
    broken("timer-not-armed", "the timer of the nightly dump is active, and its only moment is past",
           (runs(_DUMP),),
           f"mkdir -p /etc/systemd/system/{_DUMP}.d; {_PAST} /etc/systemd/system/{_DUMP}.d/x.conf\n"
           f"systemctl daemon-reload; systemctl restart {_DUMP}",
           keeps=UNITS, undo=f"systemctl daemon-reload; systemctl restart {_DUMP}"),
    _boot("apache2-disabled", "apache2 runs, and was disabled", starts("apache2"), "systemctl disable apache2"),
    _boot("dovecot-masked", "dovecot runs, and is masked", starts("dovecot"), "systemctl mask dovecot"),
    _boot("mariadb-until-the-boot", "mariadb is enabled at runtime alone", starts("mariadb"),
          "systemctl disable mariadb 2> /dev/null; systemctl enable --runtime mariadb",
          "rm -f /run/systemd/system/*/mariadb.service /run/systemd/system/mariadb.service /run/systemd/system/mysql*"),
    _boot("postfix-link-gone", "the link that has a boot start postfix is gone", starts("postfix"),
          "rm /etc/systemd/system/multi-user.target.wants/postfix.service; systemctl daemon-reload"),
    _boot("dump-timer-disabled", "the nightly dump's timer is armed, and no boot will arm it", starts(_DUMP),
          f"systemctl disable {_DUMP}"),
    broken("venus-apache2-runs", "apache2 runs", (rests("apache2"), "test_web_is_off[venus]"),
           "systemctl start apache2", host=OTHER, undo="systemctl stop apache2"),
    broken("venus-named-runs", "the name server runs", (rests("bind"), "test_name_server_is_off[venus]"),
           "systemctl start named", host=OTHER, undo="systemctl stop named"),
    broken("venus-dovecot-by-socket", "dovecot's socket listens, and would start it",
           (rests("dovecot"), "test_pop_is_off[venus]"), "systemctl start dovecot.socket", host=OTHER,
           undo="systemctl stop dovecot.socket dovecot"),
    broken("venus-certbot-timer-runs", "certbot's timer is armed", (rests("certbot.timer"),),
           "systemctl start certbot.timer", host=OTHER, undo="systemctl stop certbot.timer"),
    broken("venus-https-impostor", "another program answers on port 443", (rests("apache2"), "test_web_is_off[venus]"),
           "impostor http 443", host=OTHER, undo="end_impostors", files=IMPOSTOR_FILE),
    broken("venus-pop-impostor", "another program answers on port 110", (rests("dovecot"), "test_pop_is_off[venus]"),
           "impostor pop 110", host=OTHER, undo="end_impostors", files=IMPOSTOR_FILE),
    _boot("venus-apache2-enabled", "apache2 is off, and a boot will start it", stays_off("apache2"),
          "systemctl enable apache2", host=OTHER),
    _boot("venus-named-by-a-timer", "a timer of somebody's starts the name server after each boot", stays_off("bind"),
          f"printf '{_LATE}' > /etc/systemd/system/late.timer; systemctl daemon-reload; systemctl enable late.timer",
          host=OTHER),
    _boot("venus-dump-timer-enabled", "the nightly dump's timer will be armed by a boot", stays_off(_DUMP),
          f"systemctl enable {_DUMP}", host=OTHER),
)  # fmt: skip
