"""What the log of each mail system says of a message that is in the queue no more."""

from __future__ import annotations

import gzip
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from irekae.host.agent import mail_ends, mail_logs

AT = 1_290_000_000
HEAD = "Nov 28 10:00:00 mars "
TAI = f"@{AT + 10 + (1 << 62):016x}00000000"
TAI_BEFORE = f"@{AT - 900 + (1 << 62):016x}00000000"
SAYS = {
    "postfix": (
        f"{HEAD}postfix/qmgr[5]: A1: from=<a@x>, size=5, nrcpt=1 (queue active)\n{HEAD}postfix/qmgr[5]: A1: removed\n"
        f"{HEAD}postfix/smtp[6]: B2: to=<b@x>, status=deferred (x)\n{HEAD}postfix/postsuper[7]: B2: removed\n"
        f"{HEAD}postfix/smtp[6]: C3: to=<b@x>, status=deferred (x)\n{HEAD}postfix/postsuper[7]: C3: requeued\n"
    ),
    "exim4": (
        "2026-11-28 10:00:00 1aBcDe-000001-AB => a <a@x>\n2026-11-28 10:00:00 1aBcDe-000001-AB Completed\n"
        "2026-11-28 10:00:00 [77] 1aBcDe-000002-AB removed by root\n2026-11-28 10:00:00 1aBcDe-000002-AB Completed\n"
    ),
    "qmail": f"{TAI} new msg 7\n{TAI} starting delivery 3: msg 7 to local a@x\n{TAI} end msg 7\n"
    f"{TAI_BEFORE} end msg 8\n{HEAD}qmail: {AT + 5}.123456 info msg 8: bytes 5 from <> qp 3 uid 5\n",
}  # fmt: skip
WANTED = {
    "postfix": {"A1": "ended", "B2": "known", "C3": "", "D4": ""},
    "exim4": {"1aBcDe-000001-AB": "ended", "1aBcDe-000002-AB": "known", "1aBcDe-000003-AB": ""},
    "qmail": {"7": "ended", "8": "known", "9": ""},
}


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mail.log"
    monkeypatch.setattr(mail_ends, "SYSTEM_LOGS", dict.fromkeys(mail_ends.SYSTEM_LOGS, (str(path),)))
    monkeypatch.setattr(mail_ends, "ELSEWHERE", ())
    monkeypatch.setattr(mail_ends, "of_journal", lambda *_: iter(()))
    return path


def asked(system: str) -> dict[str, str]:
    return mail_ends.op_mail_ends(system, [{"number": one, "at": AT} for one in WANTED[system]])


@pytest.mark.parametrize("system", SAYS)
def test_a_message_has_ended_if_the_mail_system_says_so_and_nobody_took_it_away(log: Path, system: str) -> None:
    log.write_text(SAYS[system])
    assert asked(system) == WANTED[system]


@pytest.mark.parametrize("system", SAYS)
def test_a_log_that_was_rotated_is_read_too(log: Path, system: str) -> None:
    first, rest = SAYS[system].split("\n", 1)
    with gzip.open(f"{log}.2.gz", "wt") as old:
        old.write(f"{first}\n")
    log.write_text(rest)
    assert asked(system) == WANTED[system]


@pytest.mark.parametrize("system", SAYS)
def test_of_a_log_that_is_not_there_or_too_long_nothing_is_known(
    log: Path, system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(asked(system).values()) == {""}
    log.write_text(SAYS[system])
    monkeypatch.setattr(mail_ends, "MOST_OF_LOGS", 1)
    assert set(asked(system).values()) <= {"", "unread"}


PACKED = gzip.compress(os.urandom(99_999).hex().encode())
BROKEN = {
    "not packed": b"not packed",
    "cut off": PACKED[:-9999],
    "damaged": PACKED[:20_000] + bytes(20_000) + PACKED[40_000:],
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("system", SAYS)
def test_beside_a_log_that_is_broken_only_an_end_is_believed(log: Path, system: str, how: str) -> None:
    log.write_text(SAYS[system])
    Path(f"{log}.2.gz").write_bytes(BROKEN[how])
    assert asked(system) == {one: end if end == "ended" else "unread" for one, end in WANTED[system].items()}


@pytest.mark.parametrize("name", ["mail.log.3", "mail.log-20261128.xz"])
@pytest.mark.parametrize("system", SAYS)
def test_nor_beside_one_that_has_gone_or_is_packed_otherwise(log: Path, system: str, name: str) -> None:
    log.write_text(SAYS[system])
    if name.endswith(".xz"):
        (log.parent / name).write_bytes(b"\xfd7zXZ")
    else:
        (log.parent / name).symlink_to("/no/such/log")  # as it looks when it is rotated while it is looked at
    assert asked(system) == {one: end if end == "ended" else "unread" for one, end in WANTED[system].items()}


def test_nor_where_a_log_is_rotated_while_they_are_read(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log.write_text(SAYS["exim4"])
    listed = mail_ends.generations

    def rotated(reading: mail_logs.LogReading, logs: Sequence[str], since: int) -> list[str]:
        found = listed(reading, logs, since)
        if log.exists():
            log.rename(f"{log}.1")
            log.write_text("")
        return found

    monkeypatch.setattr(mail_ends, "generations", rotated)
    assert set(asked("exim4").values()) == {"unread"}


def test_what_stands_far_inside_a_long_line_is_nobody_s_word(log: Path) -> None:
    begin, end = SAYS["exim4"].splitlines()[:2]
    fill = "x" * (4096 - len(begin) - 1)
    log.write_text(f"{begin} {fill}{end}\n")
    assert asked("exim4")["1aBcDe-000001-AB"] == "known"


def test_a_log_that_was_not_written_to_since_is_not_read_however_broken(log: Path) -> None:
    log.write_text(SAYS["exim4"])
    old = Path(f"{log}.9.gz")
    old.write_bytes(b"not packed")
    os.utime(old, (AT - 9, AT - 9))
    Path(f"{log}.save").write_bytes(b"\0")
    assert asked("exim4") == WANTED["exim4"]
