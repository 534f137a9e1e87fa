"""Merges: nobody's work is lost, and what touches is told and not guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.merge import Merged, is_accounts, merge

TEXTS = st.lists(st.sampled_from([b"a", b"b", b"c", b"d", b""]), max_size=8).map(b"\n".join)
NAMES = ["asada", "ikeda", "ueno", "mori"]
LINES = st.builds(
    lambda name, uid, shell: f"{name}:x:{uid}:100::/home/{name}:{shell}".encode(),
    st.sampled_from(NAMES),
    st.sampled_from([1001, 1002]),
    st.sampled_from(["/bin/sh", "/bin/bash"]),
)
PASSWD = st.lists(LINES, max_size=4, unique_by=lambda line: line.split(b":")[0]).map(
    lambda lines: b"".join(line + b"\n" for line in lines)
)


def lines(base: str, ours: str, theirs: str) -> Merged:
    return merge("/etc/motd", base.encode(), ours.encode(), theirs.encode())


@given(TEXTS, TEXTS)
def test_who_alone_changed_a_file_has_his_way(base: bytes, other: bytes) -> None:
    assert merge("/etc/motd", base, other, base) == Merged(other, ())
    assert merge("/etc/motd", base, base, other) == Merged(other, ())
    assert merge("/etc/motd", base, other, other) == Merged(other, ())


@given(TEXTS, TEXTS, TEXTS)
def test_no_line_that_others_added_is_lost(base: bytes, ours: bytes, theirs: bytes) -> None:
    merged = merge("/etc/motd", base, ours, theirs).data.split(b"\n")
    for line in set(theirs.split(b"\n")) - set(base.split(b"\n")) - {b""}:
        assert merged.count(line) >= 1


@given(TEXTS, TEXTS, TEXTS)
def test_a_merge_without_a_clash_is_the_same_whoever_is_who(base: bytes, ours: bytes, theirs: bytes) -> None:
    one, other = merge("/etc/motd", base, ours, theirs), merge("/etc/motd", base, theirs, ours)
    assert bool(one.clashes) == bool(other.clashes)
    if not one.clashes:
        assert one.data == other.data


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"),
        ("ika\n", "tako\n", "ika\nnote\n", "tako\nnote\n"),  # a line added beside ours
        ("ika\n", "tako\n", "note\nika\n", "note\ntako\n"),
        ("a\nkey\n", "a\n", "a\nkey\ntheirs\n", "a\ntheirs\n"),  # ours goes, theirs behind it stays
        ("a\nb\nc\n", "a\nc\n", "a\nb\nC\n", "a\nC\n"),
        ("a\n", "b\n", "a", "b"),  # the last line's end is theirs
    ],
)
def test_edits_that_do_not_touch_are_both_there(base: str, ours: str, theirs: str, merged: str) -> None:
    assert lines(base, ours, theirs) == Merged(merged.encode(), ())


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        ("ika\n", "tako\n", "squid\n"),
        ("a\n", "a\nours\n", "a\ntheirs\n"),  # which comes first?
        ("a\nb\nc\n", "a\n", "a\nb\nX\nc\n"),  # a line in the middle of what we remove
        ("a\nb\n", "a\n", "a\nB\n"),
    ],
)
def test_edits_that_touch_are_told_and_theirs_stands(base: str, ours: str, theirs: str) -> None:
    merged = lines(base, ours, theirs)
    assert merged.data == theirs.encode()
    assert len(merged.clashes) == 1


def test_a_clash_shows_the_three_and_of_a_secret_only_the_place() -> None:
    (clash,) = lines("x\nika\n", "x\ntako\n", "x\nsquid\n").clashes
    assert clash.shown(secret=False) == [
        "line 2:", "  what we wrote:", "    ika", "  what we want:", "    tako", "  what is there:", "    squid",
    ]  # fmt: skip
    assert clash.shown(secret=True) == ["line 2"]
    assert "squid" not in repr(clash)


def test_what_is_no_text_is_never_merged_in_parts() -> None:
    merged = merge("/pop.auth", b"\0a\nb\nc\n", b"\0A\nb\nc\n", b"\0a\nb\nC\n")
    assert merged.data == b"\0a\nb\nC\n"
    assert [clash.where for clash in merged.clashes] == ["the whole file, which is no text"]


# --- accounts ---


@given(PASSWD, PASSWD)
def test_who_alone_changed_the_accounts_has_his_way(base: bytes, other: bytes) -> None:
    assert merge("/etc/passwd", base, other, base) == Merged(other, ())
    assert merge("/etc/passwd", base, base, other) == Merged(other, ())


@given(PASSWD, PASSWD, PASSWD)
def test_an_account_that_we_did_not_change_stays_as_it_is_now(base: bytes, ours: bytes, theirs: bytes) -> None:
    old, mine, now, merged = (
        {line.split(b":")[0]: line for line in text.splitlines()}
        for text in (base, ours, theirs, merge("/etc/passwd", base, ours, theirs).data)
    )
    for name in old.keys() | mine.keys() | now.keys():
        if old.get(name) == mine.get(name):
            assert merged.get(name) == now.get(name)
        elif now.get(name) == old.get(name):
            assert merged.get(name) == mine.get(name)
        elif now.get(name) is not None:
            assert name in merged, "nobody's change goes without a word"


def test_accounts_go_and_come_name_by_name() -> None:
    ours_added = b"root:x:0:0:::\nasada:x:1001:100::/home/asada:/bin/sh\n"
    since = ours_added + b"mori:x:1005:100::/home/mori:/bin/sh\n"
    merged = merge("/etc/passwd", ours_added, b"root:x:0:0:::\n", since)
    assert merged == Merged(b"root:x:0:0:::\nmori:x:1005:100::/home/mori:/bin/sh\n", ())


def test_fields_of_one_entry_are_merged_each_by_itself() -> None:
    base = b"asada:x:1001:100::/home/asada:/bin/sh\n"
    ours = b"asada:x:1001:100:A:/home/asada:/bin/sh\n"
    theirs = b"asada:x:1001:100::/home/asada:/bin/zsh\n"
    assert merge("/etc/passwd", base, ours, theirs) == Merged(b"asada:x:1001:100:A:/home/asada:/bin/zsh\n", ())


def test_members_of_a_group_are_merged_one_by_one() -> None:
    merged = merge("/etc/group", b"ml:x:100:asada,ueno\n", b"ml:x:100:asada\n", b"ml:x:100:mori,ueno,asada\n")
    assert merged == Merged(b"ml:x:100:mori,asada\n", ())


def test_an_account_that_we_remove_and_somebody_changed_is_a_clash_told_without_hashes() -> None:
    base, theirs = b"asada:$6$one:1:0:9:7:::\n", b"asada:$6$two:1:0:9:7:::\n"
    merged = merge("/etc/shadow", base, b"", theirs)
    assert merged.data == theirs
    shown = [line for clash in merged.clashes for line in clash.shown(secret=True)]
    assert shown == ["entry asada (we remove it, it was changed: password)"]


def test_accounts_that_are_left_alone_stay_whatever_we_want() -> None:
    merged = merge("/etc/shadow", b"asada:a:1\nueno:u:1\n", b"", b"asada:a:1\nueno:u:1\n", frozenset({"asada"}))
    assert merged == Merged(b"asada:a:1\n", ())


def test_which_files_hold_accounts() -> None:
    assert is_accounts("/etc/passwd")
    assert is_accounts("/etc/gshadow.20260101")
    assert not is_accounts("/etc/hosts")
    assert not is_accounts("/etc/pam.d/passwd.conf")
