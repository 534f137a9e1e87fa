"""A lab of these tests' own, `labsvc`: brought up where it is not up yet, and then taken down again."""

from collections.abc import Iterator

import pytest

from tests.lab_services.services_lab import ServicesLab


@pytest.fixture(scope="session")
def lab() -> Iterator[ServicesLab]:
    """The lab in its state before the swap; the tests put back what they change."""
    lab = ServicesLab("labsvc")
    was_up = lab.try_("status").returncode == 0
    # What an earlier run left is not the state before the swap.
    lab("reset" if was_up else "up")
    yield lab
    if not was_up:
        lab("down")
