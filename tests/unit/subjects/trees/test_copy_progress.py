"""How far the copy is, in rsync's own words."""

import pytest

from irekae.subjects.trees.copy_progress import Copied, copied

MB = 1 << 20


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "     32,757,300  99%   52.42MB/s    0:00:00 (xfr#2292, to-chk=0/2789)",
            Copied(32_757_300, 1.0, 52.42 * MB, 2292, (2789, 2789)),
        ),
        ("  1,048,576  10%    1.00MB/s    0:00:09  ", Copied(MB, 0.1, MB)),
        ("  1,048,576  10%  512.00kB/s    0:00:09 (xfr#7, ir-chk=500/1000)", Copied(MB, 0.5, MB / 2, 7, (500, 1000))),
        ("1,234 99%", Copied(1234, 0.99, 0.0)),
        ("  0   0%    0.00kB/s    0:00:00 (xfr#0, to-chk=0/0)", Copied(0, 0.0, 0.0)),
    ],
)
def test_what_rsync_says_is_read(line: str, found: Copied) -> None:
    assert copied(line) == found


@pytest.mark.parametrize("line", ["", "counting files", "rsync: write failed on /home/x: disk", "9999% 1"])
def test_what_is_no_progress_is_none(line: str) -> None:
    assert copied(line) is None


@pytest.mark.parametrize("line", ["1 1% " + "9" * 5000 + "B/s", "9" * 5000 + " 1%", "1 1% ...B/s (xfr#,, to-chk=,/,)"])
def test_a_host_that_says_nonsense_stops_nobody(line: str) -> None:
    found = copied(line)
    assert found is not None
    assert found.progress().said


def test_rate_bytes_files_and_time_left_are_shown() -> None:
    progress = Copied(10 * MB, 0.25, MB, 12, (500, 2000)).progress()
    assert str(progress) == "25%, 10.0 MB, 1.0 MB/s, 500 of 2,000 files, 12 sent, 0:30 left"


def test_no_time_is_promised_before_anything_is_known() -> None:
    assert "left" not in Copied(0, 0.0, 0.0).progress().said
