"""The lab as the faults use it: hosts to break, and a seat to work at."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import tasks  # noqa: F401 (declares the items)
from irekae.cli.options import taken_by
from irekae.model.items import DECLARED
from tests.driver import Lab
from tests.faults.cast import cast
from tests.faults.compare import NotSurvived

BUSY = "is being worked on"
PATIENCE = 300  # seconds for a condition
LONGEST = 5400  # seconds for one command: a chain of kills begins anew behind each; one that is stuck says so sooner


def confirmed(words: Sequence[str]) -> list[str]:
    """The command of a script: what an operator would be asked before phases 1, 6, 8 and a way back is confirmed.

    A lab that was restored has no prober yet.
    """
    if "--plan" in words:
        return list(words)
    command = words[2 if words[0] == "-H" else 0]
    if command == "rollback":
        return [*words, "--yes"]
    named = [item for item in DECLARED.values() if command in (f"phase{item.phase}", item.command)]
    taken = ["yes", "unwatched"] if command == "resume" else taken_by(named)
    return [*words, *(f"--{name}" for name in ("yes", "unwatched") if name in taken)]


class Seat:
    """One lab.

    Attributes:
        cast: the pair, and who of it plays which part.
        driver: the lab.
        was_up: whether the lab was there before.
    """

    def __init__(self, name: str, site: str = "") -> None:
        """Bind to the lab of that name, of a pair; nothing is started yet."""
        self.cast = cast(site)
        self.driver = Lab(name, profile=self.cast.profile.name)
        self.was_up = self.driver.try_("status").returncode == 0
        self.touched = False

    # --- the lab ---

    def leave(self) -> None:
        """As before the swap; taken down if it was not up; one that was not touched is let alone."""
        if self.touched:
            self.lab("reset" if self.was_up else "down", ok=False)

    @property
    def folder(self) -> Path:
        """For files of the faults' own: it goes with the lab."""
        path = self.driver.seat.parent / "faults"
        path.mkdir(exist_ok=True)
        return path

    @contextmanager
    def site(self, setting: str, value: str) -> Iterator[None]:
        """Commands started within have another site.toml: the one place that `setting`, a pattern, finds is `value`."""
        changed, found = re.subn(setting, lambda _: value, self._site_text(), flags=re.MULTILINE)
        assert found == 1, f"{setting} is found {found} times in site.toml"
        with self._with_site(changed):
            yield

    @contextmanager
    def setting(self, table: str, key: str, value: str) -> Iterator[None]:
        """Commands started within have another value (as TOML has it) of a key, whether or not it is set."""
        text, head = self._site_text(), f"[{table}]\n"
        before, found, after = text.partition(f"\n{head}")
        inner, more, rest = after.partition("\n[")
        inner = re.sub(rf"^{key} = .*\n?", "", inner, flags=re.MULTILINE)
        changed = f"{before}\n{head}{key} = {value}\n{inner if found else ''}{more}{rest}"
        assert tomllib.loads(changed), "site.toml is one still"
        with self._with_site(changed):
            yield

    def _site_text(self) -> str:
        return self.cast.site_file.read_text(encoding="utf-8")

    @contextmanager
    def _with_site(self, changed: str) -> Iterator[None]:
        own = self.cast.site_file
        path = self.folder / "site.toml"
        path.write_text(changed, encoding="utf-8")
        for manual in own.parent.glob("manual.toml"):  # which a pair may lack
            shutil.copy(manual, path.parent)
        self.driver = replace(self.driver, site=path)
        try:
            yield
        finally:
            self.driver = replace(self.driver, site=None)

    def lab(self, *words: str, ok: bool = True, stdin: str = "") -> str:
        """Output of `lab WORDS…`."""
        self.touched = True
        done = self.driver.try_(*words, stdin=stdin)
        if ok and done.returncode != 0:
            raise RuntimeError(f"lab {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def on(self, host: str, script: str, ok: bool = True) -> str:
        """Output of a shell script run as root on a machine, past its network."""
        return self.lab("console", host, "sh", "-c", script, ok=ok)

    # --- the seat ---

    def start(self, *words: str, who: str = "") -> subprocess.Popen[str]:
        """Start `fab WORDS…` at the seat; who: the operator's name, if another one's."""
        own = {"SUDO_USER": who} if who else None
        return self.driver.start(
            "run",
            "fab",
            *confirmed(words),
            env=own,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def fab(self, *words: str, want: int | None = 0) -> str:
        """Output of `fab WORDS…`, which must end with the status; None: whatever it is. An item that a dead session
        still holds is waited for, as an operator would."""
        end = time.monotonic() + PATIENCE
        while True:
            process = self.start(*words)
            said = self.driver.heard(process, LONGEST)
            if process.returncode != 3 or BUSY not in said or time.monotonic() > end or want == 3:
                break
        if want is not None and process.returncode != want:
            raise NotSurvived(f"fab {' '.join(words)}: exit status {process.returncode}, not {want}\n{said[-2500:]}")
        return said

    def seat_process(self, word: str) -> int:
        """Process id of the fab at the seat that was called with a word."""
        for pid in self.lab("run", "sh", "-c", f"ip netns pids irekae-{self.driver.name}").split():
            path = Path(f"/proc/{pid}/cmdline")
            words = path.read_bytes().split(b"\0") if path.exists() else []
            if word.encode() in words and any(part.endswith(b"/fab") for part in words):
                return int(pid)
        raise RuntimeError(f"no fab {word} at the seat")

    def finish(self, process: subprocess.Popen[str]) -> tuple[int, str]:
        """Exit status and output of what was started."""
        said = self.driver.heard(process, PATIENCE)
        return process.returncode, said

    def resume(self, through: int = 8, tries: int = 3) -> int:
        """`fab resume` until it is through, as an operator would call it again; how often it was called."""
        for number in range(1, tries + 1):
            try:
                self.fab("resume", "--through", str(through))
                return number
            except NotSurvived as error:
                if number == tries:
                    raise
                if "`fab phase1.pause` stops it" in str(error):  # a host has booted
                    self.fab("phase1.pause")
        return tries

    def resume_after_cut(self, through: int, tries: int = 8) -> str:
        """`fab resume` after the operator's network was cut; what had to be done.

        A host that has not noticed the end of the old session keeps its item locked: locks never expire by themselves,
        so the operator frees it with `fab unlock`, as the refusal says.
        """
        done: list[str] = []
        for _ in range(tries):
            status, said = self.finish(self.start("resume", "--through", str(through)))
            held = re.search(rf"(\d+\.\d+) {BUSY} at (\w+)", said)
            if status == 0:
                return ", ".join([*done, "resumed"])
            if status == 3 and held:
                done.append(f"unlocked {held[1]} on {held[2]}")
                self.fab("unlock", held[1], "--host", held[2], "--why", "the network was cut")
            else:
                done.append(f"resume ended with {status}")
        raise NotSurvived(f"{', '.join(done)}: {said[-1500:]}")

    def killer(self, *words: str, **options: Any) -> dict[str, Any]:
        """Run fab under the killer: at N, before or after; chain: again and again."""
        return self.killed(self.start_killer(*words, **options))

    def start_killer(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """The same, in the background."""
        flags: list[str] = []
        for key, value in options.items():
            if value is True:
                flags.append(f"--{key}")
            elif value is not False:
                flags += [f"--{key}", str(value)]
        log = self.folder / "killed.log"
        log.unlink(missing_ok=True)
        argv = [sys.executable, "-m", "tests.faults.killer", *flags, "--log", str(log), "--", *confirmed(words)]
        return self.driver.start("run", *argv, stdout=subprocess.PIPE)

    def killed(self, killer: subprocess.Popen[str]) -> dict[str, Any]:
        """What the killer tells when it has come to its end."""
        said = self.driver.heard(killer, LONGEST)
        if killer.returncode != 0:
            raise RuntimeError(f"the killer ended with {killer.returncode}: {said}")
        found: dict[str, Any] = json.loads(said.splitlines()[-1])
        return found

    def wait(self, what: str, condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait for a condition; NotSurvived when it does not come."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise NotSurvived(f"not within {seconds:.0f} s: {what}")
            time.sleep(0.3)
