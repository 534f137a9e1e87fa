"""What sshd makes of its configuration, for root, from everywhere (9.3, 9.12)."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass
from typing import Any

from irekae.model.results import Evidence
from verify.connection import PinnedSsh
from verify.evidence import start
from verify.facts import Facts
from verify.parsing import Process, sshd_options, sshd_values
from verify.sshd_files import DEEPEST, RootRule, included, root_rules

ELSEWHERE = ("127.0.0.1", "203.0.113.1", "10.0.0.1", "192.168.1.1")
"""This host itself, and addresses that no list of hosts names (RFC 5737, RFC 1918)."""

SESSION = re.compile(r"\bsshd(?:-session)?: [^/\s]+@")
"""The title of a session's process: `sshd: asada@pts/0`; the daemon's is `sshd: /usr/sbin/sshd -D [listener] …`."""


@dataclass(frozen=True)
class SshdView:
    """sshd as configured and as it runs.

    Attributes:
        effective: address of a caller → PermitRootLogin for root from there, as sshd itself works it out.
        rules: every PermitRootLogin in its files.
        running: the process that listens on the ssh port, or None.
        read_at: when it last read its configuration: it writes its pid file just then, also on HUP; None: no pid file.
        changed: when each of its files last changed (ctime: it can't be set back).
    """

    effective: dict[str, str]
    rules: list[RootRule]
    running: Process | None
    read_at: float | None
    changed: dict[str, float]
    evidence: list[Evidence]


def config_files(backend: PinnedSsh, facts: Facts, config: str) -> dict[str, dict[str, Any]]:
    """The configuration file and all that it includes, wherever they lie, as far/ask.py tells them."""
    known = {path: facts.file(path) for path in [config, *facts.files_like(f"{config}.d/")]}
    found, asked = {config: known[config]}, set[str]()
    for _ in range(DEEPEST):
        wanted = {one for file in found.values() for one in included(str(file.get("text", "")))} - asked
        if not wanted:
            break
        if wanted - {f"{config}.d/*.conf"}:
            known |= backend.far("ask", {"globs": sorted(wanted)}, become="root")["files"]
        found |= {path: file for path, file in known.items() if any(fnmatch.fnmatchcase(path, one) for one in wanted)}
        asked |= wanted
    return found


def running_sshd(facts: Facts, port: int) -> Process | None:
    """The process that listens on the ssh port, if it is an sshd."""
    pids = {pid for listener in facts.listeners if listener.port == f"tcp/{port}" for pid in listener.pids}
    pids.discard(1)  # ssh.socket: systemd holds the port too, and is the daemon's parent
    found = [process for process in facts.processes if process.pid in pids and process.name == "sshd"]
    # A child that has just been begun for a caller still holds the daemon's sockets.
    return next((one for one in found if one.parent not in pids), None)


def ports_of(facts: Facts, running: Process) -> set[int]:
    """The ports that one sshd listens on."""
    return {int(one.port.partition("/")[2]) for one in facts.listeners if running.pid in one.pids}


def other_daemons(facts: Facts, running: Process) -> list[str]:
    """Listeners of any other sshd; what a session forwards (`ssh -R`, X11) belongs to the one that runs."""
    by_pid = {process.pid: process for process in facts.processes}

    def is_session(pid: int) -> bool:
        found = by_pid.get(pid)
        above = by_pid.get(found.parent) if found else None
        if found is None or above is None:
            return False
        return bool(SESSION.search(found.line)) and above.name.startswith("sshd")

    return [
        one.line
        for one in facts.listeners
        if any(owner.startswith("sshd") for owner in one.owners) and not one.address.startswith("127.")
        if running.pid not in one.pids and not all(map(is_session, one.pids))
    ]


def _matching(texts: dict[str, str], pattern: str) -> list[tuple[str, str]]:
    return [(path, texts[path]) for path in sorted(texts) if fnmatch.fnmatchcase(path, pattern)]


def look_at_sshd(backend: PinnedSsh, facts: Facts, config: str, callers: list[str]) -> SshdView:
    """Ask sshd what it would do with root from each of `callers` and from ELSEWHERE.

    It is asked with the options of the one that runs, so that `sshd -o PermitRootLogin=yes` doesn't go unseen.
    """
    running = running_sshd(facts, backend.entry.port)
    options = sshd_options(running.line) if running else []
    addresses = list(dict.fromkeys([*callers, *ELSEWHERE]))
    ports = sorted(ports_of(facts, running)) if running else [backend.entry.port]
    words = {
        f"{address} on port {port}" if len(ports) > 1 else address: [
            *("/usr/sbin/sshd", *options, "-T", "-C"),
            f"user=root,host={address},addr={address},laddr={backend.entry.address},lport={port}",
        ]
        for address in addresses
        for port in ports
    }
    began = start()
    commands = {address: {"argv": argv} for address, argv in words.items()}
    answers = backend.far("ask", {"commands": commands}, become="root")["commands"]
    effective, evidence = {}, []
    for address, answer in answers.items():
        values = sshd_values(answer["out"]).get("permitrootlogin", [])
        effective[address] = values[0] if values else answer["err"].strip() or "sshd -T said nothing"
        shown = f"permitrootlogin {effective[address]}"
        evidence.append(began.heard(" ".join(words[address]), shown, f"on {backend.entry.name}"))
    files = config_files(backend, facts, config)
    texts = {path: str(file.get("text", "")) for path, file in files.items()}
    rules = root_rules(config, texts[config], lambda pattern: _matching(texts, pattern))
    pid_file = facts.file("/run/sshd.pid")
    ours = running is not None and str(pid_file.get("text", "")).strip() == str(running.pid)
    read_at = float(pid_file["mtime"]) if ours else None
    changed = {path: float(file["ctime"]) for path, file in files.items() if "ctime" in file}
    return SshdView(effective, rules, running, read_at, changed, evidence)
