"""Each row of the survey (0.3), removed or altered on the host that it was taken of: the report must name it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from shlex import quote

from tests.sabotage.bench import Bench
from tests.sabotage.draw import Generator
from tests.sabotage.row import SURVEY, Row
from tests.sabotage.rows.of_2011.common import ACCOUNT_FILES, DAMAGE, DAMAGE_FILE, HTTPD_CONF, IMPOSTOR_FILE

Thing = tuple[str, str, str]  # kind, key and value of a row
Damage = tuple[str, Sequence[str], str]  # what to do, what is kept before it, how it is undone
Way = Callable[[str, str, Random], Damage | None]  # of a row's key and value

# Without these nobody can log in any more and look.
SPARED = re.compile(
    r".*(hayashi|mori|root|operators|/etc/sudoers\b.*|/etc/pam\.d.*|/etc/ssh/.*|/etc/security.*|/etc/shells.*|/etc/nsswitch.*"
    r"|/etc/ld\.so.*|/etc/login\.defs|/etc/environment|/etc/python3.*|/etc/host\.conf|/etc/ssl/.*|/etc/default/locale"
    r"|/etc/localtime|/etc/hosts\..*|/etc/alternatives.*)"
)
SCRIPTS = {
    "rsyslogd": "rsyslog", "cron": "cron", "fail2ban-server": "fail2ban", "named": "bind", "inetd": "openbsd-inetd",
    "tcpserver": "tcpserver", "qmail-send": "qmail", "apache2": "apache2",
}  # fmt: skip
EACH_KIND = 8
LINED = ("alias", "mail control", "list", "forward")
"""Kinds with a row for each file, and one for each of its lines."""


def in_place(path: str, random: Random) -> Damage:
    """A file gone, altered, another's or for everybody to write."""
    how = random.choice(["rm -f {0}", "echo bogus >> {0}", "chown 65534 {0}", "chmod 0606 {0}"])
    return how.format(quote(path)), (path,), ""


def of_lines(key: str, value: str, random: Random, above: str = "") -> Damage | None:
    """A line out of a file, or the file itself."""
    path, colon, line = (above + key).partition(": ")
    if value == "is a member":
        return f"{DAMAGE} member {quote(path)} {quote(line)}", (path,), ""
    if not colon:
        return in_place(path, random) if value.startswith("file, ") else None
    if line.startswith("a line that is not shown"):
        return None
    return f"{DAMAGE} cut {quote(path)} {quote(line)}", (path,), ""


def of_cron(key: str, value: str, random: Random) -> Damage | None:
    """A user's table, or a line of the system's."""
    if not key.startswith("table of "):
        return of_lines(key, value, random) if key.startswith("/etc/cron.d/") else None
    path = f"/var/spool/cron/crontabs/{key[9:].partition(':')[0]}"
    return random.choice([f"rm {quote(path)}", f"sed -i '/^[^#]/d' {quote(path)}"]), (path,), ""


def account(*ways: str, only: str = "") -> Way:
    """An account changed in one of the ways, {0} its name; only: how the row begins of those that can be."""
    return lambda key, value, random: (
        (random.choice(ways).format(quote(key)), ACCOUNT_FILES, "")
        if value.startswith(only) and value != "none"
        else None
    )


def of_group(key: str, value: str, _: Random) -> Damage | None:
    member = value.partition(", ")[0]
    return None if member == "none" else (f"gpasswd -d {quote(member)} {quote(key)}", ACCOUNT_FILES, "")


def of_key(key: str, _value: str, _: Random) -> Damage:
    user, path = key.split(": ")[:2]
    return f"rm {quote(f'/home/{user}/{path}')}", (f"/home/{user}/{path}",), ""


def of_pop(key: str, _value: str, _: Random) -> Damage | None:
    path, user = [*key.split(": "), ""][:2]
    return (f"{DAMAGE} secret {quote(path)} {quote(user)}", (path,), "") if user else None


