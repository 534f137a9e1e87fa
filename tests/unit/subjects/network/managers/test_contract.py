"""What every network manager's adapter promises, each on a host that it has; the commands are proved in the lab."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.host.host import Host
from irekae.model.errors import Status, SwapError
from irekae.model.items import On, find_item
from irekae.subjects.network.live_file import live_file, wanted_on
from irekae.subjects.network.managers import MANAGERS, NetworkManager, Wanted, choose, strangers
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.subjects.network.managers.worlds import IKA, TAKO, WORLDS, World

SCRIPT = "/var/lib/irekae/exchange/watchdog.py"
STAGED = "/var/lib/irekae/exchange/interfaces.new"


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, ika: FarEnd) -> World:
    found = WORLDS[request.param]
    found.lay(ika)
    return found


@pytest.fixture
def host(swap: Swap) -> Host:
    return swap.host(find_item("5.3"), On.PRODUCTION)


@pytest.fixture
def manager(world: World, host: Host) -> NetworkManager:
    return choose(host, "eth0")


@pytest.fixture
def wanted(host: Host, swap: Swap) -> Wanted:
    return replace(wanted_on(host, swap), named="")


def told(manager: NetworkManager, host: Host, wanted: Wanted) -> list[str]:
    return [str(one) for one in manager.obstacles(host, wanted)]


def edited(far: FarEnd, path: str, old: str, new: str) -> None:
    text = far.path(path).read_text()
    assert old in text
    far.path(path).write_text(text.replace(old, new, 1))


def test_every_adapter_is_looked_at_here() -> None:
    assert {world.manager for world in WORLDS.values()} == {manager.name for manager in MANAGERS}


def test_it_is_chosen_by_looking_and_is_alone(world: World, host: Host, manager: NetworkManager) -> None:
    assert manager.name == world.manager
    assert list(strangers(host, "eth0")) == []


def test_a_plain_static_address_can_be_exchanged(host: Host, manager: NetworkManager, wanted: Wanted) -> None:
    assert told(manager, host, wanted) == []


def test_the_file_is_found_by_looking(
    world: World, host: Host, manager: NetworkManager, swap: Swap, wanted: Wanted
) -> None:
    assert manager.file(host, wanted) == world.file
    if not swap.site.network.interfaces:
        assert live_file(host, swap) == world.file


def test_another_file_named_by_the_site_is_told(host: Host, manager: NetworkManager, wanted: Wanted) -> None:
    (said,) = told(manager, host, replace(wanted, named="/etc/network/interfaces.d/other"))
    assert "/etc/network/interfaces.d/other, or leave the key out" in said


def test_the_staged_file_has_the_other_address_and_nothing_else_changed(
    world: World, host: Host, manager: NetworkManager, swap: Swap, ika: FarEnd
) -> None:
    before = ika.path(world.file).read_text()
    after = manager.staged(before.encode(), swap.exchange_on(host)).decode()
    assert after == before.replace(IKA, TAKO)
    assert manager.staged(after.encode(), swap.exchange_on(host)).decode() == after


def test_the_staged_file_is_proved(
    world: World, host: Host, manager: NetworkManager, swap: Swap, wanted: Wanted, ika: FarEnd
) -> None:
    ika.put(STAGED, manager.staged(ika.path(world.file).read_bytes(), swap.exchange_on(host)))
    manager.prove(host, wanted, STAGED)


@pytest.mark.parametrize("address", [IKA, "133.30.109.99", "none"])
def test_a_staged_file_without_the_address_is_refused(
    world: World, host: Host, manager: NetworkManager, wanted: Wanted, ika: FarEnd, address: str
) -> None:
    ika.put(STAGED, ika.path(world.file).read_text().replace(IKA, address))
    with pytest.raises(SwapError) as refused:
        manager.prove(host, wanted, STAGED)
    assert refused.value.status is Status.REFUSED


def test_a_lease_is_an_obstacle_with_a_remedy(
    world: World, host: Host, manager: NetworkManager, wanted: Wanted, ika: FarEnd
) -> None:
    edited(ika, world.file, *world.leased)
    if world.manager == "netplan":  # what is in use was made of it
        for path in world.files:
            if path.startswith("/run/") and "netplan" in path:
                asks = ("=manual", "=auto") if "nmconnection" in path else ("Link", "DHCP=ipv4\nLink")
                edited(ika, path, *asks)
    said = told(manager, host, wanted)
    assert [one for one in said if "lease" in one or "dhcp" in one], said


def test_the_other_address_in_place_already_is_told(
    world: World, host: Host, manager: NetworkManager, wanted: Wanted, ika: FarEnd
) -> None:
    edited(ika, world.file, IKA, TAKO)
    said = "".join(told(manager, host, wanted))
    assert f"states {TAKO} already" in said
    assert "remedy: put" in said


def test_what_is_needed_is_named_with_its_package(manager: NetworkManager, host: Host, wanted: Wanted) -> None:
    commands = manager.commands(host, wanted)
    run = {argv[0] for ways in (commands.down, commands.up, commands.restart) for way in ways for argv in way}
    known = {name for name, _ in (pair for one in MANAGERS for pair in one.programs)}
    assert run <= known | {"systemctl", "/etc/init.d/networking"}
    assert commands.down
    assert commands.up
    assert commands.restart


def test_what_holds_the_interface_is_gone_with_a_boot(manager: NetworkManager, host: Host, wanted: Wanted) -> None:
    commands = manager.commands(host, wanted)
    assert all(path.startswith("/run/") and "irekae" in path for path in commands.hold)
    assert bool(commands.hold) == commands.in_place == (commands.settles > 0)


def test_it_asks_the_watchdog_before_it_brings_anything_up(manager: NetworkManager) -> None:
    guards = manager.guards("eth0", SCRIPT)
    assert any(SCRIPT.encode() in file.data for file in guards.files)
    for file in guards.files:
        assert file.path.startswith("/etc/")
        assert b"Written by irekae (6.3); removed when the exchange is confirmed" in file.data


def test_what_asks_cannot_keep_a_host_off_the_network(manager: NetworkManager) -> None:
    for file in manager.guards("eth0", "/nonexistent/watchdog.py").files:
        if file.path.startswith("/etc/systemd/"):
            (line,) = [line for line in file.data.decode().splitlines() if line.startswith("Exec")]
            assert line.startswith("ExecStartPre=-+/usr/bin/timeout ")  # its failure is passed over, and it ends
        elif file.mode & 0o100:
            assert subprocess.run(["sh"], input=file.data).returncode == 0


@pytest.mark.parametrize("other", ["NetworkManager", "systemd-networkd"])
def test_a_second_manager_that_has_the_interface_is_told(
    world: World, host: Host, manager: NetworkManager, ika: FarEnd, other: str
) -> None:
    if other in (world.manager, *manager.through):
        pytest.skip("it is the one, or does its work")
    for path, text in WORLDS[other].files.items():
        ika.put(path, text)
    (said,) = [str(one) for one in strangers(host, "eth0")]
    first, second = sorted([world.manager, other], key=[one.name for one in MANAGERS].index)
    assert said.startswith(f"eth0 is {second}'s too, beside {first}\n  remedy: leave it to one of them")


def test_an_interface_that_nobody_has_is_told(host: Host, ika: FarEnd) -> None:
    ika.commands = lambda argv, stdin: (1, "")
    (said,) = [str(one) for one in strangers(host, "eth0")]
    assert "no network manager has eth0 (ifupdown, netplan, systemd-networkd, NetworkManager were asked)" in said
