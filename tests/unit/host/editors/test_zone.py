from __future__ import annotations

from datetime import date

import dns.rdatatype
import dns.zone
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.host.editors import EDITORS, Exchange
from irekae.host.editors.zone import next_serial
from tests.unit.host.editors.pair import IKA, TAKO, TO_IKA, TODAY, edit, words_left

F = TAKO.fqdn


def parsed(text: str) -> dns.zone.Zone:
    return dns.zone.from_text(text, origin="localhost.", relativize=False)


def zone(serial: int | str = 2011110401, ns: str = f"   IN NS {F}.\n", more: str = "") -> str:
    soa = f"@ IN SOA {F}. root.{F}. ( {serial} 3600 900 604800 86400 )\n"
    return f"$TTL 86400\n{soa}{ns}   IN A 127.0.0.1\n{more}"


def test_soa_and_ns_name_the_new_host_and_the_serial_increases() -> None:
    after = parsed(edit("zone", zone()))
    soa = after.find_rdataset("localhost.", "SOA")[0]
    assert soa.mname.to_text() == f"{IKA.fqdn}."
    assert soa.rname.to_text() == f"root.{IKA.fqdn}."
    assert soa.serial == 2012110901
    assert [ns.target.to_text() for ns in after.find_rdataset("localhost.", "NS")] == [f"{IKA.fqdn}."]


def test_a_zone_that_names_neither_host_keeps_its_serial() -> None:
    before = zone().replace(F, "localhost")
    assert EDITORS["zone"](before.encode(), TO_IKA).changes == ()


def test_a_reverse_zone_keeps_its_pointers() -> None:
    before = zone(more="1 IN PTR localhost.\n2 IN PTR tako-itpass.scitec.kobe-u.ac.jp.\n")
    edited = EDITORS["zone"](before.encode(), TO_IKA)
    assert b"1 IN PTR localhost.\n2 IN PTR tako-itpass.scitec.kobe-u.ac.jp.\n" in edited.text
    assert words_left(edited) == [f"{F}."]


def test_servers_are_left_where_the_new_host_is_one_already() -> None:
    before = zone(ns=f"   IN NS {F}.\n   IN NS {IKA.fqdn}.\n")
    edited = EDITORS["zone"](before.encode(), TO_IKA)
    assert f"   IN NS {F}.\n   IN NS {IKA.fqdn}.\n".encode() in edited.text
    assert [leftover.line for leftover in edited.left] == [3]


def test_an_soa_over_many_lines_with_comments_is_understood() -> None:
    before = f"""$ORIGIN localhost.
$TTL 1D
@ 1D IN SOA {F}. ( ; tako is the master
    root.{F}.
    2012110907 ; serial, tako
    1h ; refresh (not retry)
    15m 1w
    1d )
@ IN 3600 NS {F}.
"""
    after = edit("zone", before)
    assert parsed(after).find_rdataset("localhost.", "SOA")[0].serial == 2012110908
    assert "; tako is the master" in after
    assert "; serial, tako" in after
    assert after.count(IKA.fqdn) == 3


def test_a_user_with_a_dot_stays_the_user() -> None:
    before = zone().replace("root.tako", "first\\.last.tako")
    assert f"first\\.last.{IKA.fqdn}." in edit("zone", before)


def test_a_user_called_like_the_host_stays() -> None:
    before = zone().replace(f"root.{F}", f"tako.{F}")
    assert f" tako.{IKA.fqdn}. (" in edit("zone", before)


@pytest.mark.parametrize("serial", ["none", "99999999999", "1k"])
def test_a_serial_that_is_none_is_left_and_listed(serial: str) -> None:
    edited = EDITORS["zone"](zone(serial).encode(), TO_IKA)
    assert serial in words_left(edited)
    assert f"( {serial} 3600".encode() in edited.text


def test_records_that_are_never_closed_are_left_and_listed() -> None:
    edited = EDITORS["zone"](f"@ IN SOA {F}. root.{F}. ( 1 2 3\n".encode(), TO_IKA)
    assert edited.changes == ()
    assert len(edited.left) == 2


