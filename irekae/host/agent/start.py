"""How the agent begins: the form in which Python runs it may be kept on the host; else its text comes from the seat.

These lines are sent before the program, and are part of it. What is kept lies in `agent/` below irekae's folder, for
root alone. It is run only where it is root's, was made of the text that the seat has, by this Python, and is whole.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import os
import stat
import sys
from typing import Any

NAME_OF_PROGRAM = "irekae-agent"
KEPT_IN = "agent"
LARGEST_PROGRAM = 16 << 20  # bytes


def kept_at(folder: str, digest: str) -> str:
    """Where the program of a digest is kept for this Python."""
    return f"{folder}/{KEPT_IN}/{digest}.{sys.implementation.cache_tag}"


def seal_of(digest: str, body: bytes) -> bytes:
    """The line before what is kept: of which text it was made, by which Python, and what it is itself."""
    return " ".join([digest, sys.version.encode().hex(), hashlib.sha256(body).hexdigest()]).encode() + b"\n"


def is_own(state: os.stat_result, kind: int) -> bool:
    """Is it of that kind and ours, and may nobody else write there or read it."""
    return stat.S_IFMT(state.st_mode) == kind and state.st_uid == os.geteuid() and not state.st_mode & 0o077


def kept_program(folder: str, digest: str) -> Any:
    """The code that is kept; None where there is none that may be run.

    Args:
        folder: irekae's, on this host.
        digest: sha256 of the program's text.
    """
    path = kept_at(folder, digest)
    try:
        if not all(is_own(os.lstat(above), stat.S_IFDIR) for above in (folder, f"{folder}/{KEPT_IN}")):
            return None
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            if not is_own(os.fstat(file.fileno()), stat.S_IFREG):
                return None
            seal, body = file.readline(1 << 12), file.read(LARGEST_PROGRAM)
        return marshal.loads(body) if seal == seal_of(digest, body) else None
    except (OSError, ValueError, EOFError, TypeError):
        return None


def begin() -> None:
    """Read what the seat says of the program, tell it whether the text is wanted, and become the agent.

    The first line: "state", "digest" and "size" of the text, "kept" (may a kept one be run), "mark" of our answers.
    """
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    said = json.loads(requests.readline())
    code = kept_program(said["state"], said["digest"]) if said["kept"] else None
    answers.write("{}{}\n".format(said["mark"], "kept" if code else "send").encode())
    answers.flush()
    if code is None:
        source = requests.read(said["size"])
        if hashlib.sha256(source).hexdigest() != said["digest"]:
            raise SystemExit("the program did not arrive as it was sent")
        code = compile(source, NAME_OF_PROGRAM, "exec")
    exec(code, {"__name__": "__main__", "BEGUN_AS": (said["digest"], code)})
