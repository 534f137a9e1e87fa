"""A user who exchanges a folder for a link as fast as the kernel lets him (renameat2(2), RENAME_EXCHANGE)."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LOOP = """
import ctypes, os, sys
one, other, count = os.fsencode(sys.argv[1]), os.fsencode(sys.argv[2]), 0
libc = ctypes.CDLL(None, use_errno=True)
if sys.argv[3]:
    os.setgroups([]); os.setgid(int(sys.argv[3])); os.setuid(int(sys.argv[3]))
print("begun", flush=True)
while True:
    libc.renameat2(-100, one, -100, other, 2)
    count += 1
    if count == 1000:
        print("thousand", flush=True)
"""


@contextlib.contextmanager
def exchanging(one: Path, other: Path, uid: int | None = None) -> Iterator[subprocess.Popen[str]]:
    """Two names change places, over and over, while the block runs; it must have happened a thousand times."""
    argv = [sys.executable, "-I", "-c", LOOP, str(one), str(other), "" if uid is None else str(uid)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "begun\n"
            yield process
            assert process.stdout.readline() == "thousand\n"
        finally:
            process.kill()
