"""rsync's progress, as it writes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irekae.board.copy import Progress, progress


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (
            "18,112,344,064 63% 84.20MB/s 0:02:06 (xfr#84112, to-chk=51044/141228)",
            Progress("18.1 GB", 63, "84.20MB/s", "0:02:06", 90184, 141228),
        ),
        ("32,757,300 99% 52.42MB/s 0:00:00", Progress("32.8 MB", 99, "52.42MB/s", "0:00:00")),
        ("0 0% 0.00kB/s 0:00:00 (xfr#0, ir-chk=1/7)", Progress("0 B", 0, "0.00kB/s", "0:00:00", 6, 7)),
    ],
)
def test_size_share_rate_time_and_files_are_read(line: str, read: Progress) -> None:
    assert progress(line) == read


@pytest.mark.parametrize("line", ["", "counting files", "rsync: [sender] failed: 63%", "1 63% 84.20MB/s"])
def test_what_is_no_progress_is_none(line: str) -> None:
    assert progress(line) is None


@given(
    st.text() | st.from_regex(r"[0-9,]{1,30} [0-9]{1,9}% 1.0MB/s 0:00:00( \(xfr#1, to-chk=[0-9]{1,9}/[0-9]{1,9}\))?")
)
def test_whatever_is_told_the_share_is_one(line: str) -> None:
    found = progress(line)
    assert found is None or (0 <= found.percent <= 100 and found.done >= 0)
