"""What all tests share: unit tests first, and the lab `test` for those that need one."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
UNIT = PROJECT / "tests/unit"


# --- order ------------------------------------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything outside tests/unit needs a lab, and comes after what needs none."""
    for item in items:
        if UNIT not in item.path.parents and PROJECT / "tests" in item.path.parents:
            item.add_marker(pytest.mark.lab)
    items.sort(key=_needs_lab)


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


@dataclass(frozen=True)
class Lab:
    """The command `lab`, and what the operator's seat is given.

    Attributes:
        name: which lab (LAB=…).
        folder: where commands run.
    """

    name: str = "test"
    folder: Path = field(default=PROJECT)

    @property
    def seat(self) -> Path:
        """The folder with hosts.ini, secrets.toml and .irekae/."""
        return Path("/var/lib/irekae-lab") / self.name / "seat"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What `lab` is run with."""
        return {**os.environ, "LAB": self.name, "PYTHONPATH": str(PROJECT), **(more or {})}

    @staticmethod
    def argv(*words: str) -> list[str]:
        """The command line of `lab WORDS…`."""
        return [sys.executable, "-m", "lab.cli", *words]

    def try_(
        self, *words: str, stdin: str = "", env: Mapping[str, str] | None = None, timeout: float | None = 900
    ) -> subprocess.CompletedProcess[str]:
        """`lab WORDS…`, whatever its exit status; timeout in seconds."""
        return subprocess.run(
            self.argv(*words), cwd=self.folder, env=self.environment(env), input=stdin, capture_output=True, text=True,
            timeout=timeout, check=False,
        )  # fmt: skip

    def __call__(self, *words: str, stdin: str = "", env: Mapping[str, str] | None = None) -> str:
        """Output of `lab WORDS…`, which must succeed."""
        done = self.try_(*words, stdin=stdin, env=env)
        assert done.returncode == 0, f"lab {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def run(self, *words: str, stdin: str = "", env: Mapping[str, str] | None = None) -> str:
        """Output of a command at the seat, which must succeed: `lab.run("fab", "phase4")`."""
        return self("run", *words, stdin=stdin, env=env)

    def refused(self, *words: str, status: int = 3) -> str:
        """What a command at the seat says that must end with this exit status."""
        done = self.try_("run", *words)
        assert done.returncode == status, f"{' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def console(self, host: str, script: str, stdin: str = "") -> str:
        """Output of a shell script run as root on a host, past its network; it must succeed."""
        return self("console", host, "sh", "-euc", script, stdin=stdin)

    def reset(self) -> None:
        """Back to the state before the swap."""
        self("reset")


@pytest.fixture(scope="session")
def running_lab() -> Iterator[Lab]:
    """The lab `test` (or IREKAE_TEST_LAB's), up; taken down at the end unless it was up before.

    It is in whatever state earlier tests left it.
    """
    lab = Lab(os.environ.get("IREKAE_TEST_LAB", "test"))
    with Path(f"/run/lock/irekae-tests-{lab.name}").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pytest.exit(f"other tests use the lab {lab.name} now; IREKAE_TEST_LAB=NAME takes another", returncode=2)
        was_up = lab.try_("status").returncode == 0
        lab("up")
        yield lab
        if not was_up:
            lab("down")


@pytest.fixture
def lab(running_lab: Lab) -> Lab:
    """The lab `test` as before the swap."""
    running_lab.reset()
    return running_lab
