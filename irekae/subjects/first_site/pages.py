"""[web]: a page of each virtual host, with a word that stands on it today."""

from __future__ import annotations

import re

from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.first_site.page import Page, plain
from irekae.subjects.first_site.served import HOST

PACKAGED = "/etc/apache2/apache2.conf"
_TITLED = re.compile(r"200 “(.+)” content ")
_BREAKS = re.compile(r"[&<>\"'“”]")  # a title is told unescaped: these may stand otherwise in the page
_WORDS = re.compile(  # of nginx's configuration
    r"""#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};]|(?:\$\{[^}\s]*\}|[^\s{};])+"""
)
_SERVER = ["http", "server"]
_SHORT = 3  # letters that say little


def conf_of(eyes: Eyes) -> str:
    """The configuration that the running apache was started with, or the package's; "" without one."""
    for line in eyes.lines("ps", "-C", "apache2,httpd", "-o", "args="):
        if given := re.search(r"\s-f\s*(/\S+)", line):
            return given[1]
    return PACKAGED if eyes.there(PACKAGED) else ""


def _of_apache(eyes: Eyes, conf: str) -> list[tuple[str, str]]:
    """Port and name of each virtual host."""
    built = ("apache2", "-t", "-D", "DUMP_VHOSTS", "-f", conf)
    found = []
    for line in eyes.lines(*(built if conf not in ("", PACKAGED) else ("apache2ctl", "-S"))):
        if host := re.search(r"port (\d+) namevhost (\S+)", line) or re.search(r":(\d+)\s+(\S+) \(/", line):
            found.append((host[1], host[2]))
    return found


def _of_nginx(eyes: Eyes) -> list[tuple[str, str]]:
    """Port and name of each server {}: its `listen`s and its names stand in any order, on several lines or on one."""
    found: list[tuple[str, str]] = []
    blocks: list[str] = []
    said: list[str] = []
    ports: list[str] = []
    names: list[str] = []
    for word in _WORDS.findall(eyes.said("nginx", "-T")):
        if word.startswith("#"):
            continue
        if word not in ("{", "}", ";"):
            said.append(word.strip("\"'"))
            continue
        if word == "{":
            blocks.append(said[0] if said else "")
        elif word == "}":
            if blocks == _SERVER:
                found += [(port, name) for port in ports or ["80"] for name in names]
                ports, names = [], []
            blocks = blocks[:-1]
        elif blocks == _SERVER and said:
            ports += [_port_of(said[1])] if said[0] == "listen" and len(said) > 1 else []
            names += said[1:] if said[0] == "server_name" else []
        said = []
    return found


def _port_of(listen: str) -> str:
    """The port of a `listen`: alone, behind an address, or 80; "" for one that nobody from outside can reach."""
    if listen.startswith(("127.", "[::1]", "localhost", "unix:")):
        return ""
    behind = re.fullmatch(r"(?:(?:[^:\[\]]+|\[[^\]]*\]):)?(\d+)", listen)
    return behind[1] if behind else "80"


def hosts_of(eyes: Eyes, conf: str) -> list[tuple[str, str]]:
    """Port and name of the virtual hosts that a running web server knows; conf: of its apache."""
    return [(port, name) for port, name in (*_of_apache(eyes, conf), *_of_nginx(eyes)) if port in ("80", "443")]


def pages_of(hosts: list[tuple[str, str]]) -> list[str]:
    """Their addresses."""
    named = [(port, name) for port, name in hosts if HOST.fullmatch(name)]
    return list(dict.fromkeys(f"{'https' if port == '443' else 'http'}://{name}/" for port, name in named))


def word_of(row: str) -> str:
    """The longest part of a page's title that stands in the page as it is here, "" where there is none."""
    titled = _TITLED.match(row)
    parts = [part.strip() for part in _BREAKS.split(titled[1])] if titled else []
    longest = max(parts, key=len, default="")
    return longest if len(longest) >= _SHORT else ""


def tell(page: Page, eyes: Eyes, conf: str) -> None:
    """Each page that answers today; what leads elsewhere, or fails, is told alone. conf: as `conf_of` has found it."""
    hosts = hosts_of(eyes, conf)
    urls = plain(pages_of(hosts))
    if not hosts:
        return
    page.table("web", seen=f"virtual hosts of {eyes.entry.name}")
    if conf:
        page.key("httpd_conf", conf)
    rows = eyes.pages(urls) if urls else {}
    if not any(row.startswith("200") for row in rows.values()):
        page.ask(f"{eyes.entry.name} has virtual hosts, and none of them shows a page: [[web.pages]], url and contains")
    for url in urls:
        row = rows.get(url, "no answer")
        if not row.startswith("200"):
            page.say(f"{url} {row.partition(' “')[0].partition(' content')[0]}: no page")
            continue
        page.table("web", "pages", many=True)
        page.key("url", url)
        word = next(iter(plain([word_of(row)])), "")
        page.key("contains", word, "its title" if word else "", "" if word else "a word that stands on this page")
