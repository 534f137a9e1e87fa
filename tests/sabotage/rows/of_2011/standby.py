"""Rows of 9.2, 9.13 to 9.16 and 7.1: the standby."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import BOOT, CONTROL, IMPOSTOR_FILE, reject, relay_for, unread

_DOMAIN = "scitec.kobe-u.ac.jp"
WEB = "test_web_is_off[tako]"
POP = "test_pop_is_off[tako]"
DNS = "test_name_server_is_off[tako]"
TAKES_NONE = "test_standby_takes_no_mail_from_outside[tako]"
LOCAL = "test_local_delivery_does_not_arrive[tako]"
CRON = "test_cron_mail_reaches_the_administrators[tako]"
DOMAINS = "test_qmail_s_domains[tako]"
RESOLVES = "test_host_resolves_names[tako-*]"
ELSEWHERE = "test_resolv_conf_names_other_servers[tako]"


def _off(service: str) -> str:
    return f"test_service_does_not_run[tako-{service}]"


def _tako(name: str, what: str, *must: str, do: str, undo: str = "", keeps: tuple[str, ...] = ()) -> Row:
    return Row(f"tako-{name}", "tako", f"tako: {what}", must, do=do, undo=undo, keeps=keeps)


def _boot(name: str, what: str, check: str, do: str, *keeps: str) -> Row:
    return _tako(name, what, check, do=do, keeps=(*BOOT, *keeps))


def _impostor(name: str, what: str, kind: str, port: int, *must: str) -> Row:
    return Row(
        f"tako-{name}",
        "tako",
        f"tako: {what}",
        must,
        do=f"impostor {kind} {port}",
        undo="end_impostors",
        files=IMPOSTOR_FILE,
    )


_NO_WAY_OUT = reject("OUTPUT -o eth0 -p tcp --dport 25 -j REJECT")

ROWS = (
    _tako("apache2-runs", "apache2 runs", _off("apache2"), WEB, do="svc apache2 start", undo="svc apache2 stop"),
    _tako("bind-runs", "bind runs", _off("bind"), DNS, do="svc bind start", undo="svc bind stop"),
    _tako(
        "inetd-runs",
        "inetd runs",
        _off("openbsd-inetd"),
        POP,
        do="svc openbsd-inetd start",
        undo="svc openbsd-inetd stop",
    ),
    _impostor("https-impostor", "another program answers on 443", "http", 443, _off("apache2"), WEB),
    _impostor("dns-impostor", "another program answers on udp/53", "dns", 53, _off("bind"), DNS),
    _impostor("pop-impostor", "another program answers on 110", "pop", 110, _off("openbsd-inetd"), POP),
    _tako(
        "qmail-stopped",
        "qmail does not run",
        "test_service_runs[tako-qmail]",
        LOCAL,
        CRON,
        do="svc qmail stop",
        undo="svc qmail start",
    ),
    _tako(
        "tcpserver-stopped",
        "tcpserver does not run",
        "test_service_runs[tako-tcpserver]",
        TAKES_NONE,
        do="svc tcpserver stop",
        undo="svc tcpserver start",
    ),
    _boot(
        "tcpserver-not-at-boot",
        "tcpserver runs and will not after the next boot",
        "test_service_starts_at_boot[tako-tcpserver]",
        "update-rc.d -f tcpserver remove",
    ),
    _boot(
        "apache2-at-boot",
        "apache2 is off and will run after the next boot",
        "test_service_stays_off_at_boot[tako-apache2]",
        "update-rc.d apache2 defaults",
    ),
    _boot(
        "bind-in-rc-local",
        "bind is off, and rc.local starts it at boot",
        "test_service_stays_off_at_boot[tako-bind]",
        "sed -i '1a /etc/init.d/bind start' /etc/rc.local",
        "/etc/rc.local",
    ),
    _boot(
        "inetd-in-crontab",
        "inetd is off, and cron starts it at boot",
        "test_service_stays_off_at_boot[tako-openbsd-inetd]",
        "echo '@reboot root /etc/init.d/openbsd-inetd start' >> /etc/crontab",
        "/etc/crontab",
    ),
    _tako(
        "one-old-domain",
        "still accepts mail for aoe",
        TAKES_NONE,
        DOMAINS,
        do=f"echo aoe.{_DOMAIN} >> {CONTROL}/rcpthosts",
        keeps=(f"{CONTROL}/rcpthosts",),
    ),
    Row(
        "tako-no-rcpthosts",
        "tako",
        "tako: rcpthosts is gone: qmail then accepts everything",
        (DOMAINS,),
        do=f"rm {CONTROL}/rcpthosts",
        keeps=(f"{CONTROL}/rcpthosts",),
        stand_in="mailfront, in qmail-smtpd's place, then accepts nothing",
    ),
    _tako(
        "relays",
        "relays for the campus",
        TAKES_NONE,
        do=relay_for('198.51.100.:allow,RELAYCLIENT=""'),
        keeps=("/etc/tcp.smtp", "/etc/tcp.smtp.cdb"),
    ),
    _tako(
        "delivers-locally",
        "its own full name is still in locals: mail is delivered here",
        LOCAL,
        DOMAINS,
        do=f"echo tako-itpass.{_DOMAIN} >> {CONTROL}/locals; svc qmail restart",
        undo="svc qmail restart",
        keeps=(f"{CONTROL}/locals",),
    ),
    _tako(
        "locals-not-read",
        "locals is right, qmail was not restarted and still delivers here",
        LOCAL,
        do=unread(f"{CONTROL}/locals", f"echo tako-itpass.{_DOMAIN} >> {CONTROL}/locals", "qmail"),
        undo="svc qmail restart",
        keeps=(f"{CONTROL}/locals",),
    ),
    _tako(
        "crontab-old-name",
        "the cron mail goes to the old name",
        "test_crontab_mails_the_administrators[tako]",
        do=f"sed -i 's/itpadmin@itpass.*$/root@tako-itpass.{_DOMAIN}/' /etc/crontab",
        keeps=("/etc/crontab",),
    ),
    _tako(
        "no-mail-program",
        "there is no program `mail`: cron's command fails",
        CRON,
        do="readlink -f /usr/bin/mail > /run/sabotage/mail; mv $(cat /run/sabotage/mail) /usr/bin/mail.sabotage",
        undo="mv /usr/bin/mail.sabotage $(cat /run/sabotage/mail)",
    ),
    _tako(
        "no-way-out-for-mail",
        "a packet rule lets no mail out",
        CRON,
        LOCAL,
        do=_NO_WAY_OUT[0],
        undo=_NO_WAY_OUT[1],
    ),
    _tako(
        "resolver-itself",
        "resolv.conf names the host itself, where bind does not run",
        ELSEWHERE,
        RESOLVES,
        CRON,
        LOCAL,
        do=f"printf 'nameserver 127.0.0.1\\nsearch {_DOMAIN}\\n' > /etc/resolv.conf",
        keeps=("/etc/resolv.conf",),
    ),
    _tako(
        "resolver-of-yesterday",
        "resolv.conf names another name server than the declared one; it answers rightly",
        ELSEWHERE,
        do=f"printf 'nameserver 198.51.100.21\\nsearch {_DOMAIN}\\n' > /etc/resolv.conf",
        keeps=("/etc/resolv.conf",),
    ),
    _tako(
        "hosts-hides-dns",
        "/etc/hosts gives itpass the standby's own address",
        f"test_host_resolves_names[tako-itpass.{_DOMAIN}/A]",
        do=f"echo '198.51.100.22 itpass.{_DOMAIN}' >> /etc/hosts",
        keeps=("/etc/hosts",),
    ),
    _tako(
        "old-name-first",
        "/etc/hosts puts another name before the full one: hostname -f is wrong, and so is the cron mail's subject",
        "test_host_calls_itself_by_its_name[tako]",
        "test_file_bears_the_host_s_name[tako-/etc/hosts]",
        CRON,
        do=f"sed -i 's/^198.51.100.22.*/198.51.100.22 tako-old.{_DOMAIN} tako-itpass.{_DOMAIN} tako/' /etc/hosts",
        keeps=("/etc/hosts",),
    ),
    Row(
        "site-wants-inetd-on-tako",
        "seat",
        "site.toml wants inetd to run on the standby",
        ("test_site_agrees_with_the_manual[tako]",),
        site=(
            'ports = ["tcp/110"]\nproduction = "on"\nstandby = "off"',
            'ports = ["tcp/110"]\nproduction = "on"\nstandby = "on"',
        ),
        hosts="tako",
    ),
)
