"""`make rehearsal`: the whole swap on the lab's hosts, by the commands that an operator types, and its report.

Exit status: 0 every check passed and the report's verdict is "accepted"; 1 otherwise; 2 wrong use; 130 interrupted.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from lab import terminal
from lab.errors import LabError
from lab.layout import Lab, current_lab, wanted_site
from lab.profile import load, names
from lab.stream import stream, write

PROJECT = Path(__file__).resolve().parents[1]
REPORT = PROJECT / "report"
LOCKS = Path("/run/lock")

# What is measured, and the seconds that it should stay under.
IDLE, VERIFY, PHASES = "nothing left to do", "verify both hosts", "phases 1 to 9"
WANTED = {IDLE: 1, VERIFY: 30, PHASES: 120}

# Before these phases an operator is asked.
ASKED = (1, 6, 8)
_TOOK = "seconds: "


@dataclass
class Rehearsal:
    """One rehearsal.

    Attributes:
        lab: the lab that it takes place in.
        figures: seconds by name, as far as they were measured.
        wrong: what did not go as it must, in the order in which it happened.
        verdict: of the report, or empty.
    """

    lab: Lab
    figures: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    verdict: str = ""

    def whole(self) -> bool:
        """Raise the lab, swap, check, report; whether all went as it must."""
        _set_aside()
        up = subprocess.run(_lab("status"), cwd=PROJECT, capture_output=True, check=False).returncode == 0
        say(f"the lab {self.lab.name} is up already: back to the state before the swap" if up else "raising the lab")
        subprocess.run(_lab("reset" if up else "up"), cwd=PROJECT, check=True)
        if self.swap():
            self.prove()
            self.announce()
            self.measure_idle()
        self.report()
        return not self.wrong

    def swap(self) -> bool:
        """Phases 0 to 8, one command each; False, with the table of what is done, where one fails."""
        known = str(self.lab.seat / "known_hosts")
        before = (("trust", "--known-hosts", known), ("phase0",), ("phase0.prework",))
        phases = ((f"phase{number}", *(["--yes"] if number in ASKED else [])) for number in range(1, 9))
        took = 0.0
        for words in (*before, *phases):
            seconds = self.fab(*words)
            if seconds is None:
                self.seat("fab", "status")
                return False
            took += 0 if words in before else seconds
        self.figures[PHASES] = took
        return True

    def prove(self) -> None:
        """Phases 9 and 10, and the acceptance suite by itself, whatever became of them."""
        seconds = self.fab("phase9")
        if seconds is not None:
            self.figures[PHASES] = round(self.figures[PHASES] + seconds, 1)
            self.fab("phase10")
        else:
            self.figures.pop(PHASES)
        began = time.monotonic()
        pair = ",".join(machine.name for machine in self.lab.profile.pair)
        if self.seat("pytest", "verify/", f"--hosts={pair}", "--junitxml=report/junit.xml")[0] != 0:
            self.wrong.append("the acceptance suite")
        self.figures[VERIFY] = round(time.monotonic() - began, 1)

    def announce(self) -> None:
        """Phase 11; the mail really goes out, to the lab's mailing list, where the site has one to send."""
        site = self.lab.profile.site or PROJECT / "site.toml"
        if self.fab("phase11") is not None and "announce" in tomllib.loads(site.read_text(encoding="utf-8")):
            self.fab("phase11.mail", "--send", "--yes")

    def measure_idle(self) -> None:
        """A phase of both hosts in which nothing is left to do, without what it takes to sit down at the seat."""
        status, said = self.seat("bash", "-c", f"TIMEFORMAT='{_TOOK}%R'; time fab phase5")
        if status != 0:
            self.wrong.append(f"fab phase5, with nothing left to do, ended with status {status}")
            return
        self.figures[IDLE] = float(said.rpartition(_TOOK)[2].replace(",", "."))

    def report(self) -> None:
        """The report in both languages, with the figures in it."""
        state = self.lab.seat / ".irekae"
        state.mkdir(mode=0o700, exist_ok=True)
        (state / "figures.json").write_text(json.dumps(self.figures))
        for language in ("ja", "en"):
            status, said = self.seat("fab", "report", "--lang", language)
            found = [line.removeprefix("verdict: ") for line in said.splitlines() if line.startswith("verdict: ")]
            self.verdict = found[0] if found else ""
        if status != 0:
            self.wrong.append("the report's verdict")

    def fab(self, *words: str) -> float | None:
        """Run `fab WORDS…`; the seconds it took, or None where it failed."""
        began = time.monotonic()
        status, _ = self.seat("fab", *words)
        took = time.monotonic() - began
        if status != 0:
            self.wrong.append(f"fab {' '.join(words)} ended with status {status}")
            return None
        return took

    def seat(self, *words: str) -> tuple[int, str]:
        """Run a command at the operator's seat, shown as it goes: its exit status and what it printed.

        Before a person it has a terminal; else its lines come with their time before them.
        """
        say(f"$ lab run {' '.join(words)}")
        if terminal.is_there():
            return terminal.stream(_lab("run", *words), PROJECT)
        return stream(_lab("run", *words), PROJECT, prefix)

    def summary(self) -> list[str]:
        """The last lines of a rehearsal."""
        lines = [f"not as it must be: {what}" for what in self.wrong]
        lines += [f"verdict: {self.verdict or 'none'}"]
        pages = [REPORT / name for name in ("acceptance.html", "acceptance.ja.html") if (REPORT / name).exists()]
        lines += [f"report: {page}" for page in pages]
        for name, wanted in WANTED.items():
            seconds = self.figures.get(name)
            shown = "not measured" if seconds is None else f"{seconds} s"
            lines.append(f"{name}: {shown} (should be under {wanted} s)")
        return lines


