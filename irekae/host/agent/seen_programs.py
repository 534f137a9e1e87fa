"""What runs, for the survey: jobs, daemons and their limits, what boots, who listens where, what is let through."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from typing import Iterator, Sequence

from irekae.host.agent.base import Refused, operation, owner_of, raw, real_user, text
from irekae.host.agent.commands import environment, words
from irekae.host.agent.families import pids_now
from irekae.host.agent.processes import at_rest, began, fields_of, leads_to
from irekae.host.agent.search import small_text
from irekae.host.agent.seen import Rows, add_file, add_folder, add_path, files_in, heeded, owned, sealed, told

PERIODS = ("hourly", "daily", "weekly", "monthly", "yearly")
AT_JOB = re.compile(r"[a-z=][0-9a-f]{5}([0-9a-f]{8})$")  # at(1): the queue, a number, minutes since 1970
# Others depend on the machine's memory, or on the session in which a daemon was last started by hand.
SIZES = ("Max cpu time", "Max file size", "Max data size", "Max resident set", "Max address space")
LOOPBACK_V6 = "00000000000000000000000001000000"
GLOBAL_SCOPE, PERMANENT = 0, 0x80  # of net/if_inet6, as linux/if_addr.h has it
LISTENING, UNCONNECTED = "0A", "07"
DYNAMIC = 32768  # ports from here on are given by the kernel: another one at each start
FIREWALLS = (("iptables-save",), ("ip6tables-save",), ("nft", "-s", "list", "ruleset"), ("ipset", "list"))
WRAPPERS = ("/etc/hosts.allow", "/etc/hosts.deny")
# What is no rule, or lets through what no rule would stop: a table is there once a rule was, and gone after a boot.
ALONE = re.compile(
    r"^#|^COMMIT|^\*|^:\S+ (ACCEPT|-)|^(table|chain) |policy accept;$|^References|^Size in memory|^Number of entries"
)


@operation
def op_seen_jobs(tables: Sequence[str], at_jobs: Sequence[str], local: Sequence[str]) -> dict[str, Rows]:
    """ "cron" of the system and of each user, line by line; "at": what waits in at's folder, by its time.

    Args:
        tables: folders of users' cron tables, the ones that are held too.
        at_jobs: folders of what waits for at, the held ones too.
        local: single files that a job of the site's runs.
    """
    cron: Rows = {}
    for path in ("/etc/crontab", "/etc/anacrontab", *local):
        add_path(cron, path)
    add_folder(cron, "/etc/cron.d", r"[A-Za-z0-9_-]+$")
    for period in PERIODS:
        for top in (f"/etc/cron.{period}", f"/etc/cron.local/{period}"):
            for folder, name in files_in(top):
                held = small_text(folder, name)
                state = os.stat(name, dir_fd=folder, follow_symlinks=False)
                digest = sealed(b"\n".join(heeded(held[0]))) if held else "no text"
                cron[f"{top}/{text(name)}"] = f"{owned(state)}, content {digest}"
    for table in tables:
        for folder, name in files_in(table):
            user: Rows = {}
            add_file(user, f"table of {text(name)}", folder, name)
            cron.update(user)
    waiting = {}
    for name in [name for folder in at_jobs for _, name in files_in(folder)]:
        found = AT_JOB.match(text(name))
        if found:
            waiting[text(name)] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(found.group(1), 16) * 60))
    return {"cron": cron, "at": waiting}


# --- daemons ---


@operation
def op_seen_daemons(names: Sequence[str], low: int, high: int) -> dict[str, Rows]:
    """What runs by itself ("daemon"), the "limit"s of those named (getrlimit(2)), what starts at "boot".

    Args:
        names: of processes.
        low, high: users' numbers: what belongs to them is theirs, and no daemon.
    """
    daemons: Rows = {}
    limits: Rows = {}
    for pid in sorted(int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
        fields = fields_of(pid)
        try:
            uid = real_user(pid)
        except (OSError, StopIteration):
            continue
        if len(fields) < 21 or fields[1] == b"Z":
            continue
        name = text(fields[0])
        if fields[2] == b"1" and not low <= uid <= high:
            rests, user = at_rest(pid, fields), owner_of(uid)
            if rests or f"{name} as {user}" not in daemons:
                daemons[f"{name} as {user}"] = f"does not run: {rests}" if rests else "runs"
        if name in names:
            add_limits(limits, name, pid)
    return {"daemon": daemons, "limit": limits, "boot": at_boot()}


def add_limits(rows: Rows, name: str, pid: int) -> None:
    """The limits of a process; where several are called so, those of the first."""
    try:
        with open(f"/proc/{pid}/limits", encoding="ascii") as file:
            lines = file.read().splitlines()[1:]
    except OSError:
        return
    for line in lines:
        kind, rest = line[:26].strip(), line[26:].split()
        if kind in SIZES:
            rows.setdefault(f"{name}: {kind}", rest[0])


def at_boot() -> Rows:
    """Boot links of the runlevels 2 to 5, and systemd's units that are wanted and not masked."""
    rows: Rows = {}
    for level in ("2", "3", "4", "5", "S"):
        for _, name in files_in(f"/etc/rc{level}.d"):
            if re.match(rb"S\d\d", name):
                rows[f"{text(name)[3:]} in rc{level}.d"] = "starts at boot"
    # Its links are kept on a host that another init boots, too; there they mean nothing.
    units = os.listdir("/etc/systemd/system") if os.path.isdir("/run/systemd/system") else []
    for folder in (name for name in units if name.endswith((".wants", ".requires"))):
        for _, name in files_in(f"/etc/systemd/system/{folder}"):
            if leads_to(f"/etc/systemd/system/{text(name)}") == "/dev/null":
                continue
            rows[f"{text(name)} in {folder}"] = "starts at boot"
    return rows


