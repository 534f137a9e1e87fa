"""What sshd makes of its configuration, for root, from everywhere (9.3, 9.12)."""

from __future__ import annotations

from dataclasses import dataclass

from irekae.model.results import Evidence
from verify.connection import PinnedSsh
from verify.evidence import start
from verify.facts import Facts
from verify.parsing import Process, RootRule, root_rules, sshd_options, sshd_values

ELSEWHERE = ("127.0.0.1", "203.0.113.1", "10.0.0.1", "192.168.1.1")
"""This host itself, and addresses that no list of hosts names (RFC 5737, RFC 1918)."""


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


def config_paths(facts: Facts, config: str) -> list[str]:
    """The configuration file and those that it includes."""
    return [config, *facts.files_like(f"{config}.d/")]


def running_sshd(facts: Facts, port: int) -> Process | None:
    """The process that listens on the ssh port, if it is an sshd."""
    pids = {pid for listener in facts.listeners if listener.port == f"tcp/{port}" for pid in listener.pids}
    return next((process for process in facts.processes if process.pid in pids and process.name == "sshd"), None)


def look_at_sshd(backend: PinnedSsh, facts: Facts, config: str, callers: list[str]) -> SshdView:
    """Ask sshd what it would do with root from each of `callers` and from ELSEWHERE.

    It is asked with the options of the one that runs, so that `sshd -o PermitRootLogin=yes` doesn't go unseen.
    """
    running = running_sshd(facts, backend.entry.port)
    options = sshd_options(running.line) if running else []
    addresses = list(dict.fromkeys([*callers, *ELSEWHERE]))
    words = {
        address: [
            "/usr/sbin/sshd",
            *options,
            "-T",
            "-C",
            f"user=root,host={address},addr={address},laddr={backend.entry.address},lport={backend.entry.port}",
        ]
        for address in addresses
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
    paths = config_paths(facts, config)
    rules = [rule for path in paths for rule in root_rules(path, facts.text(path) or "")]
    pid_file = facts.file("/run/sshd.pid")
    ours = running is not None and str(pid_file.get("text", "")).strip() == str(running.pid)
    read_at = float(pid_file["mtime"]) if ours else None
    changed = {path: float(facts.file(path)["ctime"]) for path in paths if "ctime" in facts.file(path)}
    return SshdView(effective, rules, running, read_at, changed, evidence)
