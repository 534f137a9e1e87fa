"""Root's door is not opened without a lease, and the way to one is a command."""

from __future__ import annotations

import pytest

import tasks  # noqa: F401 (declares the items)
from irekae.model.errors import SwapError
from irekae.model.items import On, find_item
from irekae.subjects.each_minute import at_boot
from irekae.subjects.each_minute.texts import FOLDER
from irekae.subjects.root_door import keepers, script
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd, silent

LOCKED = ["flock", "-w", "60", "/run/irekae-door.lock", "true"]


def test_no_keeper_is_written_while_the_lease_before_is_being_closed(swap: Swap, tako: FarEnd) -> None:
    tako.commands = lambda argv, stdin: (1, "") if argv == LOCKED else silent(argv, stdin)
    with pytest.raises(SwapError, match="the lease before is just being closed on tako"):
        keepers.install(swap.host(find_item("2.2"), On.STANDBY), swap)
    assert not tako.path("/etc/cron.d/irekae-door").exists()


@pytest.mark.parametrize("waived", [True, False])
def test_a_lease_that_was_waived_is_named_with_the_command_that_sets_it(
    swap: Swap, tako: FarEnd, monkeypatch: pytest.MonkeyPatch, waived: bool
) -> None:
    monkeypatch.setattr(keepers, "PROVED", -1.0)
    if not waived:
        tako.put("/etc/cron.d/irekae-door", "")
    with pytest.raises(SwapError, match="root's way in is not opened on tako") as raised:
        keepers.want_alive(swap.host(find_item("2.1"), On.STANDBY), swap)
    assert ("`fab -H tako phase2.lease` sets a lease" in raised.value.hint) is waived
    assert raised.value.hint.endswith("then `fab -H tako phase2`")


def test_files_of_a_call_that_was_ended_before_systemd_heard_of_them_are_announced(swap: Swap, tako: FarEnd) -> None:
    tako.systemd = tako.facts["systemd"] = True
    tako.path("/etc/systemd/system").mkdir(parents=True)
    tako.commands = silent
    keepers._install_unit(swap.host(find_item("2.2"), On.STANDBY))
    tako.ran.clear()
    keepers._install_unit(swap.host(find_item("2.2"), On.STANDBY))
    assert tako.ran == [["systemctl", "daemon-reload"]]


def test_an_empty_folder_that_a_call_was_ended_before_it_removed_goes(swap: Swap, tako: FarEnd) -> None:
    tako.path(FOLDER).mkdir(parents=True)
    at_boot.let_go(swap.host(find_item("4.2"), On.STANDBY), "irekae-door-early", "a test")
    assert not tako.path(FOLDER).exists()


@pytest.mark.parametrize(("beat", "lock", "lives"), [(99.0, 1, True), (99.0, 0, False), (97.0, 1, False)])
def test_the_watch_lives_that_has_looked_just_now_and_holds_its_lock(
    swap: Swap, tako: FarEnd, beat: float, lock: int, lives: bool
) -> None:
    tako._clock = lambda: {"uptime": 100.0}  # type: ignore[attr-defined]
    tako.put(script.BEAT, f"{beat}\n")
    tako.commands = lambda argv, stdin: (lock, "") if argv[0] == "flock" else silent(argv, stdin)
    assert keepers._is_watching(swap.host(find_item("2.1"), On.STANDBY)) is lives
    assert (["flock", "-n", script.WATCH, "true"] in tako.ran) is (beat > 98)
