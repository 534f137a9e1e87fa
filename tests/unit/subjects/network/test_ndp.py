"""Neighbour discovery: what is asked, what is told, and what is heard of others."""

from __future__ import annotations

import pytest

from irekae.subjects.network.watchdog import ndp

MAC = bytes.fromhex("020000000001")
OWN, OTHER = "2001:db8::21", "2001:db8::22"


def checksum(frame: bytes) -> int:
    """Over pseudo-header and message; 0xffff where it is right (RFC 4443, 2.3)."""
    message = frame[54:]
    data = frame[22:54] + len(message).to_bytes(4, "big") + b"\0\0\0\x3a" + message
    total = sum(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


@pytest.mark.parametrize("frame", [ndp.solicit(MAC, "fe80::1", OTHER), ndp.advertise(MAC, OWN)])
def test_a_frame_is_of_the_link_and_its_sum_is_right(frame: bytes) -> None:
    assert frame[12:14] == b"\x86\xdd"
    assert frame[21] == 255
    assert checksum(frame) == 0xFFFF
    assert len(frame) == 54 + int.from_bytes(frame[18:20], "big")


def test_a_question_goes_to_the_group_of_the_address_and_names_who_asks() -> None:
    frame = ndp.solicit(MAC, "fe80::1", "2001:db8::ab:cdef")
    assert frame[:6].hex() == "3333ffabcdef"
    assert frame[38:54].hex() == "ff0200000000000000000001ffabcdef"
    assert frame[78:].hex() == "0101020000000001"
    # From :: it would be the claim of somebody who takes the address (RFC 4862, 5.4.3).
    assert any(frame[22:38])


def test_who_answers_or_announces_has_the_address() -> None:
    assert list(ndp.spoken(ndp.advertise(MAC, OWN))) == [(OWN, MAC, False)]


def test_who_asks_from_an_address_has_that_one_and_not_the_one_that_is_asked_for() -> None:
    assert list(ndp.spoken(ndp.solicit(MAC, OWN, OTHER))) == [(OWN, MAC, False)]


def test_who_makes_sure_of_an_address_is_about_to_take_it() -> None:
    assert list(ndp.spoken(ndp.solicit(MAC, "::", OTHER))) == [(OTHER, MAC, True)]


@pytest.mark.parametrize("length", range(0, 78, 13))
def test_what_is_cut_short_says_nothing(length: int) -> None:
    assert list(ndp.spoken(ndp.advertise(MAC, OWN)[:length])) == []


def test_what_came_over_a_router_says_nothing() -> None:
    frame = bytearray(ndp.advertise(MAC, OWN))
    frame[21] = 64
    assert list(ndp.spoken(bytes(frame))) == []


def test_an_interface_without_an_address_of_its_link_asks_from_the_one_that_its_card_makes() -> None:
    assert ndp.link_local("nowhere0", bytes.fromhex("0200c6336415")) == "fe80::c6ff:fe33:6415"


@pytest.mark.parametrize(
    ("word", "spelled"), [("2001:DB8:0::21/64", OWN), ("198.51.100.21/24", "198.51.100.21"), ("eth0", ""), ("", "")]
)
def test_addresses_are_compared_as_everybody_spells_them(word: str, spelled: str) -> None:
    assert ndp.spelled(word) == spelled
