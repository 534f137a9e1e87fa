"""The representative selection of the fault suite: what `make test` breaks. `make faults` breaks everything."""

import os
from collections.abc import Iterator

import pytest

from tests.driver import Lab
from tests.faults import injected
from tests.faults.bench import Bench
from tests.faults.cast import cast
from tests.faults.catalogue import Fault, selected

pytestmark = pytest.mark.lab

assert injected.LOADED
SELECTED = selected(cast())


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Lab(os.environ.get("IREKAE_TEST_LAB", "labfaults")).borrowed() as lab:
        yield Bench(lab.name)


@pytest.mark.parametrize("fault", SELECTED, ids=[fault.name for fault in SELECTED])
def test_is_survived(bench: Bench, fault: Fault) -> None:
    fault.act(bench)
