"""One run of one method in the lab, timed from outside, and the facts of its end."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.facts import Facts, facts_of
from bench.lab import PROJECT, SNAPSHOT, lab, lab_words
from bench.methods import PHASES, Method

PRODUCTION = "198.51.100.21"
SETTLE = 60  # seconds for the services to be there after the reboot


@dataclass
class Run:
    """One run of one method.

    Attributes:
        seconds: by phase.
        away: seconds without http, seen from outside.
        load: of the machine when it began (one minute).
        wrong: what is not as in the reference.
        facts: how many were compared.
    """

    method: str
    seconds: dict[int, float] = field(default_factory=dict)
    away: float = 0.0
    load: float = 0.0
    wrong: list[str] = field(default_factory=list)
    facts: int = 0


def carry_out(name: str, method: Method, prepared: Callable[[], object] = lambda: None) -> tuple[Run, Facts]:
    """One run from the snapshot; the facts of its end. prepared: is called when the lab is as it is to be."""
    lab("restore", SNAPSHOT)
    prepared()
    run = Run(name, load=os.getloadavg()[0])
    watch = subprocess.Popen(
        lab_words("run", sys.executable, "bench/watch.py", PRODUCTION), cwd=PROJECT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    for number, command in zip(PHASES, method.commands, strict=False):
        began = time.monotonic()
        found = subprocess.run(lab_words("run", *command), cwd=PROJECT, capture_output=True, text=True, check=False)
        if found.returncode:
            run.wrong.append(
                f"{' '.join(command)} ended with status {found.returncode}: {(found.stdout + found.stderr)[-600:]}"
            )
            break
        if method.said is None:
            run.seconds[number] = time.monotonic() - began
        else:
            run.seconds = {int(phase): float(seconds) for phase, seconds in re.findall(method.said, found.stdout)}
            run.seconds[0] = time.monotonic() - began
    _wait_for_web()
    run.away = float(watch.communicate()[0] or 0)
    return run, {**facts_of("a"), **facts_of("b")}


def _wait_for_web() -> None:
    end = time.monotonic() + SETTLE
    asked = ["run", "curl", "-so", "/dev/null", "--max-time", "2", f"http://{PRODUCTION}/"]
    while time.monotonic() < end and subprocess.run(lab_words(*asked), cwd=PROJECT, check=False).returncode:
        time.sleep(0.3)
