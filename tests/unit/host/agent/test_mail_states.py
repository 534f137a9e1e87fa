"""Each message by name, size, owner and mode: the same after it was read, another after it was touched."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from irekae.host.agent import mail_states
from tests.unit.host.agent.test_mailboxes import MBOX, put


@pytest.fixture
def boxes(tree: Path) -> list[str]:
    put(tree / "home/asada/Maildir/cur/1.M", "one")
    put(tree / "home/asada/Maildir/.Sent/cur/2.M:2,S", "two")
    put(tree / "spool/asada", MBOX)
    return [f"{tree}/home/*/Maildir/", f"{tree}/spool/*"]


def read(tree: Path) -> None:
    (tree / "home/asada/Maildir/cur/1.M").rename(tree / "home/asada/Maildir/cur/1.M:2,S")


def empty(tree: Path) -> None:
    os.truncate(tree / "home/asada/Maildir/cur/1.M", 0)


def close(tree: Path) -> None:
    (tree / "home/asada/Maildir/.Sent/cur/2.M:2,S").chmod(0)


def empty_spool(tree: Path) -> None:
    os.truncate(tree / "spool/asada", 0)


@pytest.mark.parametrize(("what", "same"), [(read, True), (empty, False), (close, False), (empty_spool, False)])
def test_the_digest_tells_what_no_reader_does(
    tree: Path, boxes: list[str], what: Callable[[Path], None], same: bool
) -> None:
    before = mail_states.op_mail_digests(boxes)
    what(tree)
    assert (mail_states.op_mail_digests(boxes) == before) is same


def test_all_of_a_users_mail_is_listed_wherever_it_lies(tree: Path, boxes: list[str]) -> None:
    found = {name: (line.split()[0], when) for name, line, when in mail_states.each_mail(boxes, "asada")}
    assert found["1.M"] == ("file", 1000)
    assert found["2.M"] == ("file", 1000)
    assert found[boxes[1]] == ("mbox", 1000)
    assert sum(kind == "message" for kind, _ in found.values()) == 2
    assert {"cur", ".Sent/cur"} < found.keys()
    assert list(mail_states.each_mail(boxes, "nobody")) == []
