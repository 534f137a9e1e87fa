"""Runs the deploy at the lab's seat, on both hosts side by side; prints each phase's seconds."""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import seat

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Exit status: pyinfra's. Arguments: pyinfra, and options of its own (`--dry`)."""
    pyinfra, *options = sys.argv[1:]
    with tempfile.TemporaryDirectory() as work:
        before, after = seat.before_and_after(Path(work) / "known_hosts")
        began = time.monotonic()
        began, status = run([pyinfra, *options, "inventory.py", "before.py"], before, began)
        if status or "--dry" in options:
            return status
        seat.wait_for_names(after)
        print(f"phase 6: {time.monotonic() - began:.2f} s", flush=True)
        return run([pyinfra, *options, "inventory.py", "after.py"], after, time.monotonic())[1]


def run(argv: list[str], known: Path, began: float) -> tuple[float, int]:
    """One run of pyinfra; when its last phase began, and its exit status. A phase ends where the next one begins.

    Args:
        argv: pyinfra with its arguments.
        known: who may answer where.
        began: when the first phase began: reading and connecting belong to it.
    """
    own = {"BENCH_KNOWN": str(known), "BENCH_KEY": str(seat.key()), "LC_ALL": "C.UTF-8"}
    now = 0
    with subprocess.Popen(argv, cwd=HERE, env={**os.environ, **own}, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            found = re.match(r"phase (\d) begins", line)
            if found and int(found[1]) > now:  # said once for each host
                if now:
                    print(f"phase {now}: {time.monotonic() - began:.2f} s", flush=True)
                    began = time.monotonic()
                now = int(found[1])
    return began, process.returncode


if __name__ == "__main__":
    sys.exit(main())
