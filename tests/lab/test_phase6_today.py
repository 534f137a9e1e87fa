"""Phase 6 on a pair of today: systemd-networkd, IPv4 and IPv6. Each test begins and ends at the old places."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.driver import PROJECT
from tests.lab.exchange_net import Net, Pair

pytestmark = pytest.mark.lab

PAIR = Pair(
    {"a": ("192.0.2.10", "mars"), "b": ("192.0.2.11", "venus")},
    {"a": ("192.0.2.11", "venus"), "b": ("192.0.2.10", "mars")},
    {"02:00:c0:00:02:0a": "a", "02:00:c0:00:02:0b": "b"},
    {"a": "2001:db8:5::10", "b": "2001:db8:5::11"},
    "today",
)
OTHER = {"a": "b", "b": "a"}
LEFT = (
    "ls -A /etc/cron.d /etc/systemd/system /etc/systemd/network /run/systemd/network "
    "| grep -e irekae -e 'networkd.service.d' -e 'network.d$'; true"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    site = tmp_path_factory.mktemp("site") / "site.toml"
    text = (PROJECT / "lab/profiles/today/site.toml").read_text()
    site.write_text(text.replace("confirm_within = 60", "confirm_within = 40"))
    net = Net(site, PAIR)
    with net.lab.borrowed():
        code, said = net.go_on(net.seat("prepare"))
        assert code == 0, said
        yield net


@pytest.fixture
def net(made: Net) -> Iterator[Net]:
    want_at(made, exchanged=False)
    made.watch_addresses()
    yield made
    made.want_one_answer_each()


def sixes(net: Net, machine: str) -> set[str]:
    shown = net.on(machine, "ip -6 -o addr show dev eth0 scope global -tentative -dadfailed")
    return {line.split()[3].split("/")[0] for line in shown.splitlines()}


def want_at(net: Net, exchanged: bool) -> None:
    """Both at rest, at their old places or at each other's, with IPv4, IPv6 and name."""
    net.want_settled(PAIR.new if exchanged else PAIR.old)
    for machine in PAIR.old:
        wanted = PAIR.six[OTHER[machine] if exchanged else machine]
        net.wait(f"{machine} has {wanted} alone", lambda m=machine, one=wanted: sixes(net, m) == {one}, 20)  # type: ignore[misc]


def test_a_boot_between_5_3_and_6_1_keeps_the_old_addresses_and_names(net: Net) -> None:
    net.on("a", "systemctl restart systemd-networkd")
    net.lab("power", "b", "cycle")
    want_at(net, exchanged=False)
    assert net.on("a", "cat /etc/hostname") == "venus\n"


@pytest.mark.parametrize("address", ["192.0.2.10/32", "2001:db8:5::10/128"])
def test_a_third_machine_that_has_an_address_is_found_before_anything_changes(net: Net, address: str) -> None:
    nodad = " nodad" if ":" in address else ""
    net.on("outside", f"ip addr add {address} dev eth0{nodad}")
    code, said = net.exchange()
    net.on("outside", f"ip addr del {address} dev eth0")
    assert code in (1, 3), said
    assert "held by" in said
    assert net.state("b") == ""


def test_a_third_machine_that_takes_the_ipv6_address_in_between_sends_both_back(net: Net) -> None:
    seat = net.paused("go-mars")
    net.on("outside", "ip addr add 2001:db8:5::11/128 dev eth0 nodad")
    net.kill(seat)
    net.want_settled(PAIR.old)
    net.on("outside", "ip addr del 2001:db8:5::11/128 dev eth0")
    want_at(net, exchanged=False)


@pytest.mark.faults
def test_a_seat_that_dies_before_the_confirmation_sends_both_home(net: Net) -> None:
    net.kill(net.paused("confirm-venus"))
    want_at(net, exchanged=False)


@pytest.mark.parametrize(
    ("point", "machine"), [("confirm-venus", "b"), pytest.param("prepare-mars", "a", marks=pytest.mark.faults)]
)
def test_a_power_cut_in_the_middle_sends_both_home(net: Net, point: str, machine: str) -> None:
    seat = net.paused(point)
    net.lab("power", machine, "cycle")
    net.kill(seat)
    want_at(net, exchanged=False)


@pytest.mark.faults
def test_whoever_restarts_the_network_in_the_middle_brings_up_neither_address(net: Net) -> None:
    seat = net.paused("prepare-mars")
    net.on("a", "networkctl reload; systemctl restart systemd-networkd")
    # That it did not is what is watched: the other one has the address meanwhile.
    net.kill(seat)
    want_at(net, exchanged=False)


def test_undisturbed_both_change_places_keep_them_over_a_boot_and_can_go_back(net: Net) -> None:
    code, said = net.exchange()
    assert code == 0, said + net.logs()
    want_at(net, exchanged=True)
    for machine in PAIR.old:
        assert net.on(machine, LEFT) == ""
    net.lab("power", "a", "cycle")
    want_at(net, exchanged=True)
    code, said = net.go_on(net.seat("revert"))
    assert code == 0, said + net.logs()
    want_at(net, exchanged=False)
