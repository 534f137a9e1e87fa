"""Mailboxes by patterns: maildirs and mailbox files, counted and compared by message."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from irekae.host.agent import mailboxes

MBOX = "From a@b Thu Nov 25 12:00:00 2010\nSubject: x\n\n>From here on\n\nFrom c@d Thu Nov 25 12:01:00 2010\n\ny\n\n"


def boxes(tree: Path) -> list[str]:
    return [f"{tree}/home/*/Maildir/", f"{tree}/home/*/Mailbox", f"{tree}/spool/*"]


def put(path: Path, text: str, when: int = 1000) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (when, when))


def test_both_kinds_are_counted_for_each_user(tree: Path) -> None:
    put(tree / "home/asada/Maildir/new/1", "12345")
    put(tree / "home/asada/Mailbox", MBOX)
    put(tree / "spool/ueno", MBOX)
    put(tree / "spool/kato", "")
    size = len(MBOX)
    assert mailboxes.op_mailboxes(boxes(tree)) == {"asada": [3, 5 + size], "ueno": [2, size], "kato": [0, 0]}
    assert mailboxes.op_mail_spools(boxes(tree)) == [f"{tree}/home/asada/Mailbox", f"{tree}/spool/ueno"]


def test_messages_are_counted_across_the_pieces_that_are_read(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tree / "spool/ueno", MBOX * 20)
    for chunk in (1, 2, 5, 6, 7, 64):
        monkeypatch.setattr(mailboxes, "CHUNK", chunk)
        assert mailboxes.op_mailboxes([f"{tree}/spool/*"]) == {"ueno": [40, 20 * len(MBOX)]}


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_mailbox_that_is_no_file_is_none(tree: Path, kind: str) -> None:
    (tree / "home/asada").mkdir(parents=True)
    box = tree / "home/asada/Mailbox"
    put(tree / "secret", MBOX)
    if kind == "link":
        box.symlink_to(tree / "secret")
    elif kind == "pipe":
        os.mkfifo(box)
    else:
        box.mkdir()
    assert mailboxes.op_mailboxes(boxes(tree)) == {}


def test_what_came_since_and_is_not_elsewhere_is_told_by_name_whatever_its_flags(tree: Path) -> None:
    put(tree / "home/asada/Maildir/new/old", "x", when=10)
    put(tree / "home/asada/Maildir/cur/read:2,S", "x", when=100)
    put(tree / "home/asada/Maildir/new/late", "x", when=100)
    put(tree / "spool/ueno", MBOX, when=100)
    since = mailboxes.op_mail_since(boxes(tree), 50)
    assert since == [["asada", "read"], ["asada", "late"], ["ueno", f"{tree}/spool/ueno"]]
    put(tree / "other/home/asada/Maildir/new/read", "x")
    lacks = mailboxes.op_mail_lacks(boxes(tree / "other"), since)
    assert lacks == [["asada", "late"], ["ueno", f"{tree}/spool/ueno"]]


def test_maildirs_lie_anywhere_and_a_folder_that_is_not_there_yet_holds_none(tree: Path) -> None:
    pattern = f"{tree}/vmail/example.com/*/Maildir/"
    assert mailboxes.op_mailboxes([pattern]) == {}
    assert mailboxes.op_mail_messages([pattern]) == []
    put(tree / "vmail/example.com/anna/Maildir/new/1.x", "12345", when=2000)
    put(tree / "vmail/example.com/anna/Maildir/cur/2.x:2,S", "123")
    assert mailboxes.op_mailboxes([pattern]) == {"anna": [2, 8]}
    assert mailboxes.op_mail_spools([pattern]) == []
    assert mailboxes.op_mail_since([pattern], since=1500) == [["anna", "1.x"]]
