"""What boot scripts have set in the running system: mounts, addresses, packet rules, sockets. Changes nothing."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PATIENCE = 15
NOT_RUN = 127  # as a shell says it of a program that it does not find
OWN_KINDS = re.compile(
    r"proc|sysfs|cgroup2?|devpts|devtmpfs|mqueue|hugetlbfs|fuse.*|autofs|nsfs|binfmt_misc|debugfs|tracefs|securityfs|"
    r"pstore|bpf|configfs|efivarfs|rpc_pipefs|ramfs|squashfs"
)
ELSEWHERE = re.compile(r"/(proc|sys|dev|run|tmp|mnt|media|cdrom|snap|var/(lib/(docker|lxc|containers)|tmp|run))(/.*)?")
SETTINGS = (
    "kernel/core_pattern",
    "kernel/hostname",
    "kernel/domainname",
    "net/ipv4/ip_forward",
    "net/ipv4/icmp_echo_ignore_all",
    "net/ipv4/ip_local_port_range",
    "net/ipv4/tcp_syncookies",
    "net/ipv4/conf/all/rp_filter",
    "net/ipv4/conf/default/rp_filter",
    "net/ipv6/conf/all/disable_ipv6",
    "net/ipv6/conf/all/forwarding",
    "net/ipv6/bindv6only",
    "net/core/somaxconn",
)
BANS = re.compile(r"f2b-|fail2ban|addr6?-set-|sshguard|crowdsec")
FILLED = re.compile(r"\s*(?:flags .*\b(?:dynamic|timeout)\b.*|timeout \S+)")
COUNTED = re.compile(r"\s*(?:counter packets \d+ bytes \d+|\[\d+:\d+\]|# handle \d+)")


def system() -> dict[str, list[str]]:
    """Everything, by subject, each as lines that can be compared one by one."""
    return {
        "mount": sorted(set(mounts())),
        "address": sorted(addresses()),
        "route": sorted(
            line for line in said("ip", "-o", "route", "show", "table", "main") if " proto ra " not in line
        ),
        "packet rule": sorted({*rules("iptables-save"), *rules("ip6tables-save"), *ruleset()}),
        "kernel setting": list(settings()),
    }


def said(*words: str) -> list[str]:
    """The lines that a program prints; none where it isn't there, fails or does not end."""
    status, told = ran(*words)
    return told.splitlines() if status == 0 else []


def ran(*words: str, patience: float = PATIENCE, **more: str) -> tuple[int, str]:
    """Status and output of a program; NOT_RUN and nothing where it isn't there, or does not end.

    Args:
        words: the program.
        patience: seconds that it may take.
        more: of its environment.
    """
    environment = {**os.environ, "LC_ALL": "C", "PATH": PATH, **more}
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=patience, env=environment, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return NOT_RUN, ""
    return done.returncode, done.stdout.decode("utf-8", "backslashreplace")


def mounts() -> Iterator[str]:
    """File systems over what boots and daemons read, and over data; not those for media, and of the kernel's own."""
    with open("/proc/self/mounts", encoding="utf-8", errors="backslashreplace") as lines:
        for line in lines:
            source, path, kind, options = line.split()[:4]
            if not OWN_KINDS.fullmatch(kind) and not ELSEWHERE.fullmatch(path):
                yield f"{source} on {path}, {kind}, {'read-only' if 'ro' in options.split(',') else 'writable'}"


def addresses() -> Iterator[str]:
    """Addresses that somebody has given an interface; not those that it gives itself (link-local, temporary)."""
    for line in said("ip", "-o", "address", "show"):
        words = line.split()
        if "link" not in words and "temporary" not in words and "dynamic" not in words and len(words) > 3:
            yield f"{words[3]} on {words[1]}"


def rules(program: str) -> Iterator[str]:
    """Rules and policies of iptables, without counters and without fail2ban's own."""
    table = ""
    for line in said(program):
        table = line[1:] if line.startswith("*") else table
        line = COUNTED.sub("", line).strip()
        policy = line.startswith(":") and not line.endswith((" ACCEPT", " -"))
        if (line.startswith("-A") or policy) and not BANS.search(line):
            yield f"{program.partition('-')[0]} {table}: {line}"


def ruleset() -> Iterator[str]:
    """Rules of nft, each with its table and chain; those of iptables are among them, and fail2ban's are left out."""
    place: list[str] = []
    for line in without_fillings(said("nft", "-s", "list", "ruleset")):
        line = COUNTED.sub("", line).strip()
        if line.endswith("{"):
            place.append(line[:-1].strip())
        elif line == "}":
            place = place[:-1]
        elif line and not BANS.search(" ".join([*place, line])) and not line.endswith("policy accept;"):
            yield f"nft {' '.join(place)}: {line}"


def without_fillings(lines: list[str]) -> Iterator[str]:
    """Without what stands in sets that packets or programs fill, each for a time: bans, limits of rates."""
    fills_itself = within = False
    for line in lines:
        if re.match(r"\s*(?:set|map) .*\{$", line):
            fills_itself = False
        elif FILLED.fullmatch(line):
            fills_itself = True
        within = within or line.lstrip().startswith("elements = {")
        if not (within and fills_itself):
            yield line
        within = within and not line.rstrip().endswith("}")


def settings(names: Iterable[str] = SETTINGS) -> Iterator[str]:
    """The kernel's settings, by default those that sysctl.conf is for."""
    for name in names:
        try:
            with open(f"/proc/sys/{name}", encoding="utf-8", errors="backslashreplace") as stream:
                yield f"{name.replace('/', '.')} = {' '.join(stream.read().split())}"
        except OSError:
            continue


def heads(holders: list[tuple[str, str]]) -> list[str]:
    """Names of those that hold a socket and have it from no other holder: children of postfix and dovecot come and go.

    One that has gone meanwhile says no more whose child it was, and holds nothing: it is passed over.
    """
    parents = {pid: parent_of(pid) for _, pid in holders}
    there = [(name, pid) for name, pid in holders if parents[pid]] or holders
    alive = {pid for _, pid in there}
    return sorted({name for name, pid in there if parents[pid] not in alive})


def parent_of(pid: str) -> str:
    """The process that a process descends from; empty where it has gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[1]
    except (OSError, IndexError):
        return ""


def sockets() -> list[str]:
    """Who listens where, `tcp 0.0.0.0:25 tcpserver`; without users' own, and those of ssh sessions."""
    low = next((int(line.split()[-2]) for line in settings() if "local_port_range" in line), 32768)
    found = set()
    for line in said("ss", "-H", "-l", "-n", "-t", "-u", "-p", "-e"):
        words = line.split()
        address, _, port = words[4].rpartition(":")
        user = re.search(r"\buid:(\d+)", line)
        owners = heads(re.findall(r'\("([^"]+)",pid=(\d+)', line))
        loopback = address.startswith(("127.", "[::1]", "::1"))
        if (user and int(user[1]) >= 1000 and int(user[1]) < 60000) or (loopback and owners == ["sshd"]):
            continue
        if int(port) >= low:
            if words[0] == "udp":
                continue  # somebody asks a question and waits for its answer
            port = "any"  # given by the kernel, another one each time
        found.add(f"{words[0]} {address}:{port} {' '.join(owners) or 'the kernel'}")
    return sorted(found)
