"""Which interface is meant: site.toml's, or on each host the one that has an address of the pair."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

import tasks  # noqa: F401 (declares the items)
from irekae.host.host import Host
from irekae.model.items import On, find_item
from irekae.subjects.network import interface
from irekae.subjects.network.live_file import interface_of
from irekae.swap.swap import Swap
from tests.unit.farend import STATE, FarEnd
from tests.unit.subjects.network.test_kernel import address, device

IKA, TAKO = "133.30.109.21", "133.30.109.22"


@pytest.fixture
def looking(swap: Swap) -> Swap:
    swap.site = replace(swap.site, network=replace(swap.site.network, interface=None))
    return swap


def host(swap: Swap, far: FarEnd, *held: tuple[str, str]) -> Host:
    """The production host, whose interfaces hold what is given: name, address."""
    shown = [device(address(local, label=name), name=name) for name, local in held]

    def answer(argv: Sequence[str], stdin: bytes) -> tuple[int, str]:
        return 0, json.dumps(shown)

    far.commands = answer
    return swap.host(find_item("0.2"), On.PRODUCTION)


def test_what_site_toml_names_is_not_looked_for(swap: Swap, ika: FarEnd) -> None:
    assert interface_of(host(swap, ika, ("ens3", IKA)), swap) == "eth0"
    assert ika.ran == []


@pytest.mark.parametrize(
    "held",
    [
        [("lan0", "10.0.0.1"), ("ens3", IKA)],
        [("ens3", TAKO)],  # phase 6 is over
        [("enp2s0", TAKO), ("ens3", IKA)],  # its own counts before the other's
    ],
)
def test_else_it_is_the_one_that_has_an_address_of_the_pair(
    looking: Swap, ika: FarEnd, held: list[tuple[str, str]]
) -> None:
    assert interface_of(host(looking, ika, *held), looking) == "ens3"


def test_in_the_midst_of_the_exchange_the_watchdogs_own_counts(looking: Swap, ika: FarEnd) -> None:
    assert interface_of(host(looking, ika, ("ens3", "10.0.0.1")), looking) == ""
    ika.put(f"{STATE}/exchange/guard.json", json.dumps({"interface": "ens3"}))
    assert interface_of(host(looking, ika, ("ens3", "10.0.0.1")), looking) == "ens3"


def test_it_is_asked_for_once(looking: Swap, ika: FarEnd) -> None:
    one = host(looking, ika, ("ens3", IKA))
    assert {interface_of(one, looking) for _ in range(3)} == {"ens3"}
    assert len(ika.ran) == 1


def test_of_an_interface_that_does_not_hold_the_address_that_alone_is_told(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/network/interfaces", f"auto ens3\niface ens3 inet static\n\taddress {IKA}\n")
    ika.put("/etc/systemd/network/10-lan.network", f"[Match]\nName=ens3\n[Network]\nAddress={IKA}/24\n")
    (found,) = interface.obstacles(host(swap, ika, ("ens3", IKA)), swap)
    assert found.what == f"ens3 holds {IKA}, not eth0"


def test_of_the_right_interface_its_file_is_told_too(swap: Swap, ika: FarEnd) -> None:
    ika.put("/etc/systemd/network/10-lan.network", f"[Match]\nName=eth0\n[Network]\nAddress={IKA}/24\n")
    found = [one.what for one in interface.obstacles(host(swap, ika, ("eth0", IKA)), swap)]
    assert any(what.startswith("/etc/systemd/network/10-lan.network puts") for what in found)
