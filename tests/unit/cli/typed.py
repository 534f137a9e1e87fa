"""`fab` as it is typed: a process of its own, at a seat of the test's own; nothing listens at the addresses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]
PINS = '{"machines": [{"first_name": "ika", "keys": []}, {"first_name": "tako", "keys": []}]}'


def seat(folder: Path, pinned: bool = False, **files: str) -> dict[str, str]:
    """Write the files of a seat; the environment in which a command finds them."""
    (folder / "hosts.ini").write_text(files.get("hosts", (PROJECT / "hosts.ini").read_text()))
    (folder / "site.toml").write_text(files.get("site", (PROJECT / "site.toml").read_text()))
    if pinned:
        (folder / ".irekae").mkdir()
        (folder / ".irekae" / "machines.json").write_text(PINS)
    own = {"IREKAE_INVENTORY": str(folder / "hosts.ini"), "IREKAE_SITE": str(folder / "site.toml")}
    return {**os.environ, **own}


def fab(folder: Path, *words: str, pinned: bool = False, **files: str) -> subprocess.CompletedProcess[str]:
    """Type a command; files: other texts for `hosts` and `site` than the project's."""
    return run(folder, seat(folder, pinned, **files), *words)


def run(
    folder: Path, environment: dict[str, str], *words: str, encoding: str = "utf-8"
) -> subprocess.CompletedProcess[str]:
    """Type a command in a folder and an environment; encoding: of what it shows."""
    argv = [sys.executable, "-m", "fabric", "-r", str(PROJECT), *words]
    return subprocess.run(argv, check=False, capture_output=True, encoding=encoding, cwd=folder, env=environment)
