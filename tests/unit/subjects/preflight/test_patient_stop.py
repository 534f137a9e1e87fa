"""systemd's own deadline for a stop must not come before ours: it would kill deliveries under way (0.2)."""

from __future__ import annotations

import pytest

from irekae.host.services.systemd import seconds
from irekae.subjects.preflight import services
from irekae.swap.swap import Swap
from tests.unit.farend import FarEnd
from tests.unit.small_procedure import for_copy


def told(swap: Swap, ika: FarEnd, shown: str) -> list[str]:
    """The obstacles of one host under systemd, as Debian 12's systemctl shows a unit."""
    ika.facts["systemd"] = True
    ika.commands = lambda argv, stdin: (0, shown)
    return [str(one) for one in services.patient_stop(for_copy(swap))]


@pytest.mark.parametrize(
    ("span", "wanted"),
    [
        ("1min 30s", 90), ("5min", 300), ("3min 1s", 181), ("500ms", 0.5), ("1h 2min", 3720), ("90s", 90),
        ("infinity", float("inf")), ("", float("inf")), ("1 fortnight", float("inf")), ("0", float("inf")),
    ],
)  # fmt: skip
def test_spans_of_time_are_read_as_systemd_writes_them(span: str, wanted: float) -> None:
    assert seconds(span) == wanted


def test_an_init_script_s_unit_with_five_minutes_is_right(swap: Swap, ika: FarEnd) -> None:
    assert told(swap, ika, "TimeoutStopUSec=5min\nKillMode=process\n") == []
    assert told(swap, ika, "TimeoutStopUSec=infinity\nKillMode=process\n") == []


def test_systemds_ninety_seconds_are_too_short_and_what_to_write_is_told(swap: Swap, ika: FarEnd) -> None:
    [said] = told(swap, ika, "TimeoutStopUSec=1min 30s\nKillMode=process\n")
    assert "systemd kills qmail 90 s after it is stopped; stop_wait in site.toml is 180 s" in said
    assert "TimeoutStopSec=181" in said


@pytest.mark.parametrize("mode", ["control-group", "mixed"])
def test_a_unit_that_ends_its_children_too_is_told(swap: Swap, ika: FarEnd, mode: str) -> None:
    [said] = told(swap, ika, f"TimeoutStopUSec=5min\nKillMode={mode}\n")
    assert f"(KillMode={mode})" in said


def test_without_systemd_nobody_is_asked(swap: Swap, ika: FarEnd, tako: FarEnd) -> None:
    assert list(services.patient_stop(for_copy(swap))) == []
    assert ika.ran == tako.ran == []
