"""Runs the acceptance suite (phases 9 and 10, and the baseline), and reads its results back as data."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Timer

import msgspec

from irekae.model import seat_files
from irekae.model.errors import SwapError
from irekae.model.journal import State
from irekae.model.language import VARIABLE
from irekae.model.legible import legible
from irekae.model.printing import progressing, show
from irekae.model.printing.events import Progress
from irekae.model.results import Check
from irekae.model.typed import decoded

PROJECT = Path(__file__).parents[2]
SUITE = 3600.0  # seconds for all checks: each has a deadline of its own, the slowest site needs minutes
JUNIT = Path("report/junit.xml")
CHECKED = re.compile(rb"checked: (\d{1,9}) of (\d{1,9})\n\Z")  # of verify/progress.py, behind pytest's dots
WAITING = b"waiting: "  # what begins a line that whoever waits shall read (verify/turn.py)


def run_suite(hosts: Sequence[str], numbers: Sequence[str], junit: Path | None = None) -> list[Check]:
    """Run verify/ in a process of its own, as anybody would from the command line.

    Its files lie in a folder of this run's own: another run, of this seat too, never touches them.

    Args:
        hosts: names to check.
        numbers: manual numbers, or phases; all when empty.
        junit: file for JUnit's XML.

    Raises:
        SwapError: the suite itself broke, or left no results.
    """
    with tempfile.TemporaryDirectory(prefix="irekae-suite-") as folder:
        results, xml = Path(folder, "checks.json"), Path(folder, "junit.xml")
        argv = [sys.executable, "-m", "pytest", str(PROJECT / "verify"), "-q", "--progress", f"--rootdir={PROJECT}"]
        argv += [f"--hosts={','.join(hosts)}", f"--json={results}", "-c", str(PROJECT / "pyproject.toml")]
        argv += [f"--item={','.join(numbers)}"] if numbers else []
        argv += [f"--junitxml={xml}"] if junit else []
        status, said = _heard(argv, hosts)
        # pytest: 0 all passed, 1 some failed; anything else means that the suite did not run as it should.
        if status not in (0, 1) or not results.exists():
            raise SwapError(
                f"the acceptance suite ended with status {status}",
                legible(said[-4000:]),
                "run `pytest verify/` by itself",
            )
        if junit and xml.exists():
            seat_files.write(junit, xml.read_bytes())
        return _read(results)


def _progress(made: int, wanted: int) -> Progress:
    return Progress(made / wanted if wanted else None, f"{made} of {wanted} checks")


class Late(Timer):
    """Kills the suite that does not end."""

    has_come = False

    def __init__(self, suite: "subprocess.Popen[bytes]") -> None:
        """Not started yet."""
        super().__init__(SUITE, self._end)
        self._suite = suite

    def _end(self) -> None:
        self.has_come = True
        self._suite.kill()


def _heard(argv: Sequence[str], hosts: Sequence[str]) -> tuple[int, bytes]:
    """Run it to its end: its status and what it said; that it waits for another run is shown at once.

    Raises:
        SwapError: it does not end.
    """
    said = bytearray()
    with subprocess.Popen(argv, env=suite_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        assert running.stdout is not None
        late = Late(running)
        late.start()
        try:
            with progressing(f"checks of {', '.join(hosts)}") as tell:
                for line in running.stdout:
                    if made := CHECKED.search(line):
                        tell(_progress(*map(int, made.groups())))
                        line = line[: made.start()]
                    said += line
                    if line.startswith(WAITING):
                        show(f"  {legible(line.decode(errors='replace')).strip()}", State.RUNNING)
        except BaseException:
            running.kill()
            raise
        finally:
            late.cancel()
        status = running.wait()
    if late.has_come:
        raise SwapError(
            f"the acceptance suite has not ended within {SUITE / 60:.0f} minutes",
            legible(bytes(said[-4000:])),
            f"`pytest verify/ -v --hosts={','.join(hosts)}` shows which check it waits for",
        )
    return status, bytes(said)


def suite_environment() -> dict[str, str]:
    """The environment of a process of the suite: with where site.toml and hosts.ini lie, wherever it stands.

    It speaks English: what of it is shown is translated like all that is.
    """
    site = os.environ.get("IREKAE_SITE", "site.toml")
    inventory = os.environ.get("IREKAE_INVENTORY", "hosts.ini")
    return {
        **os.environ,
        VARIABLE: "en",
        "IREKAE_SITE": str(Path(site).absolute()),
        "IREKAE_INVENTORY": str(Path(inventory).absolute()),
    }


def _read(path: Path) -> list[Check]:
    """Results that the suite wrote."""
    try:
        return decoded(path.read_bytes(), list[Check])
    except msgspec.DecodeError as error:
        raise SwapError(f"{path} is broken", str(error), "run `pytest verify/` again") from None
