"""What the services serve: [dns], [fail2ban]; `mail` and `pages` tell of mail and of the web."""

from __future__ import annotations

import re
from collections.abc import Mapping

from irekae.subjects.first_site.eyes import Eyes
from irekae.subjects.first_site.page import Page, plain
from irekae.subjects.first_site.services import OTHER_SERVERS, Daemon
from irekae.subjects.name_server.conf import OWN_ZONES, recurses, zones_of
from irekae.subjects.name_server.packaged import CONF
from irekae.subjects.preflight.name_server import asks_others, servers_of

HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+")
MOST = 12  # records that are written down as answers


def zone_files(eyes: Eyes) -> dict[str, str]:
    """Zones of which the host is the master, with the file of each, as its own tools read named.conf."""
    return {zone.name: zone.file for zone in zones_of(_said(eyes)) if not OWN_ZONES.fullmatch(zone.name)}


def _said(eyes: Eyes) -> str:
    return eyes.said("named-checkconf", "-p", "-x", conf_of(eyes))


def conf_of(eyes: Eyes) -> str:
    """The configuration that the running name server was started with, or the package's."""
    for line in eyes.lines("ps", "-C", "named", "-o", "args="):
        if given := re.search(r"\s-c\s*(/\S+)", line):
            return given[1]
    return CONF


def dns(page: Page, eyes: Eyes, other: Eyes, fqdns: tuple[str, str], daemons: Mapping[str, Daemon]) -> None:
    """[dns]: zones, and what is to be answered: records that lead to production, and the zones' own.

    Args:
        page: is written to.
        eyes, other: production and standby.
        fqdns: of the two.
        daemons: what runs on production.
    """
    zones = zone_files(eyes)
    if not zones:
        _no_zones(page, eyes, [one for _, one in sorted(daemons.items()) if one.kind == "dns"])
        return
    page.table("dns", seen=f"named-checkconf -p {conf_of(eyes)} on {eyes.entry.name}")
    if not conf_of(eyes).startswith("/etc/"):
        folders = sorted({path.rpartition("/")[0] for path in zones.values()})
        ask = "" if len(folders) == 1 else f"one of the folders with zone files: {', '.join(folders)}"
        page.key("namedb", folders[0], "the folder of the zone files", ask)
    page.key("search", fqdns[0].partition(".")[2], "the domain of the full name")
    page.key("zones", plain(sorted(zones)))
    asked = servers_of(eyes.text("/etc/resolv.conf"))
    if asks_others(asked, (eyes.entry.address, *eyes.given_ipv6)) and not recurses(_said(eyes)):
        page.key("ask_itself", False, "it asks others, and its name server answers for its own zones alone")
    answers = [one for zone, path in sorted(zones.items()) for one in records_of(eyes, zone, path)]
    for name, kind, value in answers[:MOST]:
        _answer(page, "answers", name, kind, value, (eyes, other))
    for fqdn, one in zip(fqdns, (eyes, other), strict=True):
        _answer(page, "resolves", fqdn, "A", one.entry.address, (eyes, other))


def _no_zones(page: Page, eyes: Eyes, servers: list[Daemon]) -> None:
    """Who answers for names, and has no zone; who may have some that nobody could read."""
    for daemon in servers:
        what = f"{daemon.process} of {eyes.entry.name} answers for names"
        if daemon.process == "named" and not _said(eyes):
            page.ask(
                f"{what}, and named-checkconf tells nothing of {conf_of(eyes)}: [dns] and its zones; or has it none?"
            )
        elif daemon.process not in OTHER_SERVERS:
            page.say(f"{what}, and looking finds no zone of which it is the master: there is no [dns]")


def _answer(page: Page, table: str, name: str, kind: str, value: str, pair: tuple[Eyes, Eyes]) -> None:
    page.table("dns", table, many=True)
    page.key("name", name)
    page.key("type", kind)
    gap = next((f"{{{one.entry.name}}}" for one in pair if one.entry.address == value), "")
    page.key("value", gap or value)


def records_of(eyes: Eyes, zone: str, path: str) -> list[tuple[str, str, str]]:
    """Records of a zone that a person would ask for: its own A and MX, and names that lead to this host."""
    found = []
    options = ["-q", "-i", "none", "-k", "ignore", "-n", "ignore", "-o", "-"]
    for line in eyes.lines("named-compilezone", *options, zone, path):
        words = line.split(None, 4)
        if len(words) < 5 or not HOST.fullmatch(words[0].rstrip(".")):
            continue
        name, kind, value = words[0].rstrip("."), words[3], words[4]
        own = name == zone and kind in ("A", "AAAA", "MX")
        if own or (kind == "A" and value == eyes.entry.address):
            found.append((name, kind, value))
    return found


def fail2ban(page: Page, eyes: Eyes, daemons: Mapping[str, Daemon]) -> None:
    """[fail2ban]: the jail of ssh; daemons: what runs on production."""
    listed = re.search(r"Jail list:\s*(.*)", eyes.said("fail2ban-client", "status"))
    jails = [jail.strip() for jail in listed[1].split(",")] if listed else []
    if jail := next((one for one in jails if one.startswith("ssh")), ""):
        page.table("fail2ban", seen=f"fail2ban-client status on {eyes.entry.name}")
        page.key("jail", jail)
    elif "fail2ban" in daemons:
        page.say(f"fail2ban runs on {eyes.entry.name}, and looking finds no jail of ssh: there is no [fail2ban]")
