"""What the public is served from, for the survey: zones record by record, virtual hosts, users' pages."""

from __future__ import annotations

import os
import re
from typing import Iterator

from irekae.host.agent.base import operation, raw, text
from irekae.host.agent.processes import fields_of
from irekae.host.agent.seen import Rows, told
from irekae.host.agent.seen_programs import said

NAMED_TOOLS = (
    "/usr/sbin",
    "/usr/bin",
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/local/bind/sbin",
    "/usr/local/bind/bin",
)
ZONE = re.compile(r'^\s*zone "([^"]+)"')
SETTING = re.compile(r"^\s*(type|file|masterfile-format)\s+\"?([^\";]+)\"?;")
# Made anew by the server: signatures, and what follows from the names that there are.
REMADE = ("RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "TYPE65534")
POLICY = re.compile(r"^\s*(?:allow-[\w-]+|recursion|match-clients|blackhole|listen-on[\w-]*|forwarders|also-notify)\b")


def daemon_words(name: str) -> tuple[str, list[str], dict[str, str]]:
    """Program, arguments and environment of the oldest process of that name; "" for the program when none runs."""
    for pid in sorted(int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
        if fields_of(pid)[:1] != [raw(name)]:
            continue
        try:
            program = os.readlink(f"/proc/{pid}/exe")
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                given = [text(word) for word in file.read().split(b"\0") if word]
            with open(f"/proc/{pid}/environ", "rb") as file:
                pairs = [text(pair).partition("=") for pair in file.read().split(b"\0") if b"=" in pair]
        except OSError:
            continue
        return program, given[1:], {key: value for key, _, value in pairs}
    return "", [], {}


# --- DNS ---


@operation
def op_seen_zones(process: str, conf: str) -> dict[str, Rows]:
    """ "zone record": every record of every zone that this host is master or secondary of, as its own tools read the
    files ($INCLUDE, $GENERATE, journals); "name server": the lines of its policy.

    Args:
        process: the name server's.
        conf: its configuration, where it does not run.
    """
    _, given, _ = daemon_words(process)
    conf = option(given, "-c") or conf
    chroot = option(given, "-t")
    lines = said(tool("named-checkconf", *(("-t", chroot) if chroot else ()), "-p", conf))
    records: Rows = {}
    for zone, settings in zones_in(lines).items():
        if settings.get("file") and settings.get("type") in ("master", "primary", "slave", "secondary"):
            add_zone(records, zone, settings, folder_of(lines), chroot)
    policy = {f"{zone}: {line}": "is set" for zone, line in policy_in(lines)}
    return {"zone record": records, "name server": policy}


def option(given: list[str], name: str) -> str:
    """The word behind an option, "" without one."""
    return given[given.index(name) + 1] if name in given[:-1] else ""


def tool(name: str, *arguments: str) -> list[str]:
    """The command line of one of the name server's tools, wherever it was installed."""
    found = next((f"{folder}/{name}" for folder in NAMED_TOOLS if os.access(f"{folder}/{name}", os.X_OK)), name)
    return [found, *arguments]


def zones_in(lines: list[str]) -> dict[str, dict[str, str]]:
    """Zone → its settings, of what named-checkconf -p says."""
    found: dict[str, dict[str, str]] = {}
    zone = ""
    for line in lines:
        match = ZONE.match(line)
        zone = match.group(1) if match else zone
        setting = SETTING.match(line)
        if setting and zone:
            found.setdefault(zone, {}).setdefault(setting.group(1), setting.group(2))
    return found


def folder_of(lines: list[str]) -> str:
    """The folder that the files' names are relative to."""
    return next((line.split('"')[1] for line in lines if re.match(r'^\s*directory "', line)), "/")


def policy_in(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Who may ask for what: the zone, or "all", and the statement in one line."""
    zone, deep, told = "all", 0, ""
    for line in lines:
        match = ZONE.match(line)
        zone = match.group(1) if match else zone
        if told or POLICY.match(line):
            told += " " + " ".join(line.split())
            deep += line.count("{") - line.count("}")
            if deep <= 0:
                yield zone, told.strip()
                told, deep = "", 0


def add_zone(rows: Rows, zone: str, settings: dict[str, str], folder: str, chroot: str) -> None:
    """A row for each set of records: "NAME TYPE" → the records in order; the serial is a row of its own."""
    path = os.path.join(folder, settings["file"])
    options = ["-t", chroot] if chroot else []
    options += ["-j"] if os.path.exists(f"{chroot}{path}.jnl") else []
    raw_first = settings.get("type") in ("slave", "secondary")
    for kind in ("raw", "text") if raw_first else ("text",):
        lines = said(tool("named-compilezone", *options, "-i", "none", "-k", "ignore", "-n", "ignore", "-q", "-f", kind,
                          "-o", "-", zone, path))  # fmt: skip
        if lines:
            break
    else:
        rows[f"{zone}: (its file)"] = "cannot be read by named-compilezone"
        return
    found: dict[str, list[str]] = {}
    for line in lines:
        words = line.split(None, 4)
        if len(words) == 5 and words[3] not in REMADE:
            record = words[4].split()
            if words[3] == "SOA":
                rows[f"{zone}: serial"] = record[2]
                record[2] = "(serial)"
            found.setdefault(f"{zone}: {words[0]} {words[3]}", []).append(f"{words[1]} {' '.join(record)}")
    rows.update({key: told(raw(" · ".join(sorted(records))), True) for key, records in found.items()})