def of_record(key: str, _value: str, _: Random) -> Damage | None:
    """A set of records out of its zone; a zone needs its first ones."""
    name, kind = key.rpartition(": ")[2].split(" ") if " " in key else (key, "SOA")
    if kind in ("SOA", "NS") or name.startswith("localhost") or "in-addr" in name:
        return None
    folder = "/usr/local/bind/etc/namedb"
    do = f"{DAMAGE} record {folder} {quote(name.rstrip('.') + '.')} {kind}; rndc reload > /dev/null"
    # Restarted: files that are put back are older than what bind has read, and it would not read them again.
    return do, (folder,), "svc bind restart"


def of_daemon(key: str, _value: str, _: Random) -> Damage | None:
    script = SCRIPTS.get(key.partition(" ")[0])
    return (f"svc {script} stop", (), f"svc {script} start") if script else None


def of_boot(key: str, _value: str, _: Random) -> Damage:
    name, folder = key.split(" in ")
    return f"rm /etc/{folder}/S??{quote(name)}", (f"/etc/{folder}",), ""


def of_limit(key: str, _value: str, _: Random) -> Damage | None:
    name, kind = key.split(": ")
    if kind != "Max file size" or name not in SCRIPTS:
        return None
    script = SCRIPTS[name]
    return f"svc {script} stop; (ulimit -f 100000; svc {script} start)", (), f"svc {script} restart"


def of_site(key: str, _value: str, _: Random) -> Damage:
    name = re.escape(key.partition(" ")[2])
    return f"sed -i 's/ServerName {name}$/ServerName x.{name}/' {HTTPD_CONF}", (HTTPD_CONF,), ""


def of_pages(key: str, _value: str, _: Random) -> Damage:
    path = f"/home/{quote(key)}/public_html"
    return f"chmod 700 {path}", (), f"chmod 755 {path}"


def of_page(key: str, _value: str, _: Random) -> Damage | None:
    """A user's page, or one of the wiki."""
    user, wiki = re.search(r"/~([^/]+)/$", key), re.search(r"/hiki/\?(\w+)$", key)
    path = f"/home/{user[1]}/public_html/index.html" if user else f"/home/hiki/data/text/{wiki[1]}" if wiki else ""
    if not path:
        return None
    cache = "/home/hiki/data/cache"
    return f"echo '<p>replaced' > {path}; rm -rf {cache}/parser", (path,), f"rm -rf {cache}/parser" if wiki else ""


def of_port(key: str, _value: str, _: Random) -> Damage | None:
    rule = f"INPUT -s 198.51.100.50 -p tcp --dport {key.partition('/')[2]} -j REJECT"
    return f"iptables -I {rule}", (), f"iptables -D {rule}"


def of_certificate(key: str, _value: str, _: Random) -> Damage | None:
    """One day is left."""
    folder = "/usr/local/apache2/conf"
    make = f"openssl req -x509 -newkey rsa:2048 -nodes -keyout {folder}/server.key -out {folder}/server.crt -days 1"
    keeps = (f"{folder}/server.crt", f"{folder}/server.key")
    if not key.endswith("last day"):
        return None
    return f"{make} -subj /CN=x 2> /dev/null; svc apache2 restart", keeps, "svc apache2 restart"


def of_policy(key: str, _value: str, _: Random) -> Damage | None:
    """No zone is given to anybody any more."""
    conf, closed = "/usr/local/bind/etc/named.conf", "s/allow-transfer {[^}]*}/allow-transfer { none; }/"
    if not key.startswith("transfer of "):
        return None
    return f"sed -i '{closed}' {conf}; rndc reconfig", (conf,), "rndc reconfig"


def of_switch(key: str, value: str, _: Random) -> Damage | None:
    path = f"/proc/sys/{key}"
    if not key.startswith(("net/ipv4/ip_forward", "net/ipv4/icmp")):
        return None
    return f"echo {1 - int(value)} > {path}", (), f"echo {value} > {path}"


def plain(text: str, *keeps: str) -> Way:
    """The same for every key, {0}."""
    return lambda key, value, random: (text.format(quote(key)), tuple(keep.format(key) for keep in keeps), "")


