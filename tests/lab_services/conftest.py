"""A lab of these tests' own, `labsvc`: brought up where it is not up yet, and then taken down again."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
NAME = "labsvc"
DOMAIN = "scitec.kobe-u.ac.jp"


@dataclass(frozen=True)
class Lab:
    """The lab, by what it is asked."""

    domain: str = DOMAIN
    ika: str = "198.51.100.21"
    tako: str = "198.51.100.22"

    def command(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """`lab WORDS…`, whatever its exit status."""
        environment = {**os.environ, "LAB": NAME, "PYTHONPATH": str(PROJECT)}
        argv = [sys.executable, "-m", "lab.cli", *words]
        return subprocess.run(argv, env=environment, input=stdin, capture_output=True, text=True, check=False)

    def try_on(self, host: str, script: str) -> subprocess.CompletedProcess[str]:
        """A shell script run as root on `host`, whatever its exit status."""
        return self.command("console", host, "sh", "-c", script)

    def on(self, host: str, script: str) -> str:
        """Output of a shell script run as root on `host`, which must succeed."""
        done = self.try_on(host, f"set -e; {script}")
        assert done.returncode == 0, f"{host}: {script}\n{done.stdout}{done.stderr}"
        return done.stdout

    def python(self, host: str, program: str, *arguments: str) -> Any:
        """What a Python program, run on `host`, prints as JSON."""
        done = self.command("console", host, "python3", "-", *arguments, stdin=program)
        assert done.returncode == 0, f"{host}: {done.stdout}{done.stderr}"
        return json.loads(done.stdout)

    def until(self, what: str, look: Callable[[], object], seconds: float = 30) -> Any:
        """What `look` finds once it finds something; fails, naming `what`, after the deadline."""
        end = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < end, f"after {seconds} s still not so: {what}"
            time.sleep(0.2)
        return found

    def secret(self, name: str) -> str:
        """One of the seat's secrets: `pop` or `gate`."""
        words = self.command("run", "sh", "-c", 'cat "$(dirname "$IREKAE_INVENTORY")/secrets.toml"').stdout
        section = words.partition(f"[{name}]")[2]
        return section.partition('password = "')[2].partition('"')[0]


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The lab in its state before the swap; the tests put back what they change."""
    lab = Lab()
    was_up = lab.command("status").returncode == 0
    # What an earlier run left is not the state before the swap.
    done = lab.command("reset" if was_up else "up")
    assert done.returncode == 0, done.stderr
    yield lab
    if not was_up:
        lab.command("down")
