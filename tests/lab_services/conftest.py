"""A lab of these tests' own, `labsvc`: brought up where it is not up yet, and then taken down again."""

from collections.abc import Iterator

import pytest

from tests.lab_services.services_lab import ServicesLab


@pytest.fixture(scope="session")
def lab() -> Iterator[ServicesLab]:
    """The lab in its state before the swap; the tests put back what they change."""
    with ServicesLab("labsvc").borrowed() as lab:
        yield lab
