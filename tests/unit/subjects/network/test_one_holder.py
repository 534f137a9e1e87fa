"""Who answers for the pair's addresses: what 6.1 would find wrong is an obstacle of 0.2, with its reason."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.model.errors import SwapError
from irekae.model.items import find_item
from irekae.subjects.network.one_holder import obstacles, want_one_holder_each
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd

IKA, TAKO = "133.30.109.21", "133.30.109.22"
MACS = {"ika": "52:54:00:00:00:21", "tako": "52:54:00:00:00:22"}
SECOND, THIRD = "52:54:00:00:01:22", "52:54:00:00:00:99"


@pytest.fixture
def pair(swap: Swap) -> Swap:
    return swap.for_pair(find_item("0.2"))


def sees(far: FarEnd, name: str, of_ika: list[str], of_tako: list[str]) -> None:
    view = json.dumps({"me": MACS[name], "holders": {IKA: of_ika, TAKO: of_tako}})
    cards = f"/sys/class/net/eth0/address:{MACS[name]}\n/sys/class/net/lo/address:00:00:00:00:00:00\n"
    cards += f"/sys/class/net/eth1/address:{SECOND}\n" if name == "tako" else ""

    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        if argv[0] == "ip":
            link = [{"ifname": "eth0", "addr_info": [{"local": far.entry.address, "prefixlen": 24}]}]
            return 0, json.dumps(link)
        return 0, view if argv[0] == "python3" else cards if argv[0] == "sh" else ""

    far.commands = answer


def test_each_held_by_its_own_machine_is_right(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    sees(ika, "ika", [], [MACS["tako"]])
    sees(tako, "tako", [MACS["ika"]], [])
    assert list(obstacles(pair)) == []
    want_one_holder_each(pair)


def test_its_own_other_card_is_told_once_with_the_setting_that_ends_it(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    sees(ika, "ika", [], [MACS["tako"], SECOND])
    sees(tako, "tako", [MACS["ika"]], [SECOND])
    (one,) = obstacles(pair)
    assert f"{TAKO} is answered for by its other card eth1 ({SECOND})" in one.what
    assert (one.where, "arp_ignore=1" in one.remedy) == ("tako", True)


def test_a_third_machine_is_told(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    sees(ika, "ika", [THIRD], [MACS["tako"]])
    sees(tako, "tako", [THIRD, MACS["ika"]], [])
    (one,) = obstacles(pair)
    assert f"{IKA} is answered for by {THIRD} too" in one.what
    with pytest.raises(SwapError, match="not held by exactly one machine"):
        want_one_holder_each(pair)


def test_hosts_that_do_not_hear_each_other_are_told_each_way(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    sees(ika, "ika", [], [])
    sees(tako, "tako", [], [])
    assert [one.what.partition(",")[0] for one in obstacles(pair)] == [
        f"ika asks on its Ethernet who has {TAKO}", f"tako asks on its Ethernet who has {IKA}",
    ]  # fmt: skip
