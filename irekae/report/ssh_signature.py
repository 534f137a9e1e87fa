"""Signatures with the operator's own ssh key (ssh-keygen(1), -Y): made and verified by OpenSSH itself."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from irekae.model import seat_files
from irekae.site.inventory import Inventory

NAMESPACE = "acceptance@irekae"
_SECONDS = 60  # an agent may ask its owner, who confirms each use of the key
_GOOD = re.compile(r'^Good "' + re.escape(NAMESPACE) + r'" signature with \S+ key (SHA256:\S+)$', re.M)


def sign(text: bytes, inventory: Inventory) -> str:
    """The armored signature over a text, by the first of the operator's keys that can be used without asking for its
    passphrase: hosts.ini's, those of the agent, those of ~/.ssh. "" where he has none.
    """
    with tempfile.TemporaryDirectory(prefix="irekae-sign-") as folder:
        for key in _keys(inventory, Path(folder)):
            done = _run("sign", "-n", NAMESPACE, "-f", str(key), stdin=text)
            if done.returncode == 0:
                return done.stdout.decode()
    return ""


def signer(text: bytes, signature: str) -> str:
    """The fingerprint of the key that made a signature over just this text; "" where the signature is not good."""
    with tempfile.TemporaryDirectory(prefix="irekae-sign-") as folder:
        path = Path(folder, "signature")
        seat_files.write(path, signature.encode())
        done = _run("check-novalidate", "-n", NAMESPACE, "-s", str(path), stdin=text)
    found = _GOOD.search(done.stdout.decode(errors="replace"))
    return found[1] if found and done.returncode == 0 else ""


def _keys(inventory: Inventory, folder: Path) -> Iterator[Path]:
    named = [Path(entry.key_file).expanduser() for entry in inventory.pair if entry.key_file]
    yield from dict.fromkeys(path for path in named if path.is_file())
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        listed = subprocess.run(["ssh-add", "-L"], capture_output=True, check=False, timeout=_SECONDS)
        for number, line in enumerate(listed.stdout.splitlines() if listed.returncode == 0 else []):
            key = folder / f"{number}.pub"
            seat_files.write(key, line + b"\n")
            yield key
    yield from sorted(path for path in Path.home().glob(".ssh/id_*") if path.suffix != ".pub" and path.is_file())


def _run(act: str, *words: str, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    """Without a terminal: a key that has a passphrase is passed over, and nobody is asked for it."""
    env = {**os.environ, "SSH_ASKPASS_REQUIRE": "never", "LC_ALL": "C"}
    argv = ["ssh-keygen", "-Y", act, *words]
    return subprocess.run(
        argv, input=stdin, capture_output=True, env=env, start_new_session=True, timeout=_SECONDS, check=False
    )
