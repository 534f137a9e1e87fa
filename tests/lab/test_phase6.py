"""Phase 6 in a lab: undisturbed, and with everything broken that can be broken in it."""

import pytest

from tests.lab.exchange_net import NEW, OLD, Net

pytestmark = pytest.mark.lab


def want_done(net: Net, outcome: tuple[int, str]) -> None:
    code, said = outcome
    assert code == 0, said + net.logs()
    assert net.is_at(NEW), net.logs()
    for machine in NEW:
        assert net.on(machine, "ls -A /etc/cron.d /etc/network /etc/network/if-pre-up.d | grep irekae; true") == ""
        assert NEW[machine][0] in net.on(machine, "cat /etc/network/interfaces")


def test_a_boot_between_5_3_and_6_1_keeps_the_old_address_and_name(net: Net) -> None:
    # The fixture has just booted both.
    assert net.is_at(OLD)
    assert net.on("a", "cat /etc/hostname") == "tako\n"
    net.on("a", "/etc/init.d/networking restart >/dev/null 2>&1; true")
    net.wait("a is home again", lambda: net.place("a") == OLD["a"], 20)


def test_between_5_3_and_6_1_no_guard_is_needed_for_a_boot_to_keep_the_old_address(net: Net) -> None:
    # As under a network manager that asks nobody before it brings up what its file says.
    net.on("a", "rm /etc/network/if-pre-up.d/irekae /etc/cron.d/irekae-exchange")
    net.lab("power", "a", "cycle")
    assert net.place("a")[0] == OLD["a"][0]
    assert OLD["a"][0] in net.on("a", "cat /etc/network/interfaces")


def test_undisturbed_both_change_places_and_can_go_back(net: Net) -> None:
    want_done(net, net.exchange())
    code, said = net.go_on(net.seat("revert"))
    assert code == 0, said
    assert net.is_at(OLD)
    want_done(net, net.exchange())


# Where the seat is killed, and where the hosts come to rest by themselves.
KILLS = {
    "arm-ika": OLD,
    "arm-tako": OLD,
    "go-ika": OLD,
    "go-tako": OLD,
    "prepare-ika": OLD,
    "confirm-tako": OLD,
    "told-confirm-tako": NEW,
    "done": NEW,
}


@pytest.mark.parametrize(
    "point", [p if p == "confirm-tako" else pytest.param(p, marks=pytest.mark.faults) for p in KILLS]
)
def test_the_seat_dies_and_never_comes_back_then_another_one_finishes(net: Net, point: str) -> None:
    net.kill(net.paused(point))
    net.want_settled(KILLS[point])
    want_done(net, net.exchange())


@pytest.mark.faults
@pytest.mark.parametrize("point", KILLS)
def test_the_seat_dies_and_another_one_goes_on_at_once(net: Net, point: str) -> None:
    net.kill(net.paused(point))
    want_done(net, net.exchange())


@pytest.mark.faults
@pytest.mark.parametrize("point", ["arm-ika", "arm-tako"])
def test_the_seats_network_is_cut_before_both_are_armed(net: Net, point: str) -> None:
    seat = net.paused(point)
    net.lab("cut", "seat")
    code, said = net.go_on(seat)
    assert code == 4, said
    net.want_settled(OLD)
    net.lab("mend", "seat")
    for machine in OLD:
        # No word of the seat's end got through: its agents hold their locks until somebody frees them (`fab unlock`).
        net.on(machine, "pkill -f irekae-agen[t]; true")
    want_done(net, net.exchange())


@pytest.mark.faults
@pytest.mark.parametrize("point", ["go-ika", "prepare-ika", "confirm-tako"])
def test_the_seats_network_is_cut_for_longer_than_the_deadline(net: Net, point: str) -> None:
    seat = net.paused(point)
    net.lab("cut", "seat")
    net.let_go(seat)
    net.want_settled(OLD)
    net.lab("mend", "seat")
    code, said = net.go_on(seat)
    assert code in (1, 4), said
    want_done(net, net.exchange())


@pytest.mark.parametrize(
    ("point", "machine"),
    [
        ("confirm-tako", "b"),
        *[
            pytest.param(point, machine, marks=pytest.mark.faults)
            for point, machine in [
                ("go-ika", "a"),
                ("go-ika", "b"),
                ("prepare-ika", "a"),
                ("prepare-ika", "b"),
                ("confirm-tako", "a"),
            ]
        ],
    ],
)
def test_a_power_cut_before_the_confirmation_sends_both_back(net: Net, point: str, machine: str) -> None:
    seat = net.paused(point)
    net.lab("power", machine, "cycle")
    net.want_settled(OLD)
    code, said = net.go_on(seat)
    assert code in (1, 4), said
    want_done(net, net.exchange())


