"""The representative selections of the fault suite, one a pair: what `make test` breaks. `make faults` breaks all."""

import os
from collections.abc import Iterator

import pytest

from lab import profile as profiles
from tests.driver import Lab
from tests.faults import injected
from tests.faults.bench import Bench
from tests.faults.cast import CASTS, cast
from tests.faults.catalogue import Fault, selected

pytestmark = pytest.mark.lab

assert injected.LOADED
SITES = sorted(path.stem for path in CASTS.glob("*.toml"))
SELECTED = [
    pytest.param(site, fault, id=f"{site}-{fault.name}") for site in SITES for fault in selected(cast(site))
]  # one pair after the other: each lab is there for all of its faults


@pytest.fixture(scope="module")
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    site: str = request.param
    name = os.environ.get("IREKAE_TEST_LAB", "labfaults")
    name += "" if site == profiles.load().name else f"-{site}"
    with Lab(name, profile=site).borrowed() as lab:
        yield Bench(lab.name, site)


@pytest.mark.parametrize(("bench", "fault"), SELECTED, indirect=["bench"])
def test_is_survived(bench: Bench, fault: Fault) -> None:
    fault.act(bench)
