"""Sessions and processes of people (1.1 and 1.2)."""

import re
import signal
from typing import Any

from irekae.host.host import Host
from irekae.model.errors import SwapError
from irekae.site.site import AccountRange

Process = dict[str, Any]
# sshd names its child for a session "sshd: user@pts/0" or "sshd: user@notty", its parent "sshd: user [priv]".
_SESSION = re.compile(r"sshd(?:-session)?: ([^@\s]+)@")
SESSION_WAIT = 5  # seconds between HUP and KILL


def sessions_of(table: list[Process], stay: set[str]) -> list[Process]:
    """The processes that carry the login sessions of everybody but those who stay.

    Args:
        table: the process table.
        stay: account names.
    """
    leaders = []
    for process in table:
        line = " ".join(process["words"])
        # A title that a user gave to a process of his own says nothing.
        by_ssh = _SESSION.match(line) if process["name"].startswith("sshd") else None
        user = by_ssh[1] if by_ssh else process["owner"]
        on_console = process["tty"] and process["pid"] == process["session"] and process["uid"] != 0
        if (by_ssh or on_console) and user not in stay and user != "root":
            leaders.append(process)
    return leaders


def ordinary(table: list[Process], accounts: AccountRange, stay: set[str]) -> list[Process]:
    """Processes of users' UIDs, but for those who stay."""
    low, high = accounts.uid_min, accounts.uid_max
    return [process for process in table if low <= process["uid"] <= high and process["owner"] not in stay]


def end_sessions(host: Host, stay: set[str], warning: str) -> None:
    """Warn, then hang up the sessions; what is still there after a wait is killed."""
    found = sessions_of(host.link.ask("processes"), stay)
    if not found:
        return
    host.run("wall", stdin=warning.encode() + b"\n")
    _end(host, found, signal.SIGHUP, SESSION_WAIT, ("session", "sessions"))


def end_processes(host: Host, accounts: AccountRange, stay: set[str], wait: float) -> None:
    """TERM, then KILL after wait seconds."""
    found = ordinary(host.link.ask("processes"), accounts, stay)
    if found:
        _end(host, found, signal.SIGTERM, wait, ("process", "processes"))


def _end(host: Host, found: list[Process], number: signal.Signals, wait: float, words: tuple[str, str]) -> None:
    noun, nouns = words
    lines = tuple(
        f"{process['owner']} {process['pid']} {' '.join(process['words']) or process['name']}" for process in found
    )
    host.record.change(f"end {len(found)} {noun if len(found) == 1 else nouns}", {"kind": "none"}, lines=lines)
    if host.planned:
        return
    pids = [process["pid"] for process in found]
    host.link.ask("signal", pids=pids, number=int(number))
    left = host.link.ask("wait_gone", pids=pids, timeout=wait)
    if left:
        host.link.ask("signal", pids=left, number=int(signal.SIGKILL))
        left = host.link.ask("wait_gone", pids=left, timeout=SESSION_WAIT)
    if left:
        stay = [line for line, pid in zip(lines, pids, strict=True) if pid in left]
        hint = "a process that hangs in the kernel ends with a reboot; `fab waive` says that it shall stay"
        raise SwapError(f"{len(stay)} on {host.name} did not end, not even by KILL", "\n".join(stay), hint)
    for line in lines:
        host.say(f"ended {line[:100]}")