@pytest.mark.faults
@pytest.mark.parametrize("machine", ["a", "b"])
def test_a_power_cut_behind_the_confirmation_keeps_both_exchanged(net: Net, machine: str) -> None:
    seat = net.paused("told-confirm-tako")
    net.lab("power", machine, "cycle")
    net.want_settled(NEW)
    net.go_on(seat)
    want_done(net, net.exchange())


@pytest.mark.faults
@pytest.mark.parametrize("machine", ["a", "b"])
def test_a_host_that_stays_dark_lets_the_other_one_go_home(net: Net, machine: str) -> None:
    other = {"a": "b", "b": "a"}[machine]
    seat = net.paused("prepare-ika")
    net.lab("power", machine, "off")
    net.wait("the other one is home", lambda: net.place(other) == OLD[other], 120)
    net.lab("power", machine, "on")
    net.want_settled(OLD)
    net.kill(seat)
    want_done(net, net.exchange())


@pytest.mark.faults
@pytest.mark.parametrize(("point", "machine"), [("prepare-ika", "a"), ("prepare-ika", "b"), ("confirm-tako", "b")])
def test_a_hosts_cable_is_cut_and_mended_later(net: Net, point: str, machine: str) -> None:
    other = {"a": "b", "b": "a"}[machine]
    seat = net.paused(point)
    net.lab("cut", machine)
    net.kill(seat)
    if other == "b" or point == "prepare-ika":
        net.wait("the other one is home", lambda: net.place(other) == OLD[other], 120)
    else:
        net.wait("the cut one gave up", lambda: net.state(machine) == "returning", 120)
    net.lab("mend", machine)
    net.want_settled(OLD)
    want_done(net, net.exchange())


@pytest.mark.parametrize("machine", ["b", pytest.param("a", marks=pytest.mark.faults)])
def test_a_network_that_does_not_restart_on_one_host_sends_both_back(net: Net, machine: str) -> None:
    net.on(machine, "mv /etc/init.d/networking /root/networking && printf '#!/bin/sh\\nexit 1\\n' "
                    ">/etc/init.d/networking && chmod 755 /etc/init.d/networking")  # fmt: skip
    code, said = net.exchange()
    assert code == 1, said
    assert "both hosts went back" in said
    assert net.is_at(OLD), net.logs()
    net.on(machine, "mv /root/networking /etc/init.d/networking")
    want_done(net, net.exchange())


@pytest.mark.faults
def test_ifupdown_that_works_only_after_a_reboot_gets_one(net: Net) -> None:
    before = net.on("b", "cat /proc/sys/kernel/random/boot_id")
    seat = net.paused("go-ika")
    net.on("b", "mount --bind /bin/false /sbin/ifup")
    code, said = net.go_on(seat)
    assert code == 1, said
    assert net.is_at(OLD), net.logs()
    assert net.on("b", "cat /proc/sys/kernel/random/boot_id") != before
    want_done(net, net.exchange())


@pytest.mark.faults
def test_ifupdown_that_never_works_again_does_not_lock_the_operator_out(net: Net) -> None:
    seat = net.paused("go-ika")
    net.on("b", "mv /sbin/ifup /sbin/ifup.away")
    code, said = net.go_on(seat)
    assert code == 1, said
    assert net.is_at(OLD), net.logs()


@pytest.mark.faults
def test_a_third_machine_that_has_the_address_already_is_found_before_anything_changes(net: Net) -> None:
    net.on("outside", "ip addr add 198.51.100.21/32 dev eth0")
    code, said = net.exchange()
    assert code in (1, 3), said
    assert net.place("b") == OLD["b"]
    assert net.state("b") == ""


@pytest.mark.faults
def test_a_third_machine_that_takes_the_address_in_between_sends_both_back(net: Net) -> None:
    seat = net.paused("go-ika")
    net.on("outside", "ip addr add 198.51.100.21/32 dev eth0")
    net.kill(seat)
    net.want_settled(OLD)
    seat = net.seat("exchange")
    net.kill(seat)
    net.on("outside", "ip addr del 198.51.100.21/32 dev eth0")
    want_done(net, net.exchange())


@pytest.mark.faults
@pytest.mark.parametrize(("point", "machine"), [("go-ika", "a"), ("prepare-ika", "a"), ("confirm-tako", "b")])
def test_a_disk_that_is_full_sends_both_back(net: Net, point: str, machine: str) -> None:
    seat = net.paused(point)
    net.lab("fill", machine)
    net.let_go(seat)
    net.wait("both are home", lambda: all(net.place(m) == OLD[m] for m in OLD))
    net.lab("drain", machine)
    net.kill(seat)
    want_done(net, net.exchange())
