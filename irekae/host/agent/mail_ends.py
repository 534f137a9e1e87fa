"""What the mail system's log says of messages that are in no queue any more: delivered or sent back, or taken away."""

from __future__ import annotations

import base64
import gzip
import os
import re
import time
from typing import Iterator, Sequence

from irekae.host.agent.base import Answer, Refused, operation
from irekae.host.agent.commands import op_run

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
ENDED, KNOWN, UNTOLD = "ended", "known", ""
MOST_OF_LOGS = 1 << 30
LOG_PATIENCE = 90.0  # seconds


class TooLong(Exception):
    """There is more to read than anybody waits for."""


@operation
def op_mail_ends(system: str, messages: Sequence[Answer]) -> dict[str, str]:
    """By number: "ended" (delivered to all, or sent back), "known" (the log tells of it, and of no end), else "".

    Args:
        system: postfix, exim4 or qmail.
        messages: `number`, and `at`, when it came.
    """
    came = {str(one["number"]).encode(): one["at"] for one in messages}
    found = dict.fromkeys(came, UNTOLD)
    taken, anew = set(), set()
    try:
        for line in mail_log(system, min(came.values(), default=0)):
            told = MAIL_LINES[system].search(line)
            if told is None or told["id"] not in came or is_another_s(system, told["who"], came[told["id"]]):
                continue
            if told["said"].startswith(TAKEN_AWAY):
                taken.add(told["id"])
            if told["said"].startswith(CALLED_ANEW):
                anew.add(told["id"])
            ended = found[told["id"]] == ENDED or is_end(system, told["who"], told["said"])
            found[told["id"]] = ENDED if ended and told["id"] not in taken else KNOWN
    except TooLong:
        found = {one: how if how == ENDED else UNTOLD for one, how in found.items()}
    return {one.decode(): UNTOLD if one in anew else how for one, how in found.items()}


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


def mail_log(system: str, since: int) -> Iterator[bytes]:
    """The lines of all logs since then, the oldest log first; of the journal, where there is no log.

    Raises:
        TooLong: they are too long.
    """
    until, left = time.monotonic() + LOG_PATIENCE, MOST_OF_LOGS
    logs = generations(SYSTEM_LOGS[system], since) or generations(ELSEWHERE, since)
    if system == "postfix" and not generations(SYSTEM_LOGS[system], since):
        yield from of_journal(since)
    for path in logs:
        try:
            with gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb") as lines:
                for line in lines:
                    left -= len(line)
                    if left < 0 or time.monotonic() > until:
                        raise TooLong
                    yield line.rstrip()
        except (OSError, EOFError):
            continue


def generations(logs: Sequence[str], since: int) -> list[str]:
    """Each log that was written to since then, and what it was rotated to."""
    found = {}
    for log in logs:
        folder, name = os.path.split(log)
        names = os.listdir(folder) if os.path.isdir(folder) else []
        for path in (f"{folder}/{one}" for one in names if one.startswith((name, "@" if name == "current" else name))):
            state = os.stat(path)
            if os.path.isfile(path) and state.st_mtime >= since:
                found[path] = state.st_mtime
    return sorted(found, key=lambda path: found[path])


def of_journal(since: int) -> Iterator[bytes]:
    """The lines of postfix's queue manager, and of who took messages away, in systemd's journal.

    Raises:
        TooLong: they are too long.
    """
    names = [word for name in ("qmgr", "postsuper") for word in ("-t", f"postfix/{name}")]
    try:
        done = op_run(["journalctl", "-q", "--no-pager", "-o", "short", f"--since=@{since}", *names], timeout=60)
    except FileNotFoundError:
        return
    except Refused:
        raise TooLong from None
    yield from base64.b64decode(done["out"]).splitlines()