# --- sockets ---


@operation
def op_seen_listeners() -> Rows:
    """Who listens: "tcp/25 tcpserver as qmaild" → the addresses. A port that the kernel chose is called "dynamic"."""
    holders = socket_holders()
    found: dict[str, set[str]] = {}
    for protocol, wanted in (("tcp", LISTENING), ("tcp6", LISTENING), ("udp", UNCONNECTED), ("udp6", UNCONNECTED)):
        for address, port, inode in sockets(protocol, wanted):
            who = holders.get(inode, "the kernel")
            if who.startswith("sshd as ") and is_local(address) and 6010 <= port < 6100:
                continue  # a display that came with somebody's login
            number = "dynamic" if port >= DYNAMIC and protocol.startswith("udp") else str(port)
            found.setdefault(f"{protocol[:3]}/{number} {who}", set()).add(address)
    return {key: ", ".join(sorted(addresses)) for key, addresses in found.items()}


def sockets(protocol: str, wanted: str) -> list[tuple[str, int, str]]:
    """Address, port and inode number of each socket in a state (proc(5), net/tcp)."""
    try:
        with open(f"/proc/net/{protocol}", encoding="ascii") as file:
            lines = [line.split() for line in file.read().splitlines()[1:]]
    except FileNotFoundError:
        return []
    found = []
    for fields in lines:
        address, _, port = fields[1].partition(":")
        if fields[3] == wanted:
            found.append((shown_address(address), int(port, 16), fields[9]))
    return found


def shown_address(address: str) -> str:
    """An address of proc(5) as people write it; of IPv6 one that somebody has given to the host."""
    if not address.strip("0"):
        return "any IPv4" if len(address) == 8 else "any IPv6"
    if len(address) == 8:
        return ".".join(str(byte) for byte in bytes.fromhex(address)[::-1])
    if address == LOOPBACK_V6:
        return "::1"
    # Four numbers of the machine's own byte order.
    packed = b"".join(bytes.fromhex(address[at : at + 8])[::-1] for at in range(0, 32, 8))
    # Each machine has others, made from its network card's, or by chance.
    return socket.inet_ntop(socket.AF_INET6, packed) if packed.hex() in given_v6() else "an IPv6 address"


def given_v6() -> set[str]:
    """IPv6 addresses that are the host's for good and of use to others, in hex (net/if_inet6)."""
    try:
        with open("/proc/net/if_inet6", encoding="ascii") as file:
            lines = [line.split() for line in file.read().splitlines()]
    except FileNotFoundError:
        return set()
    return {words[0] for words in lines if int(words[3], 16) == GLOBAL_SCOPE and int(words[4], 16) & PERMANENT}


def is_local(address: str) -> bool:
    """Is that an address which only the host itself reaches."""
    return address == "::1" or address.startswith("127.")


def socket_holders() -> dict[str, str]:
    """Inode number → the program that holds the socket and its user; of several the one that began first."""
    holders: dict[str, str] = {}
    # Not by number alone: on a host that has been up for long, numbers begin again.
    there = {pid: fields_of(pid) for pid in pids_now()}
    for pid in sorted((pid for pid in there if there[pid]), key=lambda pid: (began(there[pid]), pid)):
        try:
            links = [leads_to(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
            who = f"{text(there[pid][0])} as {owner_of(real_user(pid))}"
        except (OSError, StopIteration, IndexError):
            continue
        for link in links:
            if link.startswith("socket:["):
                holders.setdefault(link[8:-1], who)
    return holders


@operation
def op_seen_firewall() -> Rows:
    """Every rule of the packet filters and of hosts_access(5); fail2ban's own come and go, and are left out."""
    rows: Rows = {}
    for argv in FIREWALLS:
        rows.update({f"{argv[0]}: {rule}": "is a rule" for rule in rules_in(said(argv))})
    for path in WRAPPERS:
        add_path(rows, path)
    return rows


def rules_in(lines: Sequence[str]) -> Iterator[str]:
    """The rules in a listing, each behind the table or chain that it is of."""
    chain = ""
    for line in (re.sub(r"\s*\[\d+:\d+\]", "", line).strip() for line in lines):
        chain = line if line.startswith(("table", "chain", "*", "Name:")) else chain
        if line not in ("", "}") and "f2b-" not in line + chain and not ALONE.search(line):
            yield f"{told(raw(chain), True)}: {told(raw(line), True)}"


def said(argv: Sequence[str]) -> list[str]:
    """The lines of a command that looks; none where there is no such program, or it cannot."""
    try:
        done = subprocess.run(
            words(argv), check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
            timeout=60, env=environment(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired, Refused):
        return []
    return text(done.stdout).splitlines() if done.returncode == 0 else []
