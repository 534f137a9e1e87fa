from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.editors.leftovers import find
from tests.unit.host.editors.pair import IKA, TAKO


def found(text: bytes) -> list[tuple[int, str]]:
    return [(left.line, left.word) for left in find(text, [TAKO])]


def test_lines_with_an_old_name_are_found_with_number_and_word() -> None:
    text = b"a\nserver tako-itpass;\r\nhome /home/tako\ntakoyaki\nallow 198.51.100.22;"
    assert found(text) == [(2, "tako-itpass"), (3, "/home/tako"), (5, "198.51.100.22")]
    assert find(text, [TAKO])[0].text == "server tako-itpass;"


def test_a_word_is_listed_once_a_line() -> None:
    assert found(b"tako tako x@tako\n") == [(1, "tako"), (1, "x@tako")]


def test_capitals_do_not_hide_a_name() -> None:
    assert found(b"ServerName TAKO-ITPASS.scitec.kobe-u.ac.jp\n") == [(1, "TAKO-ITPASS.scitec.kobe-u.ac.jp")]


def test_only_the_names_asked_for_are_found() -> None:
    assert found(b"ika\n") == []
    assert [left.word for left in find(b"ika tako\n", [TAKO, IKA])] == ["ika", "tako"]


@pytest.mark.parametrize("text", [b"", b"nothing\n", b"tako\0", b"\0tako\n", b"ikatako tako2 2tako"])
def test_nothing_is_found_in_binary_files_and_other_words(text: bytes) -> None:
    assert found(text) == []


def test_other_encodings_are_searched_too() -> None:
    assert found("予備機takoの説明".encode("euc_jp")) == [(1, "tako")]
    assert found(b"caf\xe9 tako\n") == [(1, "tako")]


@given(st.binary())
def test_any_bytes_can_be_searched(text: bytes) -> None:
    find(text + b" tako", [TAKO])


@given(
    st.lists(st.sampled_from([b"tako", b"x", b"\n", b" ", b".", b"/", b"-", b"_", b"@", b"2"]), max_size=30).map(
        b"".join
    )
)
def test_it_finds_what_grep_finds_where_no_letter_or_digit_touches(text: bytes) -> None:
    lines = text.split(b"\n")
    padded = [b" " + line + b" " for line in lines]
    expected = {
        number
        for number, line in enumerate(padded, start=1)
        for at in range(len(line))
        if line.startswith(b"tako", at) and not line[at - 1 : at].isalnum() and not line[at + 4 : at + 5].isalnum()
    }
    assert {number for number, _ in found(text)} == expected
