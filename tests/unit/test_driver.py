"""What tests start in a lab ends with them."""

import subprocess
from pathlib import Path

import pytest

from tests.driver import Lab

BEGINS_ANOTHER = "sleep 1000 & echo $! > {told}; wait"


def test_what_does_not_end_in_time_is_ended_with_all_that_it_began(tmp_path: Path) -> None:
    told = tmp_path / "told"
    words = ["sh", "-c", BEGINS_ANOTHER.format(told=told)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True)
    with pytest.raises(subprocess.TimeoutExpired):
        Lab.heard(process, 1)
    state = Path(f"/proc/{told.read_text().strip()}/stat")
    assert not state.exists() or state.read_text().split(") ")[1].startswith("Z")
    assert process.returncode == -9


def test_what_ends_in_time_is_heard(tmp_path: Path) -> None:
    process = subprocess.Popen(["echo", "said"], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert Lab.heard(process, 10) == "said\n"
