"""[[files]] and [leftovers]: the files below /etc in which a host's own name or address stands, each with an editor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from irekae.host.editors import EDITORS, Exchange, HostNames
from irekae.host.editors.leftovers import find
from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.first_site.page import Page, plain

TREES = ("/etc", "/usr/local/etc")
SKIP = ("/etc/ssl", "/etc/alternatives", "/etc/letsencrypt", "/etc/.git", "/etc/systemd/system", "/etc/ca-certificates")
# Copies, keys, and what a later item or another tool writes anew.
PASSED = ("*.2[0-9][0-9][0-9][0-9][0-9][0-9][0-9]", "*~", "*.bak", "*.orig", "*.dpkg-*", "*.ucf-*", "/etc/*-", "*.db")
DATA = ("/etc/ssh/ssh_host_*_key.pub", "/etc/resolv.conf")
QMAIL = "/var/qmail/control"
WRITTEN = {  # by 7.1 and 7.2
    "postfix": ("/etc/postfix/main.cf",),
    "exim4": ("/etc/exim4/update-exim4.conf.conf",),
    "qmail": (f"{QMAIL}/locals", f"{QMAIL}/rcpthosts"),
}
BY_PATH = {
    "/etc/hostname": "hostname",
    "/etc/hosts": "hosts",
    "/etc/mailname": "one_line",
    "/etc/network/interfaces": "interfaces",
    "/etc/network/interfaces.d/*": "interfaces",
    "/etc/systemd/network/*.network": "networkd",
    "/etc/netplan/*.yaml": "netplan",
    "/etc/NetworkManager/system-connections/*": "keyfile",
}
NETWORK = ("interfaces", "networkd", "netplan", "keyfile")
ALWAYS = ("/etc/hostname", "/etc/hosts")
DAY = date(2000, 1, 1)  # of an edit that is only tried


@dataclass(frozen=True)
class Named:
    """A file in which the host's name or address stands: the editor that fits, and which of the two it has."""

    editor: str
    names: bool
    addresses: bool
    where: str


def names_of(eyes: Eyes, fqdn: str) -> HostNames:
    """The names and addresses of a host."""
    entry = eyes.entry
    return HostNames.of(entry.name, fqdn, entry.address, eyes.ipv6)


def places(eyes: Eyes, confs: list[str]) -> list[str]:
    """Folders in which names are looked for: the system's, qmail's, and those of what was built by hand.

    Args:
        eyes: the host.
        confs: configuration files that its daemons were started with; "" for what it has not.
    """
    built = sorted({path.rpartition("/")[0] for path in confs if path and not path.startswith("/etc/")})
    return [path for path in (*TREES, QMAIL, *built) if eyes.there(path)]


def search(eyes: Eyes, own: HostNames, other: HostNames, trees: list[str]) -> dict[str, Named]:
    """The files of one host in these folders: path → what was found there."""
    exchange = Exchange(own, other, DAY)
    texts: dict[str, bytes] = {}
    for tree in trees:
        texts |= eyes.holding(tree, list(SKIP), list(own.forms))
    found = {path: named for path, text in texts.items() if (named := _named(path, text, own, exchange))}
    return {path: found[path] for path in sorted(found, key=lambda path: (path not in ALWAYS, path))}


def _named(path: str, text: bytes, own: HostNames, exchange: Exchange) -> Named | None:
    """What a file is, None where no editor would change anything in it, or it is none of those that count."""
    if _is_one(path, (*PASSED, *DATA, *WRITTEN["postfix"], *WRITTEN["qmail"])):
        return None
    there = find(text, [own])
    likely = _editor(path, text)
    # /etc/hosts may rightly name both hosts already: 5.3 looks at it in any case.
    fits = [one for one in (likely, "text") if path in ALWAYS or EDITORS[one](text, exchange).changes]
    if not there or not fits:
        return None
    editor = fits[0]
    addresses = any(address in line.text for line in there for address in own.addresses)
    names = any(any(name in line.text.lower() for name in own.names) for line in there)
    lines = ", ".join(dict.fromkeys(str(line.line) for line in there[:4]))
    network = editor in NETWORK
    return Named(editor, names and not network, addresses or network, f"line {lines}")


def _editor(path: str, text: bytes) -> str:
    """By the path, or by what the file looks like."""
    for pattern, editor in BY_PATH.items():
        if fnmatchcase(path, pattern):
            return editor
    if re.search(rb"^\s*@?\s*(\d+\s+)?IN\s+SOA\s", text, re.MULTILINE):
        return "zone"
    if re.search(rb"^\s*\$\w+\s*=\s*.*;", text, re.MULTILINE):
        return "perl"
    if len(text.strip().splitlines()) == 1:
        return "one_line"
    shell = re.compile(rb"\s*(#.*|(export\s+)?[A-Za-z_]\w*=.*)?")
    return "shell" if all(shell.fullmatch(line) for line in text.splitlines()) else "text"


def team_of(path: str) -> str:
    """Who is to be asked about a file."""
    words = {"mail": ("mail", "postfix", "exim", "dovecot", "qmail"), "dns": ("bind", "named", "zone")}
    return next((team for team, parts in words.items() if any(part in path for part in parts)), "www")


def tell(
    page: Page, production: Mapping[str, Named], standby: Mapping[str, Named], names: tuple[str, str],
    trees: list[str], data: list[str],
) -> None:  # fmt: skip
    """[[files]], what is on one host alone as a comment, and [leftovers].

    Args:
        page: is written to.
        production, standby: what `search` found on each.
        names: of the two.
        trees: where was looked.
        data: files in which names are data, or which later items write, as `data_of` tells them.
    """
    page.say()
    page.say("Files that carry a host's own name or address (5.1, 5.3). Each must be on both hosts.")
    shared = [path for path in production if path in standby and production[path].editor != "zone"]
    for path in plain(shared):
        named = production[path]
        page.table("files", many=True, seen=f"{named.where} on {names[0]}, {standby[path].where} on {names[1]}")
        page.key("path", path)
        page.key("editor", named.editor)
        page.key("team", team_of(path))
        if named.addresses or standby[path].addresses:
            page.key("addresses", True)
        if not named.names:
            page.key("names", False)
    page.say()
    for found, name, others in ((production, names[0], standby), (standby, names[1], production)):
        alone = [path for path in found if path not in others and not _is_one(path, data)]
        for path in alone:
            of_interface = found[path].editor in NETWORK
            then = "5.3 changes it where it brings up that host's interface" if of_interface else "5.2 will list it"
            page.say(f"on {name} alone: {path} ({found[path].editor}, {found[path].where}); {then}")
    page.table("leftovers", seen="where 5.2 looks for old names")
    page.key("trees", plain(trees))
    page.key("skip", list(SKIP[:3]))
    page.key("data", data, "names are data there, or a later item writes it")


def data_of(system: str, zones: Iterable[str]) -> list[str]:
    """Files in which names are data, or which later items write; system: of mail; zones: folders of zone files."""
    return [*DATA, *WRITTEN.get(system, ()), *(f"{folder}/*" for folder in zones)]


def _is_one(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)
