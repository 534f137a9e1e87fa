"""Messages that are shut to their owners, or emptied, are seen in every mailbox; a few of them are no finding."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from verify import test_accounts
from verify.far import box_files

spoilt = test_accounts._spoilt


@pytest.fixture
def boxes(tmp_path: Path) -> list[str]:
    for number in range(12):
        path = tmp_path / f"otto/Maildir/cur/{number}.M"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mail")
        path.chmod(0o600)
    return [f"{tmp_path}/*/Maildir/"]


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "otto/Maildir/cur").iterdir())


def test_a_mailbox_in_order_is_no_finding(tmp_path: Path, boxes: list[str]) -> None:
    os.truncate(files(tmp_path)[0], 0)
    [found] = box_files.all_boxes(boxes)
    assert (found["messages"], found["shut"], found["empty"]) == (12, 0, 1)
    assert list(spoilt([found])) == []


def test_emptied_and_shut_messages_are_told(tmp_path: Path, boxes: list[str]) -> None:
    for path in files(tmp_path):
        os.truncate(path, 0)
        path.chmod(0)
    shut, empty = spoilt(box_files.all_boxes(boxes))
    assert shut.endswith("12 of 12 messages cannot be read by their owner")
    assert empty.endswith("12 of 12 messages are empty")


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_mailbox_of_a_few_messages_that_are_all_empty_is_told(count: int) -> None:
    box = {"path": "/home/eve/Maildir/", "messages": count, "shut": 0, "empty": count}
    assert list(spoilt([box])) == [f"/home/eve/Maildir/: {count} of {count} messages are empty"]
    assert list(spoilt([{**box, "empty": count - 1}])) == []


def test_a_link_in_a_mailboxs_place_is_not_followed(tmp_path: Path, boxes: list[str]) -> None:
    (tmp_path / "eve").symlink_to(tmp_path / "otto")
    assert [found["path"] for found in box_files.all_boxes(boxes)] == [f"{tmp_path}/otto/Maildir/"]


def test_a_mailbox_file_is_its_accounts_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dave").write_text("From a@b\n")
    (tmp_path / "dave").chmod(0o600)
    pattern = [f"{tmp_path}/*"]
    assert [found["shut"] for found in box_files.all_boxes(pattern)] == [0]
    account = type("Account", (), {"pw_uid": os.getuid() + 1})
    monkeypatch.setattr(pwd, "getpwnam", lambda _: account)
    found = box_files.all_boxes(pattern)
    assert list(spoilt(found)) == [f"{tmp_path}/dave: 1 of 1 messages cannot be read by their owner"]
