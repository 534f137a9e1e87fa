"""Runs the playbook at the lab's seat as an admin would: pipelining, connections kept; prints each phase's seconds."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from bench import seat


def main() -> int:
    """Exit status: the playbook's. Arguments: ansible-playbook, the playbook."""
    with tempfile.TemporaryDirectory() as work:
        known, inventory = seat.either(Path(work) / "known_hosts"), Path(work) / "inventory"
        inventory.write_text("".join(f"[{name}]\n{address}\n" for name, address in seat.ADDRESSES.items()))
        kept = f"-o ControlMaster=auto -o ControlPersist=120 -o ConnectTimeout=2 -o UserKnownHostsFile={known}"
        own = {"ANSIBLE_PIPELINING": "True", "ANSIBLE_SSH_ARGS": kept, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_HOME": work,
               "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3", "LC_ALL": "C.UTF-8",
               "ANSIBLE_REMOTE_TEMP": "/tmp/ansible"}  # fmt: skip
        argv = [sys.argv[1], "-i", str(inventory), "-u", seat.USER, "-b", "--private-key", str(seat.key()), sys.argv[2]]
        with subprocess.Popen(argv, env={**os.environ, **own}, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            timed(process.stdout)
    return process.returncode


def timed(lines: Iterable[str]) -> None:
    """Show what the playbook says, and the seconds of a phase when the next one begins."""
    began, now = time.monotonic(), "0"
    for line in lines:
        print(line, end="", flush=True)
        if found := re.match(r"PLAY (?:\[phase (\d)|RECAP)", line):
            if now != "0":
                print(f"phase {now}: {time.monotonic() - began:.2f} s", flush=True)
            began, now = time.monotonic(), found[1] or "0"


if __name__ == "__main__":
    sys.exit(main())
