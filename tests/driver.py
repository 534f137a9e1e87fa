"""The command `lab` as tests give it: every call ends, by itself or at its deadline."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

PROJECT = Path(__file__).resolve().parents[1]
STATE = Path("/var/lib/irekae-lab")
_BORROWED: set[str] = set()  # by this run of tests
DEADLINE = 600.0  # seconds for one command: ten times what the slowest takes


@dataclass(frozen=True)
class Lab:
    """One lab, by its command, its hosts and its seat.

    Attributes:
        name: which lab (LAB=…).
        site: a site.toml of the tests' own for what runs at the seat, or None: the pair's.
        profile: which pair (SITE=…); empty: the default.
    """

    name: str
    site: Path | None = None
    profile: str = ""

    # --- the command ---

    @property
    def seat(self) -> Path:
        """The folder with hosts.ini, secrets.toml and .irekae/."""
        return STATE / self.name / "seat"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What `lab` is run with."""
        own = {"LAB": self.name, "PYTHONPATH": str(PROJECT), "SITE": self.profile}
        if self.site:
            own["IREKAE_SITE"] = str(self.site)
        return {**os.environ, **own, **(more or {})}

    @staticmethod
    def argv(*words: str) -> list[str]:
        """The command line of `lab WORDS…`."""
        return [sys.executable, "-m", "lab.cli", *words]

    def try_(
        self,
        *words: str,
        stdin: str = "",
        env: Mapping[str, str] | None = None,
        folder: Path = PROJECT,
        deadline: float = DEADLINE,
    ) -> subprocess.CompletedProcess[str]:
        """`lab WORDS…`, whatever its exit status.

        Raises:
            subprocess.TimeoutExpired: it did not end within the deadline, in seconds; it has been killed.
        """
        return subprocess.run(
            self.argv(*words), cwd=folder, env=self.environment(env), input=stdin, capture_output=True, text=True,
            timeout=deadline, check=False,
        )  # fmt: skip

    def start(self, *words: str, env: Mapping[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
        """`lab WORDS…` in the background, standing in the project; options: of subprocess.Popen. `heard` waits."""
        return subprocess.Popen(
            self.argv(*words), cwd=PROJECT, env=self.environment(env), text=True, start_new_session=True, **options
        )

    @staticmethod
    def heard(process: subprocess.Popen[str], seconds: float) -> str:
        """What a started command says until it ends.

        Raises:
            subprocess.TimeoutExpired: it did not end within the seconds; it and all that it began have been killed, so
                that nothing of it goes on at a lab that is another test's by then.
        """
        try:
            return process.communicate(timeout=seconds)[0]
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise

    def __call__(self, *words: str, stdin: str = "", env: Mapping[str, str] | None = None) -> str:
        """Output of `lab WORDS…`, which must succeed."""
        done = self.try_(*words, stdin=stdin, env=env)
        assert done.returncode == 0, f"lab {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def reset(self) -> None:
        """Back to the state before the swap."""
        self("reset")

    @contextmanager
    def borrowed(self, keep: bool = False) -> Iterator[Self]:
        """The lab, as before the swap, for one run of tests alone; taken down at the end unless it was up before.

        Args:
            keep: leave it up.

        Raises:
            RuntimeError: another run of tests uses it.
        """
        if self.name in _BORROWED:
            self.reset()
            yield self
            return
        with Path(f"/run/lock/irekae-tests-{self.name}").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RuntimeError(f"other tests use the lab {self.name} now: wait for their end") from None
            was_up = self.try_("status").returncode == 0
            _BORROWED.add(self.name)
            try:
                self("reset" if was_up else "up")
                yield self
            finally:
                _BORROWED.remove(self.name)
                if not (was_up or keep):
                    self("down")

    # --- the seat ---

    def run(self, *words: str, stdin: str = "", env: Mapping[str, str] | None = None) -> str:
        """Output of a command at the seat, which must succeed: `lab.run("fab", "phase4")`."""
        return self("run", *words, stdin=stdin, env=env)

    def refused(self, *words: str, status: int = 3) -> str:
        """What a command at the seat says that must end with this exit status."""
        done = self.try_("run", *words)
        assert done.returncode == status, f"{' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def ssh(self, address: str, command: str, user: str = "hayashi") -> subprocess.CompletedProcess[str]:
        """A command on the host at `address` by ssh from the seat; only known host keys are accepted."""
        options = [f"-oUserKnownHostsFile={self.seat / 'known_hosts'}", f"-i{self.seat / 'id_ed25519'}"]
        options += ["-oStrictHostKeyChecking=yes", "-oBatchMode=yes", "-oConnectTimeout=3"]
        return self.try_("run", "ssh", *options, f"{user}@{address}", command)

    # --- the hosts ---

    def try_on(self, host: str, script: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A shell script run as root on a host, past its network, whatever its exit status."""
        return self.try_("console", host, "sh", "-c", script, stdin=stdin)

    def on(self, host: str, script: str, stdin: str = "") -> str:
        """Output of a shell script run as root on a host, each command of which must succeed."""
        return self("console", host, "sh", "-euc", script, stdin=stdin)

    def python(self, host: str, program: str, *arguments: str) -> Any:
        """What a Python program, run as root on a host, prints as JSON."""
        return json.loads(self("console", host, "python3", "-", *arguments, stdin=program))

    def boot_id(self, host: str) -> str:
        """The id of the host's present boot."""
        return self("console", host, "cat", "/proc/sys/kernel/random/boot_id").strip()

    @staticmethod
    def until(what: str, look: Callable[[], object], seconds: float = 30) -> Any:
        """What `look` finds once it finds something; fails, naming `what`, after the deadline."""
        end = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
            time.sleep(0.2)
        return found
