"""A lab of the tests' own, `labtest`, up for the whole session and reset after each test that changed it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
STATE = Path("/var/lib/irekae-lab")


@dataclass(frozen=True)
class Commands:
    """`lab …` on the lab called `name`."""

    name: str

    @property
    def seat(self) -> Path:
        """The seat's folder."""
        return STATE / self.name / "seat"

    def environment(self, **more: str) -> dict[str, str]:
        """What a `lab` command is run with."""
        return {**os.environ, "LAB": self.name, "PYTHONPATH": str(PROJECT), **more}

    def argv(self, *words: str) -> list[str]:
        """Command line of `lab WORDS…`."""
        return [sys.executable, "-m", "lab.cli", *words]

    def try_(self, *words: str, stdin: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run `lab WORDS…`, whatever its exit status."""
        return subprocess.run(
            self.argv(*words), env=self.environment(), input=stdin, cwd=cwd, capture_output=True, text=True, check=False
        )

    def __call__(self, *words: str, stdin: str = "") -> str:
        """Output of `lab WORDS…`, which must succeed."""
        done = self.try_(*words, stdin=stdin)
        assert done.returncode == 0, f"lab {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def on(self, host: str, script: str) -> str:
        """Output of a shell script run as root on `host`, past its network."""
        return self("console", host, "sh", "-euc", script)

    def ssh(self, address: str, command: str, user: str = "hayashi") -> subprocess.CompletedProcess[str]:
        """A command on the host at `address` by ssh from the seat; only known host keys are accepted."""
        options = [
            f"-oUserKnownHostsFile={self.seat / 'known_hosts'}",
            "-oStrictHostKeyChecking=yes",
            "-oBatchMode=yes",
        ]
        options += ["-oConnectTimeout=3", f"-i{self.seat / 'id_ed25519'}"]
        return self.try_("run", "ssh", *options, f"{user}@{address}", command)

    def boot_id(self, host: str) -> str:
        """The boot id of the host's present boot."""
        return self("console", host, "cat", "/proc/sys/kernel/random/boot_id").strip()


@pytest.fixture(scope="session")
def _running() -> Iterator[Commands]:
    lab = Commands("labtest")
    lab("down")
    lab("up")
    yield lab
    lab("down")


@pytest.fixture
def lab(_running: Commands) -> Commands:
    """The running lab, for tests that leave it as they found it."""
    return _running


@pytest.fixture
def spoil(_running: Commands) -> Iterator[Callable[..., Commands]]:
    """Called with the machines that the test will leave traces on; these are reset when it is over."""
    spoiled: list[str] = []

    def take(*machines: str) -> Commands:
        spoiled.extend(machines)
        return _running

    yield take
    _running("reset", *spoiled)
