"""TTLs are lowered at the records that are meant, in every way to write one, and become what they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.editors.ttl import Key, lowered, restored, seconds_of, serial, with_serial

ZONE = b"""$TTL 1d ; a day
@\tIN\tSOA\tns.example.org. hostmaster.example.org. (
\t\t2026112601 ; serial
\t\t3600 900 604800 60 )
\tIN\tNS\tns.example.org.
WWW\t300\tIN\tCNAME\texample.org. ; 300 is the TTL
mail\tIN 1h\tA\t192.0.2.10
    1H A 192.0.2.12
old.example.org.  A 192.0.2.13
short 30 A 192.0.2.14
$ORIGIN sub.example.org.
\x20host A 192.0.2.15
@ TXT ( "a;b"
   "c" )
"""


def test_each_way_to_write_a_ttl() -> None:
    keys: set[Key] = {
        ("www.example.org.", "CNAME"), ("mail.example.org.", "A"), ("old.example.org.", "A"),
        ("short.example.org.", "A"), ("sub.example.org.", "TXT"), ("no.example.org.", "A"),
    }  # fmt: skip
    text, kept = lowered(ZONE, "example.org", keys, 60)
    assert text.splitlines()[5:10] == [
        b"WWW\t60\tIN\tCNAME\texample.org. ; 300 is the TTL",
        b"mail\tIN 60\tA\t192.0.2.10",
        b"    60 A 192.0.2.12",
        b"old.example.org.  60 A 192.0.2.13",
        b"short 30 A 192.0.2.14",
    ]
    assert text.splitlines()[12:] == [b'@ 60 TXT ( "a;b"', b'   "c" )']
    assert kept == {
        ("www.example.org.", "CNAME"): [("300", 300)],
        ("mail.example.org.", "A"): [("1h", 3600), ("1H", 3600)],
        ("old.example.org.", "A"): [("", 86400)],
        ("sub.example.org.", "TXT"): [("", 86400)],
    }
    assert restored(text, "example.org", kept, 60) == ZONE


def test_what_somebody_set_meanwhile_is_left_to_him() -> None:
    text, kept = lowered(b"a 300 A 192.0.2.1\nb 300 A 192.0.2.2\n", "x.", [("a.x.", "A"), ("b.x.", "A")], 60)
    edited = text.replace(b"a 60", b"a 90").replace(b"192.0.2.2", b"192.0.2.3")
    assert restored(edited, "x.", kept, 60) == b"a 90 A 192.0.2.1\nb 300 A 192.0.2.3\n"


def test_a_file_without_a_usual_ttl_is_left_alone() -> None:
    text = b"a 300 A 192.0.2.1\nb A 192.0.2.2\n"
    assert lowered(text, "x.", [("a.x.", "A")], 60) == (text, {})


def test_a_file_that_named_wrote_anew_gets_its_ttls_back() -> None:
    """named writes a dynamic zone's file with $TTL where the TTL changes."""
    _, kept = lowered(b"$TTL 300\na A 192.0.2.1\nb A 192.0.2.2\n", "x", [("a.x.", "A")], 60)
    dumped = b"$ORIGIN x.\n$TTL 60\t; 1 minute\na\t\tA\t192.0.2.1\n$TTL 300\nb\t\tA\t192.0.2.2\n"
    assert b"a\t\t300 A\t192.0.2.1" in restored(dumped, "x", kept, 60)
    assert b"b\t\tA" in restored(dumped, "x", kept, 60)


def test_the_serial_alone_changes() -> None:
    assert serial(ZONE) == 2026112601
    assert with_serial(ZONE, 2026112700) == ZONE.replace(b"2026112601", b"2026112700")
    assert (serial(b"a A 192.0.2.1\n"), with_serial(b"a A 192.0.2.1\n", 3)) == (None, b"a A 192.0.2.1\n")


@pytest.mark.parametrize(("word", "seconds"), [("60", 60), ("1h30m", 5400), ("1W", 604800), ("2d1s", 172801)])
def test_units(word: str, seconds: int) -> None:
    assert seconds_of(word) == seconds


LINES = st.sampled_from(
    ["$TTL 1h", "$TTL 60", "$ORIGIN a.b.", "@ IN SOA x. y. 1 2 3 4 5", "w A 1.2.3.4", "w 2d IN A 1.2.3.5",
     "  IN 5 AAAA ::1",
     "\t300 MX 1 w", "; note", "", "w.b. TXT (", ") ;x", '"q" TXT "a b"', "(", "w IN", "\xe9 60 A 1.2.3.4"]
)  # fmt: skip
KEYS = [("w.b.", "A"), ("w.a.b.", "A"), ("b.", "SOA"), ("w.b.", "AAAA"), ("w.b.", "MX"), ("w.b.", "TXT")]


@given(st.lists(LINES, max_size=9), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_what_is_lowered_and_restored_is_as_it_was(lines: list[str], end: str, last: bool) -> None:
    data = (end.join(lines) + end * last).encode("latin-1")
    text, kept = lowered(data, "b", KEYS, 7)
    assert lowered(text, "b", KEYS, 7) == (text, {})
    if b" 7" not in data:
        assert restored(text, "b", kept, 7) == data


def test_a_comment_in_japanese_ends_with_its_line() -> None:
    """In 入, E5 85 A5 in UTF-8, stands a byte that Unicode calls an end of line, NEL, when it is read as Latin-1."""
    text = "$TTL 300\na A 192.0.2.1 ; 入替え ( 旧\nb A 192.0.2.2\n".encode()
    lower, kept = lowered(text, "x.", [("a.x.", "A"), ("b.x.", "A")], 60)
    assert lower == "$TTL 300\na 60 A 192.0.2.1 ; 入替え ( 旧\nb 60 A 192.0.2.2\n".encode()
    assert restored(lower, "x.", kept, 60) == text
