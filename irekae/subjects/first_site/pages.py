"""[web]: a page of each virtual host, with a word that stands on it today."""

from __future__ import annotations

import re

from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.first_site.page import Page, plain
from irekae.subjects.first_site.served import HOST

PACKAGED = "/etc/apache2/apache2.conf"
_TITLED = re.compile(r"200 “(.+)” content ")
_BREAKS = re.compile(r"[&<>\"'“”]")  # a title is told unescaped: these may stand otherwise in the page
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
    found, block = [], ""
    for line in eyes.lines("nginx", "-T"):
        listen, names = re.match(r"listen\s+(?:\S+:)?(\d+)", line), re.match(r"server_name\s+([^;]+);", line)
        block = listen[1] if listen else block
        found += [(block or "80", name) for name in (names[1].split() if names else [])]
    return found


def pages_of(eyes: Eyes, conf: str) -> list[str]:
    """Addresses of the virtual hosts that a running web server knows; conf: of its apache."""
    found = [*_of_apache(eyes, conf), *_of_nginx(eyes)]
    hosts = [(port, name) for port, name in found if HOST.fullmatch(name) and port in ("80", "443")]
    return list(dict.fromkeys(f"{'https' if port == '443' else 'http'}://{name}/" for port, name in hosts))


def word_of(row: str) -> str:
    """The longest part of a page's title that stands in the page as it is here, "" where there is none."""
    titled = _TITLED.match(row)
    parts = [part.strip() for part in _BREAKS.split(titled[1])] if titled else []
    longest = max(parts, key=len, default="")
    return longest if len(longest) >= _SHORT else ""


def tell(page: Page, eyes: Eyes, conf: str) -> None:
    """Each page that answers today; what leads elsewhere, or fails, is told alone. conf: as `conf_of` has found it."""
    urls = plain(pages_of(eyes, conf))
    if not urls:
        return
    page.table("web", seen=f"virtual hosts of {eyes.entry.name}")
    if conf:
        page.key("httpd_conf", conf)
    rows = eyes.pages(urls)
    for url in urls:
        row = rows.get(url, "no answer")
        if not row.startswith("200"):
            page.say(f"{url} {row.partition(' “')[0].partition(' content')[0]}: no page")
            continue
        page.table("web", "pages", many=True)
        page.key("url", url)
        word = next(iter(plain([word_of(row)])), "")
        page.key("contains", word, "its title" if word else "", "" if word else "a word that stands on this page")
