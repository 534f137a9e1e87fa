"""What owners took out of their mailboxes, by what the mail programs logged of their sessions: a number for each user.

Logs are data that anybody may have a hand in: nothing of them leaves here but names of users and numbers.
"""

from __future__ import annotations

import base64
import contextlib
import re
import time
from datetime import datetime
from typing import Iterator

from irekae.host.agent.base import Refused, operation, text
from irekae.host.agent.commands import op_run
from irekae.host.agent.mail_logs import LogReading

# Each with those that it was rotated to; several say the same, so that they are never added up.
MAIL_LOGS = ("mail.log", "mail.info", "maillog", "syslog", "messages", "dovecot.log", "dovecot-info.log")
LOG_MOST = 64 << 20  # bytes of a log, unpacked, that are gone through
MAIL_JOURNAL = ("journalctl", "--quiet", "--no-pager", "--output=short-unix", "--lines=100000")
MAIL_PROGRAMS = ("dovecot", "popper", "qpopper", "in.qpopper")
LOGGED_AT = rb"(?P<when>[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT[\d:]{8}\S*|\d{9,}\.\d+) "
# qpopper: user, messages deleted, their bytes, messages left, their bytes.
POPPER_SESSION = re.compile(
    LOGGED_AT + rb"\S+ (?:in\.)?q?popper(?:\[\d+\])?: (?:\(v[\w.]+\) )?Stats: (?P<user>\S+) (?P<count>\d+) \d+ \d+ \d+ "
)
DOVECOT_SESSION = re.compile(
    LOGGED_AT + rb"(?:\S+ dovecot(?:\[\d+\])?: )?(?:Info: )?(?P<kind>pop3|imap|imap-hibernate)\((?P<user>[^()\s]+)\)"
    rb"(?:<\d+><[^<>\s]*>)?: (?:Info: )?(?P<told>.*)",
    re.IGNORECASE,
)
# What POP3 is told to delete is only deleted where the client takes its leave.
SESSION_DELETED = {b"pop3": re.compile(rb"\bLogged out\b.* del=(\d+)/"), b"imap": re.compile(rb" expunged=(\d+)")}


@operation
def op_mail_removed(since: float, logs: str = "/var/log") -> dict[str, int]:
    """How many messages each user's sessions removed since a time: the most that one log tells.

    Args:
        since: seconds since 1970.
        logs: the folder of the logs.
    """
    found: dict[str, int] = {}
    sources = [logged(logs, name, since) for name in MAIL_LOGS]
    for lines in (*sources, journalled(since)):
        for user, count in removed_in(lines, since).items():
            found[user] = max(found.get(user, 0), count)
    return found


def removed_in(lines: Iterator[bytes], since: float) -> dict[str, int]:
    """User → messages that the sessions in a log removed since."""
    found: dict[str, int] = {}
    for line in lines:
        if b"Stats: " not in line and b"(" not in line:
            continue
        session = removal(line)
        if session is not None and session[1] and moment(session[2]) >= since:
            found[text(session[0])] = found.get(text(session[0]), 0) + session[1]
    return found


def removal(line: bytes) -> tuple[bytes, int, str] | None:
    """User, messages removed, and when, where a line tells the end of a session."""
    popper = POPPER_SESSION.match(line)
    if popper:
        return popper["user"], int(popper["count"][:9]), text(popper["when"])
    dovecot = DOVECOT_SESSION.match(line)
    if not dovecot:
        return None
    count = SESSION_DELETED[dovecot["kind"].lower().partition(b"-")[0]].search(dovecot["told"])
    return (dovecot["user"], int(count.group(1)[:9]), text(dovecot["when"])) if count else None


def moment(when: str) -> float:
    """Seconds since 1970 of a log's time; syslog's own has no year, and is of the last twelve months; 0: it is none."""
    try:
        if when[0].isalpha():
            return latest(when)
        if "T" in when:
            return datetime.fromisoformat(re.sub(r"\.\d+", "", when).replace("Z", "+00:00")).timestamp()
        return float(when)
    except (ValueError, OverflowError):
        return 0.0


def latest(when: str) -> float:
    """The last time that it was this day of the year and this hour, by the host's clock; tomorrow is let pass."""
    now = time.time()
    year = time.localtime(now).tm_year
    for one in (year + 1, year, year - 1):
        with contextlib.suppress(ValueError):
            found = time.mktime(time.strptime(f"{one} {when}", "%Y %b %d %H:%M:%S"))
            if found <= now + 86400:
                return found
    return 0.0


def logged(folder: str, name: str, since: float) -> Iterator[bytes]:
    """The lines of a log and of those that it was rotated to, of the newest first, as far as LOG_MOST goes.

    What cannot be read tells nothing: so much the less is said to have been taken out.
    """
    reading = LogReading(LOG_MOST)
    for _, path in reversed(reading.rotations(folder, name, since)):
        yield from reading.lines(path)


def journalled(since: float) -> Iterator[bytes]:
    """What journald keeps of the programs since; nothing where there is none, or where it does not answer."""
    argv = [*MAIL_JOURNAL, f"--since=@{int(since)}", *(f"--identifier={name}" for name in MAIL_PROGRAMS)]
    with contextlib.suppress(OSError, Refused):
        yield from base64.b64decode(op_run(argv, timeout=60)["out"]).splitlines()
