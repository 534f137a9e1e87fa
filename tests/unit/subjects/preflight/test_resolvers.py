"""Who is asked for names after 7.6 and 7.8 (0.2)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.site.site import needed
from irekae.subjects.preflight import name_server
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

ALONE = "options { recursion no; };\n"


def told(swap: Swap, far: FarEnd, asked: str, conf: str = "", ask_itself: bool = True) -> list[str]:
    says = "".join(f"nameserver {one}\n" for one in asked.split()) + "search example.org\n"

    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        if argv == ["cat", "/etc/resolv.conf"]:
            return 0, says
        return 0, conf if argv[0].endswith("named-checkconf") else ""

    far.commands = answer
    swap.site = replace(swap.site, dns=replace(needed(swap.site.dns), namedb=None, ask_itself=ask_itself))
    return [one.what for one in name_server.resolvers(swap.for_pair(find_item("0.2")))]


@pytest.mark.parametrize(
    ("asked", "conf"),
    [
        ("127.0.0.1", ALONE),
        ("127.0.0.1 192.0.2.53", ALONE),
        ("192.0.2.53", ""),
        ("192.0.2.53", "options { recursion yes; };\n"),
        ("192.0.2.53", ALONE + 'view "inside" { recursion yes; };\n'),
        ("", ALONE),
    ],
)
def test_what_works_today_or_will_is_right(swap: Swap, ika: FarEnd, asked: str, conf: str) -> None:
    assert told(swap, ika, asked, conf) == []


def test_a_server_of_its_own_zones_alone_is_not_asked_by_itself(swap: Swap, ika: FarEnd) -> None:
    (one,) = told(swap, ika, "192.0.2.53", ALONE)
    assert "recursion no" in one
    assert told(swap, ika, "192.0.2.53", ALONE, ask_itself=False) == []


def test_who_asked_itself_alone_needs_another_one_as_the_standby(swap: Swap, ika: FarEnd) -> None:
    swap.inventory._groups["resolvers"] = []
    (one,) = told(swap, ika, "127.0.0.1")
    assert "no name server any more" in one
    assert told(swap, ika, "127.0.0.1 192.0.2.53") == []


def test_it_is_read_where_it_is_a_link(swap: Swap, ika: FarEnd) -> None:
    far = ika.put("/run/resolvconf/resolv.conf", "")
    ika.path("/etc/resolv.conf").unlink(missing_ok=True)
    ika.path("/etc/resolv.conf").symlink_to(far)
    assert told(swap, ika, "192.0.2.53", ALONE, ask_itself=False) == []
    assert len(told(swap, ika, "192.0.2.53", ALONE)) == 1


def test_an_item_that_has_production_ask_itself_is_part_of_a_site_where_it_does(swap: Swap) -> None:
    assert swap.site.has("dns.asks_itself")
    assert not replace(swap.site, dns=replace(needed(swap.site.dns), ask_itself=False)).has("dns.asks_itself")
