"""`make bench`: every method in turn, from one snapshot, again and again; medians and ratios go into docs/speed.md.

Environment: LAB (default: bench), ROUNDS (3), ONLY (names of methods, with commas between; growth: see
`bench/growth.py`).
"""

import json
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field

from bench import growth, page
from bench.facts import Facts, differences, facts_of
from bench.lab import PROJECT, SNAPSHOT, lab, lab_words, prepare
from bench.methods import PHASES, Method, methods

RESULTS = PROJECT / "bench" / "results.json"
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


def carry_out(name: str, method: Method) -> tuple[Run, Facts]:
    """One run from the snapshot; the facts of its end."""
    lab("restore", SNAPSHOT)
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


def main() -> int:
    """Entry point; exit status 1 where an end differs from the reference."""
    os.environ.setdefault("LAB", "bench")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as at an operator's seat
    only = [name for name in os.environ.get("ONLY", "").split(",") if name]
    if only == ["growth"]:
        return growth.main()
    chosen = {name: method for name, method in methods().items() if not only or name in only}
    prepare()
    runs: list[Run] = []
    reference: Facts = {}
    try:
        for number in range(int(os.environ.get("ROUNDS", "3"))):
            # irekae's own end is the reference: the acceptance suite proves it.
            for name in sorted(chosen, key=lambda name: name != "one"):
                run, facts = carry_out(name, chosen[name])
                reference = reference or facts
                run.facts, run.wrong = len(facts), run.wrong + differences(facts, reference)
                runs.append(run)
                total = sum(seconds for phase, seconds in run.seconds.items() if phase)
                print(
                    f"round {number + 1}, {name}: {total:.1f} s, http away {run.away:.1f} s, load {run.load:.1f}",
                    flush=True,
                )
                for line in run.wrong:
                    print(f"  {line}", flush=True)
    finally:
        subprocess.run(lab_words("down"), cwd=PROJECT, check=False)
    RESULTS.write_text(json.dumps([vars(run) for run in runs], indent=1))
    print(page.write(runs, {name: method.name for name, method in chosen.items()}, statistics.median))
    return 1 if any(run.wrong for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
