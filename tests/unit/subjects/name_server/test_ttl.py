"""0.5 lowers the TTL of what the other machine will answer otherwise, on both; 11.3 and an undo bring it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

import tasks
from irekae.model.errors import SwapError
from irekae.model.items import ITEMS, find_item, keep_parts
from irekae.model.journal import undoable
from irekae.procedure.undo import undo_change
from irekae.procedure.undo_files import Found
from irekae.subjects.name_server import ttl
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

HEAD = "$TTL 300\n@ IN SOA ns hostmaster ( {} 3600 900 604800 60 )\n  IN NS ns\nns IN A 192.0.2.10\n"
FILE = "/srv/zones/db.example"
CONF = (
    'zone "example" {{ type primary; file "/srv/zones/db.example"; {}}};\n'
    'zone "localhost" {{ type primary; file "/etc/bind/db.local"; }};\n'
)


def compiled(text: str) -> str:
    """As named-compilezone writes the lines of these tests, which have owner, class, type and data."""
    rows = [line.split() for line in text.splitlines() if line[:1].isalnum()]
    return "".join(f"{row[0]}.example. 300 IN {row[-2]} {row[-1]}\n" for row in rows)


@dataclass
class Named:
    """The name server's tools on a far end."""

    far: FarEnd
    more: str = ""
    refuses: bool = False
    unreadable: bool = False
    folders: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)

    def __call__(self, argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        words = list(argv)
        if words[0] == "named-checkconf":
            return 0, CONF.format(self.more)
        if words[0] in ("named-compilezone", "named-checkzone"):
            self.folders.append(words[words.index("-w") + 1])
        if words[0] == "named-compilezone" and self.unreadable:
            return 1, "zone example/IN: loading from master file failed: file not found"
        if words[0] == "named-compilezone":
            return 0, compiled(self.text)
        if words[0] == "named-checkzone":
            return int(self.refuses), "zone example/IN: bad" if self.refuses else "OK"
        if words[:2] == ["sh", "-c"] and words[4:5] == ["rndc"]:
            self.ran.append(f"{next(verb for verb in ('reload', 'freeze', 'thaw') if verb in words[2])} {words[5]}")
        return 0, ""

    @property
    def text(self) -> str:
        return self.far.path(FILE).read_text()


@dataclass
class Pair:
    swap: Swap
    a: Named
    b: Named

    def lower(self) -> None:
        ttl.lower(self.swap.for_pair(find_item("0.5")))


@pytest.fixture
def pair(swap: Swap, ika: FarEnd, tako: FarEnd) -> Pair:
    assert swap.site.dns
    dns = replace(swap.site.dns, namedb=None, zones=["example"], ttl_during=60)
    swap.site = replace(swap.site, dns=dns)
    ika.put(FILE, HEAD.format(2026112605) + "www IN A 192.0.2.1\nhelp 1h IN A 192.0.2.2\nsame IN A 192.0.2.3\n")
    tako.put(FILE, HEAD.format(2026112609) + "www IN A 192.0.2.9\nsame IN A 192.0.2.3\nnew IN A 192.0.2.4\n")
    found = Pair(swap, Named(ika), Named(tako))
    ika.commands, tako.commands = found.a, found.b
    return found


def serial_of(text: str) -> int:
    return int(text.split("( ")[1].split()[0])


def test_what_the_other_machine_answers_otherwise_is_lowered_on_both(pair: Pair) -> None:
    pair.lower()
    assert pair.a.text.splitlines()[4:] == ["www 60 IN A 192.0.2.1", "help 60 IN A 192.0.2.2", "same IN A 192.0.2.3"]
    assert pair.b.text.splitlines()[4:] == ["www 60 IN A 192.0.2.9", "same IN A 192.0.2.3", "new 60 IN A 192.0.2.4"]
    assert serial_of(pair.a.text) == serial_of(pair.b.text) > 2026112609
    assert (pair.a.ran, pair.b.ran) == (["reload example"], ["reload example"])


def test_the_plan_says_which_records_those_are(pair: Pair) -> None:
    view = pair.swap.for_pair(find_item("0.5"))
    ttl.lower(view)
    (told,) = [note for note in view.production.record.notes if "these change" in note]
    assert told.endswith("help.example. A, new.example. A, www.example. A")


def test_a_second_time_nothing_is_left_to_do(pair: Pair) -> None:
    pair.lower()
    before = (pair.a.text, pair.b.text)
    pair.lower()
    assert (pair.a.text, pair.b.text) == before
    assert pair.a.ran == ["reload example"] * 2, "a call may have been ended before named had read it"


def test_11_3_brings_them_back_with_a_newer_serial(pair: Pair) -> None:
    was = pair.a.text
    pair.lower()
    lower = serial_of(pair.a.text)
    for _ in range(2):
        ttl.raise_again(pair.swap.for_pair(find_item("0.5")))
    assert pair.a.text == was.replace("2026112605", str(serial_of(pair.a.text)))
    assert serial_of(pair.a.text) == serial_of(pair.b.text) == lower + 1
    assert "60 IN" not in pair.b.text
    assert pair.b.ran == ["reload example"] * 3


def test_an_undo_does_the_same(pair: Pair) -> None:
    was = pair.b.text
    pair.lower()
    view = pair.swap.for_pair(find_item("0.5"))
    for host in (view.production, view.standby):
        for change in reversed(undoable(host.record.entries)):
            undo_change(view, host, host.record.ground, change, Found())
    assert pair.b.text == was.replace("2026112609", str(serial_of(pair.b.text)))
    assert pair.a.ran == ["reload example"] * 2


def test_a_dynamic_zone_is_frozen_while_its_file_is_written(pair: Pair) -> None:
    pair.a.more = "update-policy local; "
    pair.lower()
    assert pair.a.ran == ["freeze example", "thaw example"]
    assert pair.b.ran == ["reload example"]


def test_what_named_checkzone_refuses_is_not_written(pair: Pair) -> None:
    pair.a.refuses, was = True, pair.a.text
    with pytest.raises(SwapError, match="named-checkzone"):
        pair.lower()
    assert pair.a.text == was


def test_zones_that_are_the_same_are_left_alone(pair: Pair) -> None:
    pair.b.far.put(FILE, pair.a.text.replace("2026112605", "2026112607"))
    before = (pair.a.text, pair.b.text)
    pair.lower()
    assert (pair.a.text, pair.b.text) == before


def test_the_items_are_part_of_a_site_that_asks_for_it(pair: Pair) -> None:
    keep_parts(pair.swap.site.has)
    assert {"0.5", "11.3"} <= set(ITEMS)
    assert pair.swap.site.dns
    keep_parts(replace(pair.swap.site, dns=replace(pair.swap.site.dns, ttl_during=None)).has)
    assert not {"0.5", "11.3"} & set(ITEMS)
    assert tasks


SIGNED = "www IN RRSIG A\n"


def said(capsys: Any) -> str:
    shown = capsys.readouterr()
    return " ".join((shown.out + shown.err).split())


@pytest.mark.parametrize("signed", ["a", "b"])
def test_a_zone_whose_file_holds_signatures_is_left_alone_and_told(pair: Pair, signed: str, capsys: Any) -> None:
    named = pair.a if signed == "a" else pair.b
    named.far.put(FILE, named.text + SIGNED)
    before = pair.a.text, pair.b.text
    pair.lower()
    assert (pair.a.text, pair.b.text) == before
    assert "zone example is left alone, its TTLs stay: /srv/zones/db.example holds signatures" in said(capsys)


def test_a_zone_that_cannot_be_read_is_told_and_keeps_no_other_from_it(pair: Pair, capsys: Any) -> None:
    pair.b.unreadable = True
    before = pair.a.text
    pair.lower()
    assert pair.a.text == before
    assert "zone example is left alone" in (told := said(capsys))
    assert "file not found" in told


@pytest.mark.parametrize(("options", "folder"), [('options { directory "/srv"; };', "/srv"), ("", "/srv/zones")])
def test_relative_includes_begin_in_the_name_servers_folder(pair: Pair, options: str, folder: str) -> None:
    pair.a.more = pair.b.more = f"}};\n{options}\nkey x {{"
    pair.lower()
    assert {*pair.a.folders, *pair.b.folders} == {folder}
    assert len(pair.a.folders) > 1
