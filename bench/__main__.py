"""`make bench`: every method in turn, from one snapshot, again and again; medians and ratios go into docs/speed.md.

Environment: LAB (default: bench), ROUNDS (3), ONLY (names of methods, with commas between; or one of
growth, idle, far: the modules of these names say what they measure).
"""

import json
import os
import statistics
import subprocess
import sys

from bench import far, growth, idle, page
from bench.facts import Facts, differences
from bench.lab import PROJECT, lab_words, prepare
from bench.methods import methods
from bench.run import Run, carry_out

OTHERS = {"growth": growth.main, "idle": idle.main, "far": far.main}
RESULTS = PROJECT / "bench" / "results.json"


def main() -> int:
    """Entry point; exit status 1 where an end differs from the reference."""
    os.environ.setdefault("LAB", "bench")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as at an operator's seat
    only = [name for name in os.environ.get("ONLY", "").split(",") if name]
    if len(only) == 1 and only[0] in OTHERS:
        return OTHERS[only[0]]()
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
