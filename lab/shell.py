"""Running commands, several at once, and saying what takes how long."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from lab.errors import LabError

T = TypeVar("T")
_STARTED = time.monotonic()
_SPEAKING = threading.Lock()


def say(line: str) -> None:
    """One line of progress on stderr, with the seconds since the command began."""
    with _SPEAKING:
        print(f"[{time.monotonic() - _STARTED:6.1f} s] {line}", file=sys.stderr, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say `what` when it begins and how long it took when it has succeeded."""
    say(f"{what} …")
    began = time.monotonic()
    yield
    say(f"{what}: done in {time.monotonic() - began:.1f} s")


def run(*argv: str, stdin: str | None = None) -> str:
    """Output of a command that must succeed; LabError with its complaint otherwise."""
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        complaint = (done.stderr or done.stdout).strip()[-2000:]
        raise LabError(f"{' '.join(argv)} ended with status {done.returncode}", complaint)
    return done.stdout


def succeeds(*argv: str) -> bool:
    """Whether a command ends with status 0; what it prints is dropped."""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0


def at_once(things: Iterable[T], act: Callable[[T], None]) -> None:
    """Do `act` to all things in parallel; wait for all of them, then raise the first error."""
    items = list(things)
    pool = ThreadPoolExecutor(max_workers=max(1, len(items)))
    jobs = [pool.submit(act, item) for item in items]
    wait(jobs)
    for job in jobs:
        job.result()


def wait_until(what: str, holds: Callable[[], bool], deadline: float) -> None:
    """Ask until `holds()`; LabError naming `what` after `deadline` seconds."""
    end = time.monotonic() + deadline
    while not holds():
        if time.monotonic() > end:
            raise LabError(f"after {deadline:.0f} s still not so: {what}")
        time.sleep(0.1)


def is_mounted(place: Path) -> bool:
    """Whether something is mounted at `place` (os.path.ismount doesn't see a folder bound over itself)."""
    points = (line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines())
    return str(place) in points
