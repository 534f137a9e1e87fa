"""The preflight (0.2): every check is asked, whatever becomes of another, and each obstacle has its remedy."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.host.host import Host
from irekae.host.remote import Lost
from irekae.model.errors import SwapError
from irekae.model.items import find_item
from irekae.subjects.preflight import CHECKS
from irekae.subjects.preflight.obstacle import Obstacle, each_host, find_all
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd


@pytest.fixture
def pair(swap: Swap) -> Swap:
    return swap.for_pair(find_item("0.2"))


def plain(swap: Swap) -> Iterable[Obstacle]:
    yield Obstacle("found", "mend it")


@each_host
def of_each(host: Host, swap: Swap) -> Iterable[Obstacle]:
    yield Obstacle(f"{host.role.value} has it", "mend it there")


@each_host
def fails_on_production(host: Host, swap: Swap) -> Iterable[Obstacle]:
    yield Obstacle("before", "mend that")
    if host is swap.production:
        raise SwapError("ls failed", "no such\n  file", "then `fab resume`")


def breaks(swap: Swap) -> Iterable[Obstacle]:
    yield Obstacle("before", "mend that")
    raise KeyError("name")


def test_an_obstacle_of_one_host_says_where(pair: Swap) -> None:
    assert [str(found) for found in find_all(pair, [of_each])] == [
        "ika: production has it\n  remedy: mend it there",
        "tako: standby has it\n  remedy: mend it there",
    ]


def test_a_check_that_fails_is_an_obstacle_and_ends_neither_the_other_host_nor_the_other_checks(pair: Swap) -> None:
    found = find_all(pair, [fails_on_production, plain])
    assert [(obstacle.where, obstacle.what) for obstacle in found] == [
        ("ika", "before"),
        ("ika", "ls failed: no such file"),
        ("tako", "before"),
        ("", "found"),
    ]
    assert all(obstacle.remedy for obstacle in found)


def test_an_error_of_ours_is_told_as_one_and_ends_nothing(pair: Swap) -> None:
    found = find_all(pair, [breaks, plain])
    assert [obstacle.what for obstacle in found][::2] == ["before", "found"]
    assert found[1].what.startswith("test_obstacles.breaks could not look: a bug in irekae: KeyError in breaks")


def test_a_lost_connection_ends_the_looking_and_tells_what_was_found(pair: Swap, tako: FarEnd) -> None:
    def asks(swap: Swap) -> Iterable[Obstacle]:
        swap.standby.exists("/etc")
        yield Obstacle("never told", "none")

    tako.lose()
    with pytest.raises(Lost) as lost:
        find_all(pair, [plain, asks, of_each])
    assert "found\n  remedy: mend it" in lost.value.detail
    assert "never told" not in lost.value.detail


def test_what_two_checks_find_alike_is_told_once(pair: Swap) -> None:
    assert len(find_all(pair, [plain, plain])) == 1


def test_looking_changes_nothing_on_either_host(pair: Swap, ika: FarEnd, tako: FarEnd) -> None:
    before = [ika.files(), tako.files()]
    find_all(pair, CHECKS)
    assert [ika.files(), tako.files()] == before
    assert not {*ika.asked, *tako.asked} & {"write", "change", "rename", "remove", "mode", "copy_tree", "append"}


def test_every_obstacle_on_an_empty_host_has_a_remedy(pair: Swap) -> None:
    found = find_all(pair, CHECKS)
    assert len(found) > 20
    assert [obstacle for obstacle in found if not obstacle.remedy] == []
