"""What the mail system's log says of messages that are in no queue any more: delivered or sent back, or taken away."""

from __future__ import annotations

import base64
import os
import re
from typing import Iterator, Sequence

from irekae.host.agent.base import Answer, Refused, operation
from irekae.host.agent.commands import op_run
from irekae.host.agent.mail_logs import LogReading

SYSTEM_LOGS = {
    "postfix": ("/var/log/mail.log", "/var/log/maillog", "/var/log/mail.info", "/var/log/mail/mail.log"),
    "exim4": ("/var/log/exim4/mainlog", "/var/log/exim/mainlog", "/var/log/exim/main.log"),
    "qmail": ("/var/log/mail.log", "/var/log/maillog", "/var/log/qmail/current", "/var/log/qmail/qmail-send/current"),
}
ELSEWHERE = ("/var/log/syslog", "/var/log/messages")
MAIL_LINES = {
    "postfix": re.compile(rb"postfix[^ ]*/(?P<who>\w+)\[\d+\]: (?P<id>[0-9A-Za-z]+): (?P<said>.*)"),
    "exim4": re.compile(rb"^(?P<who>\S+ \S+ (?:\[\d+\] )?)(?P<id>[0-9A-Za-z]+-[0-9A-Za-z]+-[0-9A-Za-z]+) (?P<said>.*)"),
    "qmail": re.compile(rb"(?P<who>@[0-9a-f]{24}|\d{9,10}\.\d{6}) .*?(?P<said>\w+) msg (?P<id>\d+)"),
}
CALLED_ANEW = (b"requeued", b"renamed")  # by postsuper: it goes on under another number
TAKEN_AWAY = (b"removed by ", b"cancelled by ")  # exim says that such a message is completed, too
ENDED, KNOWN, UNREAD, UNTOLD = "ended", "known", "unread", ""
MOST_OF_LOGS = 1 << 30
LOG_PATIENCE = 90.0  # seconds


@operation
def op_mail_ends(system: str, messages: Sequence[Answer]) -> dict[str, str]:
    """By number: "ended" (delivered to all, or sent back), "known" (the log tells of it, and of no end), else "".

    Where not all of the log could be read, "unread" for all of which it has no end: it may stand there.

    Args:
        system: postfix, exim4 or qmail.
        messages: `number`, and `at`, when it came.
    """
    came = {str(one["number"]).encode(): one["at"] for one in messages}
    found = dict.fromkeys(came, UNTOLD)
    taken, anew = set(), set()
    reading = LogReading(MOST_OF_LOGS, LOG_PATIENCE)
    for line in mail_log(reading, system, min(came.values(), default=0)):
        told = MAIL_LINES[system].search(line.rstrip())
        if told is None or told["id"] not in came or is_another_s(system, told["who"], came[told["id"]]):
            continue
        if told["said"].startswith(TAKEN_AWAY):
            taken.add(told["id"])
        if told["said"].startswith(CALLED_ANEW):
            anew.add(told["id"])
        ended = found[told["id"]] == ENDED or is_end(system, told["who"], told["said"])
        found[told["id"]] = ENDED if ended and told["id"] not in taken else KNOWN
    found.update(dict.fromkeys(anew, UNTOLD))
    if not reading.is_whole:
        found = {one: how if how == ENDED else UNREAD for one, how in found.items()}
    return {one.decode(): how for one, how in found.items()}


def is_end(system: str, who: bytes, said: bytes) -> bool:
    """Is this what a mail system says of a message that is done: postsuper and `exim -Mrm` say it otherwise."""
    if system == "postfix":
        return who == b"qmgr" and said == b"removed"
    return said == (b"Completed" if system == "exim4" else b"end")


def is_another_s(system: str, stamp: bytes, came: int) -> bool:
    """Is a line of qmail's about an earlier message: it gives a number again as soon as it is free."""
    if system != "qmail":
        return False
    at = int(stamp[1:17], 16) - (1 << 62) - 10 if stamp.startswith(b"@") else int(stamp.partition(b".")[0])
    return at < came - 60


def mail_log(reading: LogReading, system: str, since: int) -> Iterator[bytes]:
    """The lines of all logs since then, the oldest log first; of the journal, where there is no log."""
    own = generations(reading, SYSTEM_LOGS[system], since)
    if system == "postfix" and not own:
        yield from of_journal(reading, since)
    for path in own or generations(reading, ELSEWHERE, since):
        yield from reading.lines(path)


def generations(reading: LogReading, logs: Sequence[str], since: int) -> list[str]:
    """Each log that was written to since then, and what it was rotated to, the oldest first."""
    found = [one for log in logs for one in reading.rotations(*os.path.split(log), since)]
    return [path for _, path in sorted(found)]


def of_journal(reading: LogReading, since: int) -> Iterator[bytes]:
    """The lines of postfix's queue manager, and of who took messages away, in systemd's journal."""
    names = [word for name in ("qmgr", "postsuper") for word in ("-t", f"postfix/{name}")]
    try:
        done = op_run(["journalctl", "-q", "--no-pager", "-o", "short", f"--since=@{since}", *names], timeout=60)
    except FileNotFoundError:
        return
    except (Refused, OSError):
        reading.is_whole = False
        return
    yield from base64.b64decode(done["out"]).splitlines()
