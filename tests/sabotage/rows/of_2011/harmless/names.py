"""Names of hosts and zones, written in other ways that their readers take alike."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import CONTROL, HTTPD_CONF, NAMED_CONF, NAMEDB
from tests.sabotage.rows.of_2011.harmless.common import variation

_DOMAIN = "scitec.kobe-u.ac.jp"
_IKA = f"ika-itpass.{_DOMAIN}"
_TAKO = f"198.51.100.22 tako-itpass.{_DOMAIN} tako tako-itpass"
_ZONE = f"{NAMEDB}/localhost.zone"


def _hosts(name: str, what: str, *lines: str) -> Row:
    text = "\\n".join(("127.0.0.1 localhost", *lines, _TAKO))
    return variation(f"hosts-{name}", f"/etc/hosts: {what}", f"printf '{text}\\n' > /etc/hosts", "/etc/hosts")


ROWS = (
    variation(
        "comments-of-editors",
        "comments name the other host where the exchange leaves them, at the ends of lines too",
        f"sed -i '1i ; tako was the master until 2010 (198.51.100.22)' {_ZONE}; sed -i 's/; serial/; serial, as tako/' {_ZONE}\n"
        f"echo '; tako' >> {NAMEDB}/localhost.rev; svc bind restart\n"
        "sed -i 's/^\\taddress .*/& # not 198.51.100.22, which is tako/' /etc/network/interfaces-x 2> /dev/null || true\n"
        "echo \"\\$note = 'x'; # until 2010 tako\" >> /etc/gate/gate.conf; sed -i 's/^1;$//; $a 1;' /etc/gate/gate.conf\n"
        'sed -i "s/^dc_readhost=.*/&  # not tako/" /etc/exim4/update-exim4.conf.conf\n'
        "echo 'tako and ika are the servers of ITPASS' >> /etc/motd",
        _ZONE,
        f"{NAMEDB}/localhost.rev",
        "/etc/gate/gate.conf",
        "/etc/exim4/update-exim4.conf.conf",
        "/etc/motd",
        undo="svc bind restart",
    ),
    _hosts(
        "debian",
        "the own names at 127.0.1.1, as Debian's installer writes them",
        f"127.0.1.1 {_IKA} ika",
        f"198.51.100.21 {_IKA}",
    ),
    _hosts(
        "two-lines",
        "the own address on two lines, and the alias before the label",
        f"198.51.100.21 {_IKA}",
        f"198.51.100.21\\t{_IKA} ika-itpass ika # own",
    ),
    _hosts(
        "aliases",
        "capitals, further aliases, a comment behind them",
        f"198.51.100.21 {_IKA} IKA Ika-Itpass loghost ika # tako is below",
    ),
    _hosts(
        "crowd",
        "hundreds of other machines, and one with a name that begins alike",
        f"198.51.100.21 {_IKA} ika",
        *(f"203.0.113.{number} ika{number} tako-{number}" for number in range(1, 250)),
    ),
    variation(
        "soa-forms",
        "zones written in other ways that named takes: SOA ( on one line, lower case, rname on the next, TTLs with units",
        f"printf '%s\\n' '$TTL 1D' '$ORIGIN cps.{_DOMAIN}.' '@ in soa {_IKA}. (' '  root.{_IKA}. 2010102901' ' 1H 15M 1W 1D)'"
        f" ' NS {_IKA}.' ' mx 10 {_IKA}.' 'www 1h in a 198.51.100.21' > {NAMEDB}/cps.zone\n"
        f"printf '%s\\n' '$TTL 86400' '@ 3600 IN SOA ( {_IKA}.' 'root.{_IKA}. ; SOA a b 1' '2010102901 3600' '900 604800 86400 )'"
        f" '@ IN NS {_IKA}.' '@ IN MX 10 {_IKA}.' '@ IN A 198.51.100.21' '$GENERATE 1-9 h$ A 198.51.100.10$'"
        f" > {NAMEDB}/aoe.zone; svc bind restart",
        f"{NAMEDB}/cps.zone",
        f"{NAMEDB}/aoe.zone",
        undo="svc bind restart",
    ),
    variation(
        "named-conf-forms",
        "named.conf with includes, comments of three kinds, statements within zones, zones of which site.toml knows nothing",
        f"sed -i '/^zone \"cps/d; /^zone \"epa/d' {NAMED_CONF}\n"
        f"""cat >> {NAMED_CONF} <<'END'
