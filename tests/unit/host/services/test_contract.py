"""What holds of a service whoever manages it, and what only systemd's units can be: sockets, timers, aliases, masks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from irekae.host.host import Host
from irekae.host.service import ServiceHandle
from irekae.model.errors import SwapError
from irekae.model.items import EXACT, Item, On
from irekae.procedure.undo import undo_change
from irekae.procedure.undo_files import Found
from irekae.site.site import Service
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.systemd_host import Systemd, Unit
from tests.unit.sysvinit_host import Sysvinit

Kind = Callable[[FarEnd], Sysvinit | Systemd]
KINDS: dict[str, Kind] = {
    "sysvinit": lambda far: Sysvinit(far, "apache2"),
    "systemd": lambda far: Systemd(far, apache2_service=Unit()),
    "systemd, with a socket": lambda far: Systemd(
        far, apache2_service=Unit(also=("apache2.socket",)), apache2_socket=Unit(starts="apache2.service")
    ),
    "systemd, by another name": lambda far: Systemd(far, httpd_service=Unit(alias="apache2.service")),
    "systemd, a timer": lambda far: Systemd(
        far, apache2_timer=Unit(starts="apache2.service"), apache2_service=Unit(install=False, active="inactive")
    ),
}
kinds = pytest.mark.parametrize("kind", [pytest.param(make, id=name) for name, make in KINDS.items()])


def bound(swap: Swap) -> Host:
    item = Item("1.4", "x", "", "", On.PRODUCTION, lambda *_: None, "M", EXACT, False, False, False)
    return swap.host(item, On.PRODUCTION)


def handle(swap: Swap, init: str = "apache2") -> ServiceHandle:
    declared = next((one for one in swap.site.services.values() if one.init == init), None)
    return ServiceHandle(bound(swap), declared or Service(init, "", "on", "on"))


def undo_all(swap: Swap) -> None:
    """In exact reverse, as a rollback does."""
    host, found = bound(swap), Found(frozenset())
    for change in reversed([entry for entry in swap.entries["ika"] if entry["event"] == "change"]):
        undo_change(swap, host, host.record.ground, change, found)


@kinds
def test_what_was_stopped_and_turned_off_is_off_until_an_undo_and_then_as_it_was(
    swap: Swap, ika: FarEnd, kind: Kind
) -> None:
    host = kind(ika)
    before, ran = dict(ika.boot), set(host.running)
    assert (handle(swap).state().running, handle(swap).state().at_boot) == (True, True)
    handle(swap).stop().disable()
    assert host.running == set()
    assert handle(swap).state().at_boot is False
    undo_all(swap)
    assert (host.running, ika.boot) == (ran, before)
    assert (handle(swap).state().running, handle(swap).state().at_boot) == (True, True)


@kinds
def test_looking_twice_changes_nothing_the_second_time(swap: Swap, ika: FarEnd, kind: Kind) -> None:
    kind(ika)
    handle(swap).stop().disable()
    n = len(swap.entries["ika"])
    handle(swap).stop().disable()
    assert len(swap.entries["ika"]) == n


@kinds
def test_a_plan_says_what_it_would_do_and_does_nothing(swap: Swap, ika: FarEnd, kind: Kind) -> None:
    host = kind(ika)
    before, ran = dict(ika.boot), set(host.running)
    view = swap.as_plan()
    handle(view).stop().disable()
    assert [change.what for change in view.plan] == ["stop apache2", "disable apache2 at boot"]
    assert (host.running, ika.boot) == (ran, before)


@kinds
def test_a_service_that_rests_in_between_runs_as_before(swap: Swap, ika: FarEnd, kind: Kind) -> None:
    host, seen = kind(ika), []
    ran = set(host.running)
    handle(swap).restart(lambda: seen.append(set(host.running)))
    assert seen == [set()]
    assert host.running == ran


@kinds
def test_a_service_may_be_restarted_as_often_as_calls_are_ended(swap: Swap, ika: FarEnd, kind: Kind) -> None:
    """systemd counts starts, and would leave sshd stopped."""
    host = kind(ika)
    ran = set(host.running)
    for _ in range(12):
        handle(swap).stop().start()
    assert host.running == ran


def test_the_socket_is_stopped_first_and_started_first(swap: Swap, ika: FarEnd) -> None:
    KINDS["systemd, with a socket"](ika)
    handle(swap).stop()
    undo_all(swap)
    acts = [argv[1:] for argv in ika.ran if argv[1] in ("stop", "start")]
    assert acts == [
        ["stop", "apache2.socket"], ["stop", "apache2.service"],
        ["start", "apache2.socket"], ["start", "apache2.service"],
    ]  # fmt: skip


def test_what_others_pull_in_is_masked_and_unmasked(swap: Swap, ika: FarEnd) -> None:
    host = Systemd(ika, apache2_service=Unit())
    host.units["apache2.service"].install = False
    handle(swap).stop().disable()
    assert ika.boot["systemd/system/apache2.service"] == "/dev/null"
    undo_all(swap)
    assert "systemd/system/apache2.service" not in ika.boot


def test_what_cannot_be_enabled_is_a_failure_and_not_believed(swap: Swap, ika: FarEnd) -> None:
    host = Systemd(ika, apache2_service=Unit())
    host.units["apache2.service"].install = False
    ika.boot.clear()
    with pytest.raises(SwapError, match="apache2 is not enabled at boot on ika"):
        handle(swap).enable()


def test_a_socket_by_its_own_name_takes_what_it_has_started_along(swap: Swap, ika: FarEnd) -> None:
    host = KINDS["systemd, with a socket"](ika)
    handle(swap, "apache2.socket").stop()
    assert host.running == set()


def test_a_mask_is_taken_off_before_enabling_and_comes_back_with_an_undo(swap: Swap, ika: FarEnd) -> None:
    Systemd(ika, apache2_service=Unit())
    ika.boot["systemd/system/apache2.service"] = "/dev/null"
    handle(swap).enable()
    assert handle(swap).state().at_boot is True
    undo_all(swap)
    assert "masked" in handle(swap).state().detail
