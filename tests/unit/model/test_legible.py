"""Text that came from anywhere is legible and steers nothing, wherever it is shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.model.legible import legible, line

STEERING = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"caf\xe9\n", "caf\\xe9\n"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b31m", "\\x9b31m"),
        ("a\r\nb\rc", "a\nb\\x0dc"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("\u2028", "\\u2028"),
        ("\ud800", "\\ud800"),
        ("\uffff", "\\uffff"),
        ("\u3164", "\\u3164"),
        ("日本語\tok", "日本語\tok"),
        ("全角　空白", "全角　空白"),
        ("入替".encode("euc_jp"), "\\xc6\\xfe\\xc2\\xd8"),
        ("入替".encode("euc_jp").decode("utf-8", "surrogateescape"), "\\xc6\\xfe\\xc2\\xd8"),
    ],
)
def test_what_cannot_be_read_is_spelled_out(raw: bytes | str, shown: str) -> None:
    assert legible(raw) == shown


@pytest.mark.parametrize("char", STEERING)
def test_no_character_turns_the_direction_of_writing(char: str) -> None:
    assert legible(f"a{char}b") == f"a\\u{ord(char):04x}b"


@given(st.text() | st.binary())
def test_whatever_is_shown_is_printable_or_a_blank(raw: bytes | str) -> None:
    shown = legible(raw)
    shown.encode()
    assert all(char in "\n\t" or char.isprintable() or unicodedata.category(char) == "Zs" for char in shown)
    assert legible(shown) == shown


@given(st.text() | st.binary())
def test_a_line_stays_one_line(raw: bytes | str) -> None:
    assert len(line(raw).splitlines()) <= 1


def test_a_name_cannot_forge_a_line() -> None:
    assert line("x\n  9.1 ika: done") == "x\\x0a  9.1 ika: done"
