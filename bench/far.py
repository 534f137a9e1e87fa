"""`make bench ONLY=far`: round trips of each phase, ours beside the script's, by a seat that is far away.

Each method is carried out near, and with DELAY (100) ms more for each round trip: what it takes longer, by that delay.
"""

import os
import subprocess
import sys

from bench import page
from bench.lab import PROJECT, lab, lab_words, prepare
from bench.methods import PHASES, methods
from bench.run import carry_out

BESIDE = ("script", "one")


def main() -> int:
    """Entry point; exit status 1 where a run failed."""
    delay = int(os.environ.get("DELAY", "100"))
    prepare()
    trips: dict[str, dict[int, float]] = {}
    wrong: list[str] = []
    try:
        for name in BESIDE:
            runs = []
            for far in (0, delay):
                run, _ = carry_out(name, methods()[name], prepared=lambda far=far: lab("delay", str(far)))  # type: ignore[misc]
                wrong += run.wrong
                runs.append(run)
            near, away = runs
            trips[name] = {n: (away.seconds.get(n, 0) - near.seconds.get(n, 0)) / (delay / 1000) for n in PHASES}
    finally:
        subprocess.run(lab_words("down"), cwd=PROJECT, check=False)
    rows = [f"| round trips | {' | '.join(map(str, PHASES))} |", f"|---|{'---|' * len(PHASES)}"]
    rows += [
        f"| {methods()[name].name} | {' | '.join(f'{own[n]:.0f}' for n in PHASES)} |" for name, own in trips.items()
    ]
    print(page.write_far("\n".join([*rows, f"\nBy {delay} ms more for each."])))
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
