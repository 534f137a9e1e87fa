"""Daemons that listen on the host's own address by name: after the exchange it is the other host's."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from irekae.host.host import Host
from irekae.host.remote import decode
from irekae.site.site import Site, needed
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap

# They listen on each address by itself and follow when one comes or goes: what their files say counts.
FOLLOWING = ("named", "ntpd", "ntp", "avahi-daemon", "dnsmasq", "unbound", "chronyd", "kdeconnectd", "nmbd", "smbd")
_SOCKET = re.compile(
    r"^(?P<kind>tcp|udp)\s+\S+\s+\S+\s+\S+\s+(?P<where>\S+)\s+\S+(?:\s+users:\(\(\"(?P<name>[^\"]+)\")?"
)
# Words that daemons' files have for it: sshd, apache, nginx, bind, postfix, dovecot, exim, mysql, ntp, tcpserver.
_WORDS = re.compile(
    rb"(?i)\b(listen(address|-on\S*)?|bind([-_]?address)?|(query|transfer|notify|alt-transfer)-source\S*|inet_interfaces"
    rb"|local_interfaces|smtp_bind_address|virtualhost|namevirtualhost|interface|tcpserver)\b"
)
REMEDY = "let it listen on every address, or put the file into [[files]] of site.toml with addresses = true"


@each_host
def sockets(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Sockets that are bound to the host's address just now."""
    for line in host.query("ss", "-H", "-l", "-n", "-t", "-u", "-p").text.splitlines():
        found = _SOCKET.match(line)
        if found and found["where"].rpartition(":")[0] == host.entry.address and found["name"] not in FOLLOWING:
            port = found["where"].rpartition(":")[2]
            yield Obstacle(
                f"{found['name'] or 'a daemon'} listens on {host.entry.address} alone ({found['kind']}/{port})", REMEDY
            )


@each_host
def stated(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Lines of configuration by which a daemon listens on the host's address, whether or not it runs just now."""
    for path, number, line in _lines(host, swap.site):
        yield Obstacle(f"{path}:{number} names {host.entry.address}: {line}", REMEDY)


def _lines(host: Host, site: Site) -> Iterator[tuple[str, int, str]]:
    """Path, number and text of each such line in files that 5.3 does not exchange."""
    address = re.compile(rb"(?<![0-9.])" + re.escape(host.entry.address.encode()) + rb"(?![0-9]|\.[0-9])")
    exchanged = [file.path for file in site.files]
    rules = needed(site.leftovers)
    for match in host.link.ask("grep", trees=list(rules.trees), skip=list(rules.skip), words=[host.entry.address]):
        path = str(match["path"])
        if path in exchanged or path.startswith("/etc/network/") or any(fnmatchcase(path, rule) for rule in rules.data):
            continue
        for number, line in enumerate(decode(match["data"]).splitlines(), 1):
            if not line.lstrip().startswith((b"#", b";", b"//")) and address.search(line) and _WORDS.search(line):
                yield path, number, line.decode("utf-8", "replace").strip()[:160]
