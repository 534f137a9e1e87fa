"""The backup scripts on the backup host (phase 10): run with -n as their user, their logs read before that."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Any

from irekae.model.results import Evidence
from irekae.site.site import BackupScript, Site, needed
from verify.connection import PinnedSsh
from verify.evidence import start

RUN_TIMEOUT = 600.0
KEPT = datetime.timedelta(days=3)
"""How far back rotated logs are read: a day more than the last real run may be old."""
_STAMP = re.compile(r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d(?::\d\d)?(?: ?[+-]\d\d:?\d\d|Z)?")
_TOTAL = re.compile(r"total size is ([\d,.]+)\s+speedup is [\d,.]+( \(DRY RUN\))?")
_DRY = re.compile(
    rf"^{_STAMP.pattern} start (?P<name>\S+) -n$"
    rf"(?:(?!^{_STAMP.pattern} start ).)*?"
    rf"^{_STAMP.pattern} end (?P=name) -n[^\n]*$",
    re.MULTILINE | re.DOTALL,
)
_TROUBLE = re.compile(
    r"^(?:rsync error|rsync: |@ERROR|Permission denied|Host key verification failed|ssh: ).*", re.MULTILINE
)


@dataclass(frozen=True)
class Run:
    """One run as rsync told it.

    Attributes:
        total: size of all that it compared, bytes.
        dry: whether it was a dry run.
        at: the last time stamp up to its end, or None where the log has none.
        troubles: lines that speak of errors.
    """

    total: int
    dry: bool
    at: datetime.datetime | None
    troubles: tuple[str, ...]


@dataclass(frozen=True)
class BackupRun:
    """What a script did when it was run with -n, and what its log held before.

    Attributes:
        log: with the ends of those that it was rotated to lately before it; None: none of them can be read.
        log_changed: when the youngest of them was written to.
    """

    script: str
    status: int
    output: str
    log: str | None
    log_changed: datetime.datetime | None
    clock: datetime.datetime
    evidence: Evidence
    log_evidence: Evidence


def runs_in(text: str) -> list[Run]:
    """The rsync runs that a log or an output tells of; each ends with rsync's totals or with its error."""
    found, begin = [], 0
    ends = [*_TOTAL.finditer(text)]
    for number, end in enumerate(ends):
        # What follows the totals, up to the next run's first stamp, still belongs to this one.
        stop = ends[number + 1].start() if number + 1 < len(ends) else len(text)
        tail = _STAMP.search(text, end.end(), stop)
        block = text[begin : tail.end() if tail else end.end()]
        stamps = _STAMP.findall(block)
        size = int(re.sub(r"[,.]", "", end[1]))
        found.append(Run(size, bool(end[2]), moment(stamps[-1]) if stamps else None, tuple(troubles(block))))
        begin = tail.end() if tail else end.end()
    return found


def troubles(text: str) -> list[str]:
    """Lines in which rsync or ssh complain."""
    return _TROUBLE.findall(text)


def in_earnest(log: str) -> str:
    """The log without its runs with -n, where it says which those are: a try that failed is no failed backup."""
    return _DRY.sub("", log)


def moment(stamp: str) -> datetime.datetime | None:
    """A time stamp; one without a zone is in the seat's."""
    try:
        return datetime.datetime.fromisoformat(stamp.replace("/", "-").replace(" +", "+")).astimezone()
    except ValueError:
        return None


@dataclass(frozen=True)
class BackupPlan:
    """What will run a script again.

    Attributes:
        by: where that is said.
        idle: what would run it, and does not, with the reason.
        full: folders in which there is no room left, in words.
    """

    by: tuple[str, ...]
    idle: tuple[str, ...]
    full: tuple[str, ...]
    evidence: Evidence


def logs_of(site: Site) -> dict[str, str]:
    """Where each script writes down what it did."""
    return {script.script: f"{needed(site.backup).home}/{script.log}" for script in needed(site.backup).scripts}


