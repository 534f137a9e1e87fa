"""A mailbox that differs from the one that it was copied from: by use, or by somebody's hand."""

from __future__ import annotations

import pytest

from irekae.proof.changes_since_copy import Listed
from irekae.proof.mailbox_changes import mailbox_reason, taken

SINCE, OLD, NEW, MOST = 1000.0, 10, 2000, 20


def box(messages: int = 12, touched: int = NEW, first: int = 0, line: str = "file 0600 u u 5") -> list[Listed]:
    folders = [("cur", "dir 0700 u u", touched), ("new", "dir 0700 u u", touched)]
    return [*folders, *((f"{number}.M", line, OLD + number) for number in range(first, messages))]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ([*box(), ("90.M", "file 0600 u u 7", NEW)], True),  # arrived
        (box(first=3), True),  # a few were fetched
        ([*box(first=12), *((f"x{n}", "file 0600 u u 5", OLD + n) for n in range(12))], True),  # moved, and renamed
        (box(first=12), False),  # emptied
        (box(first=1, touched=OLD), False),  # lost by the copy
        (box(line="file 0600 u u 0"), False),  # hollowed
        (box(line="file 0600 root root 5"), False),  # closed
        ([("cur", "dir 0000 u u", NEW), *box()[1:]], False),
    ],
)
def test_use_and_loss_of_mail_are_told_apart(now: list[Listed], expected: bool) -> None:
    assert mailbox_reason(box(touched=OLD), now, SINCE, MOST, lambda: 0).expected is expected


def test_fifteen_of_thirty_are_not_fetched_in_a_day_and_no_box_loses_more_than_the_site_lets_it() -> None:
    assert not mailbox_reason(box(30), box(30, first=15), SINCE, MOST, lambda: 0).expected
    assert mailbox_reason(box(400), box(400, first=20), SINCE, MOST, lambda: 0).expected
    assert not mailbox_reason(box(400), box(400, first=21), SINCE, MOST, lambda: 0).expected


def test_a_small_mailbox_may_be_emptied_by_its_owner() -> None:
    assert mailbox_reason(box(3), box(3, first=3), SINCE, MOST, lambda: 0).expected


def test_without_an_original_the_count_alone_speaks() -> None:
    assert (taken(3, 12, MOST, lambda: 0).expected, taken(12, 12, MOST, lambda: 0).expected) == (True, False)


def test_what_sessions_removed_by_the_log_is_no_loss_and_what_goes_beyond_it_is() -> None:
    emptied = box(first=12)
    assert mailbox_reason(box(touched=OLD), emptied, SINCE, MOST, lambda: 9).expected
    assert not mailbox_reason(box(touched=OLD), emptied, SINCE, MOST, lambda: 8).expected
    assert taken(300, 300, MOST, lambda: 300).expected


def test_no_session_explains_mail_that_is_missing_from_a_box_that_nobody_touched() -> None:
    assert not mailbox_reason(box(touched=OLD), box(first=12, touched=OLD), SINCE, MOST, lambda: 99).expected
