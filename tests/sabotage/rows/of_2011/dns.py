"""Rows of 9.7 and 7.6: production's name server and resolver."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import IMPOSTOR_FILE, MAIL_OUT, NAMED_CONF, NAMEDB, reject

_RELOAD = "svc bind restart"
_DOMAIN = "scitec.kobe-u.ac.jp"


def _zone(name: str, what: str, file: str, edit: str, *must: str, reload: bool = True) -> Row:
    return Row(
        name,
        "ika",
        what,
        must,
        do=f"sed -i -E '{edit}' {NAMEDB}/{file}\n{_RELOAD if reload else ''}",
        undo=_RELOAD,
        keeps=(f"{NAMEDB}/{file}",),
    )


def _conf(name: str, what: str, edit: str, *must: str) -> Row:
    return Row(
        name,
        "ika",
        what,
        must,
        do=f"sed -i -E '{edit}' {NAMED_CONF}; {_RELOAD}",
        undo=_RELOAD,
        keeps=(NAMED_CONF,),
    )


def _blocked(name: str, what: str, transport: str, *must: str) -> Row:
    put, take = reject(f"INPUT -i eth0 -p {transport} --dport 53 -j REJECT")
    return Row(name, "ika", what, must, do=put, undo=take)


def _resolv(name: str, what: str, content: str, *must: str, hosts: str = "") -> Row:
    keeps = ("/etc/resolv.conf", "/etc/hosts") if hosts else ("/etc/resolv.conf",)
    more = f"echo '{hosts}' >> /etc/hosts" if hosts else ""
    return Row(name, "ika", what, must, do=f"printf '{content}' > /etc/resolv.conf\n{more}", keeps=keeps)


RESOLV = "test_resolv_conf_is_the_manual_s[*]"
OTHERS = "test_name_server_resolves_for_others[*]"

ROWS = (
    _zone(
        "dns-last-year-s-serial",
        "bind answers with last year's zone file of epa",
        "epa.zone",
        "s/2010[0-9]{6}/2009102901/",
        "test_zone_is_served[ika-epa.*]",
    ),
    Row(
        "dns-older-than-its-copy",
        "ika",
        "the zone file of itpass is older than its copy in namedb-20110220",
        ("test_zone_is_served[ika-itpass.*]",),
        do=f"cp -a {NAMEDB} {NAMEDB}-20110220; sed -i 's/2010102901/2011022001/' {NAMEDB}-20110220/itpass.zone",
        keeps=(f"{NAMEDB}-20110220",),
    ),
    _zone(
        "dns-not-reloaded",
        "a new zone file of aoe lies there, bind has not read it",
        "aoe.zone",
        "s/2010[0-9]{6}/2011022001/",
        "test_zone_is_served[ika-aoe.*]",
        reload=False,
    ),
    _conf(
        "dns-not-authoritative",
        "bind answers for cps without authority: the zone is forwarded",
        's/(zone "cps[^{]*)\\{.*/\\1{ type forward; forward only; forwarders { 198.51.100.50; }; };/',
        "test_zone_is_served[ika-cps.*]",
        "test_record_is_right[ika-cps.*]",
    ),
    _conf(
        "dns-one-zone-only",
        "bind answers with authority for itpass alone",
        '/^zone "(localhost|0\\.0|epa|aoe|cps)/d',
        "test_zone_is_served[ika-epa.*]",
        "test_zone_is_served[ika-aoe.*]",
        "test_zone_is_served[ika-cps.*]",
        "test_record_is_right[ika-epa.*]",
        "test_record_is_right[ika-aoe.*]",
        "test_record_is_right[ika-cps.*]",
        "test_zone_is_served[ika-localhost*]",
        "test_zone_is_served[ika-0.0.127*]",
        "test_record_is_right[ika-localhost*]",
        "test_record_is_right[ika-1.0.0.127*]",
    ),
    _zone(
        "dns-zone-not-loaded",
        "the zone file of epa has a syntax error: SERVFAIL",
        "epa.zone",
        "s/^\\s+IN\\s+NS.*/    IN NOSUCHTYPE x/",
        "test_zone_is_served[ika-epa.*]",
        "test_record_is_right[ika-epa.*]",
    ),
    _blocked(
        "dns-udp-only",
        "bind answers over UDP but not over TCP",
        "tcp",
        "test_zone_is_served[*/tcp]",
        "test_record_is_right[*/tcp]",
    ),
    _blocked(
        "dns-tcp-only",
        "bind answers over TCP but not over UDP",
        "udp",
        "test_zone_is_served[*/udp]",
        "test_record_is_right[*/udp]",
        OTHERS,
    ),
    _zone(
        "dns-old-address",
        "itpass still has the standby's address",
        "itpass.zone",
        "s/^(\\s+IN\\s+A\\s+).*21$/\\1198.51.100.22/",
        f"test_record_is_right[ika-itpass.{_DOMAIN}/A/*]",
        f"test_name_server_resolves_for_others[ika-itpass.{_DOMAIN}/A]",
        f"test_host_resolves_names[ika-itpass.{_DOMAIN}/A]",
    ),
    _zone(
        "dns-mx-to-standby",
        "aoe's mail is sent to the standby",
        "aoe.zone",
        "s/ika-itpass(.*)$/tako-itpass\\1/; s/(SOA\\s+)tako/\\1ika/; s/(NS\\s+)tako/\\1ika/",
        "test_record_is_right[ika-aoe.*/MX/*]",
    ),
    _conf(
        "dns-no-recursion",
        "bind resolves its own host's questions but nobody else's",
        "s/allow-recursion .*/allow-recursion { 127.0.0.1; };/",
        OTHERS,
    ),
    Row(
        "dns-forwarder-gone",
        "ika",
        "bind asks a campus server that does not answer",
        (
            "test_name_server_resolves_for_others[ika-ika-*]",
            "test_name_server_resolves_for_others[ika-tako-*]",
            "test_host_resolves_names[ika-ika-*]",
            "test_host_resolves_names[ika-tako-*]",
            MAIL_OUT,
        ),
        do=f"sed -i 's/forwarders {{ 198.51.100.50; }}/forwarders {{ 198.51.100.99; }}/' {NAMED_CONF}; {_RELOAD}",
        undo=_RELOAD,
        keeps=(NAMED_CONF,),
    ),
    Row(
        "dns-impostor",
        "ika",
        "bind is dead, something else answers on udp/53 with nothing",
        (
            "test_service_runs[ika-bind]",
            "test_zone_is_served[*]",
            "test_record_is_right[*]",
            OTHERS,
            "test_host_resolves_names[ika-*]",
            MAIL_OUT,
        ),
        do="svc bind stop; impostor dns 53",
        undo="end_impostors; svc bind start",
        files=IMPOSTOR_FILE,
    ),
    _resolv(
        "resolv-still-the-standby-s",
        "resolv.conf was left as on the standby; every name resolves all the same",
        f"nameserver 198.51.100.50\\nsearch {_DOMAIN}\\n",
        RESOLV,
    ),
    _resolv(
        "resolv-dead-server",
        "resolv.conf names a dead server, and /etc/hosts still answers",
        f"nameserver 198.51.100.99\\nsearch {_DOMAIN}\\n",
        RESOLV,
        "test_host_resolves_names[ika-*]",
        MAIL_OUT,
        hosts=f"198.51.100.21 itpass.{_DOMAIN}",
    ),
    _resolv(
        "resolv-second-server-dead",
        "resolv.conf has a dead second server",
        f"nameserver 127.0.0.1\\nnameserver 198.51.100.99\\nsearch {_DOMAIN}\\n",
        RESOLV,
        "test_host_resolves_names[ika-*]",
    ),
    Row(
        "nsswitch-without-dns",
        "ika",
        "nsswitch.conf asks files alone: programs find no name that is not in /etc/hosts",
        (f"test_host_resolves_names[ika-itpass.{_DOMAIN}/A]",),
        do="sed -i 's/^hosts:.*/hosts: files/' /etc/nsswitch.conf",
        keeps=("/etc/nsswitch.conf",),
    ),
    Row(
        "hosts-hides-dns",
        "ika",
        "a forgotten line of /etc/hosts gives itpass the standby's address",
        (f"test_host_resolves_names[ika-itpass.{_DOMAIN}/A]",),
        do=f"echo '198.51.100.22 itpass.{_DOMAIN}' >> /etc/hosts",
        keeps=("/etc/hosts",),
    ),
)
