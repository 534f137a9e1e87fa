"""What tests start in a lab ends with them; tests of one lab are in one process."""

import subprocess
from pathlib import Path

import pytest

from tests.conftest import lab_of
from tests.driver import Lab

BEGINS_ANOTHER = "sleep 1000 & echo $! > {told}.new; mv {told}.new {told}; wait"


def is_over(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except OSError:
        return True


def test_what_does_not_end_in_time_is_ended_with_all_that_it_began(tmp_path: Path) -> None:
    told = tmp_path / "told"
    words = ["sh", "-c", BEGINS_ANOTHER.format(told=told)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True)
    Lab.until("it has begun another", told.exists)
    with pytest.raises(subprocess.TimeoutExpired):
        Lab.heard(process, 0.1)
    assert process.returncode == -9
    Lab.until("the other is over", lambda: is_over(told.read_text().strip()))


def test_what_ends_in_time_is_heard(tmp_path: Path) -> None:
    process = subprocess.Popen(["echo", "said"], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert Lab.heard(process, 10) == "said\n"


def test_tests_of_one_lab_stay_together_and_those_of_no_lab_go_by_file() -> None:
    seats, phase6 = lab_of("tests/lab/test_seats.py::test_x[a]"), lab_of("tests/lab/test_phase6.py::test_y")
    assert (seats, phase6, lab_of("tests/sabotage/test_selection.py::test_z")) == ("test", "labnet", "test")
    today = "tests/sabotage/test_selection.py::test_the_suite_notices_this_on_a_pair_of_today[row]"
    faults = "tests/faults/test_selection.py::test_is_survived[{}-power/5-a]"
    of_2011, of_today = lab_of(faults.format("2011")), lab_of(faults.format("today"))
    assert (lab_of(today), of_2011, of_today) == ("test-today", "faults-2011", "faults-today")
    assert lab_of("tests/lab_core/test_seat.py::test_x") == lab_of("tests/lab_core/test_hosts.py::test_y")
    assert lab_of("tests/unit/test_docs.py::test_x") != lab_of("tests/unit/test_sizes.py::test_x")
