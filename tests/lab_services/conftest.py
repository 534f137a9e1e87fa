"""A lab of these tests' own, `labsvc`: brought up where it is not up yet, and then taken down again."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.driver import Lab


@dataclass(frozen=True)
class ServicesLab(Lab):
    """The lab, and where its services are."""

    domain: str = "scitec.kobe-u.ac.jp"
    ika: str = "198.51.100.21"
    tako: str = "198.51.100.22"

    def secret(self, name: str) -> str:
        """One of the seat's secrets: `pop` or `gate`."""
        section = (self.seat / "secrets.toml").read_text().partition(f"[{name}]")[2]
        return section.partition('password = "')[2].partition('"')[0]


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