@pytest.mark.parametrize(
    ("serial", "following"),
    [
        (2011110401, 2012110901),
        (2012110900, 2012110901),
        (2012110901, 2012110902),
        (2012110999, 2012111000),
        (2013010101, 2013010102),
        (2012139901, 2012139902),
        (42, 43),
        (0, 1),
        (2**32 - 1, 1),
    ],
)
def test_serials(serial: int, following: int) -> None:
    assert next_serial(serial, TODAY) == following


@given(st.integers(0, 2**32 - 1), st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_secondaries_take_the_next_serial_for_newer(serial: int, today: date) -> None:
    following = next_serial(serial, today)
    assert 0 <= following < 2**32
    assert 0 < (following - serial) % 2**32 < 2**31


owners = st.sampled_from(["@", "   ", "www", "tako", "1"])
records = st.sampled_from(
    ["IN A 127.0.0.1", "3600 IN AAAA ::1", 'TXT "tako; ("', f"MX 10 {F}.", "IN 1h PTR localhost.", f'HINFO "{F}" "x"']
)


@st.composite
def zones(draw: st.DrawFn) -> str:
    """Zones in the shapes that people give them."""
    serial = draw(st.integers(0, 2**32 - 1) | st.just(2011110401))
    gap, comment = draw(st.sampled_from([" ", "\t", "\n\t"])), draw(st.sampled_from(["", " ; tako", " ; ( serial )"]))
    host = draw(st.sampled_from([F, F.upper(), "localhost"]))
    ttl = draw(st.sampled_from(["IN", "1D IN", "IN 86400", ""]))
    soa = f"@ {ttl} SOA {host}. root.{host}. ({gap}{serial}{comment}\n 1 2 3 4 ){comment}\n"
    servers = f" NS {host}.\n" if draw(st.booleans()) else f" IN NS {host}.{comment}\n NS ns.example.org.\n"
    more = "".join(f"{draw(owners)} {draw(records)}{comment}\n" for _ in range(draw(st.integers(0, 4))))
    return f"$TTL 86400\n{soa}{servers}{more}"


def others(read: dns.zone.Zone) -> list[str]:
    """Everything but SOA and NS."""
    found = ((name.to_text(), rdata) for name, rdata in read.iterate_rdatasets())
    return sorted(
        f"{name} {rdata}" for name, rdata in found if rdata.rdtype not in (dns.rdatatype.SOA, dns.rdatatype.NS)
    )


@given(zones())
def test_another_reader_of_zones_sees_only_the_intended_changes(before: str) -> None:
    old, new = parsed(before), parsed(edit("zone", before))
    assert others(old) == others(new)
    before_soa, after_soa = (z.find_rdataset("localhost.", "SOA")[0] for z in (old, new))
    swapped = {f"{F}.": f"{IKA.fqdn}.", f"{F.upper()}.": f"{IKA.fqdn.upper()}."}
    assert after_soa.mname.to_text() == swapped.get(before_soa.mname.to_text(), before_soa.mname.to_text())
    assert (after_soa.serial != before_soa.serial) is (after_soa.mname != before_soa.mname)
    assert (after_soa.refresh, after_soa.minimum) == (before_soa.refresh, before_soa.minimum)
    for server in new.find_rdataset("localhost.", "NS"):
        assert server.target.to_text().lower() != f"{F}."


@given(zones())
def test_there_and_back_only_the_serial_differs(before: str) -> None:
    there = EDITORS["zone"](before.encode(), TO_IKA)
    back = EDITORS["zone"](there.text, Exchange(IKA, TAKO, TODAY))
    old, new = before.splitlines(), back.text.decode().splitlines()
    assert sum(a != b for a, b in zip(old, new, strict=True)) <= 1


@pytest.mark.parametrize("line", ["$INCLUDE ns.inc", "$include\tkeys/ns.inc localhost.  ; shared"])
def test_a_file_that_a_changed_zone_includes_is_listed(line: str) -> None:
    zone = f"$TTL 1D\n@ IN SOA {F}. root.{F}. ( 5 1 1 1 1 )\n{line}\n"
    found = EDITORS["zone"](zone.encode(), TO_IKA)
    assert words_left(found) == [line.split()[1]]
    assert EDITORS["zone"](f"@ SOA localhost. root 1 1 1 1 1\n{line}\n".encode(), TO_IKA).left == ()
