"""Starts the prober again after a boot of the computer outside: cron runs this at every boot, as the operator.

Standard library only, Python 3.7 or newer: `python3 far_boot.py FOLDER`. A prober that was to end has ended, by the
last line of its log; then, or when its hours are over, this takes its own line out of the crontab.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

MARK = "# irekae prober"


def is_over(folder: Path, now: float) -> bool:
    """Has the prober ended as it should, or is its time over; now: seconds of the wall clock."""
    try:
        ends = json.loads((folder / "targets.json").read_text(encoding="utf-8"))["ends"]
        last = (folder / "log.jsonl").read_text(encoding="utf-8", errors="replace").splitlines()[-1:]
    except (OSError, ValueError, KeyError):
        return True
    return now >= ends or any('"event": "end"' in line for line in last)


def forget(folder: Path) -> None:
    """Take our line out of the operator's crontab; all others stay."""
    listed = subprocess.run(["crontab", "-l"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    lines = listed.stdout.decode("utf-8", "surrogateescape").splitlines(True)
    kept = [line for line in lines if not (MARK in line and str(folder) in line)]
    if listed.returncode == 0 and kept != lines:
        subprocess.run(["crontab", "-"], input="".join(kept).encode("utf-8", "surrogateescape"), check=True)


def go_on(folder: Path, now: float) -> None:
    """Become the prober, for the rest of its hours; which process it is, is written down as at its first start."""
    path = folder / "targets.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["seconds"] = config["ends"] - now
    path.write_text(json.dumps(config), encoding="utf-8")
    boot, stat = (Path(name).read_bytes() for name in ("/proc/sys/kernel/random/boot_id", "/proc/self/stat"))
    (folder / "process").write_bytes(boot.strip() + b"\n" + stat)
    os.execv(sys.executable, [sys.executable, "-I", str(folder / "far_prober.py"), str(folder)])


def main(folder: Path) -> None:
    """Go on, or be gone."""
    os.umask(0o022)  # other operators read what we write
    now = time.time()
    if is_over(folder, now):
        forget(folder)
    else:
        go_on(folder, now)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
