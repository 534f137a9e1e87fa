"""Further addresses by which the host's own name is known are told, on whichever interface, until they are declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import On, find_item
from irekae.subjects.network import interface
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.subjects.network.test_kernel import IKA, ROUTER, address, device, shows


def told(swap: Swap, ika: FarEnd, known: str, *devices: dict[str, Any], stays: Sequence[str] = ()) -> list[str]:
    found = shows(swap, ika, *devices)
    ika.commands = lambda argv, stdin: (0, known) if argv[0] == "getent" else (1, "")
    host = swap.host(find_item("0.2"), On.PRODUCTION)
    return [one.what for one in interface._of_the_name(host, found, stays)]


SECOND = device(address("10.0.0.21", label="eth1"), name="eth1")


@pytest.mark.parametrize("known", ["10.0.0.21", "10.0.0.21   STREAM ika\n10.0.0.21   DGRAM\n133.30.109.21"])
def test_a_second_interface_whose_address_bears_the_name(swap: Swap, ika: FarEnd, known: str) -> None:
    [said] = told(swap, ika, known, device(address()), SECOND)
    assert "is 10.0.0.21 too, on eth1: should it move with the name or stay" in said


def test_one_made_up_from_a_router_counts_where_the_name_is_known_by_it(swap: Swap, ika: FarEnd) -> None:
    [said] = told(swap, ika, f"{ROUTER['local']} STREAM ika", device(address(), ROUTER))
    assert "2001:db8::a1 too, on eth0" in said


def test_what_is_declared_or_not_of_the_name_or_nobodys_here_is_right(swap: Swap, ika: FarEnd) -> None:
    assert told(swap, ika, "10.0.0.21 STREAM", device(address()), SECOND, stays=["10.0.0.21"]) == []
    assert told(swap, ika, f"{IKA} STREAM ika\n127.0.1.1 STREAM", device(address()), SECOND) == []
    assert told(swap, ika, "10.9.9.9 STREAM ika", device(address()), SECOND) == []
