from __future__ import annotations

import pytest

from irekae.host.services import ServiceState, Systemd
from irekae.host.services.shown import properties_of
from tests.unit.host.services.recorded import Recorded

INIT = Systemd()
LEFT_OVER = {"rc2.d/S01apache2": "../init.d/apache2"}


def state(
    active: str = "active", enabled: str = "enabled", load: str = "loaded", wanted: bool = False, **links: str
) -> ServiceState:
    shown = f"Id=apache2.service\nLoadState={load}\nUnitFileState={enabled}\nActiveState={active}\n"
    pulled = "  multi-user.target\n  graphical.target\n" if wanted else ""
    answers = [
        Recorded([], shown.encode()),
        Recorded([], f"apache2.service\n{pulled}".encode()),
        Recorded([], b"graphical.target\n"),
        Recorded([], b"apache2.service\n" if links.get("made") else b""),
    ]
    return INIT.parse("apache2", answers, LEFT_OVER if links.get("links") else {})


@pytest.mark.parametrize(
    ("word", "running"),
    [
        ("active", True),
        ("reloading", True),
        ("refreshing", True),
        ("inactive", False),
        ("failed", False),
        ("activating", None),
        ("deactivating", None),
        ("maintenance", None),
        ("unknown", None),
        ("something new", None),
        ("", None),
    ],
)
def test_known_words_of_is_active_are_listed_and_every_other_is_unknown(word: str, running: bool | None) -> None:
    assert state(active=word).running is running


@pytest.mark.parametrize(
    ("word", "at_boot"),
    [
        ("enabled", True),
        ("enabled-runtime", False),
        ("linked", False),
        ("linked-runtime", False),
        ("masked", False),
        ("masked-runtime", None),
        ("static", False),
        ("indirect", False),
        ("disabled", False),
        ("transient", False),
        ("bad", None),
        ("generated", False),
        ("something new", None),
    ],
)
def test_known_words_of_is_enabled_are_listed_and_every_other_is_unknown(word: str, at_boot: bool | None) -> None:
    assert state(enabled=word).at_boot is at_boot


@pytest.mark.parametrize("word", ["static", "indirect"])
def test_what_is_only_pulled_in_goes_by_who_pulls_it_in_and_only_a_mask_keeps_it_off(word: str) -> None:
    pulled = state(enabled=word, wanted=True)
    assert pulled.at_boot is True
    assert INIT.disable("apache2.service", pulled) == [["systemctl", "mask", "apache2.service"]]


def test_a_link_in_run_is_gone_with_the_boot_unless_a_generator_makes_it_anew() -> None:
    assert state(enabled="enabled-runtime", wanted=True).at_boot is False
    assert state(enabled="enabled-runtime", wanted=True, made="yes").at_boot is True
    assert state(enabled="enabled-runtime", made="yes").at_boot is False


def test_a_masked_unit_with_left_over_start_links_is_off() -> None:
    assert state("inactive", "masked", "masked", links="yes").at_boot is False


def test_a_generated_unit_goes_by_the_start_links() -> None:
    assert state(enabled="generated", links="yes").at_boot is True


def test_a_generated_unit_without_start_links_goes_by_who_pulls_it_in_and_only_a_mask_keeps_it_off() -> None:
    pulled = state(enabled="generated", wanted=True)
    assert pulled.at_boot is True
    assert INIT.disable("apache2.service", pulled) == [["systemctl", "mask", "apache2.service"]]
    assert state("inactive", "masked", "masked", wanted=True).at_boot is False


def test_that_of_an_init_script_is_turned_off_by_its_links() -> None:
    linked = state(enabled="generated", wanted=True, links="yes")
    assert INIT.disable("apache2.service", linked) == [["systemctl", "disable", "apache2.service"]]


def test_a_unit_that_is_not_found_is_not_known() -> None:
    missing = state("inactive", "", "not-found")
    assert (missing.running, missing.at_boot, missing.known) == (False, False, False)


def test_no_answer_at_all_says_nothing_about_running() -> None:
    silent = INIT.parse("apache2", [Recorded([], status=1)] * 4, {})
    assert (silent.running, silent.known) == (None, False)


def test_commands() -> None:
    assert INIT.stop("apache2") == [["systemctl", "stop", "apache2"]]
    counted_no_more = ["systemctl", "reset-failed", "apache2"]
    assert INIT.start("apache2") == [counted_no_more, ["systemctl", "start", "apache2"]]
    assert INIT.restart("apache2") == [counted_no_more, ["systemctl", "restart", "apache2"]]
    assert INIT.disable("apache2", state()) == [["systemctl", "disable", "apache2.service"]]
    assert INIT.renew("apache2") == [["systemctl", "reenable", "apache2"], ["systemctl", "enable", "apache2"]]


def test_a_mask_is_taken_off_before_enabling() -> None:
    assert INIT.enable("apache2") == [["systemctl", "unmask", "apache2"], ["systemctl", "enable", "apache2"]]


def test_an_undo_lets_systemd_read_the_links_again() -> None:
    assert INIT.undo_boot("apache2", state()) == [["systemctl", "daemon-reload"]]


@pytest.mark.parametrize(
    ("realtime", "monotonic", "sub", "running"),
    [
        ("Fri 2026-11-27 00:00:00 UTC", "0", "waiting", True),
        ("", "infinity", "elapsed", False),
        ("", "3h 2min", "waiting", True),
        ("", "infinity", "running", True),
    ],
)
def test_a_timer_runs_while_it_is_armed(realtime: str, monotonic: str, sub: str, running: bool) -> None:
    times = f"NextElapseUSecRealtime={realtime}\nNextElapseUSecMonotonic={monotonic}\nSubState={sub}\n"
    shown = f"{times}Id=job.timer\nTriggers=job.service\nLoadState=loaded\nUnitFileState=enabled\nActiveState=active\n"
    found = INIT.parse("job.timer", [Recorded([], shown.encode()), *[Recorded([])] * 3], {})
    assert found.running is running
    assert found.stops == ("job.timer",), "its job is waited for, not ended"


def test_what_systemd_says_of_units_is_told_by_unit_and_of_no_unit_there_is_nothing() -> None:
    said = "KillMode=control-group\nId=a.service\n\nId=b.service\nEnvironment=A=1 B=2\n"
    units = [{"KillMode": "control-group", "Id": "a.service"}, {"Id": "b.service", "Environment": "A=1 B=2"}]
    assert properties_of(said) == units
    assert properties_of("") == [{}]
    assert properties_of("Failed to get properties\n") == [{}]
