"""Timers rest from 1.5 to 8.1 on both hosts, and are armed afterwards where the site says so; an undo arms them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.model.errors import SwapError
from irekae.model.items import EXACT, Item, On
from irekae.procedure.undo import undo_change
from irekae.procedure.undo_files import Found
from irekae.site.site import Service
from irekae.subjects import timers
from irekae.subjects.preflight import services
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import for_copy
from tests.unit.systemd_host import Systemd, Unit

TIMER = "certbot.timer"
P, S = On.PRODUCTION, On.STANDBY


def bound(swap: Swap, role: On, number: str = "1.5") -> Host:
    return swap.host(Item(number, "x", "", "", On.BOTH, lambda *_: None, "W", EXACT, False, False, False), role)


def with_timer(swap: Swap, standby: str = "") -> Swap:
    phase1 = replace(swap.site.phase1, scheduled=["/etc/cron.local/job", TIMER])
    declared = {"certbot": Service(TIMER, "", "on", standby)} if standby else {}  # type: ignore[arg-type]
    swap.site = replace(swap.site, phase1=phase1, services={**swap.site.services, **declared})
    return swap


def host_of(far: FarEnd) -> Systemd:
    return Systemd(
        far, certbot_timer=Unit(starts="certbot.service"), certbot_service=Unit(active="inactive", install=False)
    )


@pytest.fixture(params=[P, S])
def role(request: pytest.FixtureRequest) -> On:
    return On(request.param)


def test_timers_and_files_stand_in_one_list(swap: Swap) -> None:
    site = with_timer(swap).site
    assert (site.phase1.files, [timer.init for timer in site.timers]) == (["/etc/cron.local/job"], [TIMER])


@pytest.mark.parametrize(
    ("standby", "armed"), [("", {P: True, S: False}), ("on", {P: True, S: True}), ("any", {P: True, S: True})]
)
def test_held_on_both_hosts_and_armed_again_as_the_site_says(
    swap: Swap, ika: FarEnd, tako: FarEnd, role: On, standby: str, armed: dict[On, bool]
) -> None:
    machines, swap = {P: host_of(ika), S: host_of(tako)}, with_timer(swap, standby)
    for before, init in machines.items():
        timers.hold(bound(swap, before), swap.site)
        assert (init.running, init.at_boot(TIMER)) == (set(), False)
    init, host = machines[S if role is P else P], bound(swap, role, "8.1")
    timers.enable(host, swap.site)
    assert (init.at_boot(TIMER), init.running) == (armed[role], set())
    timers.arm(host, swap.site)
    assert (TIMER in init.running) is armed[role]


@pytest.mark.parametrize(("standby", "armed"), [("off", False), ("any", True)])
def test_one_that_somebody_arms_meanwhile_rests_on_the_old_machine_unless_the_site_does_not_judge(
    swap: Swap, ika: FarEnd, standby: str, armed: bool
) -> None:
    init, swap = host_of(ika), with_timer(swap, standby)
    timers.hold(bound(swap, P), swap.site)
    ServiceHandle(bound(swap, P, "3.1"), swap.site.timers[-1]).enable().start()
    timers.enable(bound(swap, S, "8.1"), swap.site)
    assert (init.at_boot(TIMER), TIMER in init.running) == (armed, armed)


def test_an_undo_arms_the_timer_as_it_was(swap: Swap, ika: FarEnd) -> None:
    init, swap = host_of(ika), with_timer(swap)
    links = dict(ika.boot)
    host, found = bound(swap, P), Found()
    timers.hold(host, swap.site)
    for change in reversed([entry for entry in swap.entries["ika"] if entry["event"] == "change"]):
        undo_change(swap, host, host.record.ground, change, found)
    assert (init.running, ika.boot) == ({TIMER}, links)


def test_a_job_that_goes_on_is_waited_for_and_told(swap: Swap, ika: FarEnd) -> None:
    init, swap = host_of(ika), with_timer(swap, "on")
    swap.site = replace(swap.site, services={"certbot": replace(swap.site.services["certbot"], stop_wait=0)})
    said = {"show": (0, "certbot.service\n"), "is-active": (3, "activating\n")}
    asks = "--property=Triggers"
    ika.commands = lambda argv, stdin: said[argv[1]] if argv[1] == "is-active" or asks in argv else init(argv, stdin)
    with pytest.raises(SwapError, match=r"certbot\.service of certbot\.timer still runs on ika"):
        timers.hold(bound(swap, P), swap.site)


def test_a_timer_that_a_host_lacks_or_that_is_not_armed_is_an_obstacle(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    init, swap = host_of(ika), with_timer(for_copy(swap))
    Systemd(tako)
    init.units[TIMER].active = "inactive"
    told = [str(one) for one in services.timers(swap)]
    assert [one.partition(" (")[0] for one in told] == [
        f"ika: {TIMER} is not armed on production", f"tako: no timer {TIMER!r}"
    ]  # fmt: skip