def look_at_plans(backend: PinnedSsh, site: Site) -> dict[str, BackupPlan]:
    """Ask the backup host, as the backup user, what will run each script again."""
    home, user = needed(site.backup).home, needed(site.backup).user
    began = start()
    said = backend.far("schedules", {"home": home, "scripts": logs_of(site)}, become=user)["scripts"]
    return {
        script: BackupPlan(
            tuple(told["by"]),
            tuple(told["idle"]),
            tuple(told["full"]),
            began.heard(
                f"cron tables and timers that name {script}; df {home}",
                "\n".join([*told["by"], *told["idle"], *told["full"]]) or "(nothing)",
                f"{backend.entry.name}, as {user}",
            ),
        )
        for script, told in said.items()
    }


def run_backups(backend: PinnedSsh, site: Site) -> dict[str, BackupRun]:
    """Run every script with -n as the backup user, in its home.

    Their logs are read first: each run writes to its log, so afterwards it would be recent in any case.
    """
    user, logs = needed(site.backup).user, logs_of(site)
    began = start()
    before = backend.far("logs", {"logs": list(logs.values()), "since": KEPT.total_seconds()}, become=user)
    clock = datetime.datetime.fromtimestamp(before["clock"]).astimezone()
    return {
        script.script: _run(backend, site, script, before["logs"][logs[script.script]], clock, began.at)
        for script in needed(site.backup).scripts
    }


def _run(
    backend: PinnedSsh, site: Site, script: BackupScript, logs: list[Any], clock: datetime.datetime, read: str
) -> BackupRun:
    home, user = needed(site.backup).home, needed(site.backup).user
    began = start()
    command = ["/bin/sh", "-c", 'cd "$1" && "./$2" -n', "sh", home, script.script]
    done = backend.call(command, become=user, timeout=RUN_TIMEOUT)
    output = (done.out + done.err).decode("utf-8", "replace")
    readable = [log for log in logs if "text" in log]
    text = "".join(log["text"] for log in readable) if readable else None
    times = [datetime.datetime.fromtimestamp(log["changed"]).astimezone() for log in readable if log["text"]]
    shown = "\n".join(f"{log['path']}:\n{log.get('text', log.get('error', ''))}" for log in logs)
    return BackupRun(
        script.script,
        done.status,
        output,
        text,
        max(times, default=None),
        clock,
        began.heard(
            f"cd {home} && ./{script.script} -n", f"{output}[status {done.status}]", f"{backend.entry.name}, as {user}"
        ),
        began.heard(f"cat {home}/{script.log} (at {read}, before the run)", shown, f"on {backend.entry.name}"),
    )


BEHIND = (
    (
        r"Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED",
        "production's new host key is unknown there",
        "10.1: as the backup user there: ssh-keygen -R ADDRESS; then production's key, as `fab status` shows it, "
        "into ~/.ssh/known_hosts",
    ),
    (
        r"Permission denied \([a-z]",
        "production's sshd doesn't let the backup in: its key is not in authorized_keys, or AllowUsers keeps it out",
        "10.1: on production: what sshd logged says which; authorized_keys of the backup's account, "
        "AllowUsers in sshd_config",
    ),
    (
        r"Connection timed out|No route to host|Connection refused|Connection closed|Connection reset",
        "production's sshd cannot be reached from the backup host",
        "10.1: on production: `ss -ltnp` for sshd; iptables -S INPUT; nft list ruleset; fail2ban-client status",
    ),
    (
        r"Name or service not known|Temporary failure in name resolution",
        "the backup host doesn't find production's name",
        "10.1: on the backup host: getent hosts NAME; its /etc/resolv.conf, and production's name server",
    ),
    (
        r"Permission denied|failed to open|opendir",
        "files are there that the backup may not read, on production, or not write here",
        "10.1: owner and mode of the files that rsync names",
    ),
    (r"No space left", "the backup host's disk is full", "10.1: df on the backup host; make room"),
    (r"command not found|No such file or directory", "a program or a folder is missing", "10.1: the one that is named"),
)
"""What ssh and rsync say, what is likely behind it, and what to do about it; the first that fits counts."""


def behind(output: str, otherwise: tuple[str, str]) -> tuple[str, str]:
    """The likely cause of a script's failure, and the remedy."""
    return next(((cause, remedy) for word, cause, remedy in BEHIND if re.search(word, output)), otherwise)
