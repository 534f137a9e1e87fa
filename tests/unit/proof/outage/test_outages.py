"""The prober's log read as outages: clocks, lost lines, probers that died."""

import json
from datetime import datetime
from typing import Any

import pytest

from irekae.model.results import Outage, Span
from irekae.proof.outage.outages import Offset, longest_by_service, of_run, outages, read_log, unwatched

BOOT = "9f6c0f9e-0000-4000-8000-000000000001"
OTHER = "9f6c0f9e-0000-4000-8000-000000000002"
# The far end booted at 1000.0 of the seat's time; its wall clock is an hour fast.
SEAT = Offset(BOOT, monotonic=1000.0, wall=-3600.0, error=0.001)
NOW = datetime.fromtimestamp(1300).astimezone().isoformat()


def at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="milliseconds")


def begin(t: float, boot: str = BOOT, run: str = "r1", wall: float = 0.0) -> dict[str, Any]:
    return {"event": "begin", "t": t, "boot_id": boot, "run": run, "wall": wall, "seconds": 60}


def state(t: float, up: bool, service: str = "http") -> dict[str, Any]:
    return {"event": "state", "t": t, "service": service, "up": up, "why": "" if up else "refused"}


def log(*lines: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def gone(*lines: dict[str, Any]) -> tuple[Span, ...]:
    found = outages(read_log(log(*lines)), [("http", "198.51.100.21")], SEAT, NOW, {})
    return found[0].gone


def test_a_change_and_the_next_make_a_span_in_the_seats_time() -> None:
    assert gone(begin(5), state(5, True), state(20, False), state(31.5, True)) == (Span(at(1020), at(1031.5)),)


def test_a_service_that_never_answered_is_away_from_the_beginning() -> None:
    assert gone(begin(5), state(5.1, False), state(9, True)) == (Span(at(1005.1), at(1009)),)


def test_a_service_that_is_away_still_has_no_end_and_its_length_reaches_to_now() -> None:
    [outage] = outages(read_log(log(begin(5), state(5, True), state(100, False))), [("http", "x")], SEAT, NOW, {})
    assert outage.gone == (Span(at(1100), None),)
    assert outage.longest == 200.0


def test_a_service_that_answered_all_the_time_has_no_span() -> None:
    [outage] = outages(read_log(log(begin(5), state(5, True))), [("http", "x")], SEAT, NOW, {"http": 3.5})
    assert outage == Outage("http", "x", (), 0.0, 3.5)


def test_what_was_never_watched_is_left_out() -> None:
    assert outages(read_log(log(begin(5), state(5, True))), [("pop", "x")], SEAT, NOW, {}) == []


def test_nobody_watched_is_not_called_gone() -> None:
    lines = [begin(5), state(6, False), {"event": "alive", "t": 16}, begin(40), state(41, True)]
    assert gone(*lines) == (Span(at(1006), at(1016)),)
    assert unwatched(read_log(log(*lines)), SEAT) == [Span(at(1016), at(1040))]


def test_of_an_earlier_boot_the_wall_clock_of_then_counts() -> None:
    lines = [begin(500, OTHER, wall=4700.0), state(501, True), state(520, False), state(525, True), begin(3)]
    assert gone(*lines) == (Span(at(1120), at(1125)),)


def test_the_quickest_question_sets_the_clock() -> None:
    far = {"boot_id": BOOT, "monotonic": 50.0, "wall": 2000.0}
    slow, quick = (100.0, 102.0, far), (200.0, 200.01, far | {"monotonic": 149.0, "wall": 2099.5})
    offset = Offset.best([slow, quick])
    assert offset.monotonic == pytest.approx(51.005)
    assert offset.wall == pytest.approx(-1899.495)
    assert offset.error == pytest.approx(0.005)


def test_lines_that_a_crash_cut_short_are_passed_over() -> None:
    text = log(begin(5), state(5, True), state(20, False)) + b'{"event": "sta' + b"\n" + log(state(30, True))
    assert outages(read_log(text), [("http", "x")], SEAT, NOW, {})[0].gone == (Span(at(1020), at(1030)),)
    assert read_log(b"\xff\xfe\nnull\n[]\n{}\n") == []


def test_stretches_of_another_swap_do_not_count() -> None:
    seen = read_log(log(begin(1, run=""), begin(2, run="r0"), begin(3, run="r1")))
    assert [watched.run for watched in of_run(seen, "r1")] == ["", "r1"]


def test_a_rehearsals_longest_outages_are_the_prediction() -> None:
    assert longest_by_service([Outage("http", "x", (), 12.5), Outage("dns", "x")]) == {"http": 12.5, "dns": 0.0}
