"""What sessions removed, by the logs of qpopper and dovecot; nobody else's line counts, and nothing from before."""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from irekae.host.agent import mail_sessions
from irekae.host.agent.base import Refused

NOW = time.time()
SINCE = NOW - 3600


def stamp(ago: float = 60, iso: bool = False) -> str:
    at = time.localtime(NOW - ago)
    return time.strftime("%Y-%m-%dT%H:%M:%S.123456", at) + "+00:00" if iso else time.strftime("%b %e %H:%M:%S", at)


@pytest.fixture(autouse=True)
def _no_journal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr(mail_sessions, "journalled", lambda since: iter(()))
    yield
    monkeypatch.undo()
    time.tzset()


def removed(tree: Path, *lines: str, name: str = "mail.log") -> dict[str, int]:
    (tree / name).write_text("".join(f"{line}\n" for line in lines))
    return mail_sessions.op_mail_removed(SINCE, str(tree))


@pytest.mark.parametrize(
    ("told", "count"),
    [
        ("popper[812]: Stats: carol 7 5120 2 99 pc.example.jp 192.0.2.7 [pop_updt.c:296]", 7),
        ("in.qpopper[812]: (v4.0.5) Stats: carol 7 5120 0 0 pc 192.0.2.7", 7),
        ("dovecot: pop3(carol)<812><aB/+c>: Disconnected: Logged out top=0/0, retr=9/8, del=7/9, size=1", 7),
        ("dovecot: POP3(carol): Disconnected: Logged out top=0/0, retr=9/8, del=7/9, size=1", 7),
        ("dovecot[9]: imap(carol)<812><x>: Disconnected: Logged out in=1 out=2 deleted=7 expunged=7 trashed=0", 7),
        ("dovecot: imap-hibernate(carol)<812><x>: Disconnected: Connection closed in=1 out=2 deleted=0 expunged=7", 7),
        ("dovecot: pop3(carol)<812><x>: Disconnected: Connection closed top=0/0, retr=9/8, del=7/9, size=1", 0),
        ("dovecot: pop3(carol)<812><x>: Disconnected: Logged out top=0/0, retr=9/8, del=0/9, size=1", 0),
        ("dovecot: pop3-login: Aborted login: user=<a dovecot: pop3(carol): Logged out, del=7/9>", 0),
        ("popper[812]: (v4.0.5) POP login by user \"carol\" at (pc) 192.0.2.7", 0),
        ("sshd[3]: Stats: carol 7 5120 2 99 pc", 0),
        ("popper[812]: Stats: carol x 5120 2 99 pc", 0),
    ],
)  # fmt: skip
def test_the_end_of_a_session_tells_what_it_removed(tree: Path, told: str, count: int) -> None:
    expected = {"carol": count} if count else {}
    assert removed(tree, f"{stamp()} ika {told}") == expected
    assert removed(tree, f"{stamp(iso=True)} ika {told}") == expected
    assert removed(tree, f"{NOW - 60:.6f} ika {told}") == expected


def test_sessions_add_up_in_one_log_and_its_rotated_ones_and_two_logs_of_the_same_do_not(tree: Path) -> None:
    line = f"{stamp()} ika popper[8]: Stats: carol 7 5120 2 99 pc 192.0.2.7\n"
    (tree / "mail.info").write_text(line)
    (tree / "mail.log.1").write_text(line)
    (tree / "mail.log.2.gz").write_bytes(gzip.compress(line.encode()))
    (tree / "mail.log.old.sh").write_text(line)
    assert removed(tree, line.strip()) == {"carol": 21}


def test_nothing_from_before_counts(tree: Path) -> None:
    session = "ika popper[8]: Stats: carol 7 5120 2 99 pc 192.0.2.7"
    (tree / "mail.log.1").write_text(f"{stamp()} {session}\n")
    os.utime(tree / "mail.log.1", (SINCE - 9, SINCE - 9))
    assert removed(tree, f"{stamp(7200)} {session}", f"{stamp(7200, iso=True)} {session}", f"Foo 99 99:99:99 {session}",
                   f"2010-99-99T10:00:00 {session}") == {}  # fmt: skip


def test_of_a_long_log_the_end_is_read(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = f"{stamp()} ika popper[8]: Stats: carol 1 5120 2 99 pc 192.0.2.7"
    monkeypatch.setattr(mail_sessions, "LOG_MOST", 2 * len(line) + 2)
    assert removed(tree, *[line] * 9) == {"carol": 2}


def test_logs_that_cannot_be_read_tell_nothing(tree: Path) -> None:
    os.mkfifo(tree / "syslog")
    (tree / "mail.log").mkdir()
    (tree / "mail.info.1.gz").write_text("not packed")
    assert mail_sessions.op_mail_removed(SINCE, str(tree)) == {}
    assert mail_sessions.op_mail_removed(SINCE, str(tree / "none")) == {}


def test_a_log_that_is_damaged_or_has_gone_keeps_none_of_the_others_from_being_read(tree: Path) -> None:
    whole = gzip.compress(os.urandom(99_999).hex().encode())
    (tree / "mail.log.3.gz").write_bytes(whole[:20_000] + bytes(20_000) + whole[40_000:])
    (tree / "mail.log.1").symlink_to("gone")
    line = f"{stamp()} ika popper[8]: Stats: carol 7 5120 2 99 pc 192.0.2.7"
    (tree / "mail.log.2").write_text(f"{line}\n")
    assert removed(tree, line) == {"carol": 14}


def test_without_a_journal_the_rest_counts(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    def fails(argv: list[str], timeout: float) -> None:
        raise Refused("timeout", "journalctl")

    monkeypatch.setattr(mail_sessions, "op_run", fails)
    assert removed(tree, f"{NOW:.3f} ika popper[8]: Stats: carol 7 5 2 9 pc 192.0.2.7") == {"carol": 7}
