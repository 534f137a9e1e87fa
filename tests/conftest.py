"""What all tests share: unit tests first, and the lab `test` for those that need one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from irekae.model.language import VARIABLE
from tests.driver import PROJECT, Lab

# What tests ask of a text is its English; those of the catalogue say which language they mean.
os.environ[VARIABLE] = "en"
UNIT = PROJECT / "tests/unit"
OF_PHASE_6 = ("test_neighbours.py", "test_phase6.py", "test_phase6_today.py")
# The labs whose tests take longest.
LONGEST = ("faults-2011", "test", "faults-today", "test-today", "labnet")
# Seconds, with what its fixtures do: a test that hangs fails, and those behind it still run.
UNIT_DEADLINE, LAB_DEADLINE = 300, 1200


# --- order ------------------------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything outside tests/unit needs a lab, and comes after what needs none."""
    for item in items:
        if UNIT in item.path.parents:
            item.add_marker(pytest.mark.timeout(UNIT_DEADLINE))
        elif PROJECT / "tests" in item.path.parents:
            item.add_marker(pytest.mark.lab)
            item.add_marker(pytest.mark.timeout(LAB_DEADLINE))
    items.sort(key=lambda item: (_needs_lab(item), _needs_lab(item) and _longest_first(lab_of(item.nodeid))))


def _needs_lab(item: pytest.Item) -> bool:
    return item.get_closest_marker("lab") is not None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """No lab is raised for code that fails its unit tests."""
    done = yield
    if item.session.testsfailed and nextitem and _needs_lab(nextitem) and not _needs_lab(item):
        item.session.shouldfail = "unit tests failed: those that need a lab were not begun"
    return done


# --- the lab ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def running_lab() -> Iterator[Lab]:
    """The lab `test` (or IREKAE_TEST_LAB's), up; taken down at the end unless it was up before.

    It is in whatever state earlier tests left it.
    """
    with Lab(os.environ.get("IREKAE_TEST_LAB", "test")).borrowed() as lab:
        yield lab


@pytest.fixture
def lab(running_lab: Lab) -> Lab:
    """The lab `test` as before the swap."""
    running_lab.reset()
    return running_lab


# --- several at once --------------------------------------------------------------------------------------------------


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """With `--numprocesses`: tests of one lab stay in one process, those of no lab go by file."""
    return ByLab(config, log)


class ByLab(LoadScopeScheduling):  # type: ignore[misc]
    """Hands tests out by the lab that they need."""

    def _split_scope(self, nodeid: str) -> str:
        return lab_of(nodeid)


def lab_of(nodeid: str) -> str:
    """Return the name of the lab that a test needs, or its file."""
    path, _, test = nodeid.partition("::")
    folder = path.removeprefix("tests/").partition("/")[0]
    if folder == "lab":
        return "labnet" if Path(path).name in OF_PHASE_6 else "test"
    if folder == "faults":
        return f"faults-{test.partition('[')[2].partition('-')[0]}"
    if folder == "sabotage" and "of_today" in test:
        return "test-today"
    return {"sabotage": "test", "readme": "test", "unit": path}.get(folder, folder)


def _longest_first(lab: str) -> int:
    """Where a lab's tests stand: what takes longest begins first, so that nobody waits at the end."""
    return LONGEST.index(lab) if lab in LONGEST else len(LONGEST)
