"""Hypothesis without deadlines: a busy machine is no failure; `--hypothesis-profile=thorough` tries far more. A swap
over two hosts that are folders (farend.py)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, settings

from irekae.host import interrupt
from irekae.host.remote import Link
from irekae.model.items import DECLARED, ITEMS, Item, keep_parts
from irekae.site.inventory import Inventory, load_inventory
from irekae.site.machines import Machine, Pins
from irekae.site.site import load_site
from irekae.swap.swap import Swap
from tests.unit.farend import Agent, FarEnd

PROJECT = Path(__file__).parents[2]

settings.register_profile("usual", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=2500, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("usual")


@pytest.fixture(scope="session", autouse=True)
def _agents_end() -> Iterator[None]:
    yield
    while Agent.idle:
        Agent.idle.pop().end()


@pytest.fixture(autouse=True)
def _all_items() -> Iterator[None]:
    """Each test begins with the items of every site."""
    yield
    if len(ITEMS) != len(DECLARED):
        keep_parts(lambda need: True)


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    """hosts.ini of the project, at a seat of the test's own."""
    (tmp_path / "hosts.ini").write_bytes((PROJECT / "hosts.ini").read_bytes())
    return load_inventory(tmp_path / "hosts.ini")


@pytest.fixture
def swap(inventory: Inventory, tmp_path: Path) -> Iterator[Swap]:
    """A swap over two hosts below folders of the test, before phase 0; what would be asked is confirmed."""
    machines = [
        Machine(entry.name, [f"ssh-ed25519 {base64.b64encode(entry.name.encode()).decode()}"])
        for entry in inventory.pair
    ]
    found = Swap(inventory, load_site(inventory, PROJECT / "site.toml"), Pins(machines), yes=True)
    ends = []
    for entry, machine in zip(inventory.pair, machines, strict=True):
        (tmp_path / entry.name / "etc").mkdir(parents=True)
        ends.append(FarEnd(entry, machine, tmp_path / entry.name))
        found._keep(entry, cast(Link, ends[-1]))
    yield found
    interrupt.forget()
    for end in ends:
        end.close()


@pytest.fixture
def ika(swap: Swap) -> FarEnd:
    """The machine that is production before the swap."""
    return cast(FarEnd, swap.links["ika"])


@pytest.fixture
def tako(swap: Swap) -> FarEnd:
    """The machine that is the standby before the swap."""
    return cast(FarEnd, swap.links["tako"])


@pytest.fixture
def items() -> Iterator[dict[str, Item]]:
    """No items but those that the test declares."""
    kept = dict(DECLARED)
    ITEMS.clear()
    DECLARED.clear()
    yield ITEMS
    for registry in (ITEMS, DECLARED):
        registry.clear()
        registry.update(kept)
