"""The representative selections of the fault suite, one a pair: what `make test` breaks. `make faults` breaks all."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

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
def benches() -> Iterator[Callable[[str], Bench]]:
    """The lab of each pair, raised when its first fault is injected; its states serve all of its faults."""
    name = os.environ.get("IREKAE_TEST_LAB", "labfaults")
    with ExitStack() as labs:

        @cache
        def bench(site: str) -> Bench:
            own = name if site == profiles.load().name else f"{name}-{site}"
            return Bench(labs.enter_context(Lab(own, profile=site).borrowed()).name, site)

        yield bench


@pytest.mark.parametrize(("site", "fault"), SELECTED)
def test_is_survived(benches: Callable[[str], Bench], site: str, fault: Fault) -> None:
    fault.act(benches(site))