/* until 2010: zone "cps.{_DOMAIN}" {{ type master; file "old.zone"; }}; */
# zone "epa.{_DOMAIN}" {{ type slave; }};
include "/usr/local/bind/etc/more.conf";
acl "campus" {{ 198.51.100.0/24; }};
END
cat > /usr/local/bind/etc/more.conf <<'END'
zone "cps.{_DOMAIN}" IN {{ allow-transfer {{ localhost; 198.51.100.50; }}; allow-query {{ any; }};
    file "/usr/local/bind/etc/namedb/cps.zone"; type primary; }};
zone "EPA.{_DOMAIN}." {{ type master; notify no; also-notify {{ 198.51.100.50; }}; file "epa.zone"; }};
zone "new.{_DOMAIN}" {{ type master; file "new.zone"; }};
END
cp -p {NAMEDB}/epa.zone {NAMEDB}/new.zone; svc bind restart""",
        NAMED_CONF,
        "/usr/local/bind/etc/more.conf",
        f"{NAMEDB}/new.zone",
        undo="svc bind restart",
    ),
    variation(
        "control-forms",
        "qmail's control files in another order and in capitals, a name twice, with comments and blank ends of lines",
        f"cd {CONTROL}; for file in locals rcpthosts; do sort -r $file | sed 's/^itpass.*/ITPASS.{_DOMAIN}  /; 1i # 7.2' "
        f"> /run/sabotage/c; echo localhost >> /run/sabotage/c; cat /run/sabotage/c > $file; done; svc qmail restart",
        f"{CONTROL}/locals",
        f"{CONTROL}/rcpthosts",
        undo="svc qmail restart",
    ),
    variation(
        "crlf",
        "files that were edited on Windows, whose readers take the ends of lines all the same",
        f"for file in /etc/motd /etc/ssh/sshd_config {HTTPD_CONF} {NAMEDB}/cps.zone {NAMED_CONF}; do sed -i 's/$/\\r/' $file; done\n"
        "svc ssh restart; svc apache2 restart; svc bind restart",
        *("/etc/motd", "/etc/ssh/sshd_config", HTTPD_CONF, f"{NAMEDB}/cps.zone", NAMED_CONF),
        undo="svc ssh restart; svc apache2 restart; svc bind restart",
    ),
    variation(
        "mailname-blanks",
        "mailname and hostname with blanks and a comment",
        f"printf '{_IKA} \\n\\n' > /etc/mailname; printf '# tako until 2010\\nika\\n' > /etc/hostname.new",
        "/etc/mailname",
        "/etc/hostname.new",
    ),
    variation(
        "euc-jp",
        "Japanese in EUC-JP and ISO-2022-JP: gecos, motd, comments of configuration, names of files",
        "euc=$(printf '\\306\\374\\313\\334'); jis=$(printf '\\033$BF|K\\134\\033(B')\n"
        'usermod -c "$euc" asada; echo "$euc $jis" >> /etc/motd\n'
        'for file in /etc/crontab /etc/ssh/sshd_config /etc/hosts /etc/gate/gate.conf.note; do echo "# $euc" >> $file; done\n'
        f'echo "; $euc" >> {_ZONE}; touch "/home/asada/$euc"; chown asada: "/home/asada/$euc"\n'
        'mkdir -p "/home/asada/public_html/$euc"; chown asada: "/home/asada/public_html/$euc"; svc ssh reload; svc bind restart',
        *("/etc/motd", "/etc/crontab", "/etc/ssh/sshd_config", "/etc/hosts", "/etc/gate/gate.conf.note", _ZONE),
        *("/etc/passwd", "/etc/passwd-"),
        undo='euc=$(printf \'\\306\\374\\313\\334\'); rm -rf "/home/asada/$euc" "/home/asada/public_html/$euc"\n'
        "svc ssh restart; svc bind restart",
    ),
)
