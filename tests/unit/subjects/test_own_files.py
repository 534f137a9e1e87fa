"""What irekae puts on a host for itself says what it is for; what it puts there for the host is read as the host's."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.host.record import PlannedChange
from irekae.model.items import On, find_item
from irekae.subjects.network import address_guard
from irekae.subjects.network.managers import Commands
from irekae.subjects.network.managers.ifupdown import Ifupdown
from irekae.subjects.root_door import keepers
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd


def own(changes: list[PlannedChange]) -> list[str]:
    return [change.what.split()[1] for change in changes if change.file and change.file.own]


def test_the_keepers_of_roots_door_are_our_own(swap: Swap, tako: FarEnd) -> None:
    view = swap.as_plan()
    host = view.host(find_item("2.2"), On.STANDBY)
    keepers.install(host, view)
    assert len(own(view.plan)) == len(view.plan) == 3
    keepers.remove(host, view)
    assert len(own(view.plan)) == len(view.plan) == 6
    assert all(change.file and change.file.size for change in view.plan[:3])


def test_so_is_the_watchdog_and_the_interface_s_new_file_is_the_hosts(
    swap: Swap, ika: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    interfaces = "/etc/network/interfaces"
    ika.put(interfaces, "address 198.51.100.21\n")
    ika.put("/etc/hostname", "ika\n")
    manager = SimpleNamespace(
        staged=lambda text, exchange: text.replace(b"21", b"22"),
        prove=lambda *_: None,
        commands=lambda *_: Commands([], [], []),
        may_lie_beside=lambda _: True,
        guards=Ifupdown().guards,
    )
    monkeypatch.setattr(address_guard, "choose", lambda *_: manager)
    monkeypatch.setattr(address_guard, "_want_exchangeable", lambda *_: None)
    monkeypatch.setattr(address_guard, "_plain", lambda *_: [])
    view = swap.as_plan()
    address_guard.install_guard(view.host(find_item("5.3"), On.PRODUCTION), view)
    others = [change for change in view.plan if not (change.file and change.file.own)]
    assert {change.file.path for change in others if change.file} == {interfaces}
    assert "+address 198.51.100.22" in others[-1].lines
    assert [path.rpartition("/")[2] for path in own(view.plan)] == [
        "interfaces.old", "guard.json", "watchdog.py", "irekae-exchange", "irekae",
    ]  # fmt: skip