_BEGAN = time.monotonic()


def prefix() -> str:
    """What stands before each line: how long the rehearsal has gone on."""
    minutes, seconds = divmod(int(time.monotonic() - _BEGAN), 60)
    return f"{minutes:2d}:{seconds:02d} | "


def say(line: str) -> None:
    """A line of the rehearsal's own."""
    write(f"{prefix()}{line}\n")
    sys.stdout.buffer.flush()


def _lab(*words: str) -> list[str]:
    return [sys.executable, "-m", "lab.cli", *words]


def _set_aside() -> None:
    """Nothing of an earlier swap may be read into this one's report. A report of real hosts is kept under its date."""
    results = REPORT / "acceptance.json"
    known = [machine.address for name in names() for machine in load(name).machines]
    if results.exists() and not any(address in results.read_text(errors="replace") for address in known):
        made = time.strftime("%Y%m%d-%H%M%S", time.localtime(results.stat().st_mtime))
        kept = REPORT.with_name(f"report-{made}")
        REPORT.rename(kept)
        say(f"the report of another swap is kept in {kept}")
    shutil.rmtree(REPORT, ignore_errors=True)


@contextmanager
def alone(lab: Lab) -> Iterator[None]:
    """No other rehearsal, of whichever clone, uses this lab meanwhile.

    Raises:
        LabError: one does (exit status 2).
    """
    path = LOCKS / f"irekae-rehearsal-{lab.name}"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            who, hint = file.read().strip(), "wait for it, or `make rehearsal LAB=another`"
            raise LabError(f"a rehearsal uses the lab {lab.name}: {who}", hint, 2) from None
        file.truncate(0)
        file.write(f"process {os.getpid()} in {PROJECT}\n")
        file.flush()
        yield


def _take_down(lab: Lab, keep: bool, well: bool) -> None:
    if keep:
        say("the lab is left up: `lab run CMD…`, `lab console HOST`, `lab reset`, and at last `lab down`")
        return
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    say(f"taking the lab {lab.name} down")
    subprocess.run(_lab("down"), cwd=PROJECT, check=False)
    if not well:
        say("to look at the hosts as they are after a failure: make rehearsal KEEP=1")


def _stop(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    """Entry point of `python -m lab.rehearsal`. KEEP=1 leaves the lab up, LAB names it."""
    keep = os.environ.get("KEEP", "") not in ("", "0", "no")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    rehearsal = well = None
    try:
        lab = current_lab()
        if wanted_site() not in ("", lab.profile.name):
            raise LabError(f"the lab {lab.name} is up, of site {lab.profile.name}", "lab down, or LAB=another", 2)
        with alone(lab):
            rehearsal = Rehearsal(lab)
            try:
                well = rehearsal.whole()
            finally:
                _take_down(lab, keep, bool(well))
    except LabError as error:
        print(f"rehearsal: {error}\n  {error.hint}", file=sys.stderr)
        return error.status
    except subprocess.CalledProcessError:
        return 1  # `lab` has said what is wrong
    except KeyboardInterrupt:
        return 130
    for line in rehearsal.summary():
        say(line)
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
