"""The lab that is sabotaged: its commands, what is done on its hosts, and runs of the suite."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from tests.driver import PROJECT, Lab
from tests.sabotage.pairs import Pair
from tests.sabotage.row import SURVEY, Row, short
from tests.sabotage.scripts import AS_BEHIND_A_SWAP, BEFORE_A_SWAP, NOTHING_LATE, PRELUDE, PUT_BACK, SAVE

PLACE = "/run/sabotage"
SEAT_FACTS = PROJECT / "tests/lab/seat_facts.py"
BOOT_RECORD = "/var/lib/irekae/booted.json"
RUN_DEADLINE = 300.0
HEAL_DEADLINE = 15.0


class SabotageError(Exception):
    """The lab, or a row, does not do what it is told."""


class Bench:
    """One lab, called `name`, of a pair."""

    def __init__(self, name: str, pair: Pair) -> None:
        """Nothing is started yet."""
        self.pair = pair
        self.driver = Lab(name, profile=pair.site.name)
        self.baseline: dict[str, dict[str, str]] = {}
        self._has_survey = False

    # --- the lab ------------------------------------------------------------------------------------------------------

    def lab(self, *words: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        """`lab WORDS…`, whatever its exit status.

        Raises:
            SabotageError: it has not ended by its deadline, and has been killed.
        """
        try:
            return self.driver.try_(*words, stdin=stdin, env=more, deadline=RUN_DEADLINE)
        except subprocess.TimeoutExpired as error:
            raise SabotageError(f"lab {' '.join(words)[:200]}: not ended after {error.timeout:.0f} s") from error

    def must(self, *words: str, stdin: str = "") -> str:
        """Output of `lab WORDS…`.

        Raises:
            SabotageError: it failed.
        """
        done = self.lab(*words, stdin=stdin)
        if done.returncode != 0:
            said = (done.stdout + done.stderr).strip()
            raise SabotageError(f"lab {' '.join(words)[:200]}: status {done.returncode}: {said[-600:]}")
        return done.stdout

    def on(self, host: str, script: str, *arguments: str) -> str:
        """Output of a shell script, run as root on `host`."""
        return self.must("console", host, "bash", "-c", script, "sabotage", *arguments)

    @contextmanager
    def up(self, keep: bool = False) -> Iterator[None]:
        """The lab in its state before the swap, prepared; taken down again if it was not up."""
        with self.driver.borrowed(keep):
            for host in (*self.pair.servers, *self.pair.others):
                self._prepare(host)
            yield

    def reset(self, host: str) -> None:
        """Fresh disks for one host."""
        self.must("reset", host)
        self._has_survey = False
        self._prepare(host)

    def _prepare(self, host: str) -> None:
        if host in self.pair.ready:
            self.on(host, self.pair.ready[host])
        if host == self.pair.servers[0] and self.pair.at_seat:
            self.must("run", sys.executable, str(self.pair.at_seat))
        if host in self.pair.servers:
            self.keep_boot_record(host)
            self.on(host, f"cp {BOOT_RECORD} {BOOT_RECORD}.healthy")
        self.baseline[host] = self.look(host)

    def keep_boot_record(self, host: str) -> None:
        """What is there counts as booted, whenever it was changed, as 8.1 has it kept at its end."""
        self.must("run", sys.executable, "-m", "verify.boot_record", f"--hosts={host}")
        self.must("console", host, "python3", "-", BOOT_RECORD, stdin=NOTHING_LATE)

    def look(self, host: str) -> dict[str, str]:
        """The state of a host, by look.py."""
        source = Path(__file__).with_name("look.py").read_text()
        found: dict[str, str] = json.loads(
            self.must("console", host, "python3", "-", json.dumps(asdict(self.pair.look)), stdin=source)
        )
        return found

    # --- a row --------------------------------------------------------------------------------------------------------

    def sabotage(self, row: Row) -> None:
        """Break what the row says."""
        for other in row.beside:
            self.sabotage(other)
        if row.looked_at == SURVEY:
            self._keep_survey()
        if row.harmless and row.host in self.pair.servers:
            # Rows before it have put files back that daemons had read meanwhile.
            self.keep_boot_record(row.host)
        if row.host != "seat" and (row.keeps or row.files or row.brings or row.do):
            self.on(row.host, SAVE, *row.keeps)
        for path, (source, where) in row.brings.items():
            content = self._seat_file(where) if source == "seat" else self.must("console", source, "cat", where)
            self._put(row.host, path, content)
        for path, content in row.files.items():
            self._put(row.host, path, content)
        if row.lab:
            self.must(*row.lab)
        if row.do:
            self.on(row.host, PRELUDE + row.do)
        if row.booted:
            self.keep_boot_record(row.host)

    def mend(self, row: Row, remedies: list[str]) -> str:
        """Follow the remedies as a person would; "mended", or what was not as they say."""
        for mend in self.pair.mends.get(row.name, ()):
            if not any(mend.words in remedy for remedy in remedies):
                return f"no remedy says {mend.words!r}: {' / '.join(dict.fromkeys(remedies))}"
            self.on(row.host, f"{PRELUDE}\n{{ {mend.command}\n}} > /dev/null")
        if row.name not in self.pair.mends:
            return ""
        if row.host in self.pair.servers:
            self.keep_boot_record(row.host)  # whoever mends boots once more (8.1)
        checks, _ = self.suite(row.looked_at, row.site)
        if row.host in self.pair.servers:
            self.on(row.host, f"cp {BOOT_RECORD}.healthy {BOOT_RECORD}")
        left = [f"{short(one['id'])}: {one['found']}" for one in checks if one["outcome"] != "passed"]
        return f"followed, and still: {'; '.join(left)}" if left else "mended"

    def _seat_file(self, name: str) -> str:
        return (self.driver.seat / name).read_text()

    def _put(self, host: str, path: str, content: str) -> None:
        self.must("console", host, "sh", "-c", 'cat > "$1"', "put", path, stdin=content)

    @contextmanager
    def _logs_kept(self, hosts: str) -> Iterator[None]:
        """The backup logs are as before afterwards, if the suite looks at the backup host."""
        touched = not {self.pair.servers[0], self.pair.backup}.isdisjoint(hosts.split(","))
        if touched:
            self.on(self.pair.backup, f"tar -C / -cpPf /run/backup-logs.tar {self.pair.backup_logs}")
        yield
        if touched:
            self.on(self.pair.backup, "tar -C / -xpPf /run/backup-logs.tar")

    @contextmanager
    def _as_behind_a_swap(self) -> Iterator[None]:
        """The standby has what a swap leaves on the machine that was production, for as long as the suite looks.

        Longer would have a swap refuse the pair: one host alone would remember it.
        """
        standby = self.pair.servers[1]
        self.on(standby, AS_BEHIND_A_SWAP, *self.pair.put_away)
        try:
            yield
        finally:
            self.on(standby, BEFORE_A_SWAP)

    def heal(self, row: Row, swept: bool, mended: bool = False) -> str:
        """Put everything back; what could not be undone makes the host start from fresh disks. Says how it went.

        Args:
            row: what was broken.
            swept: the suite has taken its own messages away.
            mended: by its remedy, so that there may be nothing left to undo.
        """
        if row.beside:
            told = [self.heal(one, swept) for one in (replace(row, beside=()), *row.beside)]
            return next((how for how in told if how.startswith("reset")), told[0])
        if row.host == "seat":
            return "nothing to heal"
        try:
            if row.unlab:
                self.must(*row.unlab)
            if row.heal == "reset":
                self.reset(row.host)
                return "reset"
            undo = f"( {row.undo or ':'}\n) || true" if mended else row.undo
            self.on(row.host, f"{PUT_BACK}\n{PRELUDE}\n{undo}\ncd /; rm -rf {PLACE}")
            if row.booted:
                self.on(row.host, f"cp {BOOT_RECORD}.healthy {BOOT_RECORD}")
            if not swept:
                for host in self.pair.servers:
                    self.on(host, self.pair.sweep)
            left = self._differences(row.host)
        except SabotageError as error:
            left = [str(error)]
        if not left:
            return "undone"
        self.reset(row.host)
        return f"reset, since undoing left: {'; '.join(left[:6])}"

    def _differences(self, host: str) -> list[str]:
        """What is not as it was, once daemons that were just started have settled."""
        deadline = time.monotonic() + HEAL_DEADLINE
        while True:
            was, now = self.baseline[host], self.look(host)
            left = sorted(key for key in was.keys() | now.keys() if was.get(key) != now.get(key))
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(0.3)

    # --- the suite ----------------------------------------------------------------------------------------------------

    def _keep_survey(self) -> None:
        """The survey of the healthy pair, unless it was taken since a host was made anew."""
        if not self._has_survey:
            self._facts("keep")
            self._has_survey = True

    def _facts(self, act: str) -> str:
        return self.must("run", sys.executable, str(SEAT_FACTS), act)

    def surveyed(self) -> list[tuple[str, str, str]]:
        """Kind, key and value of each row of the survey of production."""
        self._keep_survey()
        found: list[tuple[str, str, str]] = json.loads(self._facts("rows"))
        return found

    def _differences_of_survey(self) -> list[dict[str, Any]]:
        """Every new difference, as the result of a check that failed."""
        rows = json.loads(self._facts("compare"))
        return [
            {"id": f"survey::{row['subject']}", "item": "0.3", "outcome": "failed", "found": row["after"]}
            for row in rows
            if row["verdict"] == "new difference"
        ]

    def suite(
        self, hosts: str, site: tuple[str, str] | None = None, items: str = ""
    ) -> tuple[list[dict[str, Any]], str]:
        """Run verify/ on `hosts`; its results, and what it printed.

        Raises:
            SabotageError: it did not come to its end.
        """
        if hosts == SURVEY:
            return self._differences_of_survey(), ""
        with tempfile.TemporaryDirectory(prefix="sabotage-") as folder:
            results = Path(folder, "checks.json")
            more = {"IREKAE_SITE": str(_changed_site(self.pair.site_toml, Path(folder), site))} if site else {}
            words = ["pytest", "verify/", f"--hosts={hosts}", f"--json={results}", "-q", "-p", "no:cacheprovider"]
            with self._as_behind_a_swap(), self._logs_kept(hosts):
                done = self.lab("run", *words, **more)
            if done.returncode not in (0, 1) or not results.exists():
                raise SabotageError(f"the suite ended with {done.returncode}: {(done.stdout + done.stderr)[-800:]}")
            found: list[dict[str, Any]] = json.loads(results.read_text())
            return found, done.stdout


def _changed_site(own: Path, folder: Path, change: tuple[str, str]) -> Path:
    text = own.read_text()
    if change[0] not in text:
        raise SabotageError(f"site.toml has no {change[0]!r}")
    path = folder / "site.toml"
    path.write_text(text.replace(change[0], change[1], 1))
    shutil.copy(own.with_name("manual.toml"), folder)
    return path
