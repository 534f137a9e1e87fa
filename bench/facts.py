"""The end of a swap, by facts that must be equal whoever carried it out; what differs is told."""

import json
import subprocess
import sys
from pathlib import Path

FAR = Path(__file__).resolve().parent / "far_facts.py"
Facts = dict[str, str]


def facts_of(machine: str) -> Facts:
    """What is there on a machine of the lab, past its network and whatever tool was used."""
    argv = [sys.executable, "-m", "lab.cli", "console", machine, "python3", "-"]
    said = subprocess.run(argv, input=FAR.read_bytes(), stdout=subprocess.PIPE, check=True).stdout
    return {f"{machine}: {name}": str(value) for line in said.splitlines() for name, value in json.loads(line).items()}


def differences(found: Facts, wanted: Facts) -> list[str]:
    """A line for each fact that is not as it is in the reference."""
    names = sorted({*found, *wanted})
    return [f"{name}: {found.get(name, 'nothing')}, in the reference {wanted.get(name, 'nothing')}"
            for name in names if found.get(name) != wanted.get(name)]  # fmt: skip
