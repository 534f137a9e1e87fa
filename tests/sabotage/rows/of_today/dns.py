"""Rows of 9.7, 9.14 and 7.6: bind9 of the package, resolv.conf."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_today.common import OTHER, SIX, broken

_ETC = "/etc/bind"
_ORG = f"{_ETC}/zones/db.example.org"
RESOLVES = "test_name_server_resolves_for_others"
_ZONE = "test_zone_is_served[mars-example.org/*]"


def _record(kind: str, name: str = "example.org") -> str:
    return f"test_record_is_right[mars-{name}/{kind}/*]"


def _zone(
    name: str, what: str, must: tuple[str, ...], edit: str, read: str = "rndc reload > /dev/null", **more: object
) -> Row:
    return broken(name, what, must, f"{edit}; {read}", keeps=(_ETC,), undo="systemctl restart named", **more)


_RESOLVED = (f"{RESOLVES}[*-mars.*]", f"{RESOLVES}[*-venus.*]", "test_host_resolves_names[mars-mars.*]",
             "test_host_resolves_names[mars-venus.*]")  # fmt: skip

ROWS = (
    _zone("zone-of-last-year", "the zone is older than the standby's copy of it", (_ZONE,),
          f"sed -i 's/2026112601/2025010101/' {_ORG}"),
    _zone("zone-not-read", "the zone file is newer than what the server answers", (_ZONE,),
          f"sed -i 's/2026112601/2026112701/' {_ORG}", read=":"),
    _zone("zone-lost", "named.conf.local has no example.com",
          ("test_zone_is_served[mars-example.com/*]", _record("MX", "example.com"), _record("A", "files.example.com")),
          f"sed -i '/example.com/d' {_ETC}/named.conf.local", may=("test_page_*", "test_mail_*", SIX),
          why="names of it are asked for"),
    _zone("record-of-the-standby", "example.org is still the standby's address", (_record("A"),),
          f"sed -i '/^@/,/MX/s/\\(IN\\tA\\t\\)192.0.2.10/\\1192.0.2.11/' {_ORG}"),
    _zone("record-ipv6-lost", "example.org has no AAAA", (_record("AAAA"),), f"sed -i '/^\\tIN\\tAAAA\\t2001:db8:5::10/d' {_ORG}"),
    _zone("record-mx-of-the-standby", "mail of example.com goes to the standby", (_record("MX", "example.com"),),
          f"sed -i 's/10 mail.example.org./10 venus.dc.example.net./' {_ETC}/zones/db.example.com"),
    _zone("recursion-off", "the name server resolves nothing but its own zones", _RESOLVED,
          f"sed -i 's/forward only;/recursion no;/; /forwarders/d; /allow-recursion/d' {_ETC}/named.conf.options",
          read="systemctl restart named", may=("test_mail_can_be_sent[*]", "test_host_resolves_names[*]", f"{RESOLVES}[*]", "test_backup_*"), why="programs of the host ask it for names"),
    _zone("forwarder-gone", "the name server asks a forwarder that is no more", _RESOLVED,
          f"sed -i 's/forwarders {{ .* }};/forwarders {{ 192.0.2.72; }};/' {_ETC}/named.conf.options",
          read="systemctl restart named", may=("test_mail_can_be_sent[*]", "test_host_resolves_names[*]"), why="programs of the host ask it for names"),
    _zone("names-by-ipv4-alone", "the name server listens on IPv4 alone", (SIX,),
          f"sed -i 's/listen-on-v6 {{ any; }}/listen-on-v6 {{ none; }}/' {_ETC}/named.conf.options", read="systemctl restart named"),
    broken("resolver-of-yesterday", "resolv.conf names the provider's server", ("test_resolv_conf_is_the_manual_s[mars]",),
           "sed -i 's/127.0.0.1/192.0.2.50/' /etc/resolv.conf", keeps=("/etc/resolv.conf",)),
    broken("venus-resolver-itself", "resolv.conf names the host itself, where no server runs",
           ("test_resolv_conf_names_other_servers[venus]", "test_host_resolves_names[venus-*]",
            "test_cron_mail_reaches_the_administrators[venus]", "test_local_delivery_does_not_arrive[venus]"),
           # What sends mail has read the file when it began.
           "sed -i 's/192.0.2.50/127.0.0.1/' /etc/resolv.conf; systemctl restart postfix", host=OTHER,
           keeps=("/etc/resolv.conf",), undo="systemctl restart postfix"),
)  # fmt: skip
