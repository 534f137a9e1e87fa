"""[web]: a page of each virtual host, with a word that stands on it today."""

from __future__ import annotations

import re
from collections.abc import Mapping

from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.first_site.nginx import servers_of
from irekae.subjects.first_site.page import Page, plain
from irekae.subjects.first_site.served import HOST
from irekae.subjects.first_site.services import Daemon

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


def hosts_of(eyes: Eyes, conf: str) -> list[tuple[str, str]]:
    """Port and name of the virtual hosts that a running web server knows; conf: of its apache."""
    found = (*_of_apache(eyes, conf), *servers_of(eyes.said("nginx", "-T")))
    return [(port, name) for port, name in found if port in ("80", "443")]


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


def tell(page: Page, eyes: Eyes, conf: str, daemons: Mapping[str, Daemon]) -> None:
    """Each page that answers today; what leads elsewhere, or fails, is told alone.

    Args:
        page: is written to.
        eyes: production.
        conf: as `conf_of` has found it.
        daemons: what runs on production.
    """
    hosts = hosts_of(eyes, conf)
    urls = plain(pages_of(hosts))
    if not hosts:
        for daemon in (one for _, one in sorted(daemons.items()) if one.kind == "web"):
            page.ask(
                f"{daemon.process} of {eyes.entry.name} listens on {', '.join(sorted(daemon.ports))}, and looking "
                "finds no virtual host of it: [web] and [[web.pages]], url and contains; or does it show none?"
            )
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
