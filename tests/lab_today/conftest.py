"""A lab of these tests' own, `labtoday`: brought up where it is not up yet, and then taken down again."""

import os
from collections.abc import Iterator

import pytest

from tests.lab_today.today_lab import TodayLab


@pytest.fixture(scope="session")
def lab() -> Iterator[TodayLab]:
    """The pair of today, as before the swap; the tests put back what they change."""
    with TodayLab(os.environ.get("IREKAE_TEST_LAB", "labtoday")).borrowed() as lab:
        yield lab
