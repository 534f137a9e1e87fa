"""A lab of the tests' own, `labtest`, up for the whole session and reset after each test that changed it."""

from collections.abc import Callable, Iterator

import pytest

from tests.driver import Lab


@pytest.fixture(scope="session")
def _running() -> Iterator[Lab]:
    with Lab("labtest").borrowed() as lab:
        yield lab


@pytest.fixture
def lab(_running: Lab) -> Lab:
    """The running lab, for tests that leave it as they found it."""
    return _running


@pytest.fixture
def spoil(_running: Lab) -> Iterator[Callable[..., Lab]]:
    """Called with the machines that the test will leave traces on; these are reset when it is over."""
    spoiled: list[str] = []

    def take(*machines: str) -> Lab:
        spoiled.extend(machines)
        return _running

    yield take
    _running("reset", *spoiled)