WAYS: Mapping[str, Way] = {
    "alias": of_lines,
    "mail control": of_lines,
    "list": of_lines,
    "forward": lambda key, value, random: of_lines(key, value, random, "/home/"),
    "cron": of_cron,
    "account": account("usermod -s /bin/false {0}", "userdel -f {0} 2> /dev/null", "usermod -d /tmp {0}", only="UID "),
    "login": account("usermod -L {0}", "passwd -q -d {0}", only="by password"),
    "password": account("usermod -p '$6$x$y' {0}"),
    "days": account("chage -d 0 {0}", "chage -E 1 {0}", "chage -M 1 {0}"),
    "groups": account("gpasswd -a {0} adm > /dev/null"),
    "group": of_group,
    "key": of_key,
    "POP": of_pop,
    "zone record": of_record,
    "record answered": of_record,
    "daemon": of_daemon,
    "boot": of_boot,
    "limit": of_limit,
    "virtual host": of_site,
    "user page": of_pages,
    "web file": lambda key, value, random: (f"rm {quote(key)}", (key,), ""),
    "config": lambda key, value, random: in_place(key, random) if ", content " in value else None,
    "secret": plain("chmod 0644 {0}", "{0}"),
    "setuid": lambda key, value, _: (f"chmod ug-s {quote(key)}", (key,), "") if "sudo" not in key else None,
    "page": of_page,
    "port": lambda key, value, random: of_port(key, value, random) if key != "tcp/22" else None,
    "certificate": of_certificate,
    "name service": of_policy,
    "/home": plain("find /home/{0} -mindepth 1 -maxdepth 1 ! -name Maildir -exec rm -rf {{}} +", "/home/{0}"),
    "contents of": lambda key, value, _: (f"{DAMAGE} content {quote('/home/' + key)}", (f"/home/{key}",), ""),
    "kernel": of_switch,
    "route": lambda key, value, _: ("ip route add 203.0.113.0/24 via 198.51.100.1", (), "ip route del 203.0.113.0/24"),
    "listener": lambda key, value, _: (f"impostor http 8{key[4:6].strip('/ ').rjust(3, '0')}", (), "end_impostors"),
}  # fmt: skip


def look(bench: Bench) -> Sequence[Thing]:
    """Rows of the survey of production, some of each kind."""
    by_kind: dict[str, list[Thing]] = {}
    for kind, key, value in bench.surveyed():
        if kind in WAYS and not SPARED.fullmatch(key):
            by_kind.setdefault(kind, []).append((kind, key, value))
    return [one for rows in by_kind.values() for one in Random(len(rows)).sample(rows, min(EACH_KIND, len(rows)))]


def row(random: Random, thing: Thing) -> Row | None:
    """One of these rows, removed or altered."""
    kind, key, value = thing
    damage = WAYS[kind](key, value, random)
    if damage is None:
        return None
    do, keeps, undo = damage
    return Row(
        f"survey-{kind}-{re.sub(r'[^A-Za-z0-9.]+', '-', key).strip('-')[-60:]}".replace(" ", "-").replace("/", ""),
        "ika",
        f"{kind} {key}: {do[:120]}",
        (named_by(kind, key),),
        do=do,
        undo=undo,
        keeps=keeps,
        files={**DAMAGE_FILE, **IMPOSTOR_FILE},
        hosts=SURVEY,
        may=("*",),
        why="one damage shows in several rows",
    )


def named_by(kind: str, key: str) -> str:
    """How the report names what is damaged: of a line that is not shown, by its file."""
    if kind == "listener":
        return "listener tcp/8* python3 as root"
    if kind == "route":
        return "route 203.0.113.0/24*"
    if kind == "contents of":
        return f"contents of {key.partition('/')[0]}"
    if kind == "key":
        return f"key {key.rpartition(' ')[0]} *"  # its digest is another in each lab
    if kind in LINED and ": " not in key:
        return f"{kind} {key}*"  # the file's own row, or that of the line that it got
    return f"cron {key.partition(': a line that')[0]}*" if kind == "cron" else f"{kind} {key}"


GENERATOR = Generator("survey", look, row)
