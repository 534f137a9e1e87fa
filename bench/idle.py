"""`make bench ONLY=idle`: a command with nothing left to do, and `fab status`, beside what nobody can do without.

That is the start of an empty fabfile, and one login that runs Python as root. TRIES (7): of each, in turn.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import page, seat
from bench.lab import PROJECT, SNAPSHOT, lab, lab_words, prepare

EMPTY = "from fabric import task\n\n\n@task\ndef nothing(c):\n    pass\n"
DONE = 5  # phases that are carried out before


def commands(folder: Path, inventory: Path) -> dict[str, list[str]]:
    """What is measured, by its name in the table."""
    (folder / "fabfile.py").write_text(EMPTY)
    key, known = inventory.with_name("id_ed25519"), inventory.with_name("known_hosts")
    options = ["-q", "-i", str(key), "-o", f"UserKnownHostsFile={known}"]
    login = f"{seat.USER}@{seat.ADDRESSES['production']}"
    return {
        f"nothing left to do on two hosts (`fab phase{DONE}`)": ["fab", f"phase{DONE}"],
        "`fab status`": ["fab", "status"],
        "an empty fabfile": ["fab", "-r", str(folder), "nothing"],
        "one login by ssh that runs Python as root": ["ssh", *options, login, "sudo python3 -IS -c pass"],
    }


def main() -> int:
    """Entry point; exit status 1 where a command failed."""
    prepare()
    lab("restore", SNAPSHOT)
    wrong = False
    try:
        lab("run", "fab", *(word for n in range(1, DONE + 1) for word in (f"phase{n}", *(["--yes"] if n == 1 else []))))
        inventory = Path(lab("run", "printenv", "IREKAE_INVENTORY").strip())
        with tempfile.TemporaryDirectory() as folder:
            took: dict[str, list[float]] = {}
            load = os.getloadavg()[0]
            for _ in range(int(os.environ.get("TRIES", "7"))):
                for name, argv in commands(Path(folder), inventory).items():
                    began = time.monotonic()
                    found = subprocess.run(lab_words("run", *argv), cwd=PROJECT, capture_output=True, check=False)
                    took.setdefault(name, []).append(time.monotonic() - began - _of_the_lab())
                    wrong = wrong or found.returncode != 0
    finally:
        subprocess.run(lab_words("down"), cwd=PROJECT, check=False)
    rows = ["| what | median, s | least | most |", "|---|---|---|---|"]
    for name, each in took.items():
        rows.append(f"| {name} | **{statistics.median(each):.2f}** | {min(each):.2f} | {max(each):.2f} |")
    print(page.write_idle("\n".join([*rows, f"\nLoad when it began: {load:.1f}."])))
    return 1 if wrong else 0


def _of_the_lab() -> float:
    """What `lab run` itself takes just now."""
    began = time.monotonic()
    subprocess.run(lab_words("run", "true"), cwd=PROJECT, check=True)
    return time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
