"""The lab that is measured in: as it is before phase 1, kept as a snapshot."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SNAPSHOT = "bench"


def lab_words(*words: str) -> list[str]:
    """A command of the lab."""
    return [sys.executable, "-m", "lab.cli", *words]


def lab(*words: str) -> str:
    """Carry one out; what it says."""
    return subprocess.run(lab_words(*words), cwd=PROJECT, check=True, capture_output=True, text=True).stdout


def prepare(begin: bool = True) -> None:
    """The lab as it is before phase 1 (begin), or before phase 0, kept as a snapshot."""
    is_up = subprocess.run(lab_words("status"), cwd=PROJECT, check=False, capture_output=True).returncode == 0
    lab("reset" if is_up else "up")
    inventory = lab("run", "printenv", "IREKAE_INVENTORY").strip()
    lab("run", "fab", "trust", "--known-hosts", str(Path(inventory).with_name("known_hosts")))
    if begin:
        lab("run", "fab", "phase0")
    lab("snapshot", SNAPSHOT)
