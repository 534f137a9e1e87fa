"""Clones: two machines that nothing tells apart (0.2)."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.model.items import find_item
from irekae.site.inventory import inventory_of
from irekae.subjects.preflight import identity
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd


def test_two_machines_of_their_own_are_no_clones(swap: Swap) -> None:
    assert list(identity.clones(swap.for_pair(find_item("0.2")))) == []


def test_a_machine_id_that_both_have_is_told(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    tako.facts["machine_id"] = ika.facts["machine_id"]
    found = list(identity.clones(swap.for_pair(find_item("0.2"))))
    assert [obstacle.what for obstacle in found] == [
        "both machines have the machine-id id-ika: one is a clone of the other"
    ]


def test_a_host_key_that_both_have_is_told_with_its_fingerprint(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    tako.machine.keys.append(ika.machine.keys[0])
    (found,) = identity.clones(swap.for_pair(find_item("0.2")))
    assert "the host key ssh-ed25519 SHA256:" in found.what


def test_names_are_compared_without_the_domain(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    ika.facts["hostname"] = "ika-itpass.scitec.kobe-u.ac.jp"
    tako.facts["hostname"] = "ika"
    found = list(identity.names(swap.for_pair(find_item("0.2"))))
    assert [obstacle.where for obstacle in found] == ["tako"]


Named = tuple[str, str, str]  # in hosts.ini, first label of the full name, what the host calls itself


def told(ours: Named, theirs: Named, known: str = "") -> list[tuple[str, str]]:
    """What is told of two hosts; known: a further name that production finds itself by."""
    lines = [
        f"[{role}]\n{name} ansible_host=192.0.2.{last} fqdn={label}.example.net\n"
        for role, last, (name, label, _) in (("production", 10, ours), ("standby", 11, theirs))
    ]
    inventory = inventory_of(Path("hosts.ini"), "".join(lines))
    hosts = []
    for entry, (_, _, said) in zip(inventory.pair, (ours, theirs), strict=True):
        link, found = SimpleNamespace(facts={"hostname": said}), {known: f"{entry.address} STREAM {known}\n"}
        look = partial(_look, found if entry is inventory.production else {})
        hosts.append(SimpleNamespace(name=entry.name, entry=entry, link=link, look=look))
    pair = SimpleNamespace(production=hosts[0], standby=hosts[1], inventory=inventory)
    obstacles = identity.names(cast(Swap, pair))
    return [(obstacle.where, obstacle.what.partition(":")[0]) for obstacle in obstacles]


def _look(known: dict[str, str], *argv: str) -> SimpleNamespace:
    return SimpleNamespace(text=known.get(argv[-1], ""))


MARS, VENUS = ("mars", "mars", "mars"), ("venus", "venus", "venus")


@pytest.mark.parametrize(
    ("ours", "theirs", "known"),
    [
        (MARS, VENUS, ""),
        (("mars", "mars", "mars.example.net"), VENUS, ""),
        (("mars", "mars", "Mars"), VENUS, ""),
        (("mars", "mail", "mars"), VENUS, ""),  # its full name is of the service
        (("mars", "mars-it", "mars-it"), ("venus", "venus-it", "venus-it"), ""),  # short ones of ours
        (("mars", "mars-it", "mars-it"), VENUS, "mars"),  # an alias in its /etc/hosts
    ],
)
def test_a_host_that_is_rightly_named_is_left_alone(ours: Named, theirs: Named, known: str) -> None:
    assert told(ours, theirs, known) == []


def test_a_name_that_the_host_does_not_know_is_told() -> None:
    assert told(("merkur", "mars", "mars"), VENUS) == [
        ("merkur", "192.0.2.10 calls itself mars, not merkur"),
    ]


def test_a_host_of_another_name_is_told() -> None:
    assert told(MARS, ("venus", "venus", "pluto")) == [("venus", "192.0.2.11 calls itself pluto, not venus")]


def test_two_whose_addresses_are_interchanged_are_told_whatever_full_name_hosts_ini_gives_them() -> None:
    for labels in (("venus", "mars"), ("mars", "venus")):
        assert told(("mars", labels[0], "venus"), ("venus", labels[1], "mars")) == [
            ("mars", "192.0.2.10 calls itself venus, not mars"),
            ("venus", "192.0.2.11 calls itself mars, not venus"),
        ]
