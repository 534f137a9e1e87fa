"""Rows of what the public is shut out of, while the seat is let in; and of paths that lose long packets."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.accounts import OPEN
from tests.sabotage.rows.of_2011.common import APOP, FETCH, HIKI, LIST, MAIL_IN, NAMEDB, RELAY, SECRET, SSHD_CONFIG
from tests.sabotage.rows.of_2011.harmless.common import harmless

_SEAT = "198.51.100.1"
SIX = "test_services_answer_over_ipv6_too[ika]"
LOGINS = "test_users_can_log_in[ika]"
_OUTSIDE_SIX = harmless(
    "outside-has-ipv6",
    "outside has IPv6",
    "ip -6 address add 2001:db8::50/64 dev eth0 nodad",
    undo="ip -6 address del 2001:db8::50/64 dev eth0",
    host="outside",
)


def _rule(name: str, what: str, rule: str, *must: str, may: tuple[str, ...] = (), why: str = "") -> Row:
    return Row(
        name, "ika", what, must, do=f"iptables -I {rule}", undo=f"iptables -D {rule}", may=may, why=why
    )  # fmt: skip


def _shut(name: str, port: str, *must: str, may: tuple[str, ...] = (), why: str = "") -> Row:
    what = f"a packet rule lets nobody but the seat get to {port}"
    protocol, _, number = port.partition("/")
    return _rule(
        f"shut-{name}",
        what,
        f"INPUT -i eth0 -p {protocol} --dport {number} ! -s {_SEAT} -j DROP",
        *must,
        may=may,
        why=why,
    )


def _six(name: str, what: str, do: str, undo: str, *must: str) -> Row:
    edit = f"echo '@ IN AAAA 2001:db8::21' >> {NAMEDB}/aoe.zone; svc bind restart"
    found = {"do": f"{edit}; {do}", "undo": f"{undo}; svc bind restart", "keeps": (f"{NAMEDB}/aoe.zone",)}
    if must:
        return Row(name, "ika", what, must, beside=(_OUTSIDE_SIX,), **found)  # type: ignore[arg-type]
    return Row(name, "ika", what, (), harmless=True, booted=True, beside=(_OUTSIDE_SIX,), **found)  # type: ignore[arg-type]


def _sshd(name: str, what: str, line: str, *must: str) -> Row:
    do = f"sed -i '1i {line}' {SSHD_CONFIG}; svc ssh restart"
    return Row(name, "ika", what, must, do=do, undo="svc ssh restart", keeps=(SSHD_CONFIG,))


ROWS = (
    _shut("http", "tcp/80", "test_page_shows[ika-http:*]", HIKI),
    _shut("https", "tcp/443", "test_page_shows[ika-https:*]"),
    _shut("dns-udp", "udp/53", "test_zone_is_served[*/udp]", "test_record_is_right[*/udp]"),
    _shut("dns-tcp", "tcp/53", "test_zone_is_served[*/tcp]", "test_record_is_right[*/tcp]"),
    _shut("smtp", "tcp/25", MAIL_IN, LIST, RELAY, FETCH),
    _shut("pop", "tcp/110", APOP, SECRET, FETCH),
    Row(
        "httpd-lets-in-the-seat-alone",
        "ika",
        "an access rule of httpd's lets nobody but the seat see epa's pages",
        ("test_page_shows[ika-http://epa.*]",),
        do="printf 'Require ip 198.51.100.1\\n' > /home/www/epa/.htaccess\n"
        "sed -i '0,/Options Indexes SymLinksIfOwnerMatch/s//&\\n    AllowOverride All/' /usr/local/apache2/conf/httpd.conf\n"
        "svc apache2 restart",
        undo="rm -f /home/www/epa/.htaccess; svc apache2 restart",
        keeps=("/usr/local/apache2/conf/httpd.conf",),
    ),
    Row(
        "bind-lets-in-the-seat-alone",
        "ika",
        "bind answers nobody but the seat and the host itself",
        ("test_zone_is_served[*]", "test_record_is_right[*]"),
        do="sed -i 's/allow-query { any; }/allow-query { 198.51.100.1; localhost; }/' /usr/local/bind/etc/named.conf\n"
        "svc bind restart",
        undo="svc bind restart",
        keeps=("/usr/local/bind/etc/named.conf",),
    ),
    _rule(
        "long-pages-lost",
        "what fills a packet doesn't get out of port 80, as behind a narrow path that says nothing",
        "OUTPUT -p tcp --sport 80 -m length --length 1400:65535 -j DROP",
        HIKI,
    ),
    _rule(
        "long-mail-lost",
        "what fills a packet doesn't get into port 25",
        "INPUT -p tcp --dport 25 -m length --length 1400:65535 -j DROP",
        MAIL_IN,
        LIST,
        FETCH,
        may=(RELAY,),
        why="a trick that is taken comes to its message as little as the rest",
    ),
    Row(
        "outside-cannot-be-asked",
        "outside",
        "the other computer lets nobody in: what the public gets is asked from the seat alone",
        ("test_another_computer_can_be_asked[ika]",),
        do="svc ssh stop",
        undo="svc ssh start",
        hosts="ika",
        may=("test_*",),
        why="what only the other computer can ask is not checked",
    ),
    _six("ipv6-of-nobody", "aoe has an IPv6 address, which the host doesn't have", "true", "true", SIX),
    _six(
        "ipv6-shut",
        "aoe has an IPv6 address, where a packet rule shuts port 80",
        "ip -6 address add 2001:db8::21/64 dev eth0 nodad; ip6tables -I INPUT -p tcp --dport 80 -j DROP",
        "ip6tables -D INPUT -p tcp --dport 80 -j DROP; ip -6 address del 2001:db8::21/64 dev eth0",
        SIX,
    ),
    _six(
        "harmless-ipv6-served",
        "aoe has an IPv6 address, and is served there too",
        "ip -6 address add 2001:db8::21/64 dev eth0 nodad",
        "ip -6 address del 2001:db8::21/64 dev eth0",
    ),
    _sshd("logins-of-operators-alone", "AllowUsers lets no user in any more", "AllowUsers hayashi mori epabk", LOGINS),
    _sshd(
        "logins-of-no-backup",
        "AllowUsers lets in neither the users nor the backup",
        "AllowUsers hayashi mori",
        LOGINS,
        "test_backup_script_runs[*]",
    ),
    _sshd("logins-without-password", "sshd takes no passwords", "PasswordAuthentication no", LOGINS),
    _sshd(
        "logins-within-a-match-block",
        "a Match block takes passwords from nobody but the operators",
        "Match User *,!hayashi,!mori,!epabk\\nPasswordAuthentication no\\nKbdInteractiveAuthentication no\\nMatch all",
        LOGINS,
    ),
    Row(
        "logins-expired",
        "ika",
        "all users' accounts have expired",
        (LOGINS, OPEN),
        do="for user in $(getent passwd | awk -F: '$3 >= 1000 && $3 < 30000 {print $1}'); do chage -E 1 $user; done",
        keeps=("/etc/shadow", "/etc/shadow-"),
        may=("test_list_*", "test_mail_*"),
        why="a delivery may keep to the account's own rules (PAM) as a login does",
    ),
    Row(
        "logins-without-shell",
        "ika",
        "the users' shell is gone",
        (LOGINS,),
        do="for user in $(getent passwd | awk -F: '$3 >= 1000 && $3 < 30000 {print $1}'); do usermod -s /bin/tcsh $user; done",
        keeps=("/etc/passwd", "/etc/passwd-"),
    ),
)
