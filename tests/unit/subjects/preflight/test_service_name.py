"""A service_name that nothing else of the site has, and that production cannot find, is told: no obstacle."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from irekae.subjects.preflight import service_name
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import for_copy


def told(swap: Swap, ika: FarEnd, name: str, status: int) -> list[str]:
    """What is told of a name for which getent ends so on production."""
    swap.site = replace(swap.site, site=replace(swap.site.site, service_name=name))
    ika.commands = lambda argv, stdin: (status if argv == ["getent", "ahosts", name] else 1, "")
    pair = for_copy(swap)
    assert list(service_name.known(pair)) == []
    return pair.production.record.notes


def test_a_name_that_nobody_knows_is_told(swap: Swap, ika: FarEnd) -> None:
    [line] = told(swap, ika, "wwww.exmaple.org", 2)
    assert "service_name of site.toml is wwww.exmaple.org" in line


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("www.example.org", 0),
        ("www.example.org", 3),  # it could not be asked
        ("Itpass.scitec.kobe-u.ac.jp", 2),  # a zone of its own
    ],
)
def test_one_that_is_found_or_declared_is_not(swap: Swap, ika: FarEnd, name: str, status: int) -> None:
    assert told(swap, ika, name, status) == []


def test_the_full_name_of_either_host_is_known(swap: Swap, ika: FarEnd) -> None:
    assert told(swap, ika, swap.inventory.production.fqdn, 2) == []
