from __future__ import annotations

import pytest

from irekae.host.services import ServiceState, Systemd
from tests.unit.host.services.recorded import Recorded

INIT = Systemd()
LEFT_OVER = {"rc2.d/S01apache2": "../init.d/apache2"}


def state(active: str = "active", enabled: str = "enabled", load: str = "loaded", **links: str) -> ServiceState:
    shown = f"Id=apache2.service\nLoadState={load}\nUnitFileState={enabled}\n"
    answers = [
        Recorded([], f"{active}\n".encode()),
        Recorded([], f"{enabled}\n".encode()),
        Recorded([], shown.encode()),
    ]
    return INIT.parse("apache2", answers, LEFT_OVER if links else {})


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
        ("static", None),
        ("indirect", None),
        ("disabled", False),
        ("transient", False),
        ("bad", None),
        ("generated", False),
        ("something new", None),
    ],
)
def test_known_words_of_is_enabled_are_listed_and_every_other_is_unknown(word: str, at_boot: bool | None) -> None:
    assert state(enabled=word).at_boot is at_boot


def test_a_masked_unit_with_left_over_start_links_is_off() -> None:
    assert state("inactive", "masked", "masked", links="yes").at_boot is False


def test_a_generated_unit_goes_by_the_start_links() -> None:
    assert state(enabled="generated", links="yes").at_boot is True


def test_a_unit_that_is_not_found_is_not_known() -> None:
    missing = state("inactive", "", "not-found")
    assert (missing.running, missing.at_boot, missing.known) == (False, False, False)


def test_no_answer_at_all_says_nothing_about_running() -> None:
    silent = INIT.parse("apache2", [Recorded([], status=1)] * 3, {})
    assert (silent.running, silent.known) == (None, False)


def test_commands() -> None:
    assert INIT.stop("apache2") == [["systemctl", "stop", "apache2"]]
    assert INIT.start("apache2") == [["systemctl", "start", "apache2"]]
    assert INIT.restart("apache2") == [["systemctl", "restart", "apache2"]]
    assert INIT.disable("apache2") == [["systemctl", "disable", "apache2"]]
    assert INIT.mask("apache2") == [["systemctl", "mask", "apache2"]]
    assert INIT.renew("apache2") == [["systemctl", "reenable", "apache2"]]


def test_a_mask_is_taken_off_before_enabling() -> None:
    assert INIT.enable("apache2") == [["systemctl", "unmask", "apache2"], ["systemctl", "enable", "apache2"]]


def test_undo_brings_back_what_was() -> None:
    assert INIT.undo_boot("apache2", state()) == INIT.enable("apache2")
    assert INIT.undo_boot("apache2", state(enabled="disabled")) == INIT.disable("apache2")
    assert INIT.undo_boot("apache2", state(enabled="static")) == []
    assert INIT.undo_boot("apache2", state("inactive", "", "not-found")) == []
    assert INIT.undo_boot("apache2", state(enabled="masked"))[-1] == ["systemctl", "mask", "apache2"]
